"""Five roles at every address of the project, against the table in tests/permissions.py."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from arena.battles.suggestions import suggest_prompt
from arena.battles.voters import SALT
from arena.challenges.history import note_action
from arena.challenges.models import Category
from arena.curate.login import ensure_group
from arena.generation.ledger import reserve
from arena.generation.models import Breaker, Delivery, SpendingCap, Trial
from arena.ratings.publishing import refresh_boards
from tests.factories import cast, create_arena, create_offering, create_voter, issue
from tests.generation.money import create_key, plan_call

from .permissions import ADMIN, ROLES, TABLE

pytestmark = pytest.mark.django_db
# For these the test makes no row: whoever may is told that there is none.
WITHOUT_ROW = {
    *("admin:view_on_site", "staff/(?P<url>.*)$", "api/v1/<path:rest>", "openai/<path:rest>"),
    *("openai/", "gateway:file", "web:original", "web:playground_download"),
    *("web:playground_picture", "desk:batch", "desk:detach", "desk:decide", "desk:move"),
}
AUTOCOMPLETE = {
    "app_label": "auth",
    "model_name": "user",
    "field_name": "groups",
    "term": "",
}


def walk(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """List every address as (name, route); the route is the name where there is none."""
    for found in resolver.url_patterns:
        route = before + str(found.pattern).removeprefix("^")
        if isinstance(found, URLPattern):
            yield f"{space}{found.name}" if found.name else route, route
        else:
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from walk(found, route, inner)


ADDRESSES = dict(walk(get_resolver()))


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert sorted(ADDRESSES.keys() ^ TABLE.keys()) == []
    assert len(list(walk(get_resolver()))) == len(ADDRESSES)


@pytest.fixture
def rows() -> dict[str, str]:
    """One row of everything that has a page, and what stands for it in addresses."""
    (challenge,) = create_arena(models=3, files=True)
    cast()
    refresh_boards()
    Breaker.objects.create(offering=create_offering())
    SpendingCap.objects.create(scope="day", dollars=5)
    challenge.categories.add(Category.objects.create(slug="posters", name="Posters"))
    create_key()
    ensure_group()
    paid = plan_call()
    with transaction.atomic():
        reserve(generation=paid, amount=Decimal("0.04"))
    battle = issue(voter=create_voter())
    thumb = battle.left.pictures.get(kind="thumb")
    first, second = sorted((battle.left.slot.model.slug, battle.right.slot.model.slug))
    line = note_action(challenge=challenge, who=None, said="Wrote it.", way_back="No way back.")
    return {
        "first": first,
        "second": second,
        "name": thumb.name,
        "ext": thumb.extension,
        "offering": str(paid.offering_id),
        "provider": paid.offering.provider.slug,
        "candidate": str(battle.left_id),
        "call": str(paid.pk),
        "batch": str(battle.left.slot.batch_id),
        "breaker": str(Breaker.objects.get().offering_id),
        "line": str(line.pk),
        "token": battle.token,
        "delivery": Delivery.objects.create(token="delivered-pictures", plan=[]).token,
        "suggestion": str(
            suggest_prompt(
                title="Owl",
                text="An owl.",
                discipline="text-to-image",
                voter=battle.voter,
                network="",
            ).pk
        ),
        "trial": Trial.objects.create(prompt="A fox.", width=256, height=256).token,
        "challenge": challenge.slug,
        "pk": str(challenge.pk),
        "voter": str(battle.voter_id),
    }


def log_in(role: str, rows: dict[str, str]) -> Client:
    """A browser of somebody in this role; the voter's is the one the battle was issued to."""
    client = Client(raise_request_exception=False)
    if role == "voter":
        cookie = signing.dumps(int(rows["voter"]), salt=SALT)
        client.cookies[settings.VOTER_COOKIE] = cookie
    if role in ("curator", "staff", "superuser"):
        user = User.objects.create_user(role, is_staff=True, is_superuser=role == "superuser")
        if role == "curator":
            user.groups.add(ensure_group())
        client.force_login(user)
    return client


