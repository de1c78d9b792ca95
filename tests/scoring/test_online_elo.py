import evalica
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring.bradley_terry import fit
from arena.scoring.elo import POINTS_PER_LOG_ODDS
from arena.scoring.online_elo import measure_order_dependence, run_online_elo
from arena.scoring.tallies import ScoringError, tally_votes
from tests.scoring.simulate import draw_strengths, draw_votes


def draw_rows(*, seed, models, votes, spread=0.6):
    rng = np.random.default_rng(seed)
    return draw_votes(rng, strengths=draw_strengths(rng, models=models, spread=spread), votes=votes)


def test_equals_exchange_half_of_k():
    elo = run_online_elo([0], [1], [0], models=3, k=32, start=1000)
    assert elo.rating.tolist() == [1016.0, 984.0, 1000.0]
    assert elo.battles.tolist() == [1, 1, 0]


def test_worked_example_of_a_favourite_400_points_ahead():
    # 400 points are odds of ten to one: the favourite gains K / 11, or loses 10 K / 11.
    elo = run_online_elo([0], [1], [0], models=2, k=400, start=0)
    assert elo.rating.tolist() == [200.0, -200.0]
    won = run_online_elo([0, 0], [1, 1], [0, 0], models=2, k=400, start=0)
    assert won.rating[0] == pytest.approx(200 + 400 / 11)
    lost = run_online_elo([0, 0], [1, 1], [0, 1], models=2, k=400, start=0)
    assert lost.rating[0] == pytest.approx(200 - 4000 / 11)


@pytest.mark.parametrize("verdict", [2, 3])
def test_tie_and_both_bad_are_half_a_point_each(verdict):
    level = run_online_elo([0], [1], [verdict], models=2)
    assert level.rating.tolist() == [1000.0, 1000.0]
    after_a_win = run_online_elo([0, 1], [1, 0], [0, verdict], models=2, k=32)
    assert after_a_win.rating[0] < 1016.0


def test_agrees_with_evalica_on_unweighted_votes():
    rows = draw_rows(seed=3, models=8, votes=2000)
    winners = {
        0: evalica.Winner.X,
        1: evalica.Winner.Y,
        2: evalica.Winner.Draw,
        3: evalica.Winner.Draw,
    }
    names = [f"m{index}" for index in range(8)]
    oracle = evalica.elo(
        [names[i] for i in rows["left"]],
        [names[i] for i in rows["right"]],
        [winners[int(v)] for v in rows["verdict"]],
        initial=1000.0,
        base=10.0,
        scale=400.0,
        k=32.0,
    ).scores
    elo = run_online_elo(**rows, models=8, k=32, start=1000)
    assert elo.rating == pytest.approx([oracle[name] for name in names], abs=1e-6)


@given(seed=st.integers(0, 10_000), votes=st.integers(0, 200), k=st.floats(0.5, 400))
def test_points_are_only_exchanged(seed, votes, k):
    elo = run_online_elo(**draw_rows(seed=seed, models=5, votes=votes), models=5, k=k, start=1000)
    assert elo.rating.mean() == pytest.approx(1000, abs=1e-6)
    assert elo.battles.sum() == 2 * votes


@given(seed=st.integers(0, 10_000))
def test_swapping_the_sides_changes_nothing(seed):
    rows = draw_rows(seed=seed, models=5, votes=60)
    mirror = np.array([1, 0, 2, 3])
    swapped = {"left": rows["right"], "right": rows["left"], "verdict": mirror[rows["verdict"]]}
    one, other = run_online_elo(**rows, models=5), run_online_elo(**swapped, models=5)
    assert one.rating == pytest.approx(other.rating, abs=1e-9)


def test_the_order_of_votes_moves_online_elo_but_not_the_board():
    rows = draw_rows(seed=11, models=20, votes=4000, spread=0.15)
    dependence = measure_order_dependence(
        **rows, models=20, shuffles=12, generator=np.random.default_rng(1)
    )
    assert dependence.widest > 100
    assert dependence.leaders >= 2
    assert dependence.times_first.sum() == dependence.shuffles == 12
    order = np.random.default_rng(2).permutation(4000)
    shuffled = {name: column[order] for name, column in rows.items()}
    board = fit(tally_votes(**rows, models=20).wins()).theta
    assert np.array_equal(fit(tally_votes(**shuffled, models=20).wins()).theta, board)


def test_each_shuffle_stays_within_the_reported_range():
    rows = draw_rows(seed=4, models=6, votes=300)
    dependence = measure_order_dependence(
        **rows, models=6, shuffles=3, generator=np.random.default_rng(5)
    )
    generator = np.random.default_rng(5)
    runs = []
    for _ in range(3):
        order = generator.permutation(300)
        runs.append(run_online_elo(**{n: c[order] for n, c in rows.items()}, models=6).rating)
    assert np.array_equal(dependence.lowest, np.min(runs, axis=0))
    assert np.array_equal(dependence.highest, np.max(runs, axis=0))


def test_a_small_k_settles_near_the_board():
    rows = draw_rows(seed=8, models=5, votes=60_000, spread=0.4)
    board = 1000 + POINTS_PER_LOG_ODDS * fit(tally_votes(**rows, models=5).wins()).theta
    elo = run_online_elo(**rows, models=5, k=1, start=1000)
    assert np.abs(elo.rating - board).max() < 25


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 0}, "K must lie above 0"),
        ({"k": 401}, "at most at 400"),
        ({"k": float("nan")}, "K must lie"),
        ({"start": float("inf")}, "finite rating"),
        ({"models": 1}, "outside 0 to 0"),
        ({"right": [0, 0]}, "cannot battle itself"),
        ({"verdict": [0, 4]}, "outside 0 to 3"),
        ({"verdict": [0]}, "equally long"),
    ],
)
def test_malformed_votes_are_refused(change, message):
    case = {"left": [0, 1], "right": [1, 0], "verdict": [0, 1], "models": 2} | change
    with pytest.raises(ScoringError, match=message):
        run_online_elo(**case)


def test_no_shuffle_is_refused():
    with pytest.raises(ScoringError, match="one or more, not 0"):
        measure_order_dependence(
            [0], [1], [0], models=2, shuffles=0, generator=np.random.default_rng(0)
        )
