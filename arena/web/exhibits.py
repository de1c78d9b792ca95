"""What a page shows of pictures that have left the blind vote: names, originals, how they were made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from arena.catalog.flags import own_flags
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate, Generation
from arena.generation.releasing import count_withheld, shown_with_names, wait_after_closing
from arena.web.cards import PictureCard, read_pictures

# Pictures of one page.
MOST = 24


@dataclass(frozen=True)
class Exhibit:
    """A picture with its model's name, its own public `name`, its addresses, and how its original was made."""

    challenge: str
    challenge_slug: str
    name: str
    prompt_id: int
    prompt: str
    is_showcase: bool
    model_name: str
    model_slug: str
    lab: str
    is_demo: bool
    thumb: str
    large: str
    width: int
    height: int
    alt: str
    original: str
    provider: str
    made_at: datetime
    was_shipped: bool
    original_width: int
    original_height: int
    take: int
    seed: int | None
    revised_prompt: str
    sha256: str


def show_exhibits(challenge: Challenge, *, population: str, page: str) -> dict[str, Any]:
    """Describe one page of a challenge's pictures that may be shown with names, of one population (I8).

    `withheld` counts those that look like one in play; `released_at` is when the pictures of a challenge
    that has just been closed follow, else None.
    """
    found = (
        shown_with_names()
        .filter(slot__prompt__challenge=challenge, slot__model__population=population)
        .order_by(
            "slot__prompt__position",
            "-slot__prompt__version",
            "slot__model__name",
            "slot__take",
            "pk",
        )
    )
    shown = Paginator(with_origin(found), MOST).get_page(page)
    return {
        "exhibits": describe_exhibits(shown),
        "exhibit_pages": shown,
        "withheld": count_withheld(challenge, population=population),
        "released_at": _released_at(challenge),
    }


def with_origin(candidates: QuerySet[Candidate]) -> QuerySet[Candidate]:
    """Let candidates bring with them what `describe_exhibits` tells of where they come from."""
    return candidates.select_related("slot__prompt__challenge", "generation__offering__provider")


def describe_exhibits(candidates: Iterable[Candidate]) -> list[Exhibit]:
    """Describe pictures, in their order, with names: only for what `shown_with_names` selects (I3)."""
    shown = list(candidates)
    cards = read_pictures({candidate.pk for candidate in shown})
    return [_describe(candidate, card=cards[candidate.pk]) for candidate in shown]


def _released_at(challenge: Challenge) -> datetime | None:
    if challenge.status != Challenge.Status.CLOSED or challenge.closed_at is None:
        return None
    moment = challenge.closed_at + wait_after_closing()
    return moment if moment > timezone.now() else None


def _describe(candidate: Candidate, *, card: PictureCard) -> Exhibit:
    generation = candidate.generation
    prompt = cast(Prompt, candidate.slot.prompt)  # the only pictures without one are callers' own
    challenge, provider = prompt.challenge, generation.offering.provider
    # What a provider was asked for counts only where it is known to take a seed.
    asked = generation.parameters.get("seed") if own_flags(provider).get("seed") else None
    seed = generation.parameters.get("used_seed", asked)
    return Exhibit(
        challenge=challenge.title,
        challenge_slug=challenge.slug,
        name=card.jpeg.rpartition("/")[2].partition(".")[0],
        prompt_id=prompt.pk,
        prompt=prompt.text,
        is_showcase=prompt.purpose == Prompt.Purpose.SHOWCASE,
        model_name=card.model_name,
        model_slug=card.model_slug,
        lab=card.lab,
        is_demo=card.is_demo,
        thumb=card.thumb,
        large=card.jpeg,
        width=card.width,
        height=card.height,
        alt=f"Picture by {card.model_name} for the challenge {challenge.title}",
        original=reverse("web:original", args=[candidate.original_name]),
        provider=provider.name,
        made_at=generation.ended_at or candidate.created_at,
        was_shipped=generation.origin == Generation.Origin.SHIPPED,
        original_width=candidate.width,
        original_height=candidate.height,
        take=candidate.slot.take,
        seed=seed,
        revised_prompt=generation.revised_prompt,
        sha256=candidate.original_sha256,
    )
