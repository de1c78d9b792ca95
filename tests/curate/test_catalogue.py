"""The catalogue at the desk: lists with filters, one page a model and a provider, price lists by date."""

import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.forms import modelform_factory
from django.urls import reverse
from django.utils import timezone

from arena.catalog.models import ImageModel, Lab, Offering, PriceRule, Provider
from arena.challenges.models import Challenge, HistoryLine
from arena.curate.raw import save_changed
from arena.generation.models import Breaker
from tests.curate.pressing import read_form
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db


def address(name: str, *args: Any) -> str:
    return reverse(f"catalogue:{name}", args=args)


def take_back(client: Any) -> Any:
    line = HistoryLine.objects.first()
    assert line is not None
    return client.post(reverse("desk:undo", args=[line.pk]), follow=True)


def filled(form: Any, **values: Any) -> dict[str, Any]:
    """What a browser would post from a form as it is shown."""
    data = {field.html_name: field.value() for field in form}
    given = (data | values).items()
    return {name: value for name, value in given if value is not None and value is not False}


def test_models_are_listed_by_filters_in_few_queries(
    client, curator, django_assert_max_num_queries
):
    first = create_offering(price="0.04", resend_safe=False).model
    real = create_model(population="real", status="retired", name="Realist")
    page = client.get(address("models"))
    assert [row["model"] for row in page.context["rows"]] == [first, real]
    assert b"from $0.04" in page.content
    for query, found in (
        ("population=real", [real]),
        ("status=retired&q=REAL", [real]),
        ("provider=local", [first]),
        ("lab=nobody&discipline=none", [first, real]),
        ("lab=%00&provider=%00", [first, real]),
        ("q=zzz", []),
    ):
        page = client.get(address("models") + "?" + query)
        assert [row["model"] for row in page.context["rows"]] == found, query
    for _ in range(3):
        create_offering(price="0.04", resend_safe=False)
    with django_assert_max_num_queries(10):
        client.get(address("models"))


def test_a_model_is_added_offered_and_priced(client, curator):
    provider = create_offering().provider
    lab = Lab.objects.get()
    form = {
        "name": "New One",
        "slug": "new-one",
        "lab": lab.pk,
        "population": "demo",
        "status": "active",
        "disciplines": ["text-to-image"],
        "takes": 2,
        "capabilities": "Lettering\r\n\r\nThinking",
        "description": "One.\r\nTwo.",
    }
    bad = client.post(address("new_model"), form | {"takes": 0})
    assert bad.status_code == 422
    assert client.post(address("new_model"), form).status_code == 302
    model = ImageModel.objects.get(slug="new-one")
    assert (model.capabilities, model.description) == (["Lettering", "Thinking"], "One.\nTwo.")
    offer = {
        "provider": provider.pk,
        "remote_id": "new-1",
        "disciplines": ["text-to-image"],
        "priority": 100,
        "options": '{"seed": true}',
        "enabled": "on",
    }
    deep = client.post(address("add_offering", "new-one"), offer | {"options": "[" * 9000})
    assert deep.status_code == 422
    client.post(address("add_offering", "new-one"), offer)
    offering = model.offerings.get()
    assert (offering.options, offering.enabled) == ({"seed": True}, True)
    page = client.get(address("model", "new-one"))
    assert b"No price list" in page.content
    take_back(client)
    assert not model.offerings.get().enabled
    assert [line.said for line in HistoryLine.objects.all()][1:] == [
        "Added offering \u201clocal/new-1\u201d.", "Added image model \u201cNew One\u201d."
    ]  # fmt: skip


def test_a_saved_model_that_nobody_touched_is_no_change(client, curator):
    model = create_model(description="One.\nTwo.", aliases=["a", "b"])
    page = client.get(address("model", model.slug))
    client.post(address("model", model.slug), filled(page.context["form"]))
    assert not HistoryLine.objects.exists()
    client.post(address("model", model.slug), filled(page.context["form"], name="Renamed"))
    assert HistoryLine.objects.get().said == "image model \u201cRenamed\u201d: changed name."
    take_back(client)
    assert ImageModel.objects.get().name == model.name


