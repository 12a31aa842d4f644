"""A share of patients with its exact 95 % interval (Clopper-Pearson).

Source: Clopper and Pearson, Biometrika 1934;26:404. Each limit is the probability at which what was seen, or more (for
the upper limit: or less), would be seen 2.5 times in 100; it is found by bisection on the incomplete beta function.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from monitoring.domain.survival.log_log import CONFIDENCE

TAIL = (1 - CONFIDENCE) / 2  # on each side
BISECTIONS = 100  # more than enough to halve 1 down to the last bit of a limit near 1e-10
CONTINUED_FRACTION_STEPS = 100_000  # of the order of the root of n is needed
CONVERGED = 1e-15
SMALLEST = 1e-300
KEPT = 4096  # proportions; a page of tables asks for dozens, again and again for the same, at 5 ms each


class ImpossibleCount(ValueError):
    """A share of nobody, or more patients with than patients in all."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """Patients with, out of how many; the exact share and its 95 % limits."""

    count: int
    of: int
    share: Fraction
    low: float
    high: float


@lru_cache(maxsize=KEPT)
def proportion(count: int, of: int) -> Proportion:
    """Return count / of with the Clopper-Pearson interval; ImpossibleCount unless 0 <= count <= of and of > 0."""
    if of <= 0 or not 0 <= count <= of:
        raise ImpossibleCount(f"{count} of {of}")
    low = 0.0 if count == 0 else _bisected(lambda p: _at_least(count, of, p) < TAIL)
    high = 1.0 if count == of else _bisected(lambda p: _at_least(count + 1, of, p) < 1 - TAIL)
    return Proportion(count, of, Fraction(count, of), low, high)


def _bisected(lies_below: Callable[[float], bool]) -> float:
    """The probability up to which the condition holds."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if lies_below(middle) else (low, middle)
    return (low + high) / 2


def _at_least(count: int, of: int, p: float) -> float:
    """The probability of `count` or more of `of`: the incomplete beta function I_p(count, of - count + 1)."""
    a, b = float(count), float(of - count + 1)
    if p in (0.0, 1.0):
        return p
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(p) + b * math.log1p(-p))
    if p < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, p) / a
    return 1 - front * _beta_fraction(b, a, 1 - p) / b


def _beta_fraction(a: float, b: float, p: float) -> float:
    """The continued fraction of the incomplete beta function by Lentz's method (NIST DLMF 8.17.22)."""
    c, d = 1.0, 1 / _apart_from_0(1 - (a + b) * p / (a + 1))
    value = d
    for m in range(1, CONTINUED_FRACTION_STEPS):
        even = m * (b - m) * p / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * p / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            d = 1 / _apart_from_0(1 + factor * d)
            c = _apart_from_0(1 + factor / c)
            value *= c * d
        if abs(c * d - 1) < CONVERGED:
            return value
    raise ArithmeticError(f"the incomplete beta function did not converge at {a}, {b}, {p}")


def _apart_from_0(value: float) -> float:
    return value if abs(value) > SMALLEST else SMALLEST
