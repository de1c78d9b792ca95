"""Bradley-Terry strengths by damped Newton steps on a table of wins."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from arena.scoring.tallies import ScoringError

MAX_STEPS = 200
# The last step of a quadratically convergent method: what remains is about its square, far
# below the millionth of an Elo point (6e-9) that boards are ordered by.
SMALL_STEP = 1e-6
# Up to this change of any compared difference, a full Newton step is certain to climb.
SAFE_CHANGE = 1.0
# Beyond this range of strengths their exponentials no longer fit together into floats.
WIDEST_RANGE = 500.0
# Conjugate gradients leave this share of a step undone; a full field needs four or five rounds,
# and past the last round a dense solution is cheaper.
LEFT_UNDONE = 1e-5
MAX_ROUNDS = 25

# One tied battle adds half a win and half a loss. For a single proportion that is Jeffreys'
# prior, the one that removes the first-order bias of log odds (Firth 1993) and keeps n wins out
# of n finite: 1 of 1 becomes 75 %, 10 of 10 becomes 95 %. Less would let one lucky vote lead the
# board by a thousand points, more would hold back a model that truly wins.
ONE_TIE = 1.0

Groups = tuple[tuple[int, ...], ...]


class NoFiniteOptimum(ScoringError):
    """The likelihood has no finite maximum; `groups` are the models that hold together."""

    def __init__(self, message: str, *, groups: Groups) -> None:
        super().__init__(message)
        self.groups = groups


class NotConverged(ScoringError):
    """The fit did not settle; no number of it may be used."""


@dataclass(frozen=True)
class Fit:
    """Strengths and what they rest on.

    `theta` (models,) natural log odds, summing to zero; `regularised` (models,) bool, which
    strengths lean on the prior; `battles` (models, models) float, battles per pair as fitted, the
    prior's included; `steps`, Newton steps taken.
    """

    theta: NDArray[np.float64]
    regularised: NDArray[np.bool_]
    battles: NDArray[np.float64]
    steps: int

    @cached_property
    def chances(self) -> NDArray[np.float64]:
        """The fitted probabilities (models, models) that the row model beats the column model."""
        chances = win_probabilities(self.theta)
        chances.setflags(write=False)
        return chances


def fit(
    wins: NDArray[np.float64],
    *,
    prior: float | None = None,
    start: NDArray[np.float64] | None = None,
) -> Fit:
    """Fit P(i beats j) = 1 / (1 + exp(theta_j - theta_i)) by maximum likelihood.

    `wins` (models, models) float: wins of row over column, ties as half a win for each; it may
    be weighted. A finite maximum exists only if the digraph of wins is strongly connected (Ford
    1957; Hunter 2004). Where it is not, `NoFiniteOptimum` is raised, unless `prior` is given.

    `prior` is the weight, in battles, of one tie against the average of the field, as
    pseudo-battles spread evenly over all other models. Only models outside the core receive it
    and are marked `regularised`; the core is the strongly connected group that holds more than
    half of the models. Without such a group every model receives it. A core model meets at most
    `prior` pseudo-battles, and where a finite optimum exists the prior changes nothing at all.

    `start` (models,) natural log odds is where Newton's method begins (a warm start, for
    bootstraps and simulations); None begins from each model's own record in this table, as
    published boards do. The optimum is the same, but its last bits, far below any printed digit,
    may depend on the start.

    Raises `ScoringError` on a malformed table and `NotConverged` if Newton's steps do not settle.
    """
    _check_wins(wins)
    groups = find_strong_groups(wins > 0)
    regularised = np.zeros(len(wins), dtype=bool)
    if len(groups) > 1:
        if prior is None:
            raise _explain_groups(wins, groups)
        if not 0 < prior < np.inf:
            raise ScoringError(f"The prior must be a positive number of battles, not {prior}.")
        regularised = _outside_core(groups, models=len(wins))
        # A tie is half a win each way.
        wins = wins + spread_prior(regularised, prior=prior / 2)
    battles = wins + wins.T
    first = _guess_strengths(wins) if start is None else _check_start(start, models=len(wins))
    theta, steps = _climb(first, wins=wins, battles=battles)
    return Fit(theta=theta, regularised=regularised, battles=battles, steps=steps)


def win_probabilities(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (models, models): the probability that the row model beats the column model."""
    if np.ptp(theta) < WIDEST_RANGE:
        u = np.exp(theta - (theta.max() + theta.min()) / 2)
        probabilities = np.add.outer(u, u)
        np.reciprocal(probabilities, out=probabilities)
        probabilities *= u[:, None]
        return probabilities
    # Models far apart in a chain may differ by more than exp can hold: infinity gives a right 0.
    with np.errstate(over="ignore"):
        odds = np.exp(theta[None, :] - theta[:, None])
    odds += 1.0
    return np.reciprocal(odds, out=odds)


