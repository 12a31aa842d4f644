"""Two assays on the same samples, as places for an inline SVG: log10 difference against the mean level.

Lines: no difference, the mean difference, the 95 % limits of agreement. Coordinates are text with one decimal, so
that no language writes a comma into them. Source: Bland and Altman, Lancet 1986;1:307; docs/methods/bridging.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.bridging import Bridge, Pair

# px of the view box
WIDTH, HEIGHT = 460.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 74.0, 362.0, 14.0, 216.0
LEAST_REACH = 1.0  # log10 up and down, so that a small scatter looks small
STEP = 0.5  # log10 between grid lines
ROOM = 1.15  # of the farthest point or line


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line with its height in log10; `code` says which one it is."""

    code: str
    at: str
    log10: Decimal


@dataclass(frozen=True, slots=True)
class Decade:
    """A vertical grid line with its level in % of ABL1."""

    at: str
    pct_abl1: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """One sample."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Everything that is drawn."""

    width: str
    height: str
    left: str
    right: str
    top: str
    bottom: str
    levels: tuple[Level, ...]
    grid: tuple[Level, ...]
    decades: tuple[Decade, ...]
    points: tuple[Place, ...]


def bland_altman(pairs: Sequence[Pair], found: Bridge) -> BlandAltman:
    """Return the figure of a bridge and its samples."""
    differences = [float(pair.log10_difference) for pair in pairs]
    means = [(math.log10(pair.first) + math.log10(pair.second)) / 2 for pair in pairs]
    lines = {"AGREEMENT_HIGH": found.agreement_high, "MEAN": found.factor, "AGREEMENT_LOW": found.agreement_low}
    heights = {code: ratio.log10() for code, ratio in lines.items()}
    reach = max(LEAST_REACH, ROOM * max(abs(each) for each in [*differences, *map(float, heights.values())]))
    low, high = math.floor(min(means)), max(math.ceil(max(means)), math.floor(min(means)) + 1)

    def y(log10: float) -> str:
        return _text(TOP + (reach - log10) / (2 * reach) * (BOTTOM - TOP))

    def x(log10: float) -> str:
        return _text(LEFT + (log10 - low) / (high - low) * (RIGHT - LEFT))

    steps = math.floor(reach / STEP)
    grid = [Decimal(str(STEP)) * n for n in range(-steps, steps + 1)]
    return BlandAltman(
        width=_text(WIDTH), height=_text(HEIGHT), left=_text(LEFT), right=_text(RIGHT), top=_text(TOP),
        bottom=_text(BOTTOM),
        levels=tuple(Level(code, y(float(height)), height) for code, height in heights.items()),
        grid=tuple(Level("GRID", y(float(height)), height) for height in grid),
        decades=tuple(Decade(x(decade), Decimal(10) ** decade) for decade in range(low, high + 1)),
        points=tuple(Place(x(mean), y(difference)) for mean, difference in zip(means, differences, strict=True)),
    )  # fmt: skip


def _text(number: float) -> str:
    return format(number, ".1f")
