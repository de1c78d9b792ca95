import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring import tallies as tallies_module
from arena.scoring.tallies import (
    LARGEST_COUNT,
    ScoringError,
    Tallies,
    merge_tallies,
    tally_votes,
)
from tests.scoring.simulate import draw_tallies

MODELS = 5

votes = st.lists(
    st.tuples(st.integers(0, MODELS - 1), st.integers(1, MODELS - 1), st.integers(0, 3)).map(
        lambda v: (v[0], (v[0] + v[1]) % MODELS, v[2])
    ),
    max_size=60,
)


def tally(rows, models=MODELS):
    return tally_votes(
        left=[row[0] for row in rows],
        right=[row[1] for row in rows],
        verdict=[row[2] for row in rows],
        models=models,
    )


def empty_counts(models=3):
    return np.zeros((models, models, 4), dtype=np.int64)


def test_tally_votes_counts_each_row_once():
    counted = tally([(0, 1, 0), (0, 1, 0), (1, 0, 1), (2, 0, 2), (1, 2, 3)], models=3)
    assert counted.counts[0, 1].tolist() == [2, 0, 0, 0]
    assert counted.counts[1, 0].tolist() == [0, 1, 0, 0]
    assert counted.counts[2, 0].tolist() == [0, 0, 1, 0]
    assert counted.counts[1, 2].tolist() == [0, 0, 0, 1]
    assert counted.counts.sum() == 5


def test_tallies_merge_both_orientations_of_a_pair():
    counted = tally([(0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 2), (1, 0, 3)], models=3)
    assert counted.decisive()[0, 1] == 2
    assert counted.decisive()[1, 0] == 1
    assert counted.halves()[0, 1] == counted.halves()[1, 0] == 2
    assert counted.wins().tolist() == [[0, 3, 0], [2, 0, 0], [0, 0, 0]]
    assert counted.battles_of_pairs().tolist() == [[0, 5, 0], [5, 0, 0], [0, 0, 0]]
    assert counted.battles_of_models().tolist() == [5, 5, 0]


def test_verdicts_are_summed_by_side():
    counted = tally([(0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 2), (1, 2, 3)], models=3)
    as_left, as_right = counted.by_side()
    assert as_left.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert as_right.tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert (as_left + as_right).sum(axis=0).tolist() == counted.battles_of_models().tolist()


@pytest.mark.parametrize("models", [2, 127, 128, 140])
def test_every_width_of_index_counts_the_last_cell(models):
    # 127 models have 64,516 cells, 128 just as many as a 16-bit index can name.
    last = models - 1
    counted = tally_votes(left=[last, 0], right=[last - 1, last], verdict=[3, 0], models=models)
    assert counted.counts[last, last - 1, 3] == counted.counts[0, last, 0] == 1
    assert counted.counts.sum() == 2


@given(rows=votes, data=st.data())
def test_order_of_votes_changes_nothing(rows, data):
    assert tally(rows) == tally(data.draw(st.permutations(rows)))


@given(rows=votes, cut=st.integers(0, 60))
def test_splitting_votes_changes_nothing(rows, cut):
    parts = [tally(rows[:cut]), tally(rows[cut:])]
    assert parts[0].add(parts[1]) == tally(rows)
    assert merge_tallies(parts, models=MODELS) == tally(rows)


@given(rows=votes, more=votes)
def test_adding_then_subtracting_is_exact(rows, more):
    assert tally(rows).add(tally(more)).subtract(tally(more)) == tally(rows)


@given(rows=votes, data=st.data())
def test_undone_votes_by_weight_leave_the_others(rows, data):
    undone = data.draw(st.lists(st.sampled_from(rows), unique=True) if rows else st.just([]))
    signed = rows + undone
    counted = tally_votes(
        left=[row[0] for row in signed],
        right=[row[1] for row in signed],
        verdict=[row[2] for row in signed],
        weight=[1] * len(rows) + [-1] * len(undone),
        models=MODELS,
    )
    assert counted == tally(rows).subtract(tally(undone))


def test_weight_stands_for_equal_votes():
    counted = tally_votes(left=[0, 0], right=[1, 1], verdict=[2, 2], weight=[7, 2**31], models=2)
    assert counted.counts[0, 1, 2] == 7 + 2**31


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", ">i4", "uint64", "int64"])
def test_integer_width_changes_nothing(dtype):
    rng = np.random.default_rng(3)
    models = 100
    left = rng.integers(0, models, 5000)
    right = (left + rng.integers(1, models, 5000)) % models
    verdict = rng.integers(0, 4, 5000)
    wide = tally_votes(left=left, right=right, verdict=verdict, models=models)
    narrow = tally_votes(
        left=left.astype(dtype),
        right=right.astype(dtype),
        verdict=verdict.astype(dtype),
        models=models,
    )
    assert narrow == wide


def test_chunks_change_nothing(monkeypatch):
    monkeypatch.setattr(tallies_module, "CHUNK_ROWS", 7)
    rng = np.random.default_rng(4)
    left = rng.integers(0, 2, 1000)
    verdict = rng.integers(0, 4, 1000)
    counted = tally_votes(left=left, right=1 - left, verdict=verdict, models=2)
    expected = empty_counts(2)
    np.add.at(expected, (left, 1 - left, verdict), 1)
    assert np.array_equal(counted.counts, expected)


