"""Charts: the geometry is right for one row, three rows and rows that cannot be drawn."""

from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.web.plots.forest import forest_scale, place_interval
from arena.web.plots.heat import heat_level


def test_forest_scale_holds_a_single_row_inside_the_track() -> None:
    scale = forest_scale(lowers=[980.0], uppers=[1020.0])
    forest = place_interval(scale, lower=980.0, rating=1000.0, upper=1020.0)
    assert 0 < forest.x_low < forest.x_mid < forest.x_high < 100
    assert forest.x_mid == pytest.approx(50)


def test_forest_scale_puts_three_rows_in_their_order() -> None:
    scale = forest_scale(lowers=[1180, 990, 790], uppers=[1220, 1030, 850])
    places = [scale.position(value) for value in (790, 850, 990, 1030, 1180, 1220)]
    assert places == sorted(places)
    assert places[0] > 0
    assert places[-1] < 100
    assert [tick.value for tick in scale.ticks] == [800, 1000, 1200]


def test_forest_scale_gives_equal_values_room() -> None:
    scale = forest_scale(lowers=[1000.0, 1000.0], uppers=[1000.0, 1000.0])
    assert scale.position(1000.0) == pytest.approx(50)
    assert scale.high - scale.low >= 50


def test_forest_scale_without_rows_lies_around_the_anchor() -> None:
    scale = forest_scale(lowers=[], uppers=[])
    assert scale.position(1000.0) == pytest.approx(50)


@pytest.mark.parametrize(("lower", "upper"), [(nan, 1000), (1000, nan), (-inf, 1000), (1100, 1000)])
def test_forest_scale_refuses_what_cannot_be_drawn(lower: float, upper: float) -> None:
    with pytest.raises(ValueError, match="interval"):
        forest_scale(lowers=[990, lower], uppers=[1010, upper])


def test_forest_scale_refuses_ends_without_a_partner() -> None:
    with pytest.raises(ValueError, match="zip"):
        forest_scale(lowers=[990, 980], uppers=[1010])


def test_position_clamps_values_beyond_the_ends_and_refuses_nan() -> None:
    scale = forest_scale(lowers=[900], uppers=[1100])
    assert scale.position(0) == 0
    assert scale.position(5000) == 100
    with pytest.raises(ValueError, match="no place"):
        scale.position(nan)


@given(
    st.lists(
        st.tuples(st.floats(-1e5, 1e5), st.floats(0, 1e5)).map(lambda pair: (pair[0], sum(pair))),
        min_size=1,
        max_size=12,
    )
)
def test_forest_scale_prints_few_round_ticks_inside_the_track(
    intervals: list[tuple[float, float]],
) -> None:
    scale = forest_scale(
        lowers=[lower for lower, _ in intervals], uppers=[upper for _, upper in intervals]
    )
    assert 2 <= len(scale.ticks) <= 5
    assert all(0 <= tick.x <= 100 for tick in scale.ticks)
    steps = {
        round(after.value - before.value, 6)
        for before, after in zip(scale.ticks, scale.ticks[1:], strict=False)
    }
    assert len(steps) == 1
    assert f"{steps.pop():.1e}".split("e")[0] in ("1.0", "2.0", "2.5", "5.0")


@pytest.mark.parametrize(
    ("percent", "level"),
    [(0, -5), (9, -5), (10, -4), (49, -1), (50, 0), (50.4, 0), (51, 1), (60, 1), (61, 2), (100, 5)],
)
def test_heat_level_steps_with_the_win_rate(percent: float, level: int) -> None:
    assert heat_level(percent) == level


@given(st.floats(0, 100))
def test_heat_level_is_symmetric(percent: float) -> None:
    # Halves round to the even neighbour on both sides, so the mirror is taken of the rounded one.
    whole = round(percent)
    assert heat_level(whole) == -heat_level(100 - whole)


@pytest.mark.parametrize("percent", [nan, inf, -1, 101])
def test_heat_level_refuses_what_is_no_win_rate(percent: float) -> None:
    with pytest.raises(ValueError, match="win rate"):
        heat_level(percent)


@given(st.floats(-3e3, 3e3), st.floats(0, 3e3))
def test_numbers_of_the_axis_do_not_touch(lower: float, width: float) -> None:
    scale = forest_scale(lowers=[lower], uppers=[lower + width])
    places = [tick.x for tick in scale.ticks]
    assert len(places) >= 2
    # Four digits take 30 of the track's 150 pixels.
    assert all(after - before >= 20 for before, after in pairwise(places))