def test_an_offering_is_switched_and_changed_with_a_way_back(client, curator):
    offering = create_offering(price="0.04", resend_safe=False)
    page = address("offering", offering.pk)
    client.post(page, {"do": "off"})
    assert not Offering.objects.get().enabled
    take_back(client)
    assert Offering.objects.get().enabled
    shown = client.get(address("model", offering.model.slug)).context["offerings"][0]
    client.post(page, filled(shown["form"], priority=3, least_reserve="0.5"))
    stored = Offering.objects.get()
    assert (stored.priority, stored.least_reserve) == (3, Decimal("0.5"))
    shown = client.get(address("model", offering.model.slug)).context["offerings"][0]
    client.post(page, filled(shown["form"], priority=4))
    older = HistoryLine.objects.order_by("-pk")[1]
    answer = client.post(reverse("desk:undo", args=[older.pk]), follow=True)
    assert b"has been changed since" in answer.content
    assert client.post(page, {"priority": "x"}).status_code == 422


def test_a_form_that_lay_open_sets_nothing_back_that_somebody_changed_meanwhile(client, curator):
    provider = create_offering().provider
    page = address("provider", provider.slug)
    stale = client.get(page).context["form"]
    client.post(page, {"do": "off"})
    refused = client.post(page, filled(stale, website="https://example.org/"))
    assert refused.status_code == 422
    said = "".join(refused.context["form"].non_field_errors())
    assert "Somebody changed this while you had it open. Now there is: Switched on “no”." in said
    assert not Provider.objects.get().enabled
    again = refused.context["form"]
    assert again["website"].value() == "https://example.org/"
    data = {field.html_name: field.value() for field in again}
    assert (
        client.post(page, {k: v for k, v in data.items() if v not in (None, False)}).status_code
        == 302
    )
    assert (Provider.objects.get().website, Provider.objects.get().enabled) == (
        "https://example.org/",
        True,
    )


def test_what_somebody_changed_meanwhile_is_told_by_its_name(client, curator):
    model = create_model(takes=1)
    stale = client.get(address("model", model.slug)).context["form"]
    values = {
        "lab": Lab.objects.create(slug="another", name="Another Lab"),
        "status": "preview",
        "disciplines": ["image-editing"],
        "open_weights": True,
    }
    ImageModel.objects.update(**values)
    model.siblings.add(create_model(name="Foxglove"))
    said = client.post(address("model", model.slug), filled(stale)).context["form"]
    for told in (
        "Lab “Another Lab”",
        "Status “Preview”",
        "Disciplines “Image editing”",
        "Open weights “yes”",
        "Siblings “Foxglove”",
    ):
        assert told in said.non_field_errors()[0]


@pytest.mark.parametrize("options", ['{"a": "\\u0000"}', '{"\\ud800": 1}', '{"a": ["\\udfff"]}'])
def test_flags_that_cannot_be_kept_are_refused_in_a_sentence(client, curator, options):
    offering = create_offering()
    shown = client.get(address("model", offering.model.slug)).context["offerings"][0]
    provider = client.get(address("provider", "local")).context["form"]
    for page, form in (
        (address("offering", offering.pk), shown["form"]),
        (address("provider", "local"), provider),
    ):
        answer = client.post(page, filled(form, options=options))
        assert answer.status_code == 422
        assert b"It holds a character that cannot be kept" in answer.content
    assert Offering.objects.get().options == {}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ('{"extra_body": {"x": NaN}}', "It holds NaN, which is no number of JSON."),
        ('{"extra_body": {"x": 1e999}}', "It holds a number that is too large."),
        ('{"x": ' + "[" * 5000 + "]" * 5000 + "}", "It is nested too deeply."),
        ('{"x": 1' + "0" * 5000 + "}", "It holds a number that is too long."),
        ('{"x": "\\u0000"}', "It holds a character that cannot be kept"),
        ("[1]", "It must be an object of JSON"),
    ],
    ids=("nan", "too-large", "too-deep", "too-long", "nul", "a-list"),
)
def test_raw_flags_that_cannot_be_kept_are_refused_in_a_sentence(admin_client, options, sentence):
    offering = create_offering(price="0.04", resend_safe=False)
    for kind, row in (("provider", offering.provider), ("offering", offering)):
        page = reverse(f"admin:catalog_{kind}_change", args=[row.pk])
        data = read_form(admin_client.get(page).content.decode(), f"{kind}_form")
        answer = admin_client.post(page, data | {"options": options})
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
        stood = row.options
        row.refresh_from_db()
        assert row.options == stood


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


