"""Which offering is asked for a model's picture.

For a challenge one provider makes all pictures of a model in a batch, since the provider can change the
picture; another one is asked only where the challenge allows it.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from arena.catalog.flags import say_wrong_flags
from arena.catalog.keys import why_held_back, why_no_address
from arena.catalog.models import ImageModel, Offering, Provider
from arena.providers.dialects import DIALECTS

from . import breakers
from .models import Breaker
from .retries import ATTEMPTS_BEFORE_FALLBACK


@dataclass(frozen=True)
class Choice:
    """The offering to ask, or a sentence that says what is missing."""

    offering: Offering | None
    missing: str = ""


@dataclass(frozen=True)
class Tried:
    """How often an offering was asked for one slot, and whether it said that asking again is of no use."""

    attempts: int = 0
    final: bool = False


@dataclass(frozen=True)
class Route:
    """The offering that is asked now, whether as a breaker's probe, and why not the ones before it."""

    offering: Offering | None
    as_probe: bool = False
    why: str = ""
    passed_over: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {"why": self.why, "passed_over": dict(self.passed_over)}

    @property
    def missing(self) -> str:
        return "; ".join(f"{name}: {reason}" for name, reason in self.passed_over.items())


def provider_key(provider: Provider, *, environment: Mapping[str, str] | None = None) -> str | None:
    """Read a provider's key from the environment; None when it is not set."""
    if not provider.key_variable:
        return None
    return (environment if environment is not None else os.environ).get(
        provider.key_variable
    ) or None


def why_not(offering: Offering, *, discipline: str) -> str:
    """Say why an offering cannot be asked at all, as it is set up; an empty string when it can."""
    provider = offering.provider
    if not (offering.enabled and provider.enabled):
        return f"{offering} is switched off"
    if discipline not in offering.disciplines:
        return f"{offering} does not offer this discipline"
    if provider.dialect not in DIALECTS:
        return f"the dialect {provider.dialect} of {provider.name} is not spoken yet"
    if wrong := say_wrong_flags(offering):
        return f"the flags of {offering} are wrong: {wrong}"
    if wrong := why_no_address(provider):
        return wrong
    if why_held_back(offering):
        return f"the key of {provider.name} may not be sent to it: see KEY_HOSTS"
    if provider.key_variable and provider_key(provider) is None:
        return f"no key for {provider.name}: set {provider.key_variable}"
    return ""


def usable_offerings(
    offerings: Iterable[Offering], *, discipline: str
) -> tuple[list[Offering], list[str]]:
    """Split offerings into those that are set up, in their order, and reasons why the others are not."""
    usable, reasons = [], []
    for offering in sorted(offerings, key=lambda offering: (offering.priority, offering.pk)):
        reason = why_not(offering, discipline=discipline)
        if reason:
            reasons.append(reason)
        else:
            usable.append(offering)
    return usable, reasons


def take_turns(usable: Sequence[Offering], *, turn: int) -> list[Offering]:
    """Order usable offerings by priority; those of the best one take turns, so that all are measured."""
    best = [offering for offering in usable if offering.priority == usable[0].priority]
    start = turn % len(best) if best else 0
    return [*best[start:], *best[:start], *usable[len(best) :]]


def choose_offering(
    model: ImageModel,
    *,
    discipline: str,
    turn: int = 0,
    offerings: Iterable[Offering] | None = None,
) -> Choice:
    """Choose the offering with the lowest priority number that is set up, whatever its health.

    Offerings of equal priority take turns: `turn` is the challenge's number, so that one challenge
    asks one provider for all takes of a model, and every provider is measured. `offerings`: the model's,
    where they are read already.
    """
    if offerings is None:
        offerings = model.offerings.select_related("provider")
    usable, reasons = usable_offerings(offerings, discipline=discipline)
    if usable:
        return Choice(take_turns(usable, turn=turn)[0])
    return Choice(None, "; ".join(reasons) or f"{model.name} is offered by no provider")


def choose_route(
    offerings: Iterable[Offering],
    *,
    discipline: str,
    turn: int,
    pinned: int | None,
    fallback: bool,
    tried: Mapping[int, Tried],
    health: Mapping[int, Breaker],
    room: Mapping[int, str],
    now: datetime,
) -> Route:
    """Choose whom to ask for one slot at this moment; a Route without offering means: wait.

    `pinned`: the offering (id) that made the batch's other pictures of this model; it stays the first as
    long as it is set up. Without one the first healthy offering is, by priority. `fallback`: whether others
    may follow it; `tried`: what was tried for this slot; `health`: breakers by offering; `room`: why a
    provider (id) can take no call now, by what is missing.
    """
    usable, reasons = usable_offerings(offerings, discipline=discipline)
    if not usable:
        return Route(None, passed_over={"set-up": "; ".join(reasons) or "offered by no provider"})
    ordered = take_turns(usable, turn=turn)
    first = next((offering for offering in ordered if offering.pk == pinned), None)
    why = "pinned" if first else "priority"
    if first is None:
        healthy = (o for o in ordered if not breakers.judge(health.get(o.pk), now=now).why_not)
        first = next(healthy, ordered[0])
    others = [offering for offering in ordered if offering.pk != first.pk] if fallback else []
    passed_over: dict[str, str] = {}
    left = _not_given_up([first, *others], tried)
    for offering in (first, *others):
        verdict = breakers.judge(health.get(offering.pk), now=now)
        if offering not in left:
            passed_over[str(offering)] = f"tried {tried[offering.pk].attempts} times"
        elif verdict.why_not:
            passed_over[str(offering)] = verdict.why_not
        elif room.get(offering.provider_id):
            passed_over[str(offering)] = room[offering.provider_id]
        else:
            return Route(
                offering,
                as_probe=verdict.as_probe,
                why=why if offering == first else "fallback",
                passed_over=passed_over,
            )
    return Route(None, passed_over=passed_over)


def _not_given_up(offerings: Sequence[Offering], tried: Mapping[int, Tried]) -> list[Offering]:
    """Pick those to ask for a slot: the ones not tried often yet, else those not given up, else all.

    So a slot that is due always has somebody to be asked for it.
    """
    done = {offering.pk: tried.get(offering.pk, Tried()) for offering in offerings}
    kept = [offering for offering in offerings if not done[offering.pk].final]
    fresh = [o for o in kept if done[o.pk].attempts < ATTEMPTS_BEFORE_FALLBACK]
    return fresh or kept or list(offerings)
