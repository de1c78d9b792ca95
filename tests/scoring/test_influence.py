import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring.bradley_terry import ONE_TIE, fit
from arena.scoring.influence import _search_shortest, count_votes_to_flip, count_votes_to_flip_first
from arena.scoring.tallies import BOTH_BAD, LEFT, RIGHT, TIE, ScoringError, Tallies, tally_votes
from tests.scoring.simulate import draw_tallies


def order_models(tallies):
    return np.argsort(-fit(tallies.wins(), prior=ONE_TIE).theta, kind="stable").tolist()


def refit_gap(tallies, flip):
    theta = fit(tallies.wins(), prior=ONE_TIE).theta
    return theta[flip.better] - theta[flip.worse]


def test_two_models_flip_at_one_vote_more_than_the_lead():
    tallies = tally_votes(
        left=[0, 1], right=[1, 0], verdict=[LEFT, LEFT], weight=[60, 50], models=2
    )
    flip = count_votes_to_flip(tallies=tallies, better=0, worse=1)
    assert (flip.votes, flip.verified) == (11, True)
    assert flip.share == pytest.approx(11 / 110)
    assert flip.gap == pytest.approx(np.log(60 / 50))
    assert flip.predicted == pytest.approx(11, abs=1)
    assert flip.removed.counts[0, 1].tolist() == [11, 0, 0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_flips_are_true_and_one_vote_fewer_is_not_enough(seed):
    tallies = draw_tallies(seed=seed, models=8, votes=2500, spread=0.3)
    best, second, *_ = order_models(tallies)
    flip = count_votes_to_flip(tallies=tallies, better=best, worse=second)
    assert flip.verified
    assert flip.votes == flip.removed.counts.sum()
    assert refit_gap(tallies, flip) == pytest.approx(flip.gap)
    rest = tallies.subtract(flip.removed)
    assert refit_gap(rest, flip) < 0
    # Put back the weakest of the removed votes: those that the row took last.
    kept = []
    for cell in np.argwhere(flip.removed.counts > 0):
        counts = np.zeros_like(rest.counts)
        counts[tuple(cell)] = 1
        kept.append(refit_gap(rest.add(Tallies(counts)), flip))
    assert max(kept) > 0


@pytest.mark.parametrize(("seed", "votes"), [(1, 300), (2, 3000), (3, 30_000)])
def test_prediction_is_near_what_the_refit_needs(seed, votes):
    tallies = draw_tallies(seed=seed, models=10, votes=votes, spread=0.2)
    best, second, *_ = order_models(tallies)
    flip = count_votes_to_flip(tallies=tallies, better=best, worse=second)
    assert flip.votes == pytest.approx(flip.predicted, rel=0.25, abs=1)


def test_few_votes_are_nearly_as_few_as_any_choice_finds():
    # Small enough to try every choice of cells: 3 models, decisive votes only.
    tallies = draw_tallies(seed=7, models=3, votes=60, spread=0.3, ties=0.0)
    best, second, _ = order_models(tallies)
    flip = count_votes_to_flip(tallies=tallies, better=best, worse=second)
    wins = tallies.wins()
    cells = [(int(i), int(j)) for i, j in np.argwhere(wins > 0)]
    fewest = None
    for total in range(1, flip.votes + 1):
        for counts in itertools.product(range(total + 1), repeat=len(cells)):
            if sum(counts) != total or any(c > wins[x] for c, x in zip(counts, cells, strict=True)):
                continue
            rest = wins.copy()
            for count, cell in zip(counts, cells, strict=True):
                rest[cell] -= count
            theta = fit(rest, prior=ONE_TIE).theta
            if theta[second] - theta[best] > 1e-8:
                fewest = total
                break
        if fewest:
            break
    assert fewest is not None
    assert fewest <= flip.votes <= fewest + 1


def test_a_random_choice_needs_many_more_votes():
    tallies = draw_tallies(seed=4, models=10, votes=20_000, spread=0.3)
    best, second, *_ = order_models(tallies)
    flip = count_votes_to_flip(tallies=tallies, better=best, worse=second)
    rng = np.random.default_rng(1)
    flat = tallies.counts.ravel()
    drawn = rng.multivariate_hypergeometric(flat, flip.votes * 5)
    rest = Tallies(tallies.counts - drawn.reshape(tallies.counts.shape))
    assert refit_gap(rest, flip) > 0


@given(seed=st.integers(0, 10_000))
def test_sides_of_the_votes_do_not_matter(seed):
    tallies = draw_tallies(seed=seed, models=5, votes=400, spread=0.3)
    swapped = tallies.counts.transpose(1, 0, 2)[:, :, [RIGHT, LEFT, TIE, BOTH_BAD]]
    best, second, *_ = order_models(tallies)
    one = count_votes_to_flip(tallies=tallies, better=best, worse=second)
    other = count_votes_to_flip(tallies=Tallies(swapped.copy()), better=best, worse=second)
    assert (one.votes, one.verified) == (other.votes, other.verified)


def test_first_place_falls_to_the_cheapest_challenger():
    tallies = draw_tallies(seed=12, models=9, votes=4000, spread=0.2)
    order = order_models(tallies)
    flips = [count_votes_to_flip(tallies=tallies, better=order[0], worse=m) for m in order[1:5]]
    first = count_votes_to_flip_first(tallies=tallies, challengers=4)
    assert first.better == order[0]
    assert first.verified
    assert first.votes == min(flip.votes for flip in flips)
    assert order_models(tallies.subtract(first.removed))[0] != order[0]
    nearest = count_votes_to_flip_first(tallies=tallies, challengers=1)
    assert (nearest.worse, nearest.votes) == (order[1], flips[0].votes)


def test_models_without_battles_keep_their_index():
    tallies = draw_tallies(seed=12, models=4, votes=600, spread=0.2)
    counts = np.zeros((6, 6, 4), dtype=np.int64)
    places = np.array([1, 2, 4, 5])
    counts[np.ix_(places, places)] = tallies.counts
    first = count_votes_to_flip_first(tallies=Tallies(counts))
    plain = count_votes_to_flip_first(tallies=tallies)
    assert (first.votes, first.better, first.worse) == (
        plain.votes,
        places[plain.better],
        places[plain.worse],
    )
    assert np.array_equal(first.removed.counts[np.ix_(places, places)], plain.removed.counts)


def test_what_no_removal_can_turn_is_said():
    # Model 0 never lost and 1 never won: taking votes away leaves them level at best.
    tallies = tally_votes(left=[0, 0], right=[1, 1], verdict=[LEFT, LEFT], models=2)
    flip = count_votes_to_flip(tallies=tallies, better=0, worse=1)
    assert not flip.verified
    assert flip.votes == flip.removed.counts.sum() == 2


@pytest.mark.parametrize("guess", [1, 30, 99, 100, 101, 400, 1000, 5000])
def test_the_search_finds_the_threshold_from_any_guess(guess):
    trials = []

    def flips(votes):
        trials.append(votes)
        return votes >= 100

    assert _search_shortest(flips, guess=guess, most=1000) == 100
    assert max(trials) <= 1000
    assert len(trials) <= 40
    assert _search_shortest(lambda votes: False, guess=guess, most=1000) is None
    assert _search_shortest(flips, guess=guess, most=0) is None


def test_nonsense_is_refused():
    tallies = draw_tallies(seed=1, models=4, votes=200, spread=0.5)
    best, second, *_ = order_models(tallies)
    for better, worse, message in [
        (second, best, "nothing to flip"),
        (best, best, "cannot overtake itself"),
        (best, 4, "Model 4 has no battles"),
        (-1, best, "Model -1 has no battles"),
    ]:
        with pytest.raises(ScoringError, match=message):
            count_votes_to_flip(tallies=tallies, better=better, worse=worse)
    with pytest.raises(ScoringError, match="At least one challenger"):
        count_votes_to_flip_first(tallies=tallies, challengers=0)
    with pytest.raises(ScoringError, match="two models with battles"):
        count_votes_to_flip_first(tallies=Tallies(np.zeros((3, 3, 4), dtype=np.int64)))
