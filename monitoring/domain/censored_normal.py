"""Log-linear regression with left-censored points (Tobit): the likelihood and its maximum.

Plain floats. With h = 1/s the log-likelihood is concave in (intercept x h, slope x h, h): Olsen, Econometrica
1978;46:1211. So Newton's method finds the one maximum, with the standard deviation s known or not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_SQRT_2 = math.sqrt(2.0)
_LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)
ASYMPTOTIC_BELOW = -25.0  # standard deviations; erfc still has all its digits here and loses them at -38
MAX_NEWTON_STEPS = 60
MAX_HALVINGS = 40
DECREMENT_SMALL = 1e-9  # about twice the log-likelihood that the next step would gain


class NoMaximum(Exception):
    """The likelihood has no maximum that can be found."""


def log_phi(x: float) -> float:
    """Return log of the normal distribution function, accurate in both tails (to -1e150)."""
    if x > ASYMPTOTIC_BELOW:
        half = 0.5 * math.erfc(-x / _SQRT_2) if x < 0 else 0.5 * math.erfc(x / _SQRT_2)
        return math.log(half) if x < 0 else math.log1p(-half)
    return -0.5 * x * x - math.log(-x) - _LOG_SQRT_2PI + math.log(_mills_series(x))


def log_phi_slopes(x: float) -> tuple[float, float]:
    """Return slope (density over distribution function) and negative second derivative of `log_phi` at x."""
    if x > ASYMPTOTIC_BELOW:
        return log_phi_terms(x)[1:]
    # slope + x is a small difference of large numbers; the series gives it without cancellation
    series = _mills_series(x)
    return -x / series, x * x * _rest(1.0 / (x * x)) / (series * series)


def log_phi_terms(x: float) -> tuple[float, float, float]:
    """Return `log_phi` at x with its slope and negative second derivative, at the price of one."""
    value = log_phi(x)
    if x > ASYMPTOTIC_BELOW:
        slope = math.exp(-0.5 * x * x - _LOG_SQRT_2PI - value)
        return value, slope, slope * (slope + x)
    return value, *log_phi_slopes(x)


def _mills_series(x: float) -> float:
    """The asymptotic series of Phi(x) x (-x) / phi(x) for very negative x."""
    y = 1.0 / (x * x)
    return 1.0 - _rest(y)


def _rest(y: float) -> float:
    return y * (1.0 - 3.0 * y * (1.0 - 5.0 * y * (1.0 - 7.0 * y * (1.0 - 9.0 * y))))


@dataclass(frozen=True, slots=True)
class Residual:
    """A standardised residual that is linear in what is sought: `offset` + sum of `factors` x parameters.

    A censored one counts by log_phi, an observed one by the normal density.
    """

    offset: float
    factors: tuple[float, ...]
    censored: bool


@dataclass(frozen=True, slots=True)
class Maximum:
    """Parameters at the maximum, and the log-likelihood there, without the constant of the normal density.

    `information` is the matrix of negative second derivatives there.
    """

    parameters: tuple[float, ...]
    log_likelihood: float
    information: list[list[float]]


def maximise(
    residuals: Sequence[Residual],
    start: Sequence[float],
    *,
    scale_at: int | None = None,
    times_log_scale: float | None = None,
) -> Maximum:
    """Return the maximum over the parameters by Newton's method with step halving; raises NoMaximum.

    `scale_at` names the parameter that is h = 1/s, where s is sought: each observed point then adds log h, unless
    `times_log_scale` says how often it is added.
    """
    observed: float = sum(not residual.censored for residual in residuals)
    if times_log_scale is not None:
        observed = times_log_scale
    here = _evaluate(residuals, list(start), scale_at, observed)
    for _ in range(MAX_NEWTON_STEPS):
        step = _solve(here.information, here.gradient)
        decrement = 0.0
        for slope, distance in zip(here.gradient, step, strict=True):
            decrement += slope * distance
        if decrement < DECREMENT_SMALL:
            # so near, a full step squares the distance, below what the likelihood itself can still tell apart
            here = _evaluate(residuals, _moved(here.at, step, 1.0), scale_at, observed)
            return Maximum(tuple(here.at), here.value, here.information)
        there = _stepped(residuals, here, step, scale_at, observed)
        if there is here:
            return Maximum(tuple(here.at), here.value, here.information)
        here = there
    raise NoMaximum


@dataclass(frozen=True, slots=True)
class _Place:
    """Log-likelihood, gradient and negative second derivatives at a place."""

    at: list[float]
    value: float
    gradient: list[float]
    information: list[list[float]]


def _evaluate(residuals: Sequence[Residual], at: list[float], scale_at: int | None, observed: float) -> _Place:
    places = range(len(at))
    value, gradient = 0.0, [0.0 for _ in places]
    information = [[0.0 for _ in places] for _ in places]
    if scale_at is not None:
        if at[scale_at] <= 0.0:
            return _Place(at, -math.inf, gradient, information)
        value = observed * math.log(at[scale_at])
        gradient[scale_at] = observed / at[scale_at]
        information[scale_at][scale_at] = observed / at[scale_at] ** 2
    for residual in residuals:
        factors = residual.factors
        r = residual.offset
        for i in places:
            r += factors[i] * at[i]
        slope, curvature = -r, 1.0
        if residual.censored:
            value += log_phi(r)
            slope, curvature = log_phi_slopes(r)
        else:
            value -= 0.5 * r * r
        for i in places:
            gradient[i] += slope * factors[i]
            weighted, row = curvature * factors[i], information[i]
            for j in places:
                row[j] += weighted * factors[j]
    return _Place(at, value, gradient, information)


def _stepped(
    residuals: Sequence[Residual], here: _Place, step: Sequence[float], scale_at: int | None, observed: float
) -> _Place:
    """The place after the longest of the halved steps that does not lose likelihood, or the same place."""
    length = 1.0
    for _ in range(MAX_HALVINGS):
        at = _moved(here.at, step, length)
        there = _evaluate(residuals, at, scale_at, observed)
        if there.value >= here.value:
            return there if at != here.at else here
        length *= 0.5
    return here


def _moved(at: Sequence[float], step: Sequence[float], length: float) -> list[float]:
    return [a + length * distance for a, distance in zip(at, step, strict=True)]


def _solve(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    """Solve a symmetric positive definite system by elimination; raises NoMaximum for any other."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        if not rows[i][i] > 0.0:
            raise NoMaximum
        for below in rows[i + 1 :]:
            factor = below[i] / rows[i][i]
            for j in range(i, size + 1):
                below[j] -= factor * rows[i][j]
    solution = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * solution[j] for j in range(i + 1, size))
        solution[i] = (rows[i][size] - known) / rows[i][i]
    return solution
