"""The tail of the chi-square distribution, and the statistic z' V^-1 z of a test of several groups.

For whole degrees of freedom the tail is a finite sum: Abramowitz and Stegun, 26.4.4 and 26.4.5.
"""

import math
from collections.abc import Sequence

# A pivot smaller than this share of the largest variance: the comparison has no content of its own
SINGULAR_PIVOT = 1e-10


class SingularVariance(ValueError):
    """The variance of a comparison is 0, or one group's follows from the others'."""


def chi_square_tail(statistic: float, df: int) -> float:
    """Return the probability of a larger chi-square with df >= 1 degrees of freedom."""
    if df < 1:
        raise ValueError(f"{df} degrees of freedom")
    if statistic <= 0:
        return 1.0
    half = statistic / 2
    if df % 2 == 0:
        term, total = 1.0, 1.0
        for k in range(1, df // 2):
            term *= half / k
            total += term
        return math.exp(-half) * total
    term = math.sqrt(statistic) * math.sqrt(2 / math.pi)
    total = 0.0
    for k in range(1, df // 2 + 1):
        total += term
        term *= statistic / (2 * k + 1)
    return math.erfc(math.sqrt(half)) + math.exp(-half) * total


def quadratic_form(scores: Sequence[float], variance: Sequence[Sequence[float]]) -> float:
    """Return scores' variance^-1 scores by elimination with the largest pivot; SingularVariance where there is none."""
    rows = [[*line, score] for line, score in zip(variance, scores, strict=True)]
    size = len(rows)
    largest = max((abs(rows[k][k]) for k in range(size)), default=0.0)
    for k in range(size):
        best = max(range(k, size), key=lambda row: abs(rows[row][k]))
        if abs(rows[best][k]) <= SINGULAR_PIVOT * largest:
            raise SingularVariance("the groups cannot be told apart")
        rows[k], rows[best] = rows[best], rows[k]
        for below in range(k + 1, size):
            factor = rows[below][k] / rows[k][k]
            rows[below] = [x - factor * y for x, y in zip(rows[below], rows[k], strict=True)]
    solution = [0.0] * size
    for k in reversed(range(size)):
        known = sum(rows[k][j] * solution[j] for j in range(k + 1, size))
        solution[k] = (rows[k][size] - known) / rows[k][k]
    return sum(score * each for score, each in zip(scores, solution, strict=True))
