"""Transplanted against not transplanted as a figure, with the landmark.

Source: docs/methods/transplant_comparison.md.
"""

from monitoring.charts.cohort_axes_svg import WIDE, Size
from monitoring.charts.cohort_curve_svg import curve_svg
from monitoring.charts.cohort_figure import DAYS_A_MONTH, CountBlock, Curve, CurveFigure, CurveWords, count_lines
from monitoring.charts.cohort_ink_svg import Ink
from monitoring.domain.cohorts.part_transplant import TransplantAnswer
from monitoring.domain.cohorts.parts import Comparison

MOST_BEFORE = 1 / 3  # of the axis: a longer time to the landmark is not drawn before it


def transplant_svg(
    answer: TransplantAnswer, way: Comparison, landmark_days: int, words: CurveWords, size: Size = WIDE,
    ink: Ink = Ink.PAGE,
) -> str:  # fmt: skip
    """Return both curves in the way that was asked for."""
    return curve_svg(transplant_figure(answer, way, landmark_days, words), size, ink)


def transplant_figure(answer: TransplantAnswer, way: Comparison, landmark_days: int, words: CurveWords) -> CurveFigure:
    """Return what is drawn of an answer; time counts from the landmark in its own way, else from the origin."""
    begins = float(landmark_days) if way is Comparison.SIMON_MAKUCH else 0.0
    curves = tuple(
        Curve(words.names[one.name], (begins, 1.0), one.steps, one.followed_until, one.censored,
              tuple(each for each in one.milestones if each.months * DAYS_A_MONTH >= begins),
              one.median, one.patients)
        for one in answer.curves
    )  # fmt: skip
    blocks = tuple(
        CountBlock(words.names[one.name], at, count_lines(one.counts, one.patients, one.events, words))
        for at, one in enumerate(answer.curves)
    )
    if way is Comparison.LANDMARK:
        is_drawn = is_shaded(answer, landmark_days)
        return CurveFigure(curves, blocks, words, has_bands=True, from_day=-float(landmark_days) if is_drawn else 0.0,
                           landmark_day=0.0, always_named=True)  # fmt: skip
    drawn_at = begins if begins else None
    return CurveFigure(curves, blocks, words, has_bands=True, landmark_day=drawn_at, always_named=True)


def is_shaded(answer: TransplantAnswer, landmark_days: int) -> bool:
    """Whether the time up to the landmark is drawn before it."""
    longest = max((one.followed_until for one in answer.curves), default=0.0)
    return 0 < landmark_days <= (landmark_days + longest) * MOST_BEFORE