def address_of(name: str, route: str, rows: dict[str, str]) -> str:
    """Fill in a route with rows that exist."""
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)\$?", r"<\1>", route)
    values = {
        "token": rows[_token_of(name)],
        "slug": _slug_of(name, rows),
        **{key: rows[key] for key in ("first", "second", "name", "ext")},
        **({"name": "labs", "ending": "csv"} if name == "catalogue:export" else {}),
        "a": rows["first"],
        "b": rows["second"],
        "discipline": "image-editing",
        "pk": rows[PK_OF.get(name, "pk")],
        "app_label": "catalog",
        "object_id": _row_of(name, route),
        "id": str(User.objects.values_list("pk", flat=True).first() or 1),
        "place": "1",
        "section": "overview",
        "number": "1",
    }
    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>", lambda found: values.get(found.group(1), "nothing"), route
    ).removesuffix("$")


PK_OF = {
    "catalogue:offering": "offering",
    "catalogue:prices": "offering",
    "desk:batch": "batch",
    "desk:breaker": "breaker",
    "desk:call": "call",
    "desk:decide": "candidate",
    "desk:undo": "line",
    "moderation:decide_suggestion": "suggestion",
    "moderation:reported_picture": "candidate",
}


def _token_of(name: str) -> str:
    if name == "moderation:delivery":
        return "delivery"
    return "trial" if "playground" in name else "token"


def _slug_of(name: str, rows: dict[str, str]) -> str:
    if name.removeprefix("catalogue:") in ("model", "add_offering", "words", "text", "claims"):
        return rows["first"]
    if name in ("catalogue:provider", "catalogue:lab"):
        return rows["provider"] if name == "catalogue:provider" else "test-lab"
    if name in ("web:model", "web:model_llms", "web:model_card", "api:model", "api:opponents"):
        return rows["first"]
    if "challenge" in name:
        return rows["challenge"]
    return "posters" if name == "web:vote_category" else "image-editing"


def _row_of(name: str, route: str) -> str:
    found = re.match(r"staff/(\w+)/(\w+)/<path:object_id>/", route)
    if not found:
        return "1"
    row: Any = apps.get_model(*found.groups())._default_manager.first()
    assert row is not None, f"{name}: the test has no row of {found.groups()}"
    return str(row.pk)


def is_refused(response: Any, *, status: int) -> bool:
    to_login = response.status_code == 302 and response["Location"].startswith(
        f"{settings.LOGIN_URL}?"
    )
    return to_login or response.status_code in (403, status)


# Django's admin makes its forms' URL fields by itself, and says that their default will change.
@pytest.mark.filterwarnings("ignore:The default scheme will be changed")
@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_what_the_table_says(role: str, rows: dict[str, str]) -> None:
    User.objects.create_user("somebody")
    client = log_in(role, rows)
    cookies = client.cookies.copy()
    wrong = []
    for name, route in ADDRESSES.items():
        line, path = TABLE[name], address_of(name, route, rows)
        query = AUTOCOMPLETE if name == "admin:autocomplete" else {}
        before = transaction.savepoint()
        response = getattr(client, line.method)(path, query)
        if response.streaming:
            b"".join(response)  # a file that nobody reads keeps its room
        transaction.savepoint_rollback(before)
        client.cookies = cookies.copy()
        refused = is_refused(response, status=line.refusal)
        there = response.status_code != 404 or refused or name in WITHOUT_ROW
        if refused == (role in line.who) or response.status_code in (405, 500) or not there:
            wrong.append(f"{name} {line.method} {path}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_table_covers_every_kind_of_row() -> None:
    """Rows that Django's admin shows are those that the table knows."""
    shown = {name[6:-11] for name in ADDRESSES if name.endswith("_changelist")}
    assert shown == ADMIN.keys()
