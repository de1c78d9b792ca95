"""Votes as integer counts: everything the ratings need, however many votes there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

VERDICTS = ("left", "right", "tie", "both_bad")
LEFT, RIGHT, TIE, BOTH_BAD = range(len(VERDICTS))

# Sums of that many cells stay far inside int64, and every count stays exact as a float.
LARGEST_COUNT = 2**40
LARGEST_WEIGHT = 2**31

# Longer chunks spread the pass over all cells that each one ends with; an index column of this
# length, widened by bincount, still stays in the second-level cache.
CHUNK_ROWS = 131_072


class ScoringError(ValueError):
    """Input from which no honest number can be computed; the message is a sentence for people."""


@dataclass(frozen=True, eq=False)
class Tallies:
    """Counts of verdicts per ordered pair of models.

    `counts` is int64 (models, models, 4), indexed [left model, right model, verdict] with the
    verdicts in the order of `VERDICTS`. It is kept read-only. Negative counts, a model against
    itself, another shape or another dtype raise `ScoringError`.
    """

    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        counts = self.counts
        _check_counts(counts)
        if counts.flags.writeable:
            counts = counts.copy()
            counts.setflags(write=False)
            object.__setattr__(self, "counts", counts)

    @property
    def models(self) -> int:
        return self.counts.shape[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tallies):
            return NotImplemented
        return np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    def add(self, other: "Tallies") -> "Tallies":
        """Return the exact sum of two tallies over the same models."""
        _check_same_models(self, other)
        return _sealed(self.counts + other.counts)

    def subtract(self, other: "Tallies") -> "Tallies":
        """Return these tallies without the votes of `other`; votes not in them raise."""
        _check_same_models(self, other)
        counts = self.counts - other.counts
        if counts.min(initial=0) < 0:
            left, right, verdict = (int(i) for i in np.argwhere(counts < 0)[0])
            raise ScoringError(
                f"Cannot subtract {other.counts[left, right, verdict]} votes "
                f"'{VERDICTS[verdict]}' of models {left} and {right}: "
                f"only {self.counts[left, right, verdict]} were counted."
            )
        return _sealed(counts)

    def take(self, models: NDArray[np.intp]) -> "Tallies":
        """Return the tallies among the given models (indices), in the given order."""
        return _sealed(self.counts[np.ix_(models, models)])

    def decisive(self) -> NDArray[np.int64]:
        """Return (models, models): battles that the row model won outright against the column."""
        return self._decisive

    def halves(self) -> NDArray[np.int64]:
        """Return (models, models), symmetric: battles without a winner (tie or both bad)."""
        return self._halves

    def wins(self) -> NDArray[np.float64]:
        """Return (models, models) float: wins of row over column, half for tie and both bad."""
        wins: NDArray[np.float64] = self.decisive() + 0.5 * self.halves()
        return wins

    def by_side(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (4, models) twice: verdicts of battles shown on the left, and on the right."""
        as_left: NDArray[np.int64] = self._planes.sum(axis=2)
        as_right: NDArray[np.int64] = self._planes.sum(axis=1)
        return as_left, as_right

    def battles_of_pairs(self) -> NDArray[np.int64]:
        """Return (models, models), symmetric: battles of each pair over both orientations."""
        shown = self._planes.sum(axis=0)
        battles: NDArray[np.int64] = shown + shown.T
        return battles

    def battles_of_models(self) -> NDArray[np.int64]:
        """Return (models,): battles in which each model appeared."""
        as_left, as_right = self.by_side()
        battles: NDArray[np.int64] = (as_left + as_right).sum(axis=0)
        return battles

    @cached_property
    def _planes(self) -> NDArray[np.int64]:
        """The counts as (4, models, models): one verdict after the other, read far faster."""
        return np.ascontiguousarray(self.counts.transpose(2, 0, 1))

    @cached_property
    def _decisive(self) -> NDArray[np.int64]:
        return _read_only(self._planes[LEFT] + self._planes[RIGHT].T)

    @cached_property
    def _halves(self) -> NDArray[np.int64]:
        level = self._planes[TIE] + self._planes[BOTH_BAD]
        return _read_only(level + level.T)


def tally_votes(
    *,
    left: ArrayLike,
    right: ArrayLike,
    verdict: ArrayLike,
    models: int,
    weight: ArrayLike | None = None,
) -> Tallies:
    """Count votes into tallies in one pass.

    `left`, `right`: integer model indices below `models`, one per vote; `verdict`: integer
    indices into `VERDICTS`; `weight`: integers, the number of equal votes a row stands for, -1
    for an undone vote (None: one vote a row). All four are one-dimensional and equally long, any
    integer width; small ones are read faster. The order of rows never matters. A sum below zero
    raises: votes undone apart from the rows that counted them belong in their own tallies, to be
    taken off with `Tallies.subtract`.
    """
    if not isinstance(models, int | np.integer) or models < 0:
        raise ScoringError(f"The number of models must be zero or more, not {models!r}.")
    models = int(models)
    columns = {
        "left": _checked_column("left", left),
        "right": _checked_column("right", right),
        "verdict": _checked_column("verdict", verdict),
    }
    weights = None if weight is None else _checked_column("weight", weight)
    rows = {name: column.size for name, column in columns.items()}
    if weights is not None:
        rows["weight"] = weights.size
        _check_weights(weights)
    if len(set(rows.values())) != 1:
        raise ScoringError(f"Columns of votes must be equally long, not {rows}.")
    return _sealed(_count_rows(columns=columns, weights=weights, models=models))


