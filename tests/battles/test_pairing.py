"""The pure choice of a pair."""

import random
from collections import Counter

import pytest

from arena.battles.pairing import InPlay, arrange, choose_pair


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
        pair = choose_pair(arrange(candidates.values()), barred=(), dice=random.Random(seed))
        left, right = candidates[pair.left], candidates[pair.right]
        assert left.prompt == right.prompt == pair.prompt
        assert left.model != right.model


def test_choose_pair_is_even_over_pairs_and_sides():
    candidates = field(prompts=2, models=3)
    dice = random.Random(7)
    chosen = Counter()
    for _ in range(12_000):
        pair = choose_pair(arrange(candidates), barred=(), dice=dice)
        chosen[pair.left, pair.right] += 1
    assert len(chosen) == 12  # 2 prompts x 3 pairs x 2 orders
    assert all(abs(count - 1000) < 150 for count in chosen.values())


def test_choose_pair_tells_the_probability_of_its_pair():
    candidates = field(prompts=2, models=3, takes=2)
    pair = choose_pair(arrange(candidates), barred=(), dice=random.Random(1))
    assert pair.probability == pytest.approx(1 / (2 * 3 * 4))


def test_choose_pair_follows_the_weights_and_tells_their_probability():
    candidates = [
        InPlay(10 * prompt + model, prompt, model, "text-to-image")
        for prompt in (1, 2)
        for model in (1, 2, 3)
    ]
    weights = {"text-to-image": {(1, 2): 0.6, (1, 3): 0.3, (2, 3): 0.1}}
    dice = random.Random(3)
    chosen: Counter = Counter()
    for _ in range(8_000):
        pair = choose_pair(arrange(candidates), barred=(), dice=dice, weights=weights)
        models = tuple(sorted((pair.left % 10, pair.right % 10)))
        chosen[models] += 1
        assert pair.probability == pytest.approx(weights["text-to-image"][models] / 2)
    for models, weight in weights["text-to-image"].items():
        assert chosen[models] / 8_000 == pytest.approx(weight, abs=0.02)


def test_choose_pair_never_shows_a_pair_that_is_barred_however_heavy():
    candidates = [InPlay(model, 1, model, "text-to-image") for model in (1, 2, 3)]
    weights = {"text-to-image": {(1, 2): 1.0, (1, 3): 0.0, (2, 3): 0.0}}
    pair = choose_pair(arrange(candidates), barred=(1,), dice=random.Random(0), weights=weights)
    assert {pair.left, pair.right} == {2, 3}


def test_weights_of_another_discipline_mean_nothing_here():
    candidates = [InPlay(model, 1, model, "image-editing") for model in (1, 2, 3)]
    weights = {"text-to-image": {(1, 2): 1.0, (1, 3): 0.0, (2, 3): 0.0}}
    dice = random.Random(5)
    pairs = {
        frozenset((pair.left, pair.right))
        for pair in (
            choose_pair(arrange(candidates), barred=(), dice=dice, weights=weights)
            for _ in range(60)
        )
    }
    assert len(pairs) == 3


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
    assert choose_pair(arrange(candidates), barred=barred, dice=random.Random(0)) is None


def test_choose_pair_never_shows_a_barred_candidate():
    candidates = field(prompts=1, models=2, takes=2)
    for seed in range(50):
        pair = choose_pair(arrange(candidates), barred={110, 121}, dice=random.Random(seed))
        assert {pair.left, pair.right} == {111, 120}


def test_choose_pair_repeats_the_least_seen_prompt_first():
    candidates = field(prompts=2, models=2)
    seen = {110: 3, 120: 3, 210: 1, 220: 1}
    for seed in range(20):
        pair = choose_pair(
            arrange(candidates), barred=(), dice=random.Random(seed), allow_seen=seen
        )
        assert pair.prompt == 2
