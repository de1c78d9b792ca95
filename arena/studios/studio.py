"""The studios: what they are called, what they can do, and one call to draw."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from arena.studios.gouache import studio as gouache
from arena.studios.nocturne import studio as nocturne
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan, read_prompt
from arena.studios.press import studio as press
from arena.studios.ray import draft as ray_draft
from arena.studios.ray import studio as ray
from arena.studios.stickers import studio as stickers

MAX_PIXELS = 24_000_000
# Tracing and filtering cost time and memory by the pixel; drawing vectors does not.
WORK_PIXELS = 1_100_000
EDITS = frozenset({"night", "painterly", "print"})
# Why a studio leaves a kind of work out that it has no sentence of its own for.
DECLINES = {
    "nothing": "This studio found nothing in the prompt that it can draw.",
    "change": (
        "This studio changes light, palette and brushwork; it cannot add, remove or alter things."
    ),
}
Renderer = Callable[..., Floats]


class BadPictureError(ValueError):
    """An upload that is no picture, or too large a one."""


@dataclass(frozen=True)
class Studio:
    """A studio: model id, name, the kinds of work it takes, and why it leaves others out.

    `traced` studios render at WORK_PIXELS at most.
    """

    model: str
    name: str
    disciplines: tuple[str, ...]
    kinds: dict[str, Renderer]
    refusals: dict[str, str]
    traced: bool


@dataclass(frozen=True)
class Drawing:
    """PNG bytes, size in pixels and one sentence on what was drawn."""

    png: bytes
    width: int
    height: int
    note: str


BOTH = ("text-to-image", "image-editing")
STUDIOS: dict[str, Studio] = {
    studio.model: studio
    for studio in (
        Studio("studio-ray", "Studio Ray", BOTH, ray.KINDS, ray.REFUSALS, True),
        Studio(
            "studio-ray-draft",
            "Studio Ray Draft",
            ("text-to-image",),
            ray_draft.KINDS,
            ray_draft.REFUSALS,
            True,
        ),
        Studio("studio-press", "Studio Press", BOTH, press.KINDS, press.REFUSALS, False),
        Studio("studio-gouache", "Studio Gouache", BOTH, gouache.KINDS, gouache.REFUSALS, True),
        Studio(
            "studio-stickers", "Studio Stickers", BOTH, stickers.KINDS, stickers.REFUSALS, False
        ),
        Studio(
            "studio-nocturne",
            "Studio Nocturne",
            ("image-editing",),
            nocturne.KINDS,
            nocturne.REFUSALS,
            True,
        ),
    )
}


def draw_picture(
    *,
    studio: str,
    prompt: str,
    width: int = 1024,
    height: int = 1024,
    take: int = 0,
    references: tuple[bytes, ...] = (),
) -> Drawing:
    """Draw a prompt, or edit the reference pictures when there are any.

    Sizes in pixels; an edit of one picture keeps its shape inside width x height. The same
    arguments give the same bytes. Raises KeyError for an unknown studio, BadPromptError,
    BadPictureError, or DeclinedError with a reason for people.
    """
    chosen = STUDIOS[studio]
    plan = read_prompt(prompt=prompt, has_reference=bool(references))
    if plan.kind not in chosen.kinds:
        general = DECLINES.get(plan.kind, f"{chosen.name} does not do this.")
        raise DeclinedError(chosen.refusals.get(plan.kind, general))
    renderer = chosen.kinds[plan.kind]
    size = (width, height)
    if plan.kind in EDITS:
        picture, size = open_picture(references[0], width=width, height=height)
        result = renderer(plan=plan, picture=picture, take=take)
    else:
        work = work_size(size) if chosen.traced else size
        more = {}
        if references:
            opened = [open_picture(data, width=1024, height=1024) for data in references]
            more["pictures"] = tuple(picture for picture, _ in opened)
        result = renderer(plan=plan, take=take, width=work[0], height=work[1], **more)
    return Drawing(encode_png(result, size=size), *size, describe_plan(plan))


def work_size(size: tuple[int, int]) -> tuple[int, int]:
    """The size to render at: sizes over WORK_PIXELS are made smaller and enlarged at the end."""
    share = min(1.0, (WORK_PIXELS / (size[0] * size[1])) ** 0.5)
    return max(16, round(size[0] * share)), max(16, round(size[1] * share))


def open_picture(data: bytes, *, width: int, height: int) -> tuple[Floats, tuple[int, int]]:
    """Decode an upload to (H, W, 3) in 0..1, upright, and the size that fits width x height.

    The picture itself has the size to work at, which is smaller for large ones.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise BadPictureError("The picture has too many pixels.")
            upright = ImageOps.exif_transpose(opened)
            if "A" in upright.getbands() or "transparency" in upright.info:
                ground = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(ground, upright.convert("RGBA"))
            picture = upright.convert("RGB")
    except BadPictureError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise BadPictureError("The upload is not a PNG, JPEG or WebP picture.") from problem
    scale = min(width / picture.width, height / picture.height)
    size = (max(16, round(picture.width * scale)), max(16, round(picture.height * scale)))
    resized = picture.resize(work_size(size), Image.Resampling.LANCZOS)
    return np.asarray(resized, dtype=np.float32) / np.float32(255), size


def encode_png(picture: Floats, *, size: tuple[int, int]) -> bytes:
    """Round (H, W, 3) in 0..1 to 8 bits, bring to size, write PNG without any metadata."""
    out = io.BytesIO()
    pixels = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    image = Image.fromarray(pixels, "RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def describe_plan(plan: Plan) -> str:
    """One sentence on what the studio understood."""
    parts = {
        "emblem": f"Logo with {', '.join(plan.lettering)}; device: {plan.motif}.",
        "menu": f"Menu page with sections {', '.join(plan.sections)}; dishes drawn, not photographed.",
        "poster": f"Poster: {', '.join(plan.lettering[:1] + plan.steps)}.",
        "diorama": f"Isometric miniature: {plan.dish or ', '.join(t.noun for t in plan.things)}.",
        "night": "The picture turned to night with stars.",
        "painterly": "The picture made anew by hand.",
        "print": "The picture as a limited-palette print.",
        "drive": "The driver in the car on a coast road.",
        "animals": f"Animals: {', '.join(c.species for c in plan.creatures)}.",
        "people": "A street scene with a person.",
    }
    if plan.kind in parts:
        return parts[plan.kind]
    relations = [
        f"{plan.things[r.subject].noun} {r.how} {plan.things[r.anchor].noun}"
        for r in plan.relations
    ]
    nouns = ", ".join(thing.noun for thing in plan.things)
    return f"Scene with {nouns}" + (f" ({'; '.join(relations)})." if relations else ".")
