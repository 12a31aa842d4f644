"""The survival of a cohort as a figure: Kaplan-Meier by group. Source: docs/methods/endpoints.md."""

from monitoring.charts.cohort_axes_svg import WIDE, Size
from monitoring.charts.cohort_curve_svg import curve_svg
from monitoring.charts.cohort_figure import MOST_CURVES, Curve, CurveFigure, CurveWords, block, count_lines
from monitoring.charts.cohort_ink_svg import Ink
from monitoring.domain.cohorts.part_survival import SurvivalAnswer

MOST_BANDS = 2  # curves; more grey bands than these cannot be told apart


def survival_svg(answer: SurvivalAnswer, words: CurveWords, size: Size = WIDE, ink: Ink = Ink.PAGE) -> str:
    """Return the curves of the groups; of more than MOST_CURVES the largest."""
    return curve_svg(survival_figure(answer, words), size, ink)


def survival_figure(answer: SurvivalAnswer, words: CurveWords) -> CurveFigure:
    """Return what is drawn of an answer."""
    largest = sorted(answer.groups, key=lambda group: (-group.patients, group.name))[:MOST_CURVES]
    groups = [group for group in answer.groups if group in largest]
    blocks = (
        block(words.names[one.name], at, len(groups), count_lines(one.counts, one.patients, one.events, words))
        for at, one in enumerate(groups)
    )
    curves = (
        Curve(words.names[one.name], (0.0, 1.0), one.steps, one.followed_until, one.censored, one.milestones,
              one.median, one.patients)
        for one in groups
    )  # fmt: skip
    return CurveFigure(tuple(curves), tuple(blocks), words, has_bands=len(groups) <= MOST_BANDS)
