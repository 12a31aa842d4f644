"""A standard curve as places for an inline SVG: Cq, low at the bottom, against log10 of the copies in a well.

Coordinates are text with one decimal, so that no language writes a comma into them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.run_curves import RunCurve
from monitoring.domain.standard_curve import NoCurve

# px of the view box
WIDTH, HEIGHT = 340.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 330.0, 22.0, 196.0
CQ_STEP = 5  # cycles between grid lines
LOWEST_DECADE, HIGHEST_DECADE = 0, 7  # log10 of copies, where no standard lies beyond


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line with what stands beside it."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One standard well, or the mean of a sample; `left_out` takes no part in the line."""

    x: str
    y: str
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class CurveFigure:
    """Everything that is drawn of one curve; `line` is empty where none could be drawn."""

    width: str
    height: str
    left: str
    right: str
    top: str
    bottom: str
    cqs: tuple[Tick, ...]
    decades: tuple[Tick, ...]
    points: tuple[CurvePoint, ...]
    samples: tuple[CurvePoint, ...]
    line: tuple[str, str, str, str] | None
    cutoff: str


@dataclass(frozen=True, slots=True)
class _Axes:
    cq_low: float
    cq_high: float
    decade_low: int
    decade_high: int

    def x(self, log10_copies: float) -> float:
        share = (log10_copies - self.decade_low) / (self.decade_high - self.decade_low)
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)

    def y(self, cq: float) -> float:
        """Few cycles mean many copies: the axis runs downwards."""
        share = (cq - self.cq_low) / (self.cq_high - self.cq_low)
        return TOP + min(max(share, 0.0), 1.0) * (BOTTOM - TOP)


def curve_figure(curve: RunCurve, cutoff: Decimal, sample_levels: Iterable[Decimal]) -> CurveFigure:
    """Return the figure of one curve; `cutoff` in cycles, `sample_levels` mean copies a well of what was measured."""
    wells = [well for well in curve.standards if well.reaction.cq is not None and well.reaction.standard_copies]
    line = None if isinstance(curve.curve, NoCurve) else (float(curve.curve.slope), float(curve.curve.intercept))
    levels = [math.log10(level) for level in sample_levels if level > 0] if line else []
    cqs = [float(well.reaction.cq) for well in wells if well.reaction.cq is not None]
    axes = _axes(cqs, [math.log10(well.reaction.standard_copies or 1) for well in wells], levels, float(cutoff))
    points = tuple(
        CurvePoint(
            _text(axes.x(math.log10(well.reaction.standard_copies or 1))),
            _text(axes.y(float(well.reaction.cq or 0))),
            bool(well.left_out_because),
        )
        for well in wells
    )
    return CurveFigure(
        width=_text(WIDTH), height=_text(HEIGHT), left=_text(LEFT), right=_text(RIGHT), top=_text(TOP),
        bottom=_text(BOTTOM),
        cqs=_cq_ticks(axes),
        decades=tuple(
            Tick(_text(axes.x(decade)), str(decade)) for decade in range(axes.decade_low, axes.decade_high + 1)
        ),
        points=points,
        samples=tuple(_on_line(axes, level, line) for level in levels) if line else (),
        line=_line(axes, line) if line else None,
        cutoff=_text(axes.y(float(cutoff))),
    )  # fmt: skip


def _axes(cqs: Sequence[float], logs: Sequence[float], levels: Sequence[float], cutoff: float) -> _Axes:
    low = min([*cqs, cutoff - 4 * CQ_STEP])
    every = [*logs, *levels]
    return _Axes(
        cq_low=CQ_STEP * math.floor(low / CQ_STEP),
        cq_high=max([*cqs, cutoff]) + 1,
        decade_low=min(LOWEST_DECADE, math.floor(min(every, default=LOWEST_DECADE))),
        decade_high=max(HIGHEST_DECADE, math.ceil(max(every, default=HIGHEST_DECADE))),
    )


def _cq_ticks(axes: _Axes) -> tuple[Tick, ...]:
    first = CQ_STEP * math.ceil(axes.cq_low / CQ_STEP)
    return tuple(Tick(_text(axes.y(cq)), str(cq)) for cq in range(first, math.floor(axes.cq_high) + 1, CQ_STEP))


def _line(axes: _Axes, line: tuple[float, float]) -> tuple[str, str, str, str]:
    """The line across the figure, as far as its Cq lie on the axis."""
    slope, intercept = line
    ends = [
        max(axes.decade_low, (axes.cq_high - intercept) / slope),
        min(axes.decade_high, (axes.cq_low - intercept) / slope),
    ]
    (x1, y1), (x2, y2) = [(axes.x(end), axes.y(intercept + slope * end)) for end in ends]
    return _text(x1), _text(y1), _text(x2), _text(y2)


def _on_line(axes: _Axes, level: float, line: tuple[float, float]) -> CurvePoint:
    slope, intercept = line
    return CurvePoint(_text(axes.x(level)), _text(axes.y(intercept + slope * level)))


def _text(number: float) -> str:
    return format(number, ".1f")
