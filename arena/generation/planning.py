"""One call decided, its money put aside, and its row written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from arena.catalog.models import Offering
from arena.catalog.price_lists import MOST_DOLLARS
from arena.catalog.prices import estimate

from .budget import OverBudget, Purse
from .ledger import reserve_new
from .models import Breaker, Generation, Slot
from .routing import Route
from .wanted import Wanted

UNPRICED = "No price is known for this picture, so no money could be put aside: add a price rule."
TOO_DEAR = (
    f"By the price list this picture may cost more than ${MOST_DOLLARS:,}, so it was not asked for: "
    "correct the list."
)


class NoPrice(Exception):
    """Nobody says what a call may cost at most, or what is said is beyond reason; in a sentence."""


@dataclass(frozen=True)
class Draft:
    """A call that is decided and not written yet: `reserved`, or `over-budget` with the reason.

    `aside`: dollars to put aside; None where it is free, or refused. `as_probe`: it tries a breaker.
    """

    generation: Generation
    aside: Decimal | None
    as_probe: bool


def draft_call(
    slot: Slot,
    *,
    wanted: Wanted,
    route: Route,
    attempt: int,
    now: datetime,
    origin: str,
    references: int | None,
    purse: Purse | None,
) -> Draft:
    """Decide a slot's next call and count its money in `purse`, that of the transaction; nothing is written.

    `references` counts the pictures to edit; None: ask the slot's challenge. `purse` may be None where the
    offering is free.
    """
    offering = route.offering
    assert offering is not None  # noqa: S101 - narrows the type; callers have checked
    expected, ceiling = expected_cost(offering, wanted=wanted, now=now, references=references)
    too_dear = ceiling is not None and ceiling > MOST_DOLLARS
    generation = Generation(
        slot=slot,
        offering=offering,
        attempt=attempt,
        origin=origin,
        state=Generation.State.RESERVED,
        free=offering.resend_safe,
        expected_cost=None if too_dear else expected,
        parameters=asked_parameters(wanted),
        route=route.as_json(),
    )
    if offering.resend_safe:
        return Draft(generation, None, route.as_probe)
    assert purse is not None  # noqa: S101 - narrows the type; callers have one for what is paid
    try:
        aside = _take_money(purse, generation, ceiling=ceiling)
    except (NoPrice, OverBudget) as refused:
        generation.state, generation.message = Generation.State.OVER_BUDGET, str(refused)
        generation.ended_at = now
        return Draft(generation, None, as_probe=False)
    return Draft(generation, aside, route.as_probe)


def _take_money(purse: Purse, generation: Generation, *, ceiling: Decimal | None) -> Decimal:
    if ceiling is None:
        raise NoPrice(UNPRICED)
    if ceiling > MOST_DOLLARS:
        raise NoPrice(TOO_DEAR)
    return purse.take(generation, amount=ceiling)


def write_down(drafts: Collection[Draft], *, purse: Purse | None) -> None:
    """Write calls and what is put aside for them: two statements, whatever their number.

    Runs in the transaction of `purse`, which holds the planners' lock.
    """
    Generation.objects.bulk_create([draft.generation for draft in drafts])
    aside = [(draft.generation, draft.aside) for draft in drafts if draft.aside is not None]
    if aside and purse is not None:
        reserve_new(aside, day=purse.day)
    for draft in drafts:
        if draft.as_probe:
            offering = draft.generation.offering
            Breaker.objects.filter(offering=offering).update(probing=draft.generation)


def expected_cost(
    offering: Offering, *, wanted: Wanted, now: datetime, references: int | None = None
) -> tuple[Decimal | None, Decimal | None]:
    """Return what a picture is expected to cost and what it may cost at most, in dollars; None: nobody says."""
    if references is None:
        references = wanted.challenge.references.count() if wanted.challenge else 0
    found = estimate(
        offering,
        width=wanted.width,
        height=wanted.height,
        quality=wanted.quality,
        references=references,
        day=now.date(),
        features=wanted.features,
        prompt=wanted.prompt,
    )
    return (found.expected, found.ceiling) if found else (None, None)


def asked_parameters(wanted: Wanted) -> dict[str, Any]:
    """List what a provider is asked for besides the prompt: size in pixels, seed, quality, options."""
    told: dict[str, Any] = {"width": wanted.width, "height": wanted.height, "seed": wanted.seed}
    if wanted.quality:
        told["quality"] = wanted.quality
    if wanted.options:
        told["options"] = dict(wanted.options)
    return told