@pytest.mark.parametrize(
    "options",
    [
        '{"extra_body": {"size": "auto"}}',
        '{"size_mode": "closest"}',
        '{"extra_body": "x"}',
        '{"editing": 5}',
    ],
)
def test_wrong_flags_are_refused_beside_their_field_and_told_where_they_are_stored(
    client, admin_client, options
):
    offering = create_offering(price="0.04", resend_safe=False)
    model = address("model", offering.model.slug)
    shown = admin_client.get(model).context["offerings"][0]
    provider = admin_client.get(address("provider", "local")).context["form"]
    raw = reverse("admin:catalog_provider_change", args=[offering.provider_id])
    for page, form in (
        (address("offering", offering.pk), shown["form"]),
        (address("provider", "local"), provider),
        (raw, admin_client.get(raw).context["adminform"].form),
    ):
        answer = admin_client.post(page, filled(form, options=options))
        assert "must be" in answer.content.decode()
    assert "must be" in post_raw(admin_client, offering, options=options).content.decode()
    assert (Offering.objects.get().options, Provider.objects.get().options) == ({}, {"seed": True})
    Offering.objects.update(options=json.loads(options))
    challenge = create_challenge()
    create_slot(challenge=challenge, model=offering.model)
    desk = reverse("desk:challenge", args=[challenge.pk])
    for page in (model, address("models"), desk, "/curate/"):
        answer = admin_client.get(page)
        assert answer.status_code == 200
    assert b"Correct the flags" in admin_client.get(model).content
    for page in (f"/challenges/{challenge.slug}/", f"/models/{offering.model.slug}/", "/models/"):
        assert client.get(page).status_code == 200


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


def post_raw(client: Any, offering: Offering, **values: Any) -> Any:
    """Save an offering's raw rows with its price rules, as they are but for some values."""
    at = reverse("admin:catalog_offering_change", args=[offering.pk])
    context = client.get(at).context
    (rules,) = (one.formset for one in context["inline_admin_formsets"])
    data = filled(context["adminform"].form, options="{}") | filled(rules.management_form)
    for form in rules.forms:
        data |= filled(form)
    return client.post(at, data | values)


def test_a_provider_tells_of_its_key_and_never_the_key(client, curator, monkeypatch, settings):
    settings.KEY_HOSTS = {"LOCAL_TEST_KEY": ()}
    offering = create_offering()
    Breaker.objects.create(
        offering=offering,
        open_until=timezone.now() + timedelta(minutes=5),
        reason="auth: no such key",
    )
    page = address("provider", "local")
    assert b"no key needed" in client.get(page).content
    Provider.objects.update(key_variable="LOCAL_TEST_KEY")
    assert b"LOCAL_TEST_KEY is not set" in client.get(page).content
    monkeypatch.setenv("LOCAL_TEST_KEY", "value-of-the-key")
    for shown in (client.get(page), client.get(address("providers"))):
        assert b"set in the environment as LOCAL_TEST_KEY" in shown.content
        assert b"value-of-the-key" not in shown.content
    assert b"auth: no such key" in client.get(page).content
    form = filled(client.get(page).context["form"], key_variable="sk-proj-0123456789abcdef")
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "Keys are never kept here" in str(refused.context["form"].errors)
    # A key that came in among the raw rows is shown nowhere.
    Provider.objects.update(key_variable="sk-proj-0123456789abcdef")
    for shown in (client.get(page), client.get(address("providers"))):
        assert b"sk-proj" not in shown.content
    client.post(page, {"do": "off"})
    assert not Provider.objects.get().enabled


def test_a_key_that_was_pasted_is_concealed_and_stays_until_it_is_replaced(client, curator):
    create_offering()
    key, page = "sk-proj-4f9aB7xQ2LmN8vR1tY6uZ0", address("provider", "local")
    Provider.objects.update(key_variable=key)
    shown = client.get(page)
    mark = hashlib.sha256(key.encode()).hexdigest()
    assert b"not shown" in shown.content
    assert mark[:8] not in shown.content.decode()
    form = shown.context["form"]
    assert client.post(page, filled(form, website="https://example.org/")).status_code == 302
    stored = Provider.objects.get()
    assert (stored.website, stored.key_variable) == ("https://example.org/", key)
    form = client.get(page).context["form"]
    client.post(page, filled(form, key_variable=""))
    assert Provider.objects.get().key_variable == ""


def test_a_key_that_was_pasted_is_concealed_among_the_raw_rows(admin_client):
    provider = create_offering().provider
    key = "sk-proj-4f9aB7xQ2LmN8vR1tY6uZ0"
    Provider.objects.update(key_variable=key)
    page = reverse("admin:catalog_provider_change", args=[provider.pk])
    for at in (page, reverse("admin:catalog_provider_changelist")):
        shown = admin_client.get(at).content.decode()
        assert "not shown" in shown
        assert key not in shown
    data = read_form(admin_client.get(page).content.decode(), "provider_form")
    data["website"] = ["https://example.org/"]
    assert admin_client.post(page, data).status_code == 302
    stored = Provider.objects.get()
    assert (stored.website, stored.key_variable) == ("https://example.org/", key)


