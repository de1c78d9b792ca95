"""From rows to what the provider layer is handed: keys, addresses and requests."""

from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings

from arena.catalog.models import Offering
from arena.challenges.models import ReferencePicture
from arena.providers.types import Discipline, Endpoint, PictureRequest, Reference

from .models import Generation
from .routing import provider_key


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
        private_hosts=(address.netloc,) if provider.is_local else (),
        options={**provider.options, **offering.options},
        deadline_seconds=settings.CALL_DEADLINE.total_seconds(),
    )


def picture_request(generation: Generation) -> PictureRequest:
    """Describe the wanted picture; the take is the seed, so that takes differ and can be made again."""
    slot = generation.slot
    challenge = slot.prompt.challenge
    return PictureRequest(
        discipline=cast(Discipline, challenge.discipline),
        remote_id=generation.offering.remote_id,
        prompt=slot.prompt.text,
        width=challenge.canvas_width,
        height=challenge.canvas_height,
        references=tuple(
            _reference(picture) for picture in challenge.references.order_by("position")
        ),
        seed=slot.take,
    )


def _reference(picture: ReferencePicture) -> Reference:
    name = Path(picture.file.name or "").name
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    with picture.file.open("rb") as file:
        return Reference(data=file.read(), content_type=kind, name=name)