def merge_tallies(parts: Iterable[Tallies], *, models: int) -> Tallies:
    """Return the exact sum of any number of tallies over the same `models`, also of none."""
    counts = np.zeros((models, models, len(VERDICTS)), dtype=np.int64)
    for part in parts:
        if part.models != models:
            raise ScoringError(f"Cannot merge tallies of {part.models} models into {models}.")
        counts += part.counts
        _check_largest(counts)
    return _sealed(counts)


def _count_rows(
    *, columns: dict[str, NDArray[np.integer]], weights: NDArray[np.integer] | None, models: int
) -> NDArray[np.int64]:
    cells = models * models * len(VERDICTS)
    counts = np.zeros(cells, dtype=np.int64)
    # Every chunk costs one pass over all cells, so chunks grow with the square of the models.
    step = max(CHUNK_ROWS, cells)
    left, right, verdict = columns["left"], columns["right"], columns["verdict"]
    # The narrowest index is built several times faster than the one bincount works with.
    index = np.empty(min(step, left.size), dtype=np.min_scalar_type(cells))
    # Given one of its own width, bincount makes no copy: a new one each chunk can cost more than
    # the counting, where the allocator hands the pages back in between.
    wide = np.empty(index.size, dtype=np.intp)
    for start in range(0, left.size, step):
        part = slice(start, start + step)
        lefts, rights, verdicts = left[part], right[part], verdict[part]
        _check_indices("left", lefts, models)
        _check_indices("right", rights, models)
        _check_indices("verdict", verdicts, len(VERDICTS))
        # Without weights nothing can hide on the diagonal, where `Tallies` looks for it.
        if weights is not None and (lefts == rights).any():
            raise ScoringError(f"Model {lefts[lefts == rights][0]} cannot battle itself.")
        cell = index[: lefts.size]
        np.copyto(cell, lefts, casting="unsafe")
        cell *= cell.dtype.type(models)
        np.add(cell, rights, out=cell, dtype=cell.dtype, casting="unsafe")
        cell *= cell.dtype.type(len(VERDICTS))
        np.add(cell, verdicts, out=cell, dtype=cell.dtype, casting="unsafe")
        np.copyto(wide[: cell.size], cell)
        if weights is None:
            counts += np.bincount(wide[: cell.size], minlength=cells)
        else:
            np.add.at(counts, wide[: cell.size], weights[part].astype(np.int64, copy=False))
    return counts.reshape(models, models, len(VERDICTS))


def _read_only(values: NDArray[np.int64]) -> NDArray[np.int64]:
    values.setflags(write=False)
    return values


def _sealed(counts: NDArray[np.int64]) -> Tallies:
    """Wrap an array nobody else holds, sparing the copy."""
    counts.setflags(write=False)
    return Tallies(counts=counts)


def _checked_column(name: str, values: ArrayLike) -> NDArray[np.integer]:
    column = np.asarray(values)
    if column.ndim != 1:
        raise ScoringError(f"Column '{name}' must be one-dimensional, not of shape {column.shape}.")
    if column.size == 0:
        return column.astype(np.int64)  # an empty list has no type of its own
    if column.dtype.kind not in "iu":
        raise ScoringError(f"Column '{name}' must hold integers, not {column.dtype}.")
    return column.astype(column.dtype.newbyteorder("="), copy=False)


def _check_indices(name: str, values: NDArray[np.integer], limit: int) -> None:
    # Read as unsigned, a negative number is a huge one: one pass finds both mistakes.
    largest = int(values.view(f"u{values.dtype.itemsize}").max())
    if largest >= limit:
        wrong = values[(values < 0) | (values >= limit)][0]
        raise ScoringError(f"Column '{name}' holds {wrong}, outside 0 to {limit - 1}.")


def _check_weights(weights: NDArray[np.integer]) -> None:
    largest = max(-int(weights.min(initial=0)), int(weights.max(initial=0)))
    if largest > LARGEST_WEIGHT:
        raise ScoringError(f"One weight stands for {largest} votes, more than {LARGEST_WEIGHT}.")


def _check_counts(counts: NDArray[np.int64]) -> None:
    if not isinstance(counts, np.ndarray) or counts.dtype != np.int64:
        raise ScoringError(
            f"Tallies must be an int64 array, not {getattr(counts, 'dtype', counts)}."
        )
    if counts.ndim != 3 or counts.shape[0] != counts.shape[1] or counts.shape[2] != len(VERDICTS):
        raise ScoringError(f"Tallies must have shape (models, models, 4), not {counts.shape}.")
    if counts.min(initial=0) < 0:
        left, right, verdict = (int(i) for i in np.argwhere(counts < 0)[0])
        raise ScoringError(
            f"Models {left} and {right} have {counts[left, right, verdict]} votes "
            f"'{VERDICTS[verdict]}': a count cannot be negative."
        )
    selves = np.flatnonzero(np.einsum("iiv->i", counts))
    if selves.size:
        raise ScoringError(f"Model {selves[0]} cannot battle itself.")
    _check_largest(counts)


def _check_largest(counts: NDArray[np.int64]) -> None:
    if counts.max(initial=0) > LARGEST_COUNT:
        raise ScoringError(f"A count of {counts.max()} is beyond the exact range.")


def _check_same_models(one: Tallies, other: Tallies) -> None:
    if one.models != other.models:
        raise ScoringError(
            f"Tallies of {one.models} models and of {other.models} models do not fit together."
        )