def test_strided_columns_are_read_right():
    rows = np.array([(0, 1, 0), (1, 2, 3), (2, 0, 1)], dtype=np.int16)
    counted = tally_votes(left=rows[:, 0], right=rows[:, 1], verdict=rows[:, 2], models=3)
    assert counted == tally([tuple(row) for row in rows.tolist()], models=3)


def test_no_votes_and_no_models_are_empty_tallies():
    assert tally_votes(left=[], right=[], verdict=[], models=0).counts.shape == (0, 0, 4)
    assert tally_votes(left=[], right=[], verdict=[], models=2).counts.sum() == 0
    assert merge_tallies([], models=2).counts.shape == (2, 2, 4)


def test_take_keeps_the_votes_among_the_chosen():
    counted = draw_tallies(seed=1, models=6, votes=500)
    chosen = np.array([4, 1, 2])
    taken = counted.take(chosen)
    assert taken.counts[0, 2].tolist() == counted.counts[4, 2].tolist()
    assert taken.counts[1, 0].tolist() == counted.counts[1, 4].tolist()


def test_tallies_keep_their_own_read_only_counts():
    counts = empty_counts()
    counts[0, 1, 0] = 3
    counted = Tallies(counts=counts)
    counts[0, 1, 0] = 99
    assert counted.counts[0, 1, 0] == 3
    with pytest.raises(ValueError, match="read-only"):
        counted.counts[0, 1, 0] = 4


def test_tallies_equal_by_value_only():
    assert draw_tallies(seed=1, models=4, votes=50) == draw_tallies(seed=1, models=4, votes=50)
    assert draw_tallies(seed=1, models=4, votes=50) != draw_tallies(seed=2, models=4, votes=50)
    assert tally([], models=2) != tally([], models=3)
    assert tally([], models=2) != "tallies"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"left": [3]}, "'left' holds 3, outside 0 to 2"),
        ({"left": [-1]}, "'left' holds -1, outside 0 to 2"),
        ({"right": [3]}, "'right' holds 3"),
        ({"verdict": [4]}, "'verdict' holds 4, outside 0 to 3"),
        ({"verdict": [-1]}, "'verdict' holds -1"),
        ({"left": [1]}, "Model 1 cannot battle itself"),
        ({"left": [0.0]}, "'left' must hold integers, not float64"),
        ({"left": [False]}, "'left' must hold integers, not bool"),
        ({"left": [[0]]}, "one-dimensional"),
        ({"left": [0, 0]}, "equally long"),
        ({"weight": [1, 1]}, "equally long"),
        ({"weight": [1.0]}, "'weight' must hold integers"),
        ({"weight": [2**31 + 1]}, "more than 2147483648"),
        ({"weight": [-1]}, "cannot be negative"),
        ({"models": -1}, "number of models"),
        ({"models": 3.0}, "number of models"),
    ],
)
def test_tally_votes_refuses_bad_rows(columns, message):
    good = {"left": [0], "right": [1], "verdict": [0], "models": 3}
    with pytest.raises(ScoringError, match=message):
        tally_votes(**(good | columns))


def test_self_battle_is_refused_even_if_undone():
    with pytest.raises(ScoringError, match="cannot battle itself"):
        tally_votes(left=[1, 1], right=[1, 1], verdict=[0, 0], weight=[1, -1], models=3)


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ((0, 1, 2), -1, "Models 0 and 1 have -1 votes 'tie'"),
        ((2, 2, 0), 1, "Model 2 cannot battle itself"),
        ((0, 1, 2), LARGEST_COUNT + 1, "beyond the exact range"),
    ],
)
def test_tallies_refuse_impossible_counts(cell, value, message):
    counts = empty_counts()
    counts[cell] = value
    with pytest.raises(ScoringError, match=message):
        Tallies(counts=counts)


@pytest.mark.parametrize(
    "counts",
    [
        np.zeros((3, 3, 4)),
        np.zeros((3, 3, 4), dtype=np.int32),
        np.zeros((3, 2, 4), dtype=np.int64),
        np.zeros((3, 3, 3), dtype=np.int64),
        np.zeros((3, 3), dtype=np.int64),
        [[[0, 0, 0, 0]]],
    ],
)
def test_tallies_refuse_another_shape_or_type(counts):
    with pytest.raises(ScoringError, match="Tallies must"):
        Tallies(counts=counts)


def test_subtract_refuses_votes_that_were_not_counted():
    with pytest.raises(ScoringError, match="Cannot subtract 2 votes 'left' of models 0 and 1"):
        tally([(0, 1, 0)]).subtract(tally([(0, 1, 0), (0, 1, 0)]))


def test_tallies_of_different_models_do_not_mix():
    two, three = tally([], models=2), tally([], models=3)
    with pytest.raises(ScoringError, match="do not fit together"):
        two.add(three)
    with pytest.raises(ScoringError, match="do not fit together"):
        two.subtract(three)
    with pytest.raises(ScoringError, match="Cannot merge tallies of 3 models into 2"):
        merge_tallies([two, three], models=2)
