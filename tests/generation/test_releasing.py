"""Which pictures may be shown with their model's name, and that those never come into play again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from arena.battles.issuing import Scope, candidates_in_play, fill_window
from arena.battles.pool import forget_pools
from arena.catalog.models import Population
from arena.challenges.editing import add_prompt, close_challenge, revise_prompt
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate
from arena.generation.moderation import hide_candidate, retire_candidate, unhide_candidate
from arena.generation.releasing import (
    ALIKE,
    open_for_votes,
    shown_with_names,
    wait_after_closing,
)
from tests.factories import create_arena, create_candidate, create_model, create_voter

pytestmark = pytest.mark.django_db


def shown() -> set[int]:
    return set(shown_with_names().values_list("pk", flat=True))


def close_long_ago(challenge: Challenge) -> None:
    close_challenge(challenge)
    past = timezone.now() - wait_after_closing() - timedelta(seconds=1)
    Challenge.objects.filter(pk=challenge.pk).update(closed_at=past)


def make_showcase(challenge: Challenge, *, takes: int = 1) -> list[Candidate]:
    """A showcase prompt in the place of the only one, with pictures, beside one to vote on."""
    prompt = challenge.prompts.get(is_current=True)
    add_prompt(challenge, text="A green cone.")
    revise_prompt(prompt, text="A blue ball.", purpose=Prompt.Purpose.SHOWCASE)
    model = create_model()
    return [create_candidate(challenge=challenge, model=model, take=take) for take in range(takes)]


def test_a_picture_in_play_or_hidden_is_not_shown_and_a_retired_one_is():
    create_arena(models=3)
    playing, hidden, retired = Candidate.objects.all()
    hide_candidate(hidden, reason="odd")
    retire_candidate(retired)
    assert shown() == {retired.pk}
    hide_candidate(retired, reason="odd as well")
    assert shown() == set()
    unhide_candidate(retired)
    assert shown() == {retired.pk}
    assert Candidate.objects.get(pk=playing.pk).status == Candidate.Status.IN_PLAY


def test_a_closed_challenges_pictures_wait_until_no_pair_can_be_on_a_screen():
    here, elsewhere = create_arena(challenges=2)
    close_challenge(here)
    assert shown() == set()
    early = timezone.now() - wait_after_closing() + timedelta(seconds=20)
    Challenge.objects.filter(pk=here.pk).update(closed_at=early)
    assert shown() == set()
    close_long_ago(elsewhere)
    assert shown() == set(
        Candidate.objects.filter(slot__prompt__challenge=elsewhere).values_list("pk", flat=True)
    )


def test_the_wait_is_longer_than_a_battle_lives(settings):
    assert wait_after_closing() > settings.BATTLE_LIFETIME + timedelta(
        seconds=settings.POOL_SECONDS
    )


def test_reopened_early_a_challenge_plays_on_and_later_its_pictures_are_retired():
    early, late = create_arena(challenges=2)
    close_challenge(early)
    close_long_ago(late)
    hide_candidate(Candidate.objects.filter(slot__prompt__challenge=late)[0], reason="odd")
    assert (open_for_votes(early), open_for_votes(late)) == (0, 2)
    forget_pools()
    playing = candidates_in_play(Scope(), population=Population.DEMO)
    assert set(playing.values_list("slot__prompt__challenge", flat=True)) == {early.pk}
    hidden = Candidate.objects.get(status=Candidate.Status.HIDDEN)
    assert not unhide_candidate(hidden)
    assert Challenge.objects.filter(status=Challenge.Status.OPEN).count() == 2


def test_opening_that_is_refused_retires_nothing():
    (challenge,) = create_arena()
    close_long_ago(challenge)
    challenge.prompts.update(is_current=False)
    with pytest.raises(ValidationError):
        open_for_votes(challenge)
    assert not Candidate.objects.filter(status=Candidate.Status.RETIRED).exists()


def test_a_showcase_is_shown_at_once_and_never_voted_on():
    (challenge,) = create_arena(models=2, takes=2)
    prompt = add_prompt(challenge, text="A blue ball.", purpose=Prompt.Purpose.SHOWCASE)
    assert prompt.position == 2
    takes = []
    for model in [create_model(), create_model()]:
        candidate = create_candidate(challenge=challenge, model=model)
        candidate.slot.prompt = prompt
        candidate.slot.save()
        takes.append(candidate.pk)
    assert shown() == set(takes)
    forget_pools()
    playing = set(
        candidates_in_play(Scope(), population=Population.DEMO).values_list("pk", flat=True)
    )
    assert len(playing) == 4
    assert playing.isdisjoint(takes)
    for _ in range(10):
        for battle in fill_window(create_voter(), scope=Scope(challenge=challenge.slug)):
            assert {battle.left_id, battle.right_id} <= playing


def test_a_showcase_of_a_draft_is_shown_when_the_challenge_opens():
    (challenge,) = create_arena(status=Challenge.Status.DRAFT)
    (take,) = make_showcase(challenge)
    assert shown() == set()
    Challenge.objects.update(status=Challenge.Status.OPEN)
    assert shown() == {take.pk}


def test_pictures_of_a_prompt_that_becomes_a_showcase_stay_sealed():
    (challenge,) = create_arena()
    before = set(Candidate.objects.values_list("pk", flat=True))
    takes = make_showcase(challenge, takes=2)
    assert shown() == {take.pk for take in takes}
    assert before.isdisjoint(shown())


@pytest.mark.parametrize("twin", ["bytes", "looks", "nearly", "stranger"])
@pytest.mark.parametrize("status", [Candidate.Status.IN_PLAY, Candidate.Status.HIDDEN])
def test_a_picture_whose_twin_may_come_into_play_is_not_shown(twin, status):
    """Bits at both ends, where a signed number could go wrong."""
    create_arena(models=2)
    retired, other = Candidate.objects.all()
    retire_candidate(retired)
    apart = {"looks": 0, "nearly": ALIKE, "stranger": ALIKE + 1, "bytes": 40}[twin]
    bits = sum(1 << (63 - place) for place in range(apart))
    looks = -(2**62) ^ (bits - 2**64 if bits >= 2**63 else bits)
    Candidate.objects.filter(pk=retired.pk).update(looks=-(2**62))
    Candidate.objects.filter(pk=other.pk).update(looks=looks, status=status)
    if twin == "bytes":
        Candidate.objects.filter(pk=other.pk).update(original_sha256=retired.original_sha256)
    assert shown() == ({retired.pk} if twin == "stranger" else set())
    Candidate.objects.filter(pk=other.pk).update(status=Candidate.Status.RETIRED)
    assert shown() == {retired.pk, other.pk}


def test_a_twin_of_a_replaced_prompt_matters_while_a_pair_may_be_on_a_screen():
    (challenge,) = create_arena(models=1)
    (old,) = Candidate.objects.all()
    (take,) = make_showcase(challenge)
    Candidate.objects.filter(pk=take.pk).update(looks=old.looks)
    assert shown() == set()
    past = timezone.now() - wait_after_closing() - timedelta(seconds=1)
    Prompt.objects.filter(version=2).update(created_at=past)
    assert shown() == {take.pk}


def test_a_picture_of_unknown_looks_is_not_shown():
    create_arena(models=2)
    retired, _ = Candidate.objects.all()
    retire_candidate(retired)
    Candidate.objects.filter(pk=retired.pk).update(looks=None)
    assert shown() == set()
