"""Dated price lists at the desk: planned, shown, taken back, and refused where they cannot be meant."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from arena.catalog.models import PriceRule
from arena.challenges.models import HistoryLine
from tests.curate.pressing import address, post_raw, take_back
from tests.factories import create_offering

pytestmark = pytest.mark.django_db


def price_form(**values: Any) -> dict[str, Any]:
    return {
        "rules-TOTAL_FORMS": 3,
        "rules-INITIAL_FORMS": 1,
        "source": "their page",
        "rules-0-direction": "output",
        "rules-0-unit": "image",
        "rules-0-amount": "0.05",
        "rules-1-direction": "output",
        "rules-1-unit": "image",
        "rules-2-unit": "image",
        "rules-2-direction": "output",
        **values,
    }


def test_a_price_list_is_planned_shown_by_date_and_taken_back(client, curator):
    offering = create_offering(price="0.04", resend_safe=False)
    page = address("prices", offering.pk)
    shown = client.get(page)
    assert shown.context["rules"].forms[0].initial["amount"] == "0.04"
    tomorrow = timezone.now().date() + timedelta(days=1)
    over = client.post(page, price_form(valid_from=str(tomorrow - timedelta(days=9))))
    assert over.status_code == 422
    assert b"calls were priced by what held then" in over.content
    broken = price_form(valid_from=str(tomorrow)) | {"rules-0-amount": "-1"}
    assert b"is negative" in client.post(page, broken).content
    assert PriceRule.objects.count() == 1
    assert client.post(page, price_form(valid_from=str(tomorrow))).status_code == 302
    lists = client.get(page).context["lists"]
    assert [(one.state, one.lines[0].amount) for one in lists] == [
        ("comes", "0.05"), ("holds", "0.04")
    ]  # fmt: skip
    take_back(client)
    assert PriceRule.objects.get().valid_until is None
    today = client.post(page, price_form(valid_from=str(timezone.now().date())))
    assert today.status_code == 302
    line = HistoryLine.objects.first()
    assert line is not None
    assert line.undo is None
    assert "Cannot be taken back" in line.way_back
    assert [one.state for one in client.get(page).context["lists"]] == ["holds", "held"]
    assert client.post(page, {"valid_from": str(tomorrow)}).status_code == 422


def test_a_new_list_reverts_no_other_one_that_came_meanwhile(client, curator):
    offering = create_offering(price="0.04", resend_safe=False)
    page, today = address("prices", offering.pk), timezone.now().date()
    later, tomorrow = str(today + timedelta(days=2)), str(today + timedelta(days=1))
    stale = {"seen": client.get(page).context["form"]["seen"].value()}
    theirs = price_form(valid_from=tomorrow, **stale) | {"rules-0-amount": "0.99"}
    assert client.post(page, theirs).status_code == 302
    mine = price_form(valid_from=later, **stale)
    refused = client.post(page, mine)
    assert refused.status_code == 422
    assert b"Somebody changed the prices while you had this open" in refused.content
    assert [one.lines[0].amount for one in refused.context["lists"]] == ["0.99", "0.04"]
    assert PriceRule.objects.count() == 2
    again = refused.context["form"]["seen"].value()
    assert f'value="{again}"' in refused.content.decode()
    assert client.post(page, mine | {"seen": again}).status_code == 302
    assert PriceRule.objects.count() == 3


def plan_list(client: Any) -> HistoryLine:
    """Plan a price list for a day to come; return its line of the history."""
    offering = create_offering(price="0.04", resend_safe=False)
    day = timezone.now().date() + timedelta(days=5)
    assert (
        client.post(address("prices", offering.pk), price_form(valid_from=str(day))).status_code
        == 302
    )
    line = HistoryLine.objects.first()
    assert line is not None
    return line


def add_a_rule(planned: PriceRule) -> None:
    day = planned.valid_from
    PriceRule.objects.create(
        offering=planned.offering, valid_from=day, source="theirs", amount="0.09", size="2K"
    )


def mend_its_price(planned: PriceRule) -> None:
    planned.amount = Decimal("0.07")
    planned.save()


def put_another_in_its_place(planned: PriceRule) -> None:
    planned.delete()
    planned.pk = None
    planned.save()


@pytest.mark.parametrize("change", [add_a_rule, mend_its_price, put_another_in_its_place])
def test_a_planned_list_that_somebody_changed_since_is_not_taken_back(client, curator, change):
    line = plan_list(client)
    assert line.undo is not None
    change(PriceRule.objects.get(valid_from=line.undo["valid_from"]))
    stands = list(PriceRule.objects.order_by("pk").values())
    assert b"has been changed since" in take_back(client).content
    assert list(PriceRule.objects.order_by("pk").values()) == stands


def test_a_price_list_of_a_line_that_does_not_hold_its_rules_is_not_taken_back(client, curator):
    line = plan_list(client)
    assert line.undo is not None
    del line.undo["added"]
    line.save()
    assert b"This line is of a former version" in take_back(client).content
    assert PriceRule.objects.count() == 2


@pytest.mark.parametrize("amount", ["-1", "10001", "999999.999999"])
def test_a_price_that_nobody_means_is_refused_in_form_and_raw_rows(admin_client, amount):
    offering = create_offering(price="0.04", resend_safe=False)
    tomorrow = timezone.now().date() + timedelta(days=1)
    form = price_form(valid_from=str(tomorrow)) | {"rules-0-amount": amount}
    answer = admin_client.post(address("prices", offering.pk), form)
    assert f"The amount {amount} is " in answer.content.decode()
    post_raw(admin_client, offering, **{"price_rules-0-amount": amount})  # shown there, not changed
    assert PriceRule.objects.get().amount == Decimal("0.04")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_price_list_begins_and_ends_within_reach(admin_client, day):
    offering = create_offering(price="0.04", resend_safe=False)
    answer = admin_client.post(address("prices", offering.pk), price_form(valid_from=day))
    assert answer.status_code == 422
    assert b"is out of reach: price lists begin and end in the years 2000 to 2100" in answer.content
    post_raw(admin_client, offering, **{"price_rules-0-valid_until": day})  # shown, not changed
    assert PriceRule.objects.get().valid_until is None
    # One that came in before the rule breaks no page.
    PriceRule.objects.update(valid_until=day)
    assert admin_client.get(address("model", offering.model.slug)).status_code == 200
