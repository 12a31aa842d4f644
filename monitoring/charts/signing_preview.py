"""A small still picture of a curve with one result that is not signed yet: coordinates only, drawn as SVG by the page.

The marks, their heights and their lines are those of the trajectory. Coordinates are text with one decimal, so that
no language writes a comma into them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.charts.axes import extent
from monitoring.charts.episodes import Role, drawn_episodes, rings
from monitoring.charts.events import course_of, sorted_starts
from monitoring.charts.inputs import DiagnosisSample
from monitoring.charts.lines import Run, joined
from monitoring.charts.marks import Mark, Shape, mark_of, mark_of_diagnosis
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import LevelsOfAbl1
from monitoring.domain.series import Series
from monitoring.domain.terms import Marker, RuleSetId, Tissue
from monitoring.domain.verdicts import Verdict

# px of the view box
WIDTH, HEIGHT = 420, 214
LEFT, RIGHT, TOP, BOTTOM, AXIS = 42.0, 350.0, 16.0, 174.0, 194.0
LANE = 184.0  # middle of the lane for samples without a height
LABEL_ABOVE, LABEL_BELOW = 9.0, 17.0
LOWEST_DECADE, HIGHEST_DECADE = -3, 1  # log10 of % of ABL1, shown at least
LABELLED_EVERY = 2  # decades
TICKS_AT_MOST = 6
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class PreviewMark:
    """One sample: where it stands, its shape, its rings, and what is written beside it."""

    x: str
    y: str
    shape: Shape
    tissue: Tissue
    role: Role | None
    is_this: bool
    pct_abl1: Decimal | None
    label_y: str


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A piece of the curve as an SVG path; dotted where one end was not detected."""

    path: str
    tissue: Tissue
    dotted: bool


