"""Raw rows of the catalogue keep the rules of the desk."""

from decimal import Decimal

import pytest
from django.forms import modelform_factory
from django.urls import reverse

from arena.catalog.models import ImageModel, Offering, PriceRule
from arena.challenges.models import Challenge
from arena.curate.raw import save_changed
from tests.curate.pressing import filled, read_form
from tests.factories import create_challenge, create_model, create_offering

pytestmark = pytest.mark.django_db


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
