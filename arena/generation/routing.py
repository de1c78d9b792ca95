"""Which offering is asked for a model's picture."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from arena.catalog.models import ImageModel, Offering, Provider
from arena.providers.dialects import DIALECTS


@dataclass(frozen=True)
class Choice:
    """The offering to ask, or a sentence that says what is missing."""

    offering: Offering | None
    missing: str = ""


def provider_key(provider: Provider, *, environment: Mapping[str, str] | None = None) -> str | None:
    """Read a provider's key from the environment; None when it is not set."""
    if not provider.key_variable:
        return None
    return (environment if environment is not None else os.environ).get(
        provider.key_variable
    ) or None


def why_not(offering: Offering, *, discipline: str) -> str:
    """Say why an offering cannot be asked; an empty string when it can."""
    provider = offering.provider
    if not (offering.enabled and provider.enabled):
        return f"{offering} is switched off"
    if discipline not in offering.disciplines:
        return f"{offering} does not offer this discipline"
    if provider.dialect not in DIALECTS:
        return f"the dialect {provider.dialect} of {provider.name} is not spoken yet"
    if provider.key_variable and provider_key(provider) is None:
        return f"no key for {provider.name}: set {provider.key_variable}"
    return ""


def choose_offering(model: ImageModel, *, discipline: str, turn: int = 0) -> Choice:
    """Choose the offering with the lowest priority number that can be asked now.

    Offerings of equal priority take turns: `turn` is the challenge's number, so that one challenge
    asks one provider for all takes of a model, and every provider is measured.
    """
    reasons: list[str] = []
    usable: list[Offering] = []
    for offering in model.offerings.select_related("provider").order_by("priority", "pk"):
        reason = why_not(offering, discipline=discipline)
        if reason:
            reasons.append(reason)
        elif not usable or offering.priority == usable[0].priority:
            usable.append(offering)
    if usable:
        return Choice(usable[turn % len(usable)])
    return Choice(None, "; ".join(reasons) or f"{model.name} is offered by no provider")
