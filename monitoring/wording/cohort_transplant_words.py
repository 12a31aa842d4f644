"""Transplanted against not transplanted in words: how it is compared, and what a naive split would hide."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.charts.cohort_figure import CurveWords
from monitoring.charts.cohort_transplant_svg import is_shaded, transplant_figure
from monitoring.domain.cohorts.part_transplant import TransplantAnswer
from monitoring.domain.cohorts.parts import POOLED_LEAST, Comparison, NotAQuestion, PartQuestion
from monitoring.domain.survival.naive_split import SplitWarning
from monitoring.wording import cohort_endpoint_words as ends
from monitoring.wording.cohort_curve_words import (
    Table,
    comparison_sentence,
    counts_table,
    figure_words,
    groups_table,
    joined,
    rough_sentence,
)
from monitoring.wording.cohort_survival_words import asked

WARNINGS: Mapping[SplitWarning, Promise] = {
    SplitWarning.IMMORTAL_TIME: gettext_lazy(
        "This split flatters transplant and must not be read as its effect. Whoever was transplanted had to live, "
        "without the event, until the day of transplant; here these days count for transplant (immortal time). "
        "Compare from a landmark, or by Simon-Makuch, instead."
    )
}
TESTS: Mapping[Comparison, Promise] = {
    Comparison.LANDMARK: gettext_lazy("Log-rank test from the landmark on"),
    Comparison.SIMON_MAKUCH: gettext_lazy("Mantel-Byar test"),
    Comparison.NAIVE: gettext_lazy("Log-rank test of the naive split"),
}


def words_of(question: PartQuestion, answer: TransplantAnswer) -> CurveWords:
    """Return the words on the figure."""
    endpoint, origin = asked(question)
    days = question.landmark_days or 0
    axis = str(ends.SINCE[origin])
    if way_of(question) is Comparison.LANDMARK:
        axis = _("months since the landmark, day %(days)s %(after)s") % {"days": days, "after": ends.AFTER[origin]}
    described = _("%(endpoint)s with and without transplant; its numbers stand in the table.") % {
        "endpoint": ends.ENDPOINTS[endpoint]
    }
    names = ends.group_names((curve.name for curve in answer.curves), None)
    landmark = _("Landmark, day %(days)s") % {"days": days}
    if way_of(question) is Comparison.SIMON_MAKUCH:
        landmark = _("Drawn from day %(days)s on") % {"days": days}
    notice = _("Naive split: immortal time, no fair comparison") if answer.warning else ""
    return figure_words(described, axis, names, landmark, notice)


def way_of(question: PartQuestion) -> Comparison:
    """Return how the groups are compared."""
    if question.comparison is None:
        raise NotAQuestion("comparison")
    return question.comparison


def warning(answer: TransplantAnswer) -> str:
    """Return what has to be read before the figure; empty where the comparison is fair in time."""
    return str(WARNINGS[answer.warning]) if answer.warning else ""


def nothing(answer: TransplantAnswer) -> str:
    """Return why there is no figure; empty where there is one."""
    if answer.too_small:
        return _("Fewer than %(least)s patients of other centres in a group: not shown together with them.") % {
            "least": POOLED_LEAST
        }
    return "" if answer.curves else _("Nobody is left to compare.")


def caption(question: PartQuestion, answer: TransplantAnswer) -> str:
    """Return how groups are made, event, origin, censoring rule, interval, test and who is missing."""
    endpoint, origin = asked(question)
    return joined(
        _groups_sentence(question),
        _shaded_sentence(question, answer),
        _transplanted_sentence(answer),
        _left_before_sentence(answer, question.landmark_days or 0),
        f"{ends.DEFINITIONS[endpoint]}.",
        str(ends.BEGINNINGS[origin]),
        _censoring_sentence(question, has_ticks=bool(answer.curves)),
        _("Grey bands: 95 % intervals, log-log.") if any(curve.events for curve in answer.curves) else "",
        comparison_sentence(str(TESTS[way_of(question)]), answer.comparison),
        rough_sentence((curve.patients for curve in answer.curves), is_tested=answer.comparison is not None),
        _("Nobody is in the other group: there is nothing to compare.") if len(answer.curves) == 1 else "",
        ends.left_out_sentence(answer.left_out),
    )


def tables(question: PartQuestion, answer: TransplantAnswer) -> list[Table]:
    """Return the numbers of the figure: of both groups, and the counts below the axis."""
    endpoint, _origin = asked(question)
    words = words_of(question, answer)
    figure = transplant_figure(answer, way_of(question), question.landmark_days or 0, words)
    caption = _("%(sign)s, %(axis)s; 95 %% interval in brackets") % {
        "sign": ends.SIGNS[endpoint].plain, "axis": words.axis,
    }  # fmt: skip
    return [groups_table(caption, answer.curves, words.names), counts_table(words.axis, figure.blocks)]


def _groups_sentence(question: PartQuestion) -> str:
    """How the two groups come about."""
    days = question.landmark_days or 0
    if way_of(question) is Comparison.LANDMARK:
        return _(
            "Groups as known on day %(days)s after the origin, a transplant on that day included; time counts from "
            "there."
        ) % {"days": days}
    if way_of(question) is Comparison.NAIVE:
        return _("Groups by whether a transplant ever came, time counted from the origin.")
    said = _(
        "Each patient counts as not transplanted until the transplant and as transplanted from then on (Simon-Makuch); "
        "a curve describes no fixed group of patients."
    )
    drawn = _("Both curves are drawn for those still under observation after day %(days)s.") % {"days": days}
    return joined(said, drawn if days else "")


def _shaded_sentence(question: PartQuestion, answer: TransplantAnswer) -> str:
    if way_of(question) is Comparison.LANDMARK and is_shaded(answer, question.landmark_days or 0):
        return _("Shaded: the time up to the landmark, in which nobody is compared.")
    return ""


def _transplanted_sentence(answer: TransplantAnswer) -> str:
    return ngettext(
        "%(n)s patient was transplanted before the event or the end of observation.",
        "%(n)s patients were transplanted before the event or the end of observation.",
        answer.transplanted,
    ) % {"n": answer.transplanted}


def _left_before_sentence(answer: TransplantAnswer, days: int) -> str:
    if not answer.left_before:
        return ""
    return ngettext(
        "%(n)s had the event, or was last seen, by day %(days)s and is left out.",
        "%(n)s had the event, or were last seen, by day %(days)s and are left out.",
        answer.left_before,
    ) % {"n": answer.left_before, "days": days}


def _censoring_sentence(question: PartQuestion, *, has_ticks: bool) -> str:
    endpoint, _origin = asked(question)
    if way_of(question) is not Comparison.SIMON_MAKUCH or not has_ticks:
        return ends.censoring_sentence(endpoint, has_ticks=has_ticks)
    return joined(
        ends.censoring_sentence(endpoint, tells_hsct=False),
        _("Among the not transplanted a tick can be a transplant: the patient goes on among the transplanted."),
    )
