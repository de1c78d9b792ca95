"""Scatter plots: the front is what nothing beats, and names never lie over one another."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.web.plots.labels import LETTER, NARROW, WIDE, Room, place_labels
from arena.web.plots.scatter import Spot, draw_scatter, find_front


def spot(key: str, x: float, y: float) -> Spot:
    return Spot(key=key, name=f"Model {key}", x=x, said=str(x), y=y, low=y - 10, high=y + 10)


def test_find_front_keeps_what_is_cheaper_or_better() -> None:
    spots = [
        spot("a", 0.10, 1200),
        spot("b", 0.01, 1000),
        spot("c", 0.05, 990),
        spot("d", 0.2, 1200),
    ]
    assert [one.key for one in find_front(spots)] == ["b", "a"]


def test_find_front_of_equal_spots_keeps_one() -> None:
    assert [one.key for one in find_front([spot("b", 1, 1000), spot("a", 1, 1000)])] == ["a"]


spots = st.lists(
    st.tuples(st.sampled_from([0, 0.01, 0.02, 0.5]), st.integers(800, 1200)),
    min_size=1,
    max_size=30,
).map(lambda pairs: [spot(str(n), x, y) for n, (x, y) in enumerate(pairs)])


@given(spots)
def test_nothing_beats_the_front_and_the_front_beats_the_rest(made: list[Spot]) -> None:
    front = find_front(made)
    for one in made:
        beaten = [f for f in front if f.x <= one.x and f.y >= one.y]
        assert one in front or beaten
        if one in front:
            assert beaten == [one]


@given(spots)
def test_draw_scatter_keeps_every_dot_on_the_track(made: list[Spot]) -> None:
    chart = draw_scatter(made)
    assert {dot.spot.key for dot in chart.dots} == {one.key for one in made}
    for dot in chart.dots:
        assert 0 < dot.x < 100
        assert 0 < dot.y_high <= dot.y <= dot.y_low < 100


def test_draw_scatter_leads_the_front_from_spot_to_spot() -> None:
    chart = draw_scatter([spot("a", 0.01, 1000), spot("b", 0.1, 1100), spot("c", 0.1, 900)])
    first, second = (dot for dot in chart.dots if dot.on_front)
    cheap, dear = sorted((first, second), key=lambda dot: dot.x)
    assert chart.front == f"M{cheap.x:.2f} {cheap.y:.2f}H{dear.x:.2f}V{dear.y:.2f}H100"
    assert chart.front_begins == cheap.x


def test_draw_scatter_of_one_spot_has_no_front() -> None:
    assert draw_scatter([spot("a", 0.01, 1000)]).front == ""


def test_draw_scatter_refuses_what_is_not_known() -> None:
    with pytest.raises(ValueError, match="no place"):
        draw_scatter([spot("a", 0.01, nan)])


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=40),
    st.sampled_from([NARROW, WIDE]),
)
def test_labels_never_overlap_and_stay_inside(
    places: list[tuple[float, float]], room: Room
) -> None:
    dots = [(x, y, "Nano Banana") for x, y in places]
    labels = place_labels(dots, room=room, most=12)
    boxes = []
    for (x, y, name), label in zip(dots, labels, strict=True):
        if label is None:
            continue
        width = LETTER * len(name)
        middle = x / 100 * room.width + label.dx
        left = middle - {"start": 0, "middle": width / 2, "end": width}[label.anchor]
        top = y / 100 * room.height + label.dy - 12
        assert left >= -0.01
        assert left + width <= room.width + 0.01
        boxes.append((left, top, left + width, top + 15))
    assert len(boxes) <= 12
    for n, a in enumerate(boxes):
        for b in boxes[:n]:
            assert (
                a[2] <= b[0] + 0.01
                or b[2] <= a[0] + 0.01
                or a[3] <= b[1] + 0.01
                or b[3] <= a[1] + 0.01
            )


def test_a_lonely_dot_gets_its_label_at_its_upper_right() -> None:
    (label,) = place_labels([(50, 50, "Ray")], room=NARROW, most=1)
    assert label is not None
    assert (label.anchor, label.dx) == ("start", 7)


def test_a_dot_at_the_right_edge_gets_its_label_at_its_left() -> None:
    (label,) = place_labels([(99, 50, "Nano Banana")], room=NARROW, most=1)
    assert label is not None
    assert label.anchor == "end"


def test_a_name_crosses_the_line_of_another_dot_only_where_it_has_no_other_place():
    dots = [(50, 50, "Gouache"), (55, 60, "Ray")]
    free = place_labels(dots, room=WIDE, most=2)
    assert free[0] is not None
    assert free[0].anchor == "start"
    label, _ = place_labels(dots, room=WIDE, most=2, whiskers=[(48, 52), (20, 80)])
    assert label is not None
    assert label.anchor == "end"
    fenced = [*dots, (45, 60, "Press")]
    label, *_ = place_labels(fenced, room=WIDE, most=3, whiskers=[(48, 52), (0, 100), (0, 100)])
    assert label is not None
