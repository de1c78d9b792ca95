"""How firmly the battles tie the models of a board together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import Groups, find_strong_groups, laplacian
from arena.scoring.tallies import ScoringError, Tallies


@dataclass(frozen=True)
class Connectivity:
    """How firmly the battles tie the models together.

    `components`: groups that never met one another, directly or through others; a model without
    a battle is its own. `pairs` possible, `pairs_met` of them at least once. `algebraic`: the
    second smallest eigenvalue of the Laplacian of battles, 0 when there are several components;
    `evenness`: the same as a share, 0 to 1, of what equally many battles spread evenly over all
    pairs would give. `weakest_cut`: fewest battles that split the models in two, with
    `cut_off`, the smaller side.
    """

    components: Groups
    pairs: int
    pairs_met: int
    algebraic: float
    evenness: float
    weakest_cut: int
    cut_off: tuple[int, ...]


def measure_connectivity(tallies: Tallies) -> Connectivity:
    """Measure how firmly the comparison graph hangs together.

    Algebraic connectivity after Fiedler (1973), the minimum cut by Stoer and Wagner (1997), in
    battles. Fewer than two models raise `ScoringError`.
    """
    if tallies.models < 2:
        raise ScoringError("Connectivity needs two models or more.")
    battles = tallies.battles_of_pairs()
    components = find_strong_groups(battles > 0)
    votes = int(np.triu(battles).sum())
    algebraic = 0.0
    if len(components) == 1:
        algebraic = float(np.linalg.eigvalsh(laplacian(battles.astype(np.float64)))[1])
    cut, side = _find_weakest_cut(battles)
    even = 2 * votes / (tallies.models - 1)
    return Connectivity(
        components=components,
        pairs=tallies.models * (tallies.models - 1) // 2,
        pairs_met=int((np.triu(battles) > 0).sum()),
        algebraic=algebraic,
        evenness=min(algebraic / even, 1.0) if even else 0.0,
        weakest_cut=cut,
        cut_off=side,
    )


def _find_weakest_cut(battles: NDArray[np.int64]) -> tuple[int, tuple[int, ...]]:
    """Stoer and Wagner's minimum cut: its weight and its smaller side."""
    weight = battles.copy()
    merged = [[model] for model in range(len(battles))]
    active = list(range(len(battles)))
    best = -1
    side: tuple[int, ...] = ()
    while len(active) > 1:
        before, last, cut = _order_by_adjacency(weight, active)
        if best < 0 or cut < best:
            best, side = cut, tuple(merged[last])
        merged[before] += merged[last]
        weight[before] += weight[last]
        weight[:, before] += weight[:, last]
        weight[before, before] = 0
        active.remove(last)
    if 2 * len(side) > len(battles):
        side = tuple(set(range(len(battles))) - set(side))
    return best, tuple(sorted(side))


def _order_by_adjacency(weight: NDArray[np.int64], active: list[int]) -> tuple[int, int, int]:
    """The last two models of a maximum adjacency order, and the weight that cuts off the last."""
    tied = np.full(len(weight), -1, dtype=np.int64)
    tied[active] = 0
    before = last = active[0]
    cut = 0
    for _ in active:
        before, last = last, int(tied.argmax())
        cut = int(tied[last])
        waiting = tied >= 0
        tied[waiting] += weight[last, waiting]
        tied[last] = -1
    return before, last, cut
