"""Votes of one voter are not independent: per-voter counts and covariance clustered by voter."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arena.scoring.bradley_terry import Fit, laplacian
from arena.scoring.intervals import (
    estimate_covariance,
    sandwich,
    spread_evenly,
    trust_model_where_leaning,
    weigh_information,
    weigh_votes,
)
from arena.scoring.matchups import Z_95
from arena.scoring.tallies import (
    LARGEST_COUNT,
    VERDICTS,
    ScoringError,
    Tallies,
    tally_votes,
)

# Points of the left model by verdict: left, right, tie, both bad.
POINTS = np.array([1.0, 0.0, 0.5, 0.5])
# With fewer clusters the variation between them is chance: an interval can only speak of those
# few voters. From five on it covers at least 95 % (`bench_coverage --few`).
FEWEST_CLUSTERS = 5
# Sums of one block of clusters stay in the second-level cache.
BLOCK_CELLS = 65_536


@dataclass(frozen=True, eq=False)
class VoterCounts:
    """Sparse counts of verdicts per voter and ordered pair of models; a declared second input.

    Five int64 columns (rows,): `voter` any id of zero or more (or the id of whatever else makes
    votes alike: a challenge, a prompt), `left` and `right` model indices below `models`,
    `verdict` an index into `VERDICTS`, `count` one or more. Rows are sorted by voter, left,
    right and verdict, and none occurs twice. Make them with `count_by_voter`.
    """

    models: int
    voter: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    verdict: NDArray[np.int64]
    count: NDArray[np.int64]

    def __post_init__(self) -> None:
        columns = (self.voter, self.left, self.right, self.verdict, self.count)
        if any(c.dtype != np.int64 or c.ndim != 1 for c in columns):
            raise ScoringError("Columns of voter counts must be one-dimensional and int64.")
        if len({c.size for c in columns}) != 1:
            raise ScoringError("Columns of voter counts must be equally long.")
        if (self.voter[1:] < self.voter[:-1]).any() or self.count.min(initial=1) < 1:
            raise ScoringError("Voter counts must be sorted by voter and count one or more.")
        for column in columns:
            column.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VoterCounts):
            return NotImplemented
        return self.models == other.models and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("voter", "left", "right", "verdict", "count")
        )

    __hash__ = None  # type: ignore[assignment]

    def add(self, other: "VoterCounts") -> "VoterCounts":
        """Return the exact sum of two counts over the same models."""
        return _combine(self, other, sign=1)

    def subtract(self, other: "VoterCounts") -> "VoterCounts":
        """Return these counts without those of `other`; votes not in them raise."""
        return _combine(self, other, sign=-1)

    def total(self) -> Tallies:
        """Return the tallies (models, models, 4) of all voters together."""
        return tally_votes(
            left=self.left,
            right=self.right,
            verdict=self.verdict,
            weight=self.count,
            models=self.models,
        )

    def take(self, models: NDArray[np.intp]) -> "VoterCounts":
        """Return the counts among the given models (ascending indices), numbered anew from 0."""
        if (np.diff(models) <= 0).any():
            raise ScoringError("Models must be given once each, in ascending order.")
        place = np.full(self.models, -1, dtype=np.int64)
        place[models] = np.arange(len(models))
        left, right = place[self.left], place[self.right]
        kept = (left >= 0) & (right >= 0)
        return VoterCounts(
            len(models),
            self.voter[kept],
            left[kept],
            right[kept],
            self.verdict[kept],
            self.count[kept],
        )

    def cells(self) -> NDArray[np.int64]:
        """Return (rows,): the place of each row in flattened tallies."""
        cells: NDArray[np.int64] = (self.left * self.models + self.right) * len(VERDICTS)
        cells += self.verdict
        return cells


def count_by_voter(
    *,
    voter: ArrayLike,
    left: ArrayLike,
    right: ArrayLike,
    verdict: ArrayLike,
    models: int,
    weight: ArrayLike | None = None,
) -> VoterCounts:
    """Count votes per voter and ordered pair, exactly, by one sort.

    `voter`: integer ids of zero or more, one per vote; the other columns as in `tally_votes`,
    `weight` included (-1 for an undone vote; rows that come to zero vanish). The order of rows
    never matters. Needs 16 bytes a row besides its input. Raises `ScoringError` on bad columns
    and where a voter's count comes out below zero.
    """
    ids = np.asarray(voter)
    lefts, rights, verdicts = np.asarray(left), np.asarray(right), np.asarray(verdict)
    _check_columns(ids, lefts, rights, verdicts, models=models)
    cells = models * models * len(VERDICTS)
    known = None
    if ids.size and int(ids.max()) > np.iinfo(np.int64).max // max(cells, 1) - 1:
        known, ids = np.unique(ids, return_inverse=True)
    key = ids.astype(np.int64)
    for column, width in ((lefts, models), (rights, models), (verdicts, len(VERDICTS))):
        key *= width
        np.add(key, column, out=key, casting="unsafe")
    if weight is None:
        key.sort()
        first = _starts(key)
        count = np.diff(first, append=key.size)
        key = key[first]
    else:
        key, count = _sum_weights(key, np.asarray(weight))
    return _unfold(key, count, models=models, known=known)


@dataclass(frozen=True)
class ClusteredCovariance:
    """A covariance of strengths that sum to zero, and how it was come by.

    `covariance` (models, models) in squared log odds; `clusters`, how many there were;
    `clustered`, False where there were too few and the plain sandwich stands in; `inflation`
    (models,), by what factor clustering changes each plain standard error (1 where it stands in);
    `effective` (models,), as how many equally busy clusters the votes on each model count.
    """

    covariance: NDArray[np.float64]
    clusters: int
    clustered: bool
    inflation: NDArray[np.float64]
    effective: NDArray[np.float64]


def estimate_clustered_covariance(
    *, fit: Fit, voters: VoterCounts, fewest: int = FEWEST_CLUSTERS
) -> ClusteredCovariance:
    """Return the covariance of a fit when only the clusters (voters) are independent.

    The sandwich H^-1 (sum over v of g_v g_v^T) H^-1 of Liang and Zeger (1986), g_v being the sum
    of the residuals of cluster v, times G / (G - 1). Each standard error is then widened by
    Student's 95 % point over the normal one, so that normal bounds stay right when clusters are
    few; its degrees of freedom are one less than the effective clusters of the model (Kish 1965),
    G being many while few do most of the voting. Each model adds one average cluster of variance, spread over its
    battles, as the plain covariance adds one battle: residuals of a model sum to zero, so that
    one who was seen by a single voter would otherwise claim to be certain. Pairs with a
    regularised model count at their expected variance.

    Below `fewest` clusters the plain sandwich stands in and the result says so. Raises
    `ScoringError` if `voters` are not exactly the votes that `fit` was made from.
    """
    tallies = voters.total()
    _check_same_votes(fit, tallies)
    plain = estimate_covariance(fit=fit, tallies=tallies)
    clusters = _starts(voters.voter).size
    meat, effective = sum_over_clusters(fit=fit, voters=voters)
    if clusters < fewest:
        return ClusteredCovariance(plain, clusters, False, np.ones(voters.models), effective)
    expected = weigh_information(fit)
    seen = weigh_votes(fit=fit, tallies=tallies, expected=expected)
    pooled = max(1.0, meat.trace() / laplacian(seen).trace())
    extra = trust_model_where_leaning(
        pooled * expected * spread_evenly(1.0 / np.maximum(effective, 1.0)),
        expected=expected,
        fit=fit,
    )
    meat *= clusters / (clusters - 1)
    covariance = sandwich(bread=laplacian(expected), meat=meat + laplacian(extra))
    # A few busy voters count as few clusters, also among many who cast one vote.
    widen = student_point(np.maximum(effective, fewest) - 1) / Z_95
    covariance *= np.outer(widen, widen)
    inflation = np.sqrt(covariance.diagonal() / plain.diagonal())
    return ClusteredCovariance(covariance, clusters, True, inflation, effective)


def student_point(freedom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two-sided 95 % points of Student's t (Cornish and Fisher's expansion, 1960).

    Elementwise, also between whole degrees of `freedom`; right to 0.015 from 4 and to 0.001
    from 8 degrees.
    """
    z, n = Z_95, freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )


