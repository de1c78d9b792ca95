"""Which pair a voter is handed: a pure choice among the candidates in play, by the weights of ratings."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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


@dataclass(frozen=True)
class Field:
    """The candidates in play, put in order once for many draws.

    `prompts`: by prompt and model, the candidates in ascending order; `even`: the prompts with at least
    two models, ascending; `places`: of each candidate its prompt; `disciplines`: of each prompt.
    """

    prompts: Mapping[int, Mapping[int, tuple[int, ...]]]
    even: tuple[int, ...]
    places: Mapping[int, int]
    disciplines: Mapping[int, str]


def arrange(candidates: Iterable[InPlay]) -> Field:
    """Put candidates in order for drawing."""
    groups: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    places, disciplines = {}, {}
    for entry in candidates:
        groups[entry.prompt][entry.model].append(entry.candidate)
        places[entry.candidate] = entry.prompt
        disciplines[entry.prompt] = entry.discipline
    prompts = {
        prompt: {model: tuple(sorted(groups[prompt][model])) for model in sorted(groups[prompt])}
        for prompt in groups
    }
    even = tuple(sorted(prompt for prompt, models in prompts.items() if len(models) >= 2))
    return Field(prompts=prompts, even=even, places=places, disciplines=disciplines)


def choose_pair(
    field: Field,
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
    left_over = _without(field, barred=set(barred))
    prompts: Sequence[int] = field.even
    if left_over:
        prompts = [p for p in prompts if p not in left_over or len(left_over[p]) >= 2]
    if not prompts:
        return None
    if allow_seen:
        prompts = _least_seen(prompts, field={**field.prompts, **left_over}, seen=allow_seen)
    prompt = dice.choice(prompts)
    models = left_over.get(prompt) or field.prompts[prompt]
    pairs = list(combinations(models, 2))
    known = (weights or {}).get(field.disciplines[prompt], {})
    shares = choose_weights(weights=known, pairs=pairs)
    drawn = dice.choices(range(len(pairs)), weights=shares)[0]
    first, second = pairs[drawn]
    left, right = dice.choice(models[first]), dice.choice(models[second])
    sizes = len(models[first]) * len(models[second])
    if dice.random() < 0.5:
        left, right = right, left
    return Pair(
        prompt=prompt,
        left=left,
        right=right,
        probability=shares[drawn] / (len(prompts) * sizes),
        even_ratio=1 / (len(pairs) * shares[drawn]),
    )


def _without(field: Field, *, barred: set[int]) -> dict[int, Mapping[int, tuple[int, ...]]]:
    """Group anew the prompts that lose candidates; the others are as they were."""
    touched = {field.places[candidate] for candidate in barred if candidate in field.places}
    left_over: dict[int, Mapping[int, tuple[int, ...]]] = {}
    for prompt in touched:
        models = {
            model: tuple(candidate for candidate in group if candidate not in barred)
            for model, group in field.prompts[prompt].items()
        }
        left_over[prompt] = {model: group for model, group in models.items() if group}
    return left_over


def _least_seen(
    prompts: Sequence[int],
    *,
    field: Mapping[int, Mapping[int, tuple[int, ...]]],
    seen: Mapping[int, int],
) -> list[int]:
    fewest = {
        prompt: min(
            sum(seen.get(c, 0) for c in group) / len(group) for group in field[prompt].values()
        )
        for prompt in prompts
    }
    least = min(fewest.values())
    return [prompt for prompt in prompts if fewest[prompt] == least]
