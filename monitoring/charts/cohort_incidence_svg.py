"""The cumulative incidences of a cohort as figures: all causes of one group in one, of several groups one for a cause.

Source: docs/methods/competing_risks.md.
"""

from monitoring.charts.cohort_axes_svg import WIDE, Size
from monitoring.charts.cohort_curve_svg import curve_svg
from monitoring.charts.cohort_figure import (
    MOST_CURVES,
    CountBlock,
    CountLine,
    Curve,
    CurveFigure,
    CurveWords,
    block,
    count_lines,
)
from monitoring.charts.cohort_ink_svg import Ink
from monitoring.charts.cohort_survival_svg import MOST_BANDS
from monitoring.domain.cohorts.endpoints import Event
from monitoring.domain.cohorts.part_incidence import CauseCurve, IncidenceAnswer, IncidenceGroup


def incidence_svg(figure: CurveFigure, size: Size = WIDE, ink: Ink = Ink.PAGE) -> str:
    """Return one figure of the incidences."""
    return curve_svg(figure, size, ink)


def incidence_figures(answer: IncidenceAnswer, words: CurveWords) -> list[tuple[Event | None, CurveFigure]]:
    """Return one figure with every cause where there is one group (cause None), else one for each cause."""
    if not answer.groups or not answer.groups[0].causes:
        return []
    if len(answer.groups) == 1:
        return [(None, _all_causes(answer.groups[0], words))]
    return [(curve.cause, _by_group(answer, curve.cause, words)) for curve in in_order(answer.groups[0])]


def in_order(group: IncidenceGroup) -> tuple[CauseCurve, ...]:
    """Return the causes as they are shown: relapses first, death beside them last."""
    return tuple(sorted(group.causes, key=lambda curve: -list(Event).index(curve.cause)))


def _all_causes(group: IncidenceGroup, words: CurveWords) -> CurveFigure:
    """Relapse and death side by side; the patients at risk are those free of each."""
    causes = in_order(group)
    curves = tuple(_curve(group, curve, words.causes[curve.cause]) for curve in causes)
    at_risk, _, censored = count_lines(causes[0].counts, group.patients, sum(each.events for each in causes), words)
    blocks = (
        CountBlock("", None, (at_risk,)),
        *(CountBlock(words.causes[curve.cause], at, (_events(curve, words),)) for at, curve in enumerate(causes)),
        CountBlock("", None, (censored,)),
    )
    return CurveFigure(curves, blocks, words, has_bands=len(curves) <= MOST_BANDS, always_named=True)


def _events(curve: CauseCurve, words: CurveWords) -> CountLine:
    return CountLine(words.events, {each.months: each.events for each in curve.counts}, curve.events)


def _by_group(answer: IncidenceAnswer, cause: Event, words: CurveWords) -> CurveFigure:
    largest = sorted(answer.groups, key=lambda group: (-group.patients, group.name))[:MOST_CURVES]
    groups = [group for group in answer.groups if group in largest]
    curves, blocks = [], []
    for at, group in enumerate(groups):
        curve = next(each for each in group.causes if each.cause is cause)
        name = words.names[group.name]
        at_risk, events, censored = count_lines(curve.counts, group.patients, curve.events, words)
        afterwards = group.patients - sum(each.events for each in group.causes)
        censored = CountLine(censored.name, censored.numbers, afterwards)
        curves.append(_curve(group, curve, name))
        blocks.append(block(name, at, len(groups), (at_risk, events, censored)))
    return CurveFigure(tuple(curves), tuple(blocks), words, has_bands=len(groups) <= MOST_BANDS)


def _curve(group: IncidenceGroup, curve: CauseCurve, name: str) -> Curve:
    """Without ticks: a patient is censored for every cause at once, which the counts tell."""
    return Curve(name, (0.0, 0.0), curve.steps, group.followed_until, (), curve.milestones, None,
                 group.patients)  # fmt: skip
