"""What does not change about a picture and a prompt, read once and kept for some seconds by each process."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from arena.battles.memory import Memory
from arena.catalog.models import Discipline
from arena.challenges.models import Challenge, Prompt, ReferencePicture
from arena.generation.models import Candidate, PublicPicture
from arena.web.model_prices import say_dollars


@dataclass(frozen=True)
class ShownReference:
    url: str
    width: int
    height: int
    alt: str
    credit: str
    licence: str
    source: str


@dataclass(frozen=True)
class PictureCard:
    """A candidate's addresses and size, and apart from them what only a reveal may use, in words."""

    avif_1024: str
    avif_768: str
    jpeg: str
    thumb: str
    width: int
    height: int
    model_id: int
    model_name: str
    model_slug: str
    lab: str
    is_demo: bool
    price: str
    seconds: str


@dataclass(frozen=True)
class PromptCard:
    """What a voter reads above a pair."""

    title: str
    slug: str
    discipline: str
    discipline_label: str
    categories: tuple[str, ...]
    text: str
    what_to_judge: str
    references: tuple[ShownReference, ...]


_pictures: Memory[int, PictureCard] = Memory(seconds=lambda: settings.CARD_SECONDS)
_prompts: Memory[int, PromptCard] = Memory(seconds=lambda: settings.CARD_SECONDS, most=2_000)


def read_pictures(candidates: Iterable[int]) -> dict[int, PictureCard]:
    """Return the cards of candidates (ids), at most settings.CARD_SECONDS old."""
    cards = {candidate: _pictures.peek(candidate) for candidate in candidates}
    missing = [candidate for candidate, card in cards.items() if card is None]
    for candidate, card in (_look_up(missing) if missing else {}).items():
        _pictures.put(candidate, card)
        cards[candidate] = card
    return {candidate: card for candidate, card in cards.items() if card is not None}


def read_prompts(prompts: Iterable[int]) -> dict[int, PromptCard]:
    """Return the cards of prompts (ids), at most settings.CARD_SECONDS old."""
    cards = {prompt: _prompts.peek(prompt) for prompt in prompts}
    missing = [prompt for prompt, card in cards.items() if card is None]
    for prompt, card in (_look_up_prompts(missing) if missing else {}).items():
        _prompts.put(prompt, card)
        cards[prompt] = card
    return {prompt: card for prompt, card in cards.items() if card is not None}


def show_references(challenge: Challenge) -> list[ShownReference]:
    """Describe a challenge's reference pictures with their credits."""
    return [_show_reference(picture) for picture in challenge.references.all()]


def _look_up(candidates: list[int]) -> dict[int, PictureCard]:
    pictures: dict[int, dict[str, PublicPicture]] = {candidate: {} for candidate in candidates}
    for picture in PublicPicture.objects.filter(candidate__in=candidates):
        pictures[picture.candidate_id][picture.kind] = picture
    found = Candidate.objects.select_related("slot__model__lab", "generation").in_bulk(candidates)
    return {pk: _card(candidate, pictures[pk]) for pk, candidate in found.items()}


def _card(candidate: Candidate, pictures: dict[str, PublicPicture]) -> PictureCard:
    largest, generation, model = pictures["jpeg_1024"], candidate.generation, candidate.slot.model
    return PictureCard(
        avif_1024=_address(pictures["avif_1024"]),
        avif_768=_address(pictures["avif_768"]),
        jpeg=_address(largest),
        thumb=_address(pictures["thumb"]),
        width=largest.width,
        height=largest.height,
        model_id=model.pk,
        model_name=model.name,
        model_slug=model.slug,
        lab=model.lab.name,
        is_demo=model.is_demo,
        price="" if generation.expected_cost is None else say_dollars(generation.expected_cost),
        seconds="" if generation.total_ms is None else f"{generation.total_ms / 1000:.1f}",
    )


def _look_up_prompts(prompts: list[int]) -> dict[int, PromptCard]:
    found = (
        Prompt.objects.select_related("challenge")
        .prefetch_related("challenge__categories", "challenge__references")
        .in_bulk(prompts)
    )
    return {
        pk: PromptCard(
            title=prompt.challenge.title,
            slug=prompt.challenge.slug,
            discipline=prompt.challenge.discipline,
            discipline_label=Discipline(prompt.challenge.discipline).label,
            categories=tuple(c.name for c in prompt.challenge.categories.all()),
            text=prompt.text,
            what_to_judge=prompt.challenge.what_to_judge,
            references=tuple(show_references(prompt.challenge)),
        )
        for pk, prompt in found.items()
    }


def _show_reference(picture: ReferencePicture) -> ShownReference:
    extension = (picture.file.name or "").rpartition(".")[2]
    return ShownReference(
        url=reverse("web:picture", args=[picture.public_name, extension]),
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
        credit=picture.credit,
        licence=picture.licence,
        source=picture.source,
    )


def _address(picture: PublicPicture) -> str:
    return reverse("web:picture", args=[picture.name, picture.extension])
