"""Trials of the playground: the same calls, money and failures as for challenges, and nothing competes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.db.models.functions import Now

from arena.generation.audit import check_ledger
from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.expiring import KEEP_TRIALS, expire_trials
from arena.generation.models import Candidate, Generation, LedgerEntry, Slot, Trial
from arena.generation.quotas import OverQuota
from arena.generation.releasing import is_twin_in_play
from arena.generation.storing import picture_path
from arena.generation.sweeping import PATIENCE, sweep_expired
from arena.generation.trials import (
    TooManyWaiting,
    TrialRefused,
    Visitor,
    check_prompt,
    choose_best,
    choose_models,
    start_trial,
)
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db(transaction=True)
ANN, BOB = Visitor("ann", "net"), Visitor("bob", "net")


def offer(number: int = 2, **values):
    return [create_offering(**values).model for _ in range(number)]


def start(models, visitor=ANN, **values):
    return start_trial(prompt="A fox.", models=models, size=(256, 256), visitor=visitor, **values)


def make_all():
    for generation in plan_due():
        run_generation(generation)


def test_pictures_are_made_by_the_workers_way_and_compete_nowhere(fake):
    trial = start(offer(3))
    make_all()
    calls = Generation.objects.order_by("slot__take")
    assert [(c.state, c.origin, c.slot.take) for c in calls] == [
        ("stored", "playground", place) for place in (1, 2, 3)
    ]
    assert not Candidate.objects.exists()
    assert len({slot.asked["seed"] for slot in trial.slots.all()}) == 3
    assert min(slot.asked["seed"] for slot in trial.slots.all()) >= 1000
    for call in calls:
        assert set(call.parameters["pictures"]) == {"avif_1024", "avif_768", "jpeg_1024", "thumb"}
        assert all(picture_path(name).exists() for name in call.parameters["pictures"].values())


def test_who_waits_is_served_before_the_challenges():
    models = offer(2)
    create_slot(challenge=create_challenge(), model=models[0])
    start(models)
    planned = Generation.objects.in_bulk(plan_due())
    assert [planned[pk].origin for pk in sorted(planned)] == ["playground"] * 2 + ["ordered"]


def test_a_failed_try_is_followed_by_another_provider(fake):
    model = create_model()
    create_offering(model=model, provider_slug="one", priority=10)
    create_offering(model=model, provider_slug="two", priority=20)
    fake.script(["auth"])
    start([model, *offer(1)])
    make_all()
    make_all()
    outcomes = Generation.objects.filter(slot__model=model).order_by("attempt")
    assert [call.outcome for call in outcomes] == ["auth", "ok"]


def test_money_of_visitors_has_a_cap_of_its_own(fake, settings):
    settings.PLAYGROUND_DOLLARS = Decimal("0.05")
    trial = start(offer(2, resend_safe=False, price="0.04"))
    make_all()
    states = [slot.generations.get().state for slot in trial.slots.all()]
    assert sorted(states) == ["over-budget", "stored"]
    assert not trial.slots.filter(finished_at=None).exists()
    paid = LedgerEntry.objects.get(kind="settle")
    assert (paid.amount, paid.challenge, paid.api_key) == (Decimal("0.04"), None, None)
    assert list(check_ledger()) == []


def test_quota_is_per_visitor_and_network_and_population(settings):
    settings.PLAYGROUND_DEMO_PICTURES, settings.PLAYGROUND_PICTURES = 3, 2
    settings.PLAYGROUND_NETWORK = 2
    demo = offer(2)
    real = [create_offering(model=create_model(population="real")).model for _ in range(2)]
    start(demo)
    with pytest.raises(OverQuota, match="1 picture is left for you today and 2 are wanted") as over:
        start(demo)
    assert 0 < over.value.retry_after <= 86_400
    start(real)
    start(demo, visitor=BOB)
    with pytest.raises(OverQuota, match="2 pictures are left for you today and 3 are wanted"):
        start([*demo, demo[0]], visitor=Visitor("eve", "net"))
    start(demo, visitor=Visitor("zoe", "elsewhere"))
    assert Trial.objects.count() == 4
    Trial.objects.update(created_at=F("created_at") - timedelta(days=1))
    Slot.objects.update(finished_at=Now())
    start(demo)


def test_only_so_much_is_on_the_way(monkeypatch):
    models = offer(4)
    start(models)
    start(models)
    with pytest.raises(TooManyWaiting, match="still on the way"):
        start(models[:2])
    monkeypatch.setattr("arena.generation.trials.MOST_WAITING_IN_ALL", 9)
    with pytest.raises(TooManyWaiting, match="Many pictures"):
        start(models[:2], visitor=BOB)
    assert Slot.objects.count() == 8


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        (" \n", "Write what"),
        ("x" * 2001, "2001"),
        ("a\x00b", "no text"),
        ("a \ud800", "no text"),
        ("A ＮＵＤＥ fox", "“nude”"),
    ],
)
def test_prompts_that_are_not_sent(prompt, said):
    with pytest.raises(TrialRefused, match=said):
        check_prompt(prompt)
    assert check_prompt(" A gorey denude\nfox ") == "A gorey denude\nfox"


def test_real_models_only_where_the_operator_says_so(settings):
    demo = offer(2)
    real = [create_offering(model=create_model(population="real")).model for _ in range(3)]
    closed = create_model()
    with pytest.raises(TrialRefused, match="cannot be asked"):
        choose_models([real[0].slug, real[1].slug])
    assert set(choose_models([], surprise=4)) == set(demo)
    settings.PLAYGROUND_REAL = True
    assert choose_models([real[1].slug, real[0].slug]) == [real[1], real[0]]
    assert set(choose_models([], surprise=3)) == set(real)
    for slugs, said in (
        ([demo[0].slug, real[0].slug], "demo studios only"),
        ([demo[0].slug, demo[0].slug], "two to four"),
        ([demo[0].slug, closed.slug], "cannot be asked"),
    ):
        with pytest.raises(TrialRefused, match=said):
            choose_models(slugs)


def test_a_twin_of_a_picture_in_play_is_known_for_its_own_model_alone(fake):
    challenge, models = create_challenge(), offer(2)
    create_slot(challenge=challenge, model=models[0])
    make_all()
    candidate = Candidate.objects.get()
    twin = {"looks": candidate.looks ^ 0b1011, "checksum": "other"}
    assert is_twin_in_play(model=models[0], **twin)
    assert not is_twin_in_play(model=models[1], **twin)
    assert not is_twin_in_play(model=models[0], looks=~candidate.looks, checksum="other")
    assert is_twin_in_play(
        model=models[0], looks=~candidate.looks, checksum=candidate.original_sha256
    )
    Candidate.objects.update(status="retired")
    assert not is_twin_in_play(model=models[0], **twin)


def test_no_verdict_before_all_have_ended(fake):
    """Two of three are here; the verdict would name the third while it is made."""
    trial = start(offer(3), blind=True)
    late = plan_due()[-1]
    for generation_id in Generation.objects.exclude(pk=late).values_list("pk", flat=True):
        run_generation(generation_id)
    with pytest.raises(ValueError, match="no verdict"):
        choose_best(trial, choice="1")
    Generation.objects.filter(pk=late).update(state="uncertain")
    assert choose_best(trial, choice="1")


def test_a_verdict_is_given_once_and_only_on_a_blind_trial(fake):
    trial, named = start(offer(2), blind=True), start(offer(2))
    with pytest.raises(ValueError, match="no verdict"):
        choose_best(trial, choice="1")  # nothing is here yet
    make_all()
    for wrong in ("3", "", "left"):
        with pytest.raises(ValueError, match="no verdict"):
            choose_best(trial, choice=wrong)
    assert choose_best(trial, choice="2")
    assert choose_best(trial, choice="2")
    assert not choose_best(trial, choice="tie")
    with pytest.raises(ValueError, match="no verdict"):
        choose_best(named, choice="1")
    trial.refresh_from_db()
    assert trial.choice == "2"


def test_nobody_waits_for_ever():
    trial = start(offer(2, resend_safe=False))
    plan_due()
    Trial.objects.update(created_at=F("created_at") - PATIENCE)
    sweep_expired()
    assert not trial.slots.filter(finished_at=None).exists()
    assert set(Generation.objects.values_list("state", flat=True)) == {"cancelled"}
    assert LedgerEntry.objects.filter(kind="release").count() == 2


def test_everything_personal_expires_and_the_money_stays(fake):
    trial = start(offer(2, resend_safe=False))
    make_all()
    files = [
        picture_path(name)
        for call in Generation.objects.all()
        for name in call.parameters["pictures"].values()
    ]
    assert expire_trials() == 0
    Trial.objects.update(created_at=F("created_at") - KEEP_TRIALS)
    assert expire_trials() == 1
    assert expire_trials() == 0
    trial.refresh_from_db()
    assert (trial.prompt, trial.visitor, trial.network) == ("", "", "")
    assert {slot.asked["prompt"] for slot in trial.slots.all()} == {""}
    assert not any(file.exists() for file in files)
    assert list(check_ledger()) == []
    assert LedgerEntry.objects.filter(kind="settle").count() == 2