@dataclass(frozen=True, slots=True)
class PreviewLevel:
    """A horizontal line: a decade of the grid, or where POSITIVE begins for the rule sets named."""

    y: str
    pct_abl1: Decimal
    labelled: bool
    rulesets: tuple[RuleSetId, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewTick:
    """A month on the time axis."""

    x: str
    on: date
    with_year: bool


@dataclass(frozen=True, slots=True)
class SigningPreview:
    """Everything that the picture shows."""

    grid: tuple[PreviewLevel, ...]
    thresholds: tuple[PreviewLevel, ...]
    lines: tuple[PreviewLine, ...]
    marks: tuple[PreviewMark, ...]
    ticks: tuple[PreviewTick, ...]
    courses: tuple[str, ...]


class _Frame:
    """From days and levels to coordinates."""

    def __init__(self, days: Iterable[date], heights: Iterable[Decimal], as_of: date) -> None:
        self.first, self.last = extent(days, as_of)
        logs = [math.log10(height) for height in heights]
        self.low = math.floor(min([LOWEST_DECADE, *logs]))
        self.high = math.ceil(max([HIGHEST_DECADE, *logs]))

    def x(self, on: date) -> str:
        share = (on - self.first) / (self.last - self.first)
        return _px(LEFT + share * (RIGHT - LEFT))

    def y(self, pct_abl1: Decimal | None) -> float:
        if pct_abl1 is None:
            return LANE
        share = (math.log10(pct_abl1) - self.low) / (self.high - self.low)
        return BOTTOM - share * (BOTTOM - TOP)


def signing_preview(
    series: Series, verdict: Verdict, result_id: str, diagnosis: Sequence[DiagnosisSample], as_of: date
) -> SigningPreview:
    """Return the curve of a series that already holds the result to sign, with the rings of the verdict it would have.

    Heights in % of ABL1; a sample that was not detected stands at its own limit, one without a height in the lane.
    """
    marks = _marks(series, verdict, diagnosis, as_of)
    frame = _Frame([mark.on for mark in marks], [m.height_pct_abl1 for m in marks if m.height_pct_abl1], as_of)
    ringed = rings(drawn_episodes(verdict, [start.on for start in series.course_starts]))
    tissue = next((mark.tissue for mark in marks if mark.id == result_id), Tissue.BONE_MARROW)
    return SigningPreview(
        grid=_grid(frame),
        thresholds=_thresholds(frame, series.marker, tissue),
        lines=tuple(_lines(frame, marks, ringed)),
        marks=tuple(_placed(frame, mark, ringed.get(mark.id), result_id) for mark in marks),
        ticks=_ticks(frame),
        courses=tuple(frame.x(start.on) for start in sorted_starts(series, as_of)),
    )


def _marks(series: Series, verdict: Verdict, diagnosis: Iterable[DiagnosisSample], as_of: date) -> list[Mark]:
    baseline, starts = series.baseline_pct_abl1, sorted_starts(series, as_of)
    found = [mark_of_diagnosis(each, baseline[each.tissue]) for each in diagnosis if each.tissue in baseline]
    classes = {sample.id: sample.sample_class for sample in verdict.samples}
    found += [
        mark_of(result, classes[result.id], course_of(result.collected_on, starts))
        for result in series.results
        if result.id in classes
    ]
    return sorted(found, key=lambda mark: (mark.on, mark.sample_class is not None))


def _lines(frame: _Frame, marks: Sequence[Mark], decisive: Iterable[str]) -> Iterable[PreviewLine]:
    for tissue in (Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW):
        for dotted, run in zip((False, True), joined(marks, tissue, decisive), strict=True):
            if run:
                yield PreviewLine(_path(frame, marks, run), tissue, dotted)


def _path(frame: _Frame, marks: Sequence[Mark], run: Run) -> str:
    steps, pen = [], "M"
    for at in run:
        if at is None:
            pen = "M"
            continue
        steps.append(f"{pen}{frame.x(marks[at].on)} {_px(frame.y(marks[at].height_pct_abl1))}")
        pen = "L"
    return "".join(steps)


def _placed(frame: _Frame, mark: Mark, ring: tuple[object, Role] | None, result_id: str) -> PreviewMark:
    y = frame.y(mark.height_pct_abl1)
    is_this = mark.id == result_id
    return PreviewMark(
        x=frame.x(mark.on),
        y=_px(y),
        shape=mark.shape if mark.height_pct_abl1 is not None else Shape.NOT_EVALUABLE,
        tissue=mark.tissue,
        role=None if ring is None else ring[1],
        is_this=is_this,
        pct_abl1=mark.pct_abl1 if mark.height_pct_abl1 is not None else None,
        label_y=_px(y - LABEL_ABOVE if is_this else y + LABEL_BELOW),
    )


def _grid(frame: _Frame) -> tuple[PreviewLevel, ...]:
    return tuple(
        PreviewLevel(_px(frame.y(level)), level, labelled=(decade - frame.high) % LABELLED_EVERY == 0)
        for decade in range(frame.low, frame.high + 1)
        for level in [Decimal(1).scaleb(decade)]
    )


def _thresholds(frame: _Frame, marker: Marker, tissue: Tissue) -> tuple[PreviewLevel, ...]:
    """Where POSITIVE begins, of the rule sets that say so in % of ABL1; those that agree share a line."""
    named: dict[Decimal, list[RuleSetId]] = {}
    for ruleset in RULESETS.values():
        if isinstance(ruleset.levels, LevelsOfAbl1) and tissue in ruleset.tissues:
            levels = ruleset.levels.cbf if marker.is_cbf else ruleset.levels.npm1
            named.setdefault(levels[tissue].value, []).append(ruleset.id)
    return tuple(
        PreviewLevel(_px(frame.y(level)), level, labelled=True, rulesets=tuple(ids)) for level, ids in named.items()
    )


def _ticks(frame: _Frame) -> tuple[PreviewTick, ...]:
    months = (frame.last.year - frame.first.year) * MONTHS_A_YEAR + frame.last.month - frame.first.month + 1
    step = next((step for step in MONTH_STEPS if months <= step * TICKS_AT_MOST), MONTH_STEPS[-1])
    days = [_month_after(frame.first, ahead) for ahead in range(1, months + 1)]
    shown = [on for on in days if on <= frame.last and (on.month - 1 + MONTHS_A_YEAR * on.year) % step == 0]
    years = [shown[at - 1].year if at else None for at in range(len(shown))]
    return tuple(PreviewTick(frame.x(on), on, on.year != before) for on, before in zip(shown, years, strict=True))


def _month_after(first: date, ahead: int) -> date:
    months = first.year * MONTHS_A_YEAR + first.month - 1 + ahead
    return date(months // MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1, 1)


def _px(value: float) -> str:
    return f"{value:.1f}"
