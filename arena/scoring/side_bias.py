"""Whether the left picture has an advantage: Bradley-Terry with a term for the side."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import (
    MAX_STEPS,
    SAFE_CHANGE,
    SMALL_STEP,
    NoFiniteOptimum,
    NotConverged,
    find_strong_groups,
    fit,
    laplacian,
)
from arena.scoring.tallies import BOTH_BAD, LEFT, RIGHT, TIE, ScoringError, Tallies

# An advantage beyond e^12 to one is a run-away fit, not a finding.
LARGEST_BIAS = 12.0


@dataclass(frozen=True)
class SideBias:
    """The advantage of the left side, in natural log odds (times 400 / ln 10: Elo points).

    `bias` is positive where the left side wins too often, `standard_error` robust, `z` their
    ratio, `p_value` two-sided against no bias. `theta` (models,) are the strengths freed of it,
    summing to zero; `theta_error` (models,) their standard errors.
    """

    bias: float
    standard_error: float
    z: float
    p_value: float
    theta: NDArray[np.float64]
    theta_error: NDArray[np.float64]


def estimate_side_bias(tallies: Tallies) -> SideBias:
    """Fit P(left beats right) = 1 / (1 + exp(theta_right - theta_left - bias)) and test the bias.

    The home advantage of Davidson and Beaver (1977), by Newton's method on ordered pairs with
    ties as half wins, and the sandwich covariance (White 1980) of strengths and bias together;
    votes count as independent. Raises `NoFiniteOptimum` without a finite answer, `ScoringError`
    where a model has no battle, `NotConverged` if Newton's steps do not settle.
    """
    groups = find_strong_groups(tallies.wins() > 0)
    if len(groups) != 1 or tallies.models < 2:
        raise NoFiniteOptimum(
            f"No finite side bias: the models fall into {len(groups)} groups.", groups=groups
        )
    shown = tallies.counts.astype(np.float64)
    level = shown[:, :, TIE] + shown[:, :, BOTH_BAD]
    left, right = shown[:, :, LEFT] + level / 2, shown[:, :, RIGHT] + level / 2
    theta, bias = _climb(left, right, start=fit(tallies.wins()).theta)
    p, q = _chances(theta, bias)
    seen = shown[:, :, LEFT] * q**2 + shown[:, :, RIGHT] * p**2 + level * (p - 0.5) ** 2
    inverse = np.linalg.inv(_information((left + right) * p * q))
    covariance = inverse @ _borders(seen) @ inverse
    error = np.sqrt(covariance.diagonal())
    if not error[-1] > 0:
        raise ScoringError("Too few votes to tell how sure a side bias is.")
    z = bias / error[-1]
    return SideBias(
        bias=bias,
        standard_error=float(error[-1]),
        z=float(z),
        p_value=math.erfc(abs(z) / math.sqrt(2)),
        theta=theta,
        theta_error=error[:-1],
    )


def _climb(
    left: NDArray[np.float64], right: NDArray[np.float64], *, start: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Newton's method with the damping of `bradley_terry.fit`."""
    theta, bias = start, 0.0
    for _ in range(MAX_STEPS):
        p, q = _chances(theta, bias)
        surprise = left * q - right * p
        gradient = np.append(surprise.sum(axis=1) - surprise.sum(axis=0), surprise.sum())
        try:
            step = np.linalg.solve(_information((left + right) * p * q), gradient)
        except np.linalg.LinAlgError as error:
            raise NotConverged("The side-bias fit met a singular Hessian.") from error
        change = float(np.ptp(step[:-1]) + abs(step[-1]))
        if change > SAFE_CHANGE:
            step *= np.log1p(change) / change
        theta, bias = theta + step[:-1], bias + float(step[-1])
        if not abs(bias) < LARGEST_BIAS:
            raise NoFiniteOptimum("No finite side bias: one side wins nearly always.", groups=())
        if change < SMALL_STEP:
            return theta - theta.mean(), bias
    raise NotConverged(f"The side-bias fit did not settle in {MAX_STEPS} Newton steps.")


def _chances(
    theta: NDArray[np.float64], bias: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return chances (left model, right model) of the left and of the right side."""
    with np.errstate(over="ignore"):
        lead = theta[:, None] - theta[None, :] + bias
        return 1 / (1 + np.exp(-lead)), 1 / (1 + np.exp(lead))


def _information(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Hessian, lifted along the constant (1, ..., 1, 0) that it cannot see."""
    matrix = _borders(weights)
    models = len(weights)
    matrix[:models, :models] += matrix[:models, :models].trace() / models**2
    return matrix


def _borders(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sum of weight x x^T for x = e_left - e_right + e_bias: (models + 1, models + 1)."""
    models = len(weights)
    matrix = np.empty((models + 1, models + 1))
    matrix[:models, :models] = laplacian(weights + weights.T)
    matrix[:models, models] = matrix[models, :models] = weights.sum(axis=1) - weights.sum(axis=0)
    matrix[models, models] = weights.sum()
    return matrix
