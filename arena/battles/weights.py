"""How likely two models should meet: rows that ratings write, read here and kept for some seconds."""

from collections import defaultdict

from .memory import Memory
from .models import PairWeight
from .pairing import Weights

FRESH_FOR = 5.0
_weights: Memory[str, Weights] = Memory(seconds=lambda: FRESH_FOR)


def read_weights(*, population: str) -> Weights:
    """Return the pair weights of a population, at most FRESH_FOR seconds old; empty where none are written."""
    return _weights.get(population, read=lambda: _read(population))


def forget_weights() -> None:
    """Read again at the next battle; for tests."""
    _weights.forget()


def _read(population: str) -> Weights:
    found: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
    rows = PairWeight.objects.filter(population=population).values_list(
        "discipline", "first_id", "second_id", "weight"
    )
    for discipline, first, second, weight in rows:
        found[discipline][first, second] = weight
    return dict(found)
