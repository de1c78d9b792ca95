"""The catalogue at the desk: lists with filters, one page a model and a provider, price lists by date."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from arena.catalog.models import ImageModel, Lab, Offering, Provider
from arena.challenges.models import HistoryLine
from tests.curate.pressing import address, filled, post_raw, take_back
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db


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
