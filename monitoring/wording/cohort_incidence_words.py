"""The cumulative incidences of a cohort in words: of relapse, with death as the event that competes."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from monitoring.charts.cohort_figure import CurveWords
from monitoring.charts.cohort_incidence_svg import in_order, incidence_figures
from monitoring.charts.cohort_survival_svg import MOST_BANDS
from monitoring.domain.cohorts.part_incidence import CauseCurve, IncidenceAnswer, IncidenceGroup
from monitoring.domain.cohorts.parts import POOLED_LEAST, PartQuestion
from monitoring.domain.survival.curves import INCIDENCE_START
from monitoring.wording import cohort_endpoint_words as ends
from monitoring.wording import cohort_numbers
from monitoring.wording.cohort_curve_words import (
    Table,
    TableRow,
    band_sentence,
    comparison_sentence,
    counts_table,
    figure_words,
    joined,
    largest_sentence,
    rough_sentence,
    years,
)
from monitoring.wording.cohort_survival_words import asked


def words_of(question: PartQuestion, answer: IncidenceAnswer) -> CurveWords:
    """Return the words on the figures."""
    _endpoint, origin = asked(question)
    names = ends.group_names((group.name for group in answer.groups), question.grouping)
    said = _("Cumulative incidence of each kind of first event %(after)s; its numbers stand in the table.") % {
        "after": ends.AFTER[origin]
    }
    return figure_words(said, str(ends.SINCE[origin]), names, start=INCIDENCE_START)


def caption(question: PartQuestion, answer: IncidenceAnswer) -> str:
    """Return what competes, origin, censoring rule, estimator, tests and who is missing."""
    endpoint, origin = asked(question)
    causes = answer.groups[0].causes if answer.groups else ()
    curves = len(causes) if len(answer.groups) == 1 else len(answer.groups)
    return joined(
        _("%(definition)s. Each patient counts with whichever came first.")
        % {"definition": ends.DEFINITIONS[endpoint]},
        str(ends.BEGINNINGS[origin]),
        ends.censoring_sentence(endpoint, has_ticks=False),
        _("Estimated by Aalen-Johansen: death competes and is not censored."),
        band_sentence(curves, MOST_BANDS, has_events=bool(causes)),
        *(
            comparison_sentence(_("Gray’s test, %(cause)s") % {"cause": ends.CAUSES[each.cause]}, each.test)
            for each in answer.comparisons
        ),
        rough_sentence((group.patients for group in answer.groups), is_tested=bool(answer.comparisons)),
        ends.left_out_sentence(answer.left_out, answer.in_no_group),
        ends.too_small_sentence(answer.too_small, POOLED_LEAST),
        largest_sentence(len(answer.groups)),
    )


def tables(question: PartQuestion, answer: IncidenceAnswer) -> list[Table]:
    """Return the incidences at one and two years by group and cause, and the counts below the axes."""
    _endpoint, origin = asked(question)
    words = words_of(question, answer)
    shares = _("Cumulative incidence %(after)s, 95 %% interval in brackets") % {"after": ends.AFTER[origin]}
    found = [Table(shares, _heads(answer), tuple(_rows(answer, words)))]
    for cause, figure in incidence_figures(answer, words):
        since = str(ends.SINCE[origin])
        caption = f"{ends.CAUSES[cause]}, {since}" if cause else since
        found.append(counts_table(caption, figure.blocks))
    return found


def _heads(answer: IncidenceAnswer) -> tuple[str, ...]:
    first = next((curve for group in answer.groups for curve in group.causes), None)
    milestones = first.milestones if first else ()
    return (_("Patients"), _("Events"), *(years(each.months) for each in milestones))


def _rows(answer: IncidenceAnswer, words: CurveWords) -> Iterable[TableRow]:
    several = len(answer.groups) > 1
    for group in answer.groups:
        for curve in in_order(group):
            cause = words.causes[curve.cause]
            yield TableRow(f"{words.names[group.name]}: {cause}" if several else cause, _cells(group, curve))


def _cells(group: IncidenceGroup, curve: CauseCurve) -> tuple[str, ...]:
    shares = (cohort_numbers.at_milestone(each, INCIDENCE_START) for each in curve.milestones)
    return (cohort_numbers.count(group.patients), cohort_numbers.count(curve.events), *shares)