def laplacian(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return diag(row sums) - weights for symmetric pair weights with an empty diagonal."""
    matrix = -weights
    matrix.flat[:: len(matrix) + 1] = weights.sum(axis=1)
    return matrix


def spread_prior(regularised: NDArray[np.bool_], *, prior: float) -> NDArray[np.float64]:
    """Return (models, models), symmetric: pseudo-battles, `prior` in all per regularised model."""
    either = regularised[:, None] | regularised[None, :]
    np.fill_diagonal(either, False)
    return np.where(either, prior / max(len(regularised) - 1, 1), 0.0)


def find_strong_groups(edges: NDArray[np.bool_]) -> Groups:
    """Return the strongly connected groups of a digraph (models, models), by smallest member."""
    if len(edges) == 0:
        return ()
    if _reaches_all(edges) and _reaches_all(edges.T):
        return (tuple(range(len(edges))),)
    reach = _close(edges)
    mutual = reach & reach.T
    first = mutual.argmax(axis=1)
    return tuple(tuple(np.flatnonzero(first == f).tolist()) for f in np.unique(first))


def _climb(
    start: NDArray[np.float64], *, wins: NDArray[np.float64], battles: NDArray[np.float64]
) -> tuple[NDArray[np.float64], int]:
    """Newton's method from `start`, damped so that it climbs from anywhere.

    The logistic likelihood is generalised self-concordant (Bach 2010): along a step that changes
    no compared difference by more than c, curvature changes by at most exp(c). A full step then
    climbs for c up to 1, and a step scaled by log(1 + c) / c always does (Sun and Tran-Dinh
    2019), so no likelihood need be evaluated.
    """
    theta = start - start.mean()
    met = battles > 0
    for step_number in range(1, MAX_STEPS + 1):
        step = _find_step(theta, wins=wins, battles=battles)
        change = float(np.ptp(step))
        if not np.isfinite(change):
            break
        if change > SAFE_CHANGE:
            # Only models that met count: in a long chain all links may move at once.
            change = float((np.abs(step[:, None] - step[None, :]) * met).max())
        if change > SAFE_CHANGE:
            step *= np.log1p(change) / change
        theta += step
        if change < SMALL_STEP:
            return theta - theta.mean(), step_number
    raise NotConverged(f"The Bradley-Terry fit did not settle in {MAX_STEPS} Newton steps.")


def _find_step(
    theta: NDArray[np.float64], *, wins: NDArray[np.float64], battles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Newton's step: by conjugate gradients where they settle soon, else by a dense solution."""
    if np.ptp(theta) < WIDEST_RANGE:
        step = _step_by_conjugate_gradients(theta, wins=wins, battles=battles)
        if step is not None:
            return step
    p = win_probabilities(theta)
    # Wins not expected minus losses not expected, from the small tails: no cancellation.
    surprise = wins * p.T
    gradient = surprise.sum(axis=1) - surprise.sum(axis=0)
    return _solve(laplacian(battles * p * p.T), gradient)


def _step_by_conjugate_gradients(
    theta: NDArray[np.float64], *, wins: NDArray[np.float64], battles: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Newton's step with the diagonal as preconditioner (Hestenes and Stiefel 1952).

    With u = exp(theta) the chance is u_i / (u_i + u_j), so that the table needs no exponential,
    and the Hessian acts as u_i (a u x)_i without being formed. None if it has not settled.
    """
    u = np.exp(theta - (theta.max() + theta.min()) / 2)
    a = np.add.outer(u, u)
    np.reciprocal(a, out=a)
    surprise = wins * a
    residual = surprise @ u - u * surprise.sum(axis=0)
    residual -= residual.mean()
    a *= a
    a *= battles
    diagonal = u * (a @ u)
    step = np.zeros(len(theta))
    scaled = residual / diagonal
    direction = scaled
    size = float(residual @ scaled)
    enough = LEFT_UNDONE**2 * size
    for _ in range(MAX_ROUNDS):
        if size <= enough:
            return step
        image = diagonal * direction - u * (a @ (u * direction))
        bend = float(direction @ image)
        if not bend > 0:
            return None
        step += (size / bend) * direction
        residual -= (size / bend) * image
        scaled = residual / diagonal
        before, size = size, float(residual @ scaled)
        direction = scaled + (size / before) * direction
    return None


def _guess_strengths(wins: NDArray[np.float64]) -> NDArray[np.float64]:
    """A cold start from the table alone: the log odds of each model's share of points."""
    won, lost = wins.sum(axis=1), wins.sum(axis=0)
    return np.log((won + 0.5) / (lost + 0.5))


def _solve(hessian: NDArray[np.float64], gradient: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve with the sum held at zero: the Hessian is singular along (1, ..., 1) only."""
    lift = max(hessian.trace(), np.finfo(float).tiny) / len(hessian) ** 2
    try:
        return np.linalg.solve(hessian + lift, gradient)
    except np.linalg.LinAlgError as error:
        raise NotConverged("The Bradley-Terry fit met a singular Hessian.") from error


def _check_wins(wins: NDArray[np.float64]) -> None:
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or len(wins) < 2:
        raise ScoringError(f"Wins must be a square table of two models or more, not {wins.shape}.")
    if wins.dtype.kind != "f" or not np.isfinite(wins).all() or (wins < 0).any():
        raise ScoringError("Wins must be finite floats of zero or more.")
    if wins.diagonal().any():
        raise ScoringError(f"Model {np.flatnonzero(wins.diagonal())[0]} cannot battle itself.")


def _check_start(start: NDArray[np.float64], *, models: int) -> NDArray[np.float64]:
    values = np.asarray(start, dtype=np.float64)
    if values.shape != (models,) or not np.isfinite(values).all():
        raise ScoringError(f"The start must be {models} finite strengths.")
    return values


def _outside_core(groups: Groups, *, models: int) -> NDArray[np.bool_]:
    outside = np.ones(models, dtype=bool)
    core = max(groups, key=len)
    if 2 * len(core) > models:
        outside[list(core)] = False
    return outside


def _explain_groups(wins: NDArray[np.float64], groups: Groups) -> NoFiniteOptimum:
    parts = find_strong_groups((wins + wins.T) > 0)
    if len(parts) > 1:
        return NoFiniteOptimum(
            f"The models fall into {len(parts)} groups that never met, directly or through "
            f"others: {_name(parts)}.",
            groups=parts,
        )
    return NoFiniteOptimum(
        f"No finite rating exists: between these {len(groups)} groups of models every battle "
        f"was won by the same side: {_name(groups)}.",
        groups=groups,
    )


def _name(groups: Groups, *, most: int = 12) -> str:
    named = ["{" + ", ".join(str(model) for model in group) + "}" for group in groups[:most]]
    return ", ".join(named) + (f" and {len(groups) - most} more" if len(groups) > most else "")


def _reaches_all(edges: NDArray[np.bool_]) -> bool:
    """Whether model 0 reaches every model: the cheap answer for nearly every real board."""
    seen = np.zeros(len(edges), dtype=bool)
    seen[0] = True
    front = seen
    while front.any():
        front = edges[front].any(axis=0) & ~seen
        seen = seen | front
    return bool(seen.all())


def _close(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Transitive closure by squaring: at most log2(models) products."""
    reach = edges | np.eye(len(edges), dtype=bool)
    while True:
        paths = reach.astype(np.float32)
        further = (paths @ paths) > 0
        if (further == reach).all():
            return reach
        reach = further
