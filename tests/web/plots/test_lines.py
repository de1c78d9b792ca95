"""Lines with bands, sparks and bars."""

from datetime import date
from math import inf, nan

import pytest

from arena.web.plots.bars import Amount, draw_bars
from arena.web.plots.lines import Moment, Series, draw_lines, draw_spark


def series(*values: float) -> Series:
    moments = (
        Moment(day=date(2026, 1, 1 + n), value=value, low=value - 10, high=value + 10)
        for n, value in enumerate(values)
    )
    return Series(key="a", name="A", moments=tuple(moments))


def test_draw_lines_leads_a_line_within_its_band() -> None:
    drawn = draw_lines([series(1000, 1000)])
    (line,) = drawn.lines
    assert line.path == "M0.0 50.0L100.0 50.0"
    assert (line.x_end, line.y_end) == (100, 50)
    top = 100 - drawn.y_scale.position(1010)
    bottom = 100 - drawn.y_scale.position(990)
    assert line.band == f"M0.0 {top:.1f}L100.0 {top:.1f}L100.0 {bottom:.1f}L0.0 {bottom:.1f}Z"


def test_draw_lines_puts_a_lonely_moment_at_the_end_without_a_band() -> None:
    (line,) = draw_lines([series(1000)]).lines
    assert (line.x_end, line.band) == (100, "")


def test_a_line_tells_what_held_at_each_tick() -> None:
    early, late = series(1000, 1010, 1020), Series("b", "B", series(1, 2, 3).moments[2:])
    drawn = draw_lines([early, late])
    assert [tick.day.day for tick in drawn.x_scale.ticks] == [1, 2, 3]
    values = [[m.value if m else None for m in line.at_ticks] for line in drawn.lines]
    assert values == [[1000, 1010, 1020], [None, None, 3]]


def test_draw_lines_leaves_out_a_series_without_moments() -> None:
    assert len(draw_lines([series(1000, 1020), series()]).lines) == 1


@pytest.mark.parametrize("value", [nan, inf])
def test_draw_lines_refuses_what_is_not_finite(value: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        draw_lines([series(1000, value)])


def test_draw_lines_needs_a_moment() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw_lines([])


def test_a_spark_rises_with_its_values_and_a_small_change_looks_small() -> None:
    assert draw_spark([1000, 1100], reach=50) == "M0.0 94.6L100.0 5.4"
    heights = [float(part.split()[1]) for part in draw_spark([1000, 1001], reach=50)[1:].split("L")]
    assert 0 < heights[0] - heights[1] < 2


def test_a_spark_needs_two_values() -> None:
    assert draw_spark([1000], reach=50) == ""


def test_bars_are_as_long_as_their_values() -> None:
    drawn = draw_bars(
        [Amount("a", "A", 50.0, low=40.0, high=70.0), Amount("b", "B", 100.0)], high=100
    )
    first, second = drawn.bars
    assert (first.width, first.x_low, first.x_high) == (50, 40, 70)
    assert (second.width, second.x_low) == (100, None)
    assert [tick.value for tick in drawn.scale.ticks] == [0, 20, 40, 60, 80, 100]
    assert [tick.x for tick in drawn.scale.ticks] == [0, 20, 40, 60, 80, 100]


def test_bars_without_a_given_end_leave_room_at_the_longest() -> None:
    drawn = draw_bars([Amount("a", "A", 13_298.0, high=24_656.0)])
    assert 50 < drawn.bars[0].width < (drawn.bars[0].x_high or 0) < 100
    assert drawn.scale.ticks[0].value == 0


def test_bars_of_nothing_have_no_length() -> None:
    assert draw_bars([Amount("a", "A", 0.0)]).bars[0].width == 0


def test_bars_refuse_negative_values() -> None:
    with pytest.raises(ValueError, match="shorter than nothing"):
        draw_bars([Amount("a", "A", -1.0)])
