"""The curve of eighteen months in the size of a table row: paths and places for an inline SVG, nothing else.

Coordinates are text with one decimal, so that no language writes a comma into them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from monitoring.charts import lines
from monitoring.charts.bands import cycle_bands
from monitoring.charts.episodes import Role, Tone, drawn_episodes, rings
from monitoring.charts.events import sorted_starts
from monitoring.charts.inputs import TrajectoryInputs
from monitoring.charts.marks import Mark, Shape, marks_of_series
from monitoring.charts.scales import in_pct_abl1
from monitoring.domain.terms import SampleClass, Tissue
from monitoring.domain.verdicts import Verdict

# px of the view box
WIDTH, HEIGHT = 232.0, 56.0
LEFT, RIGHT = 4.0, 224.0
TOP, BOTTOM, LANE = 3.0, 51.0, 53.5
BAR_HEIGHT = 3.0
RADIUS, RING = 2.2, 4.6
SHOWN = timedelta(days=548)  # 18 months
HIGHEST_DECADE, LOWEST_DECADE = 3.0, -3.0  # log10 of % of ABL1: 1,000 to 0.001
POSITIVE = "POSITIVE"
SERIES = {Tissue.BONE_MARROW: "bm", Tissue.PERIPHERAL_BLOOD: "pb"}


def sparkline(inputs: TrajectoryInputs, verdict: Verdict, as_of: date) -> dict[str, Any]:
    """The curve up to `as_of` on a log axis from 1,000 to 0.001 % of ABL1; heights beyond stand at its edge.

    `bars` are venetoclax cycles, `levels` the heights of the verdict's own rule set, `lines` and `marks` hold SVG
    path data by series, `rings` surround the samples that an episode rests on.
    """
    marks = [mark for mark in marks_of_series(inputs, verdict, as_of) if mark.on >= as_of - SHOWN]
    starts = [start.on for start in sorted_starts(inputs.series, as_of)]
    ringed = rings(drawn_episodes(verdict, starts))
    return {
        "width": _text(WIDTH),
        "height": _text(HEIGHT),
        "bars": _bars(inputs, as_of),
        "levels": _levels(inputs, verdict),
        "lines": _lines(marks, ringed, as_of),
        "marks": [_mark(mark, as_of) for mark in marks],
        "rings": _rings(marks, ringed, as_of),
    }


def _text(number: float) -> str:
    return format(number, ".1f")


def _x(on: date, as_of: date) -> float:
    share = (SHOWN - (as_of - on)) / SHOWN
    return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)


def _y(log10_pct_abl1: float) -> float:
    share = (HIGHEST_DECADE - log10_pct_abl1) / (HIGHEST_DECADE - LOWEST_DECADE)
    return TOP + min(max(share, 0.0), 1.0) * (BOTTOM - TOP)


def _place(mark: Mark, as_of: date) -> tuple[float, float]:
    """Where a mark stands; a sample without a height stands in the lane."""
    height = LANE if mark.height_pct_abl1 is None else _y(math.log10(mark.height_pct_abl1))
    return _x(mark.on, as_of), height


def _bars(inputs: TrajectoryInputs, as_of: date) -> list[dict[str, str]]:
    found = []
    for band in cycle_bands(inputs.cycles, as_of):
        start, end = (_x(date.fromisoformat(band[edge]), as_of) for edge in ("from", "to"))
        if end > start:
            found.append({"x": _text(start), "width": _text(end - start), "height": _text(BAR_HEIGHT)})
    return found


def _levels(inputs: TrajectoryInputs, verdict: Verdict) -> list[str]:
    """Where the verdict's own rule set says POSITIVE, each height once."""
    heights = set()
    for threshold in inputs.thresholds:
        baseline = inputs.series.baseline_pct_abl1.get(threshold.tissue)
        pct_abl1 = in_pct_abl1(threshold.scale, threshold.value, baseline)
        is_own = threshold.ruleset is verdict.ruleset and threshold.code == POSITIVE
        if is_own and pct_abl1 is not None:
            heights.add(_y(math.log10(pct_abl1)))
    return [_text(height) for height in sorted(heights)]


def _lines(marks: Sequence[Mark], ringed: Iterable[str], as_of: date) -> list[dict[str, Any]]:
    found = []
    for tissue, series in SERIES.items():
        for run, is_dotted in zip(lines.joined(marks, tissue, ringed), (False, True), strict=True):
            if run:
                found.append({"series": series, "dotted": is_dotted, "d": _path(run, marks, as_of)})
    return found


def _path(run: lines.Run, marks: Sequence[Mark], as_of: date) -> str:
    """Path data of a run; where the pen was lifted a new line begins."""
    steps = []
    pen = "M"
    for at in run:
        if at is None:
            pen = "M"
            continue
        x, y = _place(marks[at], as_of)
        steps.append(f"{pen}{_text(x)} {_text(y)}")
        pen = "L"
    return "".join(steps)


def _mark(mark: Mark, as_of: date) -> dict[str, Any]:
    x, y = _place(mark, as_of)
    inert = mark.sample_class is SampleClass.IGNORED or mark.shape in (Shape.NOT_EVALUABLE, Shape.INDETERMINATE)
    filled = mark.shape is Shape.UNQUANTIFIED or (mark.is_detected and mark.tissue is Tissue.BONE_MARROW)
    return {
        "series": SERIES[mark.tissue],
        "shape": mark.shape.value,
        "inert": inert,
        "filled": filled,
        "d": _outline(mark, x, y),
    }


def _outline(mark: Mark, x: float, y: float) -> str:
    """The outline of a mark as path data: circle, diamond, triangle or cross."""
    if mark.shape is Shape.NOT_EVALUABLE:
        return f"M{_text(x - 2)} {_text(y - 2)}l4 4m0 -4l-4 4"
    if mark.shape in (Shape.NOT_DETECTED, Shape.LIMITED, Shape.UNQUANTIFIED):
        return f"M{_text(x - 2.6)} {_text(y - 2.2)}h5.2l-2.6 4.6z"
    if mark.is_detected and mark.tissue is Tissue.PERIPHERAL_BLOOD:
        return f"M{_text(x)} {_text(y - 3)}l3 3-3 3-3-3z"
    half = f"a{RADIUS} {RADIUS} 0 1 0"
    circle = f"M{_text(x - RADIUS)} {_text(y)}{half} {2 * RADIUS} 0{half} -{2 * RADIUS} 0z"
    return f"{circle}M{_text(x)} {_text(y - 1)}v2" if mark.shape is Shape.INDETERMINATE else circle


def _rings(marks: Sequence[Mark], ringed: Mapping[str, tuple[Tone, Role]], as_of: date) -> list[dict[str, str]]:
    """One ring around each sample that an episode rests on; its tone says whether that is open."""
    found = []
    for mark in marks:
        if mark.sample_class is not None and mark.id in ringed:
            x, y = _place(mark, as_of)
            tone, role = ringed[mark.id]
            found.append({"x": _text(x), "y": _text(y), "r": _text(RING), "tone": tone.value, "role": role.value})
    return found
