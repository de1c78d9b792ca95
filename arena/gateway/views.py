"""The gateway's addresses: parse, ask, answer."""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse

from arena.catalog.models import Discipline
from arena.clients.models import ApiKey
from arena.generation.models import Generation
from arena.generation.on_demand import NoRoute, estimate_on_demand, load_made
from arena.providers.types import Reference

from .addresses import BadAddress, open_address
from .answers import answer_estimate, answer_pictures, source_of
from .asking import Asked, read_asked
from .bodies import read_form, read_json
from .door import Answer, Caller, answer_json, open_door
from .encoding import MEDIA_TYPES, encode_as, read_references
from .errors import GatewayError, invalid, missing
from .making import make_pictures, name_error
from .naming import Route, describe_model, find_route, list_models

YES, NO = ("true", "1"), ("", "false", "0")


@open_door("POST", scope=ApiKey.Scope.GENERATE, slow=True)
def generations(request: HttpRequest, *, caller: Caller) -> HttpResponse:
    fields = read_json(request).fields
    discipline = Discipline.TEXT_TO_IMAGE.value
    asked, route = read_asked(fields), _find(fields, discipline=discipline)
    return _answer(request, caller, route=route, asked=asked, discipline=discipline)


@open_door("POST", scope=ApiKey.Scope.EDIT, slow=True)
def edits(request: HttpRequest, *, caller: Caller) -> HttpResponse:
    body = read_form(request)
    if not body.pictures:
        raise missing("image")
    discipline = Discipline.IMAGE_EDITING.value
    route = _find(body.fields, discipline=discipline)
    references, shape = read_references(body.pictures)
    asked = read_asked(body.fields, auto=shape)
    return _answer(
        request, caller, route=route, asked=asked, discipline=discipline, references=references
    )


def _find(fields: Any, *, discipline: str) -> Route:
    if fields.get("model") in (None, ""):
        raise missing("model")
    return find_route(fields["model"], discipline=discipline)


def _answer(
    request: HttpRequest,
    caller: Caller,
    *,
    route: Route,
    asked: Asked,
    discipline: str,
    references: tuple[Reference, ...] = (),
) -> HttpResponse:
    if _is_dry(request):
        try:
            offering, expected, ceiling = estimate_on_demand(
                model=route.model,
                asked=asked.describe(discipline=discipline, number=0),
                references=len(references),
                offering=route.offering,
            )
        except NoRoute as error:
            raise name_error(error) from error
        return answer_estimate(offering, expected=expected, ceiling=ceiling, asked=asked)
    gathered = make_pictures(
        route=route, asked=asked, discipline=discipline, references=references, caller=caller
    )
    return answer_pictures(request, gathered=gathered, asked=asked)


def _is_dry(request: HttpRequest) -> bool:
    said = request.GET.get("dryRun", "").lower()
    if said not in (*YES, *NO):
        raise invalid("dryRun is true or false.", param="dryRun")
    return said in YES


@open_door("GET", "HEAD", scope=ApiKey.Scope.MODELS)
def models(request: HttpRequest, *, caller: Caller) -> HttpResponse:
    return answer_json({"object": "list", "data": list_models()})


@open_door("GET", "HEAD", scope=ApiKey.Scope.MODELS)
def model(request: HttpRequest, *, name: str, caller: Caller) -> HttpResponse:
    return answer_json(describe_model(find_route(name, discipline=None).model))


@open_door("GET", "HEAD", scope=None)
def file(request: HttpRequest, *, token: str) -> HttpResponse:
    """A made picture: its address is the permission. Only callers' own pictures have one."""
    try:
        address = open_address(token, now=time.time())
    except BadAddress as error:
        raise GatewayError(404, error.sentence, code="file_not_found") from error
    generation = (
        Generation.objects.select_related("slot__model")
        .filter(
            pk=address.generation_id,
            origin=Generation.Origin.GATEWAY,
            state=Generation.State.STORED,
            slot__api_key__isnull=False,
        )
        .first()
    )
    if generation is None:
        raise GatewayError(404, "There is no such file.", code="file_not_found")
    try:
        data = load_made(generation)
    except FileNotFoundError as error:
        raise GatewayError(404, "This file is gone.", code="file_not_found") from error
    data, form = encode_as(
        data,
        form=address.form or None,
        quality=address.quality,
        source=source_of(generation),
    )
    left = max(address.until - int(time.time()), 0)
    headers = {
        "Cache-Control": f"private, max-age={left}, immutable",
        "Content-Disposition": f'inline; filename="picture.{form}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Answer(data, content_type=MEDIA_TYPES[form], headers=headers)


@open_door("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", scope=None)
def unknown(request: HttpRequest, *, rest: str = "") -> HttpResponse:
    said = f"Unknown address /openai/{rest[:80]}."
    raise GatewayError(404, said, code="unknown_url")
