"""What a slot wants, in one shape: a take for a challenge, or what a caller or a visitor asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from arena.challenges.models import Challenge, ReferencePicture
from arena.providers.types import Discipline, Reference

from .models import Slot


@dataclass(frozen=True)
class Wanted:
    """A picture to be made; width and height in pixels, `challenge` None for a caller's own picture."""

    title: str
    discipline: Discipline
    prompt: str
    width: int
    height: int
    seed: int | None
    quality: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    challenge: Challenge | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """What a provider's surcharges may depend on."""
        return (self.discipline,)


def describe_wanted(slot: Slot) -> Wanted:
    """Tell what a slot wants. The take is the seed, so that takes differ and can be made again."""
    if slot.prompt is None:
        return _describe_asked(slot)
    challenge = slot.prompt.challenge
    return Wanted(
        title=f"{challenge.title}, {slot.model.name}, take {slot.take + 1}",
        discipline=cast(Discipline, challenge.discipline),
        prompt=slot.prompt.text,
        width=challenge.canvas_width,
        height=challenge.canvas_height,
        seed=slot.take,
        challenge=challenge,
    )


def _describe_asked(slot: Slot) -> Wanted:
    asked = slot.asked or {}
    return Wanted(
        title=f"{slot.model.name}, for {slot.api_key or 'the playground'}",
        discipline=asked["discipline"],
        prompt=asked["prompt"],
        width=asked["width"],
        height=asked["height"],
        seed=asked.get("seed"),
        quality=asked.get("quality"),
        options=asked.get("options", {}),
    )


def read_references(wanted: Wanted) -> tuple[Reference, ...]:
    """Read the reference pictures of a wanted picture's challenge, in their order."""
    if wanted.challenge is None:
        return ()
    return tuple(_read(picture) for picture in wanted.challenge.references.order_by("position"))


def _read(picture: ReferencePicture) -> Reference:
    name = Path(picture.file.name or "").name
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    with picture.file.open("rb") as file:
        return Reference(data=file.read(), content_type=kind, name=name)
