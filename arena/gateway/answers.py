"""What callers are told: pictures, costs, headers."""

import base64
import time
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from arena.catalog.models import Offering, Population
from arena.generation.models import Generation
from arena.generation.on_demand import Made
from arena.generation.storing import SOURCES
from arena.pictures.mark import SourceType

from .addresses import seal_address
from .asking import Asked
from .door import Answer, answer_json
from .encoding import encode_as, tell_format
from .making import Gathered

CENTS = Decimal("0.000001")


def answer_pictures(request: HttpRequest, *, gathered: Gathered, asked: Asked) -> Answer:
    """Answer made pictures, in OpenAI's shape; what is missing of them is told beside them."""
    body: dict[str, Any] = {
        "created": int(time.time()),
        "data": [_entry(request, made, asked=asked) for made in gathered.made],
        "output_format": asked.form or tell_format(gathered.made[0].data),
        "size": f"{gathered.made[0].width}x{gathered.made[0].height}",
    }
    usage = _add_usage([made.generation.usage or {} for made in gathered.made])
    if usage:
        body["usage"] = usage
    headers = {
        "X-Paragone-Provider": ", ".join(gathered.providers),
        "X-Paragone-Cost": tell_dollars(gathered.cost),
        "X-Paragone-Attempts": str(gathered.attempts),
    }
    if gathered.failed:
        body["missing"] = [error.body["error"] for error in gathered.failed]
        headers["X-Paragone-Missing"] = str(len(gathered.failed))
    return answer_json(body, headers=headers)


def source_of(generation: Generation) -> SourceType:
    """Tell how a generation's picture came to be, for its mark."""
    return SOURCES[Population(generation.slot.model.population)]


def _entry(request: HttpRequest, made: Made, *, asked: Asked) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if asked.by_url:
        token = seal_address(
            generation_id=made.generation.pk,
            form=asked.form,
            quality=asked.compression,
            now=time.time(),
        )
        entry["url"] = request.build_absolute_uri(reverse("gateway:file", args=[token]))
    else:
        data, _form = encode_as(
            made.data,
            form=asked.form,
            quality=asked.compression,
            source=source_of(made.generation),
        )
        entry["b64_json"] = base64.b64encode(data).decode("ascii")
    if made.revised_prompt:
        entry["revised_prompt"] = made.revised_prompt
    return entry


def _add_usage(told: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up the tokens that providers counted; empty where one of them counted none."""
    names = ("input_tokens", "output_tokens")
    if not all(isinstance(usage.get(name), int) for usage in told for name in names):
        return {}
    usage: dict[str, Any] = {name: sum(one[name] for one in told) for name in names}
    usage["total_tokens"] = sum(usage.values())
    parts = [_parts(one) for one in told]
    usage["input_tokens_details"] = {
        name: sum(part[name] for part in parts) for name in ("text_tokens", "image_tokens")
    }
    return usage


def _parts(usage: dict[str, Any]) -> dict[str, int]:
    """Split input tokens; without a word about them all are the text's."""
    told = usage.get("input_tokens_details")
    image = told.get("image_tokens") if isinstance(told, dict) else None
    image = image if isinstance(image, int) else 0
    return {"text_tokens": usage["input_tokens"] - image, "image_tokens": image}


def answer_estimate(
    offering: Offering, *, expected: Decimal | None, ceiling: Decimal | None, asked: Asked
) -> Answer:
    """Answer what a call would cost, in the shape of an answer without pictures."""
    told = {
        "currency": "USD",
        "expected": _times(expected, asked.pictures),
        "ceiling": _times(ceiling, asked.pictures),
        "pictures": asked.pictures,
        "provider": offering.provider.slug,
    }
    body = {"created": int(time.time()), "data": [], "dry_run": True, "estimate": told}
    return answer_json(body, headers={"X-Paragone-Provider": offering.provider.slug})


def _times(price: Decimal | None, pictures: int) -> str | None:
    return None if price is None else tell_dollars(price * pictures)


def tell_dollars(amount: Decimal | None) -> str:
    """Write dollars with six places; a price that nobody knows is `unknown`."""
    return "unknown" if amount is None else f"{amount.quantize(CENTS):f}"