def sum_over_clusters(
    *, fit: Fit, voters: VoterCounts
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sum of g_v g_v^T (models, models), and (models,) effective clusters per model.

    g_v (models,) sums the residuals, points less expected points, of cluster v; effective
    clusters are (sum of n)^2 / sum of n^2 over the appearances n of a model in each (Kish 1965).
    """
    models = voters.models
    residual = POINTS - fit.chances[:, :, None]
    residual[fit.regularised] = 0.0
    residual[:, fit.regularised] = 0.0
    pulls = residual.reshape(-1)[voters.cells()]
    pulls *= voters.count
    sums = _Sums(models)
    starts = _starts(voters.voter)
    alone = np.diff(starts, append=voters.voter.size) == 1
    left, right, count = voters.left, voters.right, voters.count
    if alone.any():
        single = starts[alone]
        sums.add_rows(left[single], right[single], pulls[single], count[single])
        kept = np.ones(voters.voter.size, dtype=bool)
        kept[single] = False
        left, right, pulls, count = left[kept], right[kept], pulls[kept], count[kept]
        starts = _starts(voters.voter[kept])
    sums.add_clusters(left, right, pulls, count, starts=starts)
    return sums.meat, sums.appearances**2 / np.maximum(sums.squares, 1.0)


class _Sums:
    """Sums over clusters, kept while clusters are added; columns as in `VoterCounts`."""

    def __init__(self, models: int) -> None:
        self.models = models
        self.meat = np.zeros((models, models))
        self.appearances = np.zeros(models)
        self.squares = np.zeros(models)

    def add_rows(
        self,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        pulls: NDArray[np.float64],
        count: NDArray[np.int64],
    ) -> None:
        """Add clusters of one row each: their outer products touch one pair only."""
        cells = self.models**2
        weights: NDArray[np.float64] = np.zeros((self.models, self.models))
        weights += np.bincount(left * self.models + right, pulls**2, minlength=cells).reshape(
            weights.shape
        )
        self.meat += laplacian(weights + weights.T)
        for side in (left, right):
            self.appearances += np.bincount(side, count, minlength=self.models)
            self.squares += np.bincount(side, count * 1.0 * count, minlength=self.models)

    def add_clusters(
        self,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        pulls: NDArray[np.float64],
        count: NDArray[np.int64],
        *,
        starts: NDArray[np.intp],
    ) -> None:
        """Add clusters whose rows begin at `starts`, in blocks of (clusters, models) tables."""
        for rows, place, size in _blocks(starts, rows=left.size, models=self.models):
            lefts, rights = place + left[rows], place + right[rows]
            pull = np.bincount(lefts, pulls[rows], minlength=size)
            pull -= np.bincount(rights, pulls[rows], minlength=size)
            pull = pull.reshape(-1, self.models)
            self.meat += pull.T @ pull
            seen = np.bincount(lefts, count[rows], minlength=size)
            seen += np.bincount(rights, count[rows], minlength=size)
            seen = seen.reshape(-1, self.models)
            self.appearances += seen.sum(axis=0)
            self.squares += np.einsum("vi,vi->i", seen, seen)


def _blocks(
    starts: NDArray[np.intp], *, rows: int, models: int
) -> Iterator[tuple[slice, NDArray[np.int64], int]]:
    """Cut rows into blocks of whole clusters: the rows, where in the block's table of
    (clusters, models) cells the cluster of each begins, and the number of cells."""
    ends = np.append(starts[1:], rows)
    step = max(1, BLOCK_CELLS // models)
    for first in range(0, starts.size, step):
        begin, end = starts[first : first + step], ends[first : first + step]
        place = np.repeat(np.arange(begin.size) * models, end - begin)
        yield slice(int(begin[0]), int(end[-1])), place, begin.size * models


def _starts(values: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where each run of equal values begins in a sorted column."""
    fresh = np.empty(values.size, dtype=bool)
    fresh[:1] = True
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return np.flatnonzero(fresh)


def _sum_weights(
    key: NDArray[np.int64], weight: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if weight.shape != key.shape or (weight.size and weight.dtype.kind not in "iu"):
        raise ScoringError("Column 'weight' must hold as many integers as there are votes.")
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = _starts(ordered)
    if not first.size:
        return ordered, ordered
    count = np.add.reduceat(weight[order].astype(np.int64), first)
    if count.min() < 0 or count.max() > LARGEST_COUNT:
        raise ScoringError("A voter's count comes out below zero or beyond the exact range.")
    kept = count > 0
    return ordered[first[kept]], count[kept]


def _unfold(
    key: NDArray[np.int64],
    count: NDArray[np.int64],
    *,
    models: int,
    known: NDArray[np.integer] | None,
) -> VoterCounts:
    rest, verdict = np.divmod(key, len(VERDICTS))
    rest, right = np.divmod(rest, max(models, 1))
    voter, left = np.divmod(rest, max(models, 1))
    if known is not None:
        voter = known[voter].astype(np.int64)
    return VoterCounts(models, voter, left, right, verdict, count.astype(np.int64, copy=False))


def _combine(one: VoterCounts, other: VoterCounts, *, sign: int) -> VoterCounts:
    if one.models != other.models:
        raise ScoringError(
            f"Counts of {one.models} models and of {other.models} models do not fit together."
        )
    return count_by_voter(
        voter=np.concatenate([one.voter, other.voter]),
        left=np.concatenate([one.left, other.left]),
        right=np.concatenate([one.right, other.right]),
        verdict=np.concatenate([one.verdict, other.verdict]),
        weight=np.concatenate([one.count, sign * other.count]),
        models=one.models,
    )


def _check_columns(
    voter: NDArray[np.integer],
    left: NDArray[np.integer],
    right: NDArray[np.integer],
    verdict: NDArray[np.integer],
    *,
    models: int,
) -> None:
    limits = {"left": (left, models), "right": (right, models), "verdict": (verdict, len(VERDICTS))}
    limits["voter"] = (voter, int(np.iinfo(np.int64).max))
    for name, (column, limit) in limits.items():
        if column.ndim != 1 or column.size != voter.size:
            raise ScoringError(f"Column '{name}' must be one-dimensional and as long as 'voter'.")
        if not column.size:
            continue
        if column.dtype.kind not in "iu":
            raise ScoringError(f"Column '{name}' must hold integers, not {column.dtype}.")
        if int(column.min()) < 0 or int(column.max()) >= limit:
            raise ScoringError(f"Column '{name}' must lie within 0 to {limit - 1}.")
    if (left == right).any():
        raise ScoringError(f"Model {left[left == right][0]} cannot battle itself.")


def _check_same_votes(fit: Fit, tallies: Tallies) -> None:
    if tallies.models != len(fit.theta):
        raise ScoringError(
            f"The fit has {len(fit.theta)} models, the voter counts {tallies.models}."
        )
    battles = tallies.battles_of_pairs()
    core = ~(fit.regularised[:, None] | fit.regularised)
    if not np.array_equal(np.where(core, fit.battles, 0), np.where(core, battles, 0)):
        raise ScoringError("The voter counts are not of the votes that the fit was made from.")
