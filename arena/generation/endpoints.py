"""From rows to what the provider layer is handed: keys, addresses and requests."""

from urllib.parse import urlsplit

from django.conf import settings

from arena.catalog.flags import flags_of
from arena.catalog.models import Offering
from arena.providers.types import Endpoint, PictureRequest, Reference

from .models import Generation
from .routing import provider_key
from .wanted import describe_wanted, read_references


def open_endpoint(offering: Offering) -> Endpoint:
    """Gather address, key and limits of an offering's provider."""
    provider = offering.provider
    base_url = provider.base_url
    if provider.is_local:
        base_url = f"{settings.STUDIOS_URL}{provider.base_url or '/v1'}"
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
