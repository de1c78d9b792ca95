"""The sides of a pair are drawn by a fair coin: over all battles and for each pair of models."""

import math
import random
from collections import Counter

import pytest

from arena.battles.issuing import Scope, fill_window
from arena.battles.models import Battle
from arena.battles.pairing import InPlay, arrange, choose_pair
from arena.catalog.models import Discipline
from arena.generation.models import Candidate
from tests.factories import create_arena, create_voter

BATTLES = 20_000
# Pairs of one window share no picture: so many are there in the arena of 96.
LARGE_WINDOW = 40
# Two-sided, far beyond chance: a fair coin passes the bounds 99.99 % of the time, seeds or not.
MOST_SIGMA = 4.5


def sigma(lefts: int, *, of: int) -> float:
    """How far a count is from a fair coin's, in standard deviations."""
    return abs(lefts - of / 2) / math.sqrt(of / 4)


def worst_sides(sides: Counter[tuple[int, int]]) -> tuple[float, float]:
    """The deviation of the lower-numbered model's lefts, overall and in the worst pair of models."""
    pairs = {tuple(sorted(pair)) for pair in sides}
    per_pair = [sigma(sides[a, b], of=sides[a, b] + sides[b, a]) for a, b in pairs]
    lower = sum(count for (left, right), count in sides.items() if left < right)
    return sigma(lower, of=sides.total()), max(per_pair)


def draw_sides(dice: random.Random) -> Counter[tuple[int, int]]:
    field = arrange(
        InPlay(candidate=1000 * prompt + 10 * model + take, prompt=prompt, model=model)
        for prompt in range(3)
        for model in range(6)
        for take in range(2)
    )
    weights = {"": {(a, b): 1.0 + a + 3 * b for a in range(6) for b in range(a + 1, 6)}}
    sides: Counter[tuple[int, int]] = Counter()
    for _ in range(BATTLES):
        pair = choose_pair(field, barred=(), dice=dice, weights=weights)
        assert pair is not None
        sides[pair.left % 1000 // 10, pair.right % 1000 // 10] += 1
    return sides


def test_sides_are_fair_over_20000_battles_overall_and_for_each_pair_of_models():
    sides = draw_sides(random.Random(20_261))
    assert sides.total() == BATTLES
    assert len({tuple(sorted(pair)) for pair in sides}) == 15
    assert max(worst_sides(sides)) < MOST_SIGMA


class LoadedDice(random.Random):
    """Falls on the left 54 times in a hundred."""

    def random(self) -> float:
        return super().random() * 0.5 / 0.54


def test_a_loaded_die_would_be_found():
    assert worst_sides(draw_sides(LoadedDice(20_261)))[0] > MOST_SIGMA


@pytest.mark.django_db
def test_sides_of_20000_issued_battles_are_fair_as_they_are_stored():
    """The same fairness behind fill_window, where a statement or an index might sort the two."""
    create_arena(challenges=4, models=6, takes=4, discipline=Discipline.TEXT_TO_IMAGE)
    model_of = dict(Candidate.objects.values_list("pk", "slot__model_id"))
    dice = random.Random(20_262)
    issued: dict[int, tuple[int, int]] = {}
    while len(issued) < BATTLES:
        window = fill_window(create_voter(), scope=Scope(), size=LARGE_WINDOW, dice=dice)
        assert len(window) > 10
        issued |= {battle.pk: (battle.left_id, battle.right_id) for battle in window}
    stored = {pk: (a, b) for pk, a, b in Battle.objects.values_list("pk", "left_id", "right_id")}
    assert stored == issued
    sides = Counter((model_of[left], model_of[right]) for left, right in stored.values())
    assert len({tuple(sorted(pair)) for pair in sides}) == 15
    assert max(worst_sides(sides)) < MOST_SIGMA
