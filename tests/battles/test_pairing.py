"""The pure choice of a pair."""

import random
from collections import Counter

import pytest

from arena.battles.pairing import InPlay, choose_pair


def field(*, prompts: int, models: int, takes: int = 1) -> list[InPlay]:
    return [
        InPlay(candidate=100 * prompt + 10 * model + take, prompt=prompt, model=model)
        for prompt in range(1, prompts + 1)
        for model in range(1, models + 1)
        for take in range(takes)
    ]


def test_choose_pair_takes_two_models_of_one_prompt():
    candidates = {c.candidate: c for c in field(prompts=3, models=3, takes=2)}
    for seed in range(200):
        pair = choose_pair(list(candidates.values()), barred=(), dice=random.Random(seed))
        left, right = candidates[pair.left], candidates[pair.right]
        assert left.prompt == right.prompt == pair.prompt
        assert left.model != right.model


def test_choose_pair_is_even_over_pairs_and_sides():
    candidates = field(prompts=2, models=3)
    dice = random.Random(7)
    chosen = Counter()
    for _ in range(12_000):
        pair = choose_pair(candidates, barred=(), dice=dice)
        chosen[pair.left, pair.right] += 1
    assert len(chosen) == 12  # 2 prompts x 3 pairs x 2 orders
    assert all(abs(count - 1000) < 150 for count in chosen.values())


def test_choose_pair_tells_the_probability_of_its_pair():
    candidates = field(prompts=2, models=3, takes=2)
    pair = choose_pair(candidates, barred=(), dice=random.Random(1))
    assert pair.probability == pytest.approx(1 / (2 * 3 * 4))


@pytest.mark.parametrize(
    ("candidates", "barred"),
    [
        ([], ()),
        (field(prompts=1, models=1, takes=3), ()),
        (field(prompts=1, models=2), (110,)),
        ([InPlay(1, 1, 1), InPlay(2, 2, 2)], ()),
    ],
)
def test_choose_pair_finds_nothing_where_no_two_models_meet(candidates, barred):
    assert choose_pair(candidates, barred=barred, dice=random.Random(0)) is None


def test_choose_pair_never_shows_a_barred_candidate():
    candidates = field(prompts=1, models=2, takes=2)
    for seed in range(50):
        pair = choose_pair(candidates, barred={110, 121}, dice=random.Random(seed))
        assert {pair.left, pair.right} == {111, 120}


def test_choose_pair_repeats_the_least_seen_prompt_first():
    candidates = field(prompts=2, models=2)
    seen = {110: 3, 120: 3, 210: 1, 220: 1}
    for seed in range(20):
        pair = choose_pair(candidates, barred=(), dice=random.Random(seed), allow_seen=seen)
        assert pair.prompt == 2
