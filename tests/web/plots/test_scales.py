"""Axes: few round ticks, everything inside, nothing drawn that is not known."""

from datetime import date
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.web.plots.scales import day_scale, linear_scale, log_scale


def test_a_log_scale_puts_equal_factors_at_equal_distances() -> None:
    scale = log_scale([0.005, 0.05, 0.5])
    low, middle, high = (scale.position(value) for value in (0.005, 0.05, 0.5))
    assert middle - low == pytest.approx(high - middle)
    assert (low, middle, high) == pytest.approx((5.357, 50, 94.643), abs=0.01)
    assert [tick.value for tick in scale.ticks] == [0.01, 0.03, 0.1, 0.3]


def test_a_log_scale_sets_what_is_free_apart() -> None:
    scale = log_scale([0, 0.01, 0.1])
    assert scale.free is not None
    assert scale.position(0) == scale.free < scale.begins < scale.position(0.01)
    assert all(tick.x >= scale.begins for tick in scale.ticks)


def test_a_log_scale_of_one_value_has_it_in_the_middle() -> None:
    assert log_scale([0.04]).position(0.04) == pytest.approx(50)


@pytest.mark.parametrize("value", [-1, nan, inf])
def test_a_log_scale_refuses_what_has_no_place(value: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        log_scale([1, value])


def test_zero_has_no_place_on_a_log_scale_that_was_made_without_it() -> None:
    with pytest.raises(ValueError, match="no place"):
        log_scale([1, 10]).position(0)


@given(st.lists(st.floats(1e-4, 1e4), min_size=1, max_size=20))
def test_a_log_scale_holds_everything_and_prints_few_ticks(values: list[float]) -> None:
    scale = log_scale(values)
    assert all(0 < scale.position(value) < 100 for value in values)
    assert 1 <= len(scale.ticks) <= 10
    assert all(0 <= tick.x <= 100 for tick in scale.ticks)
    order = [tick.x for tick in scale.ticks]
    assert order == sorted(order)


def test_a_linear_scale_from_zero_begins_there() -> None:
    scale = linear_scale([3.0, 12.0], smallest_reach=0.5, from_zero=True)
    assert scale.position(0) == 0
    assert scale.position(12) < 100
    assert scale.ticks[0].value == 0


def test_a_linear_scale_refuses_what_is_not_finite() -> None:
    with pytest.raises(ValueError, match="no place"):
        linear_scale([1.0, nan], smallest_reach=1)


def test_a_day_scale_ends_on_its_last_day() -> None:
    scale = day_scale(date(2026, 1, 1), date(2026, 1, 31))
    assert [tick.day.day for tick in scale.ticks] == [3, 10, 17, 24, 31]
    assert scale.ticks[-1].x == 100
    assert scale.position(date(2026, 1, 16)) == pytest.approx(50)


def test_a_day_scale_of_one_day_spans_a_week() -> None:
    day = date(2026, 3, 1)
    assert day_scale(day, day).position(day) == 100


def test_a_day_scale_of_years_prints_few_ticks() -> None:
    assert len(day_scale(date(2015, 1, 1), date(2026, 1, 1)).ticks) == 2


def test_a_day_scale_refuses_to_run_backwards() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        day_scale(date(2026, 1, 2), date(2026, 1, 1))