EVIL = "https://evil.example/v1"
TAKEN = [
    ({"base_url": EVIL}, "The key OPENAI_API_KEY may not be sent to evil.example"),
    ({"base_url": "http://api.openai.com/v1"}, "is sent to api.openai.com by https alone"),
    ({"base_url": "https://api.openai.com.evil.example"}, "sent to api.openai.com.evil.example"),
    ({"base_url": "https://[/"}, "The key OPENAI_API_KEY is sent nowhere"),
    ({"key_variable": "SECRET_KEY"}, "The variable SECRET_KEY is sent to nobody"),
    ({"key_variable": "DATABASE_URL"}, "The variable DATABASE_URL is sent to nobody"),
    ({"key_variable": "FAL_KEY"}, "The key FAL_KEY may not be sent to api.openai.com"),
    ({"options": '{"key_hosts": ["evil.example"]}'}, "may not be sent to evil.example"),
    ({"options": '{"key_hosts": [".com"]}'}, "may not be sent to .com"),
    ({"is_local": "on", "base_url": ".evil.example/v1"}, "a path that begins with /"),
]


@pytest.mark.parametrize(("values", "sentence"), TAKEN)
def test_no_key_is_sent_to_a_host_that_the_operator_did_not_name(admin_client, values, sentence):
    provider = create_offering().provider
    Provider.objects.update(
        is_local=False, base_url="https://api.openai.com/v1", key_variable="OPENAI_API_KEY"
    )
    raw = reverse("admin:catalog_provider_change", args=[provider.pk])
    for page, form in (
        (
            address("provider", "local"),
            admin_client.get(address("provider", "local")).context["form"],
        ),
        (raw, admin_client.get(raw).context["adminform"].form),
    ):
        answer = admin_client.post(page, filled(form, **{"options": "{}", **values}))
        assert sentence in answer.content.decode()
    stored = Provider.objects.get()
    assert (stored.base_url, stored.key_variable) == ("https://api.openai.com/v1", "OPENAI_API_KEY")
    # One that was stored before is told of, and can be switched off.
    Provider.objects.update(base_url=EVIL)
    for page in (address("provider", "local"), address("providers")):
        assert b"may not be sent to evil.example" in admin_client.get(page).content
    admin_client.post(address("provider", "local"), {"do": "off"})
    assert not Provider.objects.get().enabled


def test_an_offering_adds_no_host_that_may_have_the_key(client, curator):
    offering = create_offering()
    Provider.objects.update(
        is_local=False, base_url="https://queue.fal.run", key_variable="FAL_KEY"
    )
    form = client.get(address("model", offering.model.slug)).context["offerings"][0]["form"]
    page = address("offering", offering.pk)
    refused = client.post(page, filled(form, options='{"key_hosts": ["evil.example"]}'))
    assert b"The key FAL_KEY may not be sent to evil.example" in refused.content
    hosts = '{"key_hosts": ["rest.fal.run", ".fal.run"]}'
    assert client.post(page, filled(form, options=hosts)).status_code == 302


def test_raw_rows_take_no_key_in_place_of_its_variable(admin_client):
    provider = create_offering().provider
    at = reverse("admin:catalog_provider_change", args=[provider.pk])
    form = admin_client.get(at).context["adminform"].form
    key = "sk-proj-4f9aB7xQ2LmN8vR1tY6uZ0"
    answer = admin_client.post(at, filled(form, key_variable=key, options="{}"))
    assert "looks like a key" in answer.content.decode()
    provider.refresh_from_db()
    assert provider.key_variable == ""
    assert (
        admin_client.post(at, filled(form, key_variable="FAL_KEY", options="{}")).status_code == 302
    )


