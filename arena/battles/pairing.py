"""Which pair a voter is handed: a pure choice among the candidates in play, by the weights of ratings."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from arena.scoring.pairing import choose_weights

# By discipline, then by unordered pair of model ids: how likely the two should meet.
Weights = Mapping[str, Mapping[tuple[int, int], float]]


@dataclass(frozen=True)
class InPlay:
    """A candidate that may be shown: the ids of it, its prompt and its model, and the discipline."""

    candidate: int
    prompt: int
    model: int
    discipline: str = ""


@dataclass(frozen=True)
class Pair:
    """Two candidates of one prompt, sides already drawn, and the probability of the unordered pair.

    `even_ratio`: the probability of its two models on this prompt under even drawing, over theirs.
    """

    prompt: int
    left: int
    right: int
    probability: float
    even_ratio: float = 1.0


def choose_pair(
    candidates: Sequence[InPlay],
    *,
    barred: Collection[int],
    dice: random.Random,
    allow_seen: Mapping[int, int] | None = None,
    weights: Weights | None = None,
) -> Pair | None:
    """Choose one pair of different models on one prompt; None when there is none.

    `barred` holds candidate ids that must not be shown. First the prompt is drawn evenly among those
    with at least two models left, then the two models by their weight (evenly without `weights`),
    then one candidate of each evenly, then the sides by coin; the returned probability is the product
    without the coin. With `allow_seen` (candidate id -> how often this voter saw it) only the least
    seen prompts take part.
    """
    field = _group(candidates, barred=set(barred))
    disciplines = {entry.prompt: entry.discipline for entry in candidates}
    prompts = sorted(prompt for prompt, models in field.items() if len(models) >= 2)
    if not prompts:
        return None
    if allow_seen:
        fewest = {
            prompt: min(
                sum(allow_seen.get(c, 0) for c in group) / len(group)
                for group in field[prompt].values()
            )
            for prompt in prompts
        }
        least = min(fewest.values())
        prompts = [prompt for prompt in prompts if fewest[prompt] == least]
    prompt = dice.choice(prompts)
    pairs = list(combinations(sorted(field[prompt]), 2))
    known = (weights or {}).get(disciplines[prompt], {})
    shares = choose_weights(weights=known, pairs=pairs)
    drawn = dice.choices(range(len(pairs)), weights=shares)[0]
    first, second = pairs[drawn]
    left, right = dice.choice(field[prompt][first]), dice.choice(field[prompt][second])
    sizes = len(field[prompt][first]) * len(field[prompt][second])
    if dice.random() < 0.5:
        left, right = right, left
    return Pair(
        prompt=prompt,
        left=left,
        right=right,
        probability=shares[drawn] / (len(prompts) * sizes),
        even_ratio=1 / (len(pairs) * shares[drawn]),
    )


def _group(candidates: Sequence[InPlay], *, barred: set[int]) -> dict[int, dict[int, list[int]]]:
    field: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for entry in candidates:
        if entry.candidate not in barred:
            field[entry.prompt][entry.model].append(entry.candidate)
    for models in field.values():
        for group in models.values():
            group.sort()
    return field
