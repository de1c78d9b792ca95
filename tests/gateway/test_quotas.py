"""Quotas of a key: calls and money of a UTC day, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from arena.catalog.models import Provider
from arena.clients.keys import KeyRefused, make_key, revoke_key
from arena.generation.models import Generation, LedgerEntry, Slot
from arena.generation.on_demand import TooBusy
from arena.generation.quotas import OverQuota, Use, measure_use, plan_within_quota
from tests.factories import create_offering

from .conftest import read_error, set_price

ASKED = {
    "discipline": "text-to-image",
    "prompt": "A red boat.",
    "width": 256,
    "height": 256,
    "quality": None,
    "seed": 1,
    "options": {},
}


def limited(**values):
    return make_key(name="Bob", scopes=["generate"], **values)


def test_the_calls_of_a_day_end(fake, generate):
    key = limited(calls_per_day=2)
    assert [generate(key=key.secret).status_code for _ in range(3)] == [200, 200, 429]
    answer = generate(key=key.secret)
    error = read_error(answer)
    assert (error["type"], error["code"]) == ("insufficient_quota", "insufficient_quota")
    assert 1 <= int(answer["Retry-After"]) <= 86_400
    assert answer["X-Should-Retry"] == "false"
    assert len(fake.posts) == 2
    assert generate().status_code == 200  # another key is another quota


def test_each_picture_is_a_call_and_too_many_ask_for_none(fake, generate):
    key = limited(calls_per_day=3)
    assert generate(key=key.secret, n=2).status_code == 200
    answer = generate(key=key.secret, n=2)
    assert answer.status_code == 429
    assert "1 are left" in read_error(answer)["message"]
    assert len(fake.posts) == 2


def test_yesterdays_calls_and_other_attempts_do_not_count(fake, model, generate):
    key = limited(calls_per_day=1)
    create_offering(model=model, provider_slug="second", priority=200)
    fake.script(["not_found", "ok"])
    assert generate(key=key.secret).status_code == 200
    assert Generation.objects.count() == 2
    assert measure_use([key.key])[key.key.pk].calls == 1
    Generation.objects.update(created_at=F("created_at") - timedelta(days=1))
    assert measure_use([key.key])[key.key.pk].calls == 0
    yesterday = timezone.now().date() - timedelta(days=1)
    assert measure_use([key.key], day=yesterday)[key.key.pk].calls == 1
    assert generate(key=key.secret).status_code == 200


def test_a_call_that_failed_was_a_call_and_costs_nothing(fake, model, generate):
    set_price(model)
    key = limited(calls_per_day=1, dollars_per_day=Decimal("0.04"))
    fake.script(["policy"])
    assert generate(key=key.secret).status_code == 400
    assert measure_use([key.key])[key.key.pk] == Use(calls=1, dollars=Decimal(0))
    assert generate(key=key.secret).status_code == 429


def test_the_dollars_of_a_day_end_before_they_are_exceeded(fake, model, generate):
    set_price(model, "0.04")
    key = limited(dollars_per_day=Decimal("0.10"))
    assert [generate(key=key.secret).status_code for _ in range(3)] == [200, 200, 429]
    answer = generate(key=key.secret)
    assert read_error(answer)["code"] == "insufficient_quota"
    assert answer["X-Should-Retry"] == "false"
    assert fake.bill == 2
    used = measure_use([key.key])[key.key.pk]
    assert used == Use(calls=2, dollars=Decimal("0.08"))


def test_a_cap_of_the_site_is_no_payment_required_either(fake, model, generate, settings):
    set_price(model, "0.04")
    settings.DAILY_SPENDING_CAP = Decimal("0.05")
    assert generate().status_code == 200
    answer = generate()
    error = read_error(answer)
    assert (answer.status_code, error["code"]) == (429, "insufficient_quota")
    # How much the site may spend is for its operator.
    assert "0.05" not in error["message"]
    assert fake.bill == 1
    assert Slot.objects.count() == 1


def test_use_is_what_is_held_and_settled(fake, model, generate):
    set_price(model, "0.04")
    key = limited()
    fake.script(["ok", "reset_mid_body"])
    assert generate(key=key.secret).status_code == 200
    assert generate(key=key.secret).status_code == 502
    # The second may have been charged: it stays put aside until a curator knows.
    assert Generation.objects.filter(state="uncertain").count() == 1
    assert measure_use([key.key])[key.key.pk].dollars == Decimal("0.08")
    assert set(LedgerEntry.objects.values_list("api_key", flat=True)) == {key.key.pk}


@pytest.mark.parametrize("callers", [16])
def test_callers_at_once_never_share_the_last_call(model, callers):
    Provider.objects.update(max_in_flight=100)
    key = limited(calls_per_day=5)

    def plan(_: int) -> str:
        try:
            plan_within_quota(model=model, asked=ASKED, api_key=key.key)
            return "planned"
        except OverQuota:
            return "over"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        ends = sorted(pool.map(plan, range(callers)))
    assert ends == ["over"] * 11 + ["planned"] * 5
    assert Slot.objects.count() == 5


def test_a_key_that_is_revoked_meanwhile_plans_nothing(model):
    key = limited()
    revoke_key(key.key)
    with pytest.raises(KeyRefused):
        plan_within_quota(model=model, asked=ASKED, api_key=key.key)
    assert not Slot.objects.exists()


def test_what_a_busy_provider_refused_was_no_call(model):
    Provider.objects.update(max_in_flight=1)
    key = limited(calls_per_day=2)
    plan_within_quota(model=model, asked=ASKED, api_key=key.key)
    with pytest.raises(TooBusy):
        plan_within_quota(model=model, asked=ASKED, api_key=key.key)
    assert measure_use([key.key])[key.key.pk].calls == 1


def test_a_busy_provider_is_429_with_a_wait(fake, model, generate, secret):
    Provider.objects.update(max_in_flight=1)
    other = limited()
    plan_within_quota(model=model, asked=ASKED, api_key=other.key)
    answer = generate()
    assert (answer.status_code, read_error(answer)["code"]) == (429, "rate_limit_exceeded")
    assert int(answer["Retry-After"]) >= 1
    assert fake.posts == []


def test_many_keys_are_measured_in_two_queries(fake, generate, django_assert_num_queries):
    keys = [limited().key for _ in range(3)]
    with django_assert_num_queries(2):
        assert set(measure_use(keys).values()) == {Use()}