def test_raw_rows_keep_the_rules_of_the_desk(admin_client):
    offering = create_offering(price="0.04", resend_safe=False)
    provider, model, rule = offering.provider, offering.model, offering.price_rules.get()
    at = reverse("admin:catalog_provider_change", args=[provider.pk])
    form = admin_client.get(at).context["adminform"].form
    assert "population" not in form.fields
    for wrong, said in (
        ({"options": '{"api_key": "abc"}'}, "Keys are never kept here"),
        (
            {"base_url": "https://me:secret@example.org/v1", "options": "{}"},
            "holds no name, no key",
        ),
        ({"dialect": "smoke", "options": "{}"}, "Nobody speaks it here"),
    ):
        assert said in admin_client.post(at, filled(form, **wrong)).content.decode()
    provider.refresh_from_db()
    assert (provider.options, provider.dialect) == ({"seed": True}, "openai_images")

    at = reverse("admin:catalog_offering_change", args=[offering.pk])
    page = admin_client.get(at).context
    sent = filled(page["adminform"].form, options="{}", priority=7) | {
        "price_rules-TOTAL_FORMS": 1,
        "price_rules-INITIAL_FORMS": 1,
        "price_rules-0-id": rule.pk,
        "price_rules-0-offering": offering.pk,
        "price_rules-0-amount": "-1",
        "price_rules-0-DELETE": "on",
    }
    assert admin_client.post(at, sent).status_code == 302
    assert Offering.objects.get().priority == 7
    assert PriceRule.objects.get().amount == Decimal("0.04")
    at = reverse("admin:catalog_imagemodel_change", args=[model.pk])
    assert b"Price rules" not in admin_client.get(at).content
    assert "population" not in admin_client.get(at).context["adminform"].form.fields


def test_raw_rows_mix_no_populations_as_siblings(admin_client):
    real, demo = create_model(population="real", name="Real"), create_model(name="Demo")
    at = reverse("admin:catalog_imagemodel_change", args=[real.pk])
    data = read_form(admin_client.get(at).content.decode(), "imagemodel_form")
    answer = admin_client.post(at, data | {"siblings": demo.pk})
    assert "is no other real model" in answer.content.decode()
    assert not real.siblings.exists()
    new = reverse("admin:catalog_imagemodel_add")
    data = read_form(admin_client.get(new).content.decode(), "imagemodel_form")
    data |= {"name": "N", "slug": "n", "lab": real.lab_id, "disciplines": "text-to-image"}
    answer = admin_client.post(new, data | {"population": "real", "siblings": demo.pk})
    assert "is no other real model" in answer.content.decode()
    other = create_model(population="real", name="Other")
    assert (
        admin_client.post(
            new, data | {"population": "real", "siblings": [real.pk, other.pk]}
        ).status_code
        == 302
    )
    assert set(real.siblings.all()) == {ImageModel.objects.get(slug="n")}
    # One that was mixed before keeps nobody from changing another field.
    real.siblings.add(demo)
    data = read_form(admin_client.get(at).content.decode(), "imagemodel_form")
    assert admin_client.post(at, data | {"family": "Mine"}).status_code == 302


def test_raw_rows_keep_addresses_and_populations(admin_client):
    offering = create_offering()
    model = offering.model
    for kind, row in (("imagemodel", model), ("provider", offering.provider), ("lab", model.lab)):
        page = reverse(f"admin:catalog_{kind}_change", args=[row.pk])
        data = read_form(admin_client.get(page).content.decode(), f"{kind}_form")
        assert not {"slug", "population"} & set(data)
        moved = {"slug": "moved", "population": "real", "name": "Renamed"}
        assert admin_client.post(page, data | moved).status_code == 302
        slug = row.slug
        row.refresh_from_db()
        assert (row.slug, row.name) == (slug, "Renamed")


def test_a_raw_save_writes_only_what_was_changed():
    challenge = create_challenge()
    stale = Challenge.objects.get(pk=challenge.pk)
    form = modelform_factory(Challenge, fields=["title"])({"title": "Renamed"}, instance=stale)
    assert form.is_valid()
    Challenge.objects.update(status=Challenge.Status.CLOSED)
    save_changed(stale, form=form, change=True)
    challenge.refresh_from_db()
    assert (challenge.title, challenge.status) == ("Renamed", Challenge.Status.CLOSED)


def test_providers_and_labs_are_added(client, curator, settings):
    settings.KEY_HOSTS = {"SHOP_KEY": ("queue.example.org",)}
    form = {
        "name": "Shop",
        "slug": "shop",
        "dialect": "fal_queue",
        "options": "",
        "base_url": "https://queue.example.org",
        "population": "real",
        "enabled": "on",
        "max_in_flight": 4,
        "markup": "0.05",
        "key_variable": "SHOP_KEY",
    }
    assert client.post(address("new_provider"), form).status_code == 302
    shop = Provider.objects.get()
    assert (shop.markup, shop.options) == (Decimal("0.05"), {})
    take_back(client)
    assert not Provider.objects.get().enabled
    client.post(address("new_lab"), {"name": "Lab", "slug": "lab"})
    client.post(address("lab", "lab"), {"name": "Laboratory", "slug": "other"})
    assert Lab.objects.values("name", "slug").get() == {"name": "Laboratory", "slug": "lab"}
    assert client.get(address("lab", "nobody")).status_code == 404
