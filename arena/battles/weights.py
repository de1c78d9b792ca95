"""How likely two models should meet: rows that ratings write, read here and kept for some seconds."""

import time
from collections import defaultdict
from dataclasses import dataclass, field

from .models import PairWeight
from .pairing import Weights

FRESH_FOR = 5.0


@dataclass
class _Kept:
    """One process's copy by population, so that a vote does not read thousands of rows."""

    at: dict[str, float] = field(default_factory=dict)
    weights: dict[str, Weights] = field(default_factory=dict)


_kept = _Kept()


def read_weights(*, population: str) -> Weights:
    """Return the pair weights of a population, at most FRESH_FOR seconds old; empty where none are written."""
    now = time.monotonic()
    if now - _kept.at.get(population, float("-inf")) > FRESH_FOR:
        _kept.weights[population] = _read(population)
        _kept.at[population] = now
    return _kept.weights[population]


def forget_weights() -> None:
    """Read again at the next battle; for tests."""
    _kept.at.clear()


def _read(population: str) -> Weights:
    found: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
    rows = PairWeight.objects.filter(population=population).values_list(
        "discipline", "first_id", "second_id", "weight"
    )
    for discipline, first, second, weight in rows:
        found[discipline][first, second] = weight
    return dict(found)
