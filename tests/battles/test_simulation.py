"""Simulated voters: what they believe is what a fit finds, and they never meet a real model."""

import random

import numpy as np
import pytest

from arena.battles.issuing import Scope
from arena.battles.models import Battle, Exposure, FoldEntry, Vote, Voter
from arena.battles.simulation import (
    Planted,
    find_visitor,
    remove_simulated,
    toss_verdict,
    visit,
    votes_by_challenge,
)
from arena.catalog.models import Population
from arena.scoring.elo import VERDICTS, rate, tally_votes
from tests import factories

TRUTH = (1120.0, 1060.0, 1030.0, 930.0, 860.0)


def planted_for(challenge) -> Planted:
    slugs = challenge.prompts.values_list("slots__model__slug", flat=True).distinct().order_by()
    return Planted({slug: 1000.0 + 60 * n for n, slug in enumerate(sorted(slugs))}, 0.25)


@pytest.mark.parametrize(("left", "right"), [(1000, 1000), (1200, 1000), (900, 1400)])
def test_the_expected_score_is_bradley_terrys(left, right):
    dice = random.Random(5)
    score = {"left": 1.0, "right": 0.0, "tie": 0.5, "both_bad": 0.5}
    tosses = [
        score[toss_verdict(left=left, right=right, level_share=0.25, dice=dice)]
        for _ in range(20_000)
    ]
    expected = 1 / (1 + 10 ** ((right - left) / 400))
    assert np.mean(tosses) == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(20_000))


def test_the_planted_truth_lies_in_about_95_percent_of_the_intervals():
    dice = random.Random(11)
    inside = []
    for _ in range(80):
        sides = [dice.sample(range(5), 2) for _ in range(400)]
        verdicts = [
            VERDICTS.index(toss_verdict(left=TRUTH[a], right=TRUTH[b], level_share=0.25, dice=dice))
            for a, b in sides
        ]
        left, right = np.array(sides).T
        board = rate(tally_votes(left=left, right=right, verdict=np.array(verdicts), models=5))
        inside += list((board.lower <= TRUTH) & (np.array(TRUTH) <= board.upper))
    # 400 intervals, of one board five that hang together: 92 to 98 % is three standard errors.
    assert 0.92 <= np.mean(inside) <= 0.98


@pytest.mark.django_db
def test_a_visit_casts_counted_verdicts_until_no_pair_is_new():
    (challenge,) = factories.create_arena(models=3, takes=2)
    voter = factories.create_voter(simulated=True)
    cast = visit(
        voter, challenge=challenge, planted=planted_for(challenge), most=9, dice=random.Random(1)
    )
    # Six pictures make three pairs at most, and two of one model may be left over.
    assert cast in (2, 3)
    assert Vote.objects.filter(voter=voter, counted=True).count() == cast
    assert Vote.objects.filter(counted=False).count() == 0
    assert votes_by_challenge() == {challenge.pk: cast}


@pytest.mark.django_db
def test_simulated_voters_never_meet_a_real_model():
    (challenge,) = factories.create_arena(models=2, takes=2)
    planted = planted_for(challenge)
    for _ in range(2):
        real = factories.create_model(population=Population.REAL)
        factories.create_candidate(challenge=challenge, model=real)
    person = factories.create_voter()
    assert factories.issue(voter=person, scope=Scope()).population == Population.REAL
    voter = factories.create_voter(simulated=True)
    assert visit(voter, challenge=challenge, planted=planted, most=2, dice=random.Random(2)) > 0
    assert set(Battle.objects.filter(voter=voter).values_list("population", flat=True)) == {"demo"}


@pytest.mark.django_db
def test_people_cannot_cast_simulated_verdicts():
    (challenge,) = factories.create_arena(models=2)
    with pytest.raises(ValueError, match="simulated"):
        visit(
            factories.create_voter(),
            challenge=challenge,
            planted=planted_for(challenge),
            most=1,
            dice=random.Random(3),
        )


@pytest.mark.django_db
def test_a_voter_visits_a_challenge_once_and_goes_to_others():
    first, second = factories.create_arena(challenges=2, models=2)
    dice = random.Random(4)
    one = find_visitor(first, dice=dice)
    visit(one, challenge=first, planted=planted_for(first), most=1, dice=dice)
    assert find_visitor(first, dice=dice) != one
    Voter.objects.exclude(pk=one.pk).delete()
    assert find_visitor(second, dice=dice) == one


@pytest.mark.django_db
def test_removing_simulated_voters_leaves_people_alone():
    (challenge,) = factories.create_arena(models=3, takes=2)
    kept = factories.cast()
    voter = factories.create_voter(simulated=True)
    visit(voter, challenge=challenge, planted=planted_for(challenge), most=2, dice=random.Random(6))
    assert remove_simulated() == 1
    assert [vote.pk for vote in Vote.objects.all()] == [kept.pk]
    assert FoldEntry.objects.count() == 1
    assert Battle.objects.count() == 1
    assert not Exposure.objects.filter(voter=voter.pk).exists()
    assert not Voter.objects.filter(simulated=True).exists()
