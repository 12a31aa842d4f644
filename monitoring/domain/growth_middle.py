"""The middle 95 % of a distribution whose density is known up to a factor.

The density is laid out on both sides of its highest place, densely near it and ever wider apart outwards, and summed
up; the bounds are read between the places. Source: docs/methods/kinetics.md.
"""

import math
from collections.abc import Callable, Iterable, Sequence

OUTSIDE = 0.025  # probability beyond each bound
STEPS = 16  # places on each side
LAST_STEP = 2.8  # of which the hyperbolic sine is 8: the last place lies eight half-widths away
STEP = LAST_STEP / STEPS
SWING = 0.1  # log: by how much the density half-way may lie above that at both ends
NOTHING = 1e-9  # of the whole: places further out tell nothing of the bounds
LOG_ODDS = math.log(OUTSIDE / (1.0 - OUTSIDE))

Scale = Sequence[tuple[float, float]]  # log-odds of lying below a place, and the place


def middle(log_density: Callable[[float], float], mode: float, below: float, above: float) -> tuple[float, float]:
    """Return the bounds that leave 2.5 % on each side; `below` and `above` are the half-widths, about."""
    highest = log_density(mode)
    places = [mode]
    masses: list[float] = []
    for width in (-below, above):
        outwards = [mode + width * math.sinh(STEP * i) for i in range(1, STEPS + 1)]
        stretched = [math.log(abs(width) * math.cosh(STEP * i)) for i in range(STEPS + 1)]
        heights = [highest, *(log_density(place) for place in outwards)]
        found = _masses([height - highest + each for height, each in zip(heights, stretched, strict=True)])
        places = [*reversed(outwards), *places] if width < 0.0 else [*places, *outwards]
        masses = [*reversed(found), *masses] if width < 0.0 else [*masses, *found]
    scale = _scale(places, masses)
    return _read(scale, LOG_ODDS), _read(scale, -LOG_ODDS)


def _masses(logs: Sequence[float]) -> list[float]:
    """The mass from each place to the next by Simpson's rule; half-way the log is that of the cubic around it."""
    first = (5 * logs[0] + 15 * logs[1] - 5 * logs[2] + logs[3]) / 16
    between = [(9 * (b + c) - a - d) / 16 for a, b, c, d in zip(logs, logs[1:], logs[2:], logs[3:], strict=False)]
    last = (logs[-1] + logs[-2]) / 2
    masses = []
    for b, half_way, c in zip(logs, [first, *between, last], logs[1:], strict=False):
        # at the edge of a cliff a cubic swings beyond what lies on both sides of it
        held = min(max(half_way, min(b, c)), max(b, c) + SWING)
        masses.append((math.exp(b) + 4.0 * math.exp(held) + math.exp(c)) / 6.0)
    return masses


def _scale(places: Sequence[float], masses: Sequence[float]) -> Scale:
    below, above = _summed(masses), _summed(reversed(masses))[::-1]
    return [
        (math.log(left / right), place)
        for left, right, place in zip(below, above, places, strict=True)
        if min(left, right) > NOTHING * below[-1]
    ]


def _summed(masses: Iterable[float]) -> list[float]:
    sums = [0.0]
    for mass in masses:
        sums.append(sums[-1] + mass)
    return sums


def _read(scale: Scale, wanted: float) -> float:
    """The place at which the log-odds are as wanted: by the cubic through four, straight where that leaves its step."""
    after = min(max(sum(odds < wanted for odds, _ in scale), 1), len(scale) - 1)
    (odds_before, before), (odds_after, behind) = scale[after - 1], scale[after]
    first = min(max(after - 2, 0), max(len(scale) - 4, 0))
    found = _cubic(scale[first : first + 4], wanted)
    if before <= found <= behind:
        return found
    return before + (behind - before) * (wanted - odds_before) / (odds_after - odds_before)


def _cubic(around: Scale, wanted: float) -> float:
    found = 0.0
    for i, (odds, place) in enumerate(around):
        weight = 1.0
        for j, (other, _) in enumerate(around):
            if j != i:
                weight *= (wanted - other) / (odds - other)
        found += weight * place
    return found
