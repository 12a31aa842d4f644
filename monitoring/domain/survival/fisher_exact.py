"""Fisher's exact test of a two by two table, two-sided.

Source: Fisher, J R Stat Soc 1935;98:39. Two-sided as in R: all tables with the same margins that are no more probable
than the one seen. They are compared as whole numbers, so that ties of probability are ties.
"""

import math

from monitoring.domain.survival.binomial import ImpossibleCount


def fisher_exact(with_a: int, without_a: int, with_b: int, without_b: int) -> float:
    """Return the two-sided probability for two groups with and without; ImpossibleCount where a number is negative."""
    if min(with_a, without_a, with_b, without_b) < 0:
        raise ImpossibleCount(f"{with_a}, {without_a}, {with_b}, {without_b}")
    size_a, size_b, drawn = with_a + without_a, with_b + without_b, with_a + with_b
    fewest, most = max(0, drawn - size_b), min(drawn, size_a)
    ways = math.comb(size_a, fewest) * math.comb(size_b, drawn - fewest)
    weights = []
    for k in range(fewest, most + 1):
        weights.append(ways)
        ways = ways * (size_a - k) * (drawn - k) // ((k + 1) * (size_b - drawn + k + 1))
    seen = weights[with_a - fewest]
    return sum(weight for weight in weights if weight <= seen) / sum(weights)
