"""The best of all growth lines that have one thing fixed: the slope, or the level on a day.

What is left free is one parameter of the line and the standard deviation s. In (parameter x h, h) with h = 1/s the
log-likelihood is concave (Olsen, Econometrica 1978;46:1211). Observed points enter by their sums alone, so that only
the censored ones cost time. Source: docs/methods/kinetics.md.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.domain.censored_normal import DECREMENT_SMALL, MAX_HALVINGS, MAX_NEWTON_STEPS, NoMaximum, log_phi_terms


@dataclass(frozen=True, slots=True)
class PriorScatter:
    """The standard deviation counts as if `points` residuals of root mean square `sd` (log10) had been seen."""

    sd: float
    points: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines with one free parameter: residual = h x left - (parameter x h) x factor, point by point.

    `left` is what remains of a level once the fixed part of the line is taken away.
    """

    times_log_scale: float
    squares: float
    products: float
    factor_squares: float
    limits: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Ridge:
    """The best of the lines: parameter and h = 1/s, the log-likelihood, the log of its integral over both about it."""

    parameter_h: float
    h: float
    log_likelihood: float
    log_integral: float


def lines(rows: Iterable[tuple[float, float, bool]], prior: PriorScatter) -> Lines:
    """Return the lines through points given as (left, factor, censored)."""
    squares, products, factor_squares, observed = prior.points * prior.sd**2, 0.0, 0.0, 0
    limits = []
    for left, factor, censored in rows:
        if censored:
            limits.append((left, factor))
            continue
        observed += 1
        squares += left * left
        products += left * factor
        factor_squares += factor * factor
    return Lines(observed + prior.points, squares, products, factor_squares, tuple(limits))


def best_of(of: Lines, parameter_h: float, h: float) -> Ridge:
    """Return the best line by Newton's method from a start; raises NoMaximum."""
    at = _evaluate(of, parameter_h, h)
    for _ in range(MAX_NEWTON_STEPS):
        determinant = at.uu * at.hh - at.uh * at.uh
        if not determinant > 0.0:
            raise NoMaximum
        step_u = (at.hh * at.slope_u - at.uh * at.slope_h) / determinant
        step_h = (at.uu * at.slope_h - at.uh * at.slope_u) / determinant
        if at.slope_u * step_u + at.slope_h * step_h < DECREMENT_SMALL:
            # the integral over (parameter, log h): each log of a change of variables to h costs a factor
            return Ridge(at.u, at.h, at.value, at.value - 0.5 * math.log(determinant) - 2.0 * math.log(at.h))
        there = _stepped(of, at, step_u, step_h)
        if there is at:
            raise NoMaximum
        at = there
    raise NoMaximum


@dataclass(slots=True)
class _Place:
    """Log-likelihood, its slopes and negative second derivatives in u = parameter x h, and h."""

    u: float
    h: float
    value: float
    slope_u: float
    slope_h: float
    uu: float
    uh: float
    hh: float


def _evaluate(of: Lines, u: float, h: float) -> _Place:
    value = of.times_log_scale * math.log(h) - 0.5 * (
        h * h * of.squares - 2.0 * h * u * of.products + u * u * of.factor_squares
    )
    slope_u = h * of.products - u * of.factor_squares
    slope_h = of.times_log_scale / h - h * of.squares + u * of.products
    uu, uh, hh = of.factor_squares, -of.products, of.times_log_scale / (h * h) + of.squares
    for left, factor in of.limits:
        log_phi, slope, curvature = log_phi_terms(h * left - u * factor)
        value += log_phi
        slope_u -= slope * factor
        slope_h += slope * left
        uu += curvature * factor * factor
        uh -= curvature * factor * left
        hh += curvature * left * left
    return _Place(u, h, value, slope_u, slope_h, uu, uh, hh)


def _stepped(of: Lines, at: _Place, step_u: float, step_h: float) -> _Place:
    """The place after the longest of the halved steps that does not lose likelihood, or the same place."""
    length = 1.0
    for _ in range(MAX_HALVINGS):
        h = at.h + length * step_h
        if h > 0.0:
            there = _evaluate(of, at.u + length * step_u, h)
            if there.value >= at.value:
                return there
        length *= 0.5
    return at
