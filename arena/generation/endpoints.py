"""From rows to what the provider layer is handed: keys, addresses and requests."""

from urllib.parse import urlsplit

from django.conf import settings

from arena.catalog.flags import flags_of
from arena.catalog.keys import address_of, why_held_back, why_no_address
from arena.catalog.models import Offering
from arena.providers.types import Endpoint, Outcome, PictureRequest, ProviderError, Reference

from .endings import KEY_HELD_BACK, WRONG_SETUP
from .models import Generation
from .routing import provider_key
from .wanted import describe_wanted, read_references


class NothingSent(ProviderError):
    """This site's own rows or settings keep a call from being made; `name` is its outcome."""

    def __init__(self, why: str, *, name: str) -> None:
        super().__init__(
            Outcome.AUTH, f"Nothing was sent. {why}", billed=False, retryable=False, fallback=True
        )
        self.name = name


def open_endpoint(offering: Offering) -> Endpoint:
    """Gather address, key and limits of an offering's provider; raises NothingSent."""
    provider = offering.provider
    # Again, whatever was checked when the row was saved: rows are older than rules, and settings change.
    if why := why_held_back(offering):
        raise NothingSent(why, name=KEY_HELD_BACK)
    if why := why_no_address(provider):
        raise NothingSent(why, name=WRONG_SETUP)
    base_url = address_of(provider)
    address = urlsplit(base_url)
    return Endpoint(
        base_url=base_url,
        key=provider_key(provider) or "",
        private_hosts=(*settings.PRIVATE_HOSTS, *((address.netloc,) if provider.is_local else ())),
        options=flags_of(offering),
        deadline_seconds=settings.CALL_DEADLINE.total_seconds(),
    )


def picture_request(
    generation: Generation, *, references: tuple[Reference, ...] | None = None
) -> PictureRequest:
    """Describe the wanted picture; `references` stand in for those of the slot's challenge."""
    wanted = describe_wanted(generation.slot)
    return PictureRequest(
        discipline=wanted.discipline,
        remote_id=generation.offering.remote_id,
        prompt=wanted.prompt,
        width=wanted.width,
        height=wanted.height,
        references=read_references(wanted) if references is None else references,
        seed=wanted.seed,
        options=wanted.options,
        quality=wanted.quality,
    )
