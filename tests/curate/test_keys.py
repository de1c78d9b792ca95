"""Keys of the gateway at the desk: made, shown once, limited, watched, revoked, never deleted."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session

from arena.clients.keys import KeyRefused, find_key, make_key, revoke_key
from arena.clients.models import ApiKey
from arena.generation.models import Generation, LedgerEntry, Slot
from tests.factories import create_offering

pytestmark = pytest.mark.django_db
LIST = "/staff/clients/apikey/"
ADD = f"{LIST}add/"


def form(**values: Any) -> dict[str, Any]:
    return {
        "name": "Ann's editor",
        "scopes": ["generate", "models"],
        "dollars_per_day": "2.50",
        "calls_per_day": "100",
        "expires_at_0": "",
        "expires_at_1": "",
    } | values


def change(key: ApiKey) -> str:
    return f"{LIST}{key.pk}/change/"


def use(key: ApiKey, *, calls: int = 1, dollars: str = "0") -> None:
    """Rows of calls that a key made today, the first of which was charged."""
    offering = create_offering(resend_safe=False)
    asked = {"discipline": "text-to-image", "prompt": "x", "width": 64, "height": 64}
    for number in range(calls):
        slot = Slot.objects.create(model=offering.model, asked=asked, api_key=key)
        generation = Generation.objects.create(slot=slot, offering=offering, origin="gateway")
        if number == 0:
            LedgerEntry.objects.create(
                generation=generation,
                kind="settle",
                amount=Decimal(dollars),
                day=generation.created_at.date(),
                provider=offering.provider,
                api_key=key,
            )


def test_a_new_key_is_shown_once_and_kept_nowhere(client, curator):
    page = client.post(ADD, form())
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    (secret,) = re.findall(r"pg_[\w-]{40,}", page.content.decode())
    key = find_key(secret)
    assert (key.name, key.created_by) == ("Ann's editor", curator)
    assert key.scopes == ["generate", "models"]
    assert (key.dollars_per_day, key.calls_per_day) == (Decimal("2.5"), 100)
    assert list(get_messages(page.wsgi_request)) == []
    kept = "".join(
        str(row) for table in (ApiKey, LogEntry, Session) for row in table.objects.values_list()
    )
    kept += "".join(str(session.get_decoded()) for session in Session.objects.all())
    kept += "".join(morsel.value for morsel in client.cookies.values())
    for address in (LIST, change(key), f"{LIST}{key.pk}/history/"):
        kept += client.get(address).content.decode()
    assert secret not in kept
    assert secret[:11] in kept


@pytest.mark.parametrize(
    "values", [{"scopes": []}, {"scopes": ["admin"]}, {"dollars_per_day": "-1"}, {"name": ""}]
)
def test_a_key_that_makes_no_sense_is_not_made(client, curator, values):
    assert client.post(ADD, form(**values)).status_code == 200
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("idle", [0, 2])
def test_the_list_shows_each_keys_use_today(client, curator, django_assert_num_queries, idle):
    busy = make_key(name="Busy", scopes=["generate"], calls_per_day=10).key
    busy_too = make_key(name="Rich", scopes=["generate"], dollars_per_day=Decimal(3)).key
    for _ in range(idle):
        make_key(name="Idle", scopes=["edit"])
    use(busy, calls=3)
    use(busy_too, dollars="1.25")
    with django_assert_num_queries(12):
        page = client.get(LIST).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "3 of 10" in text
    assert "$1.2500 of $3.00" in text
    assert "3 of 10" in client.get(change(busy)).content.decode()


def test_a_curator_limits_a_key(client, curator):
    key = make_key(name="Ann", scopes=["generate", "edit"]).key
    answer = client.post(change(key), form(scopes=["edit"], calls_per_day="5"))
    assert answer.status_code == 302
    old = key.digest
    key.refresh_from_db()
    assert (key.scopes, key.calls_per_day, key.digest) == (["edit"], 5, old)


def test_a_curator_revokes_a_key_for_good(client, curator):
    made = make_key(name="Ann", scopes=["generate"])
    action = {"action": "revoke", "_selected_action": [made.key.pk]}
    assert "1 keys revoked" in client.post(LIST, action, follow=True).content.decode()
    with pytest.raises(KeyRefused):
        find_key(made.secret)
    assert LogEntry.objects.filter(change_message__contains="Revoked").count() == 1
    # Nothing about it can be changed any more.
    client.post(change(made.key), form(name="Somebody else"))
    made.key.refresh_from_db()
    assert made.key.name == "Ann"
    assert made.key.revoked_at is not None


def test_nobody_deletes_a_key(client, admin_user):
    key = make_key(name="Ann", scopes=["generate"]).key
    client.force_login(admin_user)
    assert client.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [key.pk], "post": "yes"}
    client.post(LIST, action)
    assert ApiKey.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize("who", ["nobody", "user", "staff", "viewer"])
def test_others_make_and_revoke_nothing(client, who):
    made = make_key(name="Ann", scopes=["generate"])
    if who != "nobody":
        user = User.objects.create_user(who, is_staff=who != "user")
        if who == "viewer":
            user.user_permissions.add(Permission.objects.get(codename="view_apikey"))
        client.force_login(user)
    action = {"action": "revoke", "_selected_action": [made.key.pk]}
    allowed = {200} if who == "viewer" else {302, 403}
    assert client.get(LIST).status_code in allowed
    assert client.get(change(made.key)).status_code in allowed
    assert client.post(ADD, form()).status_code in {302, 403}
    client.post(LIST, action)
    client.post(change(made.key), form(name="Somebody else"))
    assert ApiKey.objects.get().name == "Ann"
    assert find_key(made.secret) == made.key


def test_a_revoked_key_is_shown_as_such(client, curator):
    key = make_key(name="Ann", scopes=["generate"]).key
    revoke_key(key)
    assert "revoked" in client.get(LIST).content.decode()
    assert "revoked" in client.get(change(key)).content.decode()
