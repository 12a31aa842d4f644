"""The survival of a cohort in words: what one sees first, the caption with every definition, the tables."""

from django.utils.translation import gettext as _

from monitoring.charts.cohort_figure import CurveWords
from monitoring.charts.cohort_survival_svg import MOST_BANDS, survival_figure
from monitoring.domain.cohorts.drawn_curve import MILESTONES
from monitoring.domain.cohorts.endpoints import EARLY_DEATH_DAYS, Endpoint, Origin
from monitoring.domain.cohorts.part_survival import EarlyDeaths, FollowedFor, SurvivalAnswer
from monitoring.domain.cohorts.parts import POOLED_LEAST, NotAQuestion, PartQuestion
from monitoring.domain.survival.binomial import proportion
from monitoring.wording import cohort_endpoint_words as ends
from monitoring.wording import cohort_numbers
from monitoring.wording.cohort_curve_words import (
    Table,
    band_sentence,
    comparison_sentence,
    counts_table,
    figure_words,
    groups_table,
    joined,
    largest_sentence,
    rough_sentence,
)


def words_of(question: PartQuestion, answer: SurvivalAnswer) -> CurveWords:
    """Return the words on the figure."""
    endpoint, origin = asked(question)
    names = ends.group_names((group.name for group in answer.groups), question.grouping)
    said = _("%(endpoint)s %(after)s, Kaplan-Meier; its numbers stand in the table.") % {
        "endpoint": ends.ENDPOINTS[endpoint], "after": ends.AFTER[origin],
    }  # fmt: skip
    return figure_words(said, str(ends.SINCE[origin]), names)


def asked(question: PartQuestion) -> tuple[Endpoint, Origin]:
    """Return endpoint and origin of a question that has both."""
    if question.endpoint is None or question.origin is None:
        raise NotAQuestion("endpoint")
    return question.endpoint, question.origin


def lead(question: PartQuestion, answer: SurvivalAnswer) -> str:
    """Return the one sentence of the figure: the share at one year of all; empty where groups are compared."""
    if len(answer.groups) != 1:
        return ""
    endpoint, origin = asked(question)
    year = next(each for each in answer.groups[0].milestones if each.months == MILESTONES[0])
    if year.estimate is None:
        return _("Nobody was followed for a year %(after)s yet.") % {"after": ends.AFTER[origin]}
    return _("One year %(after)s %(share)s %(alive)s.") % {
        "after": ends.AFTER[origin],
        "share": cohort_numbers.at_milestone(year),
        "alive": ends.ALIVE[endpoint],
    }


def caption(question: PartQuestion, answer: SurvivalAnswer) -> str:
    """Return event, origin, censoring rule, interval, test, follow-up and who is missing, in this order."""
    endpoint, _origin = asked(question)
    return joined(
        ends.event_sentence(endpoint, answer.events),
        str(ends.BEGINNINGS[_origin]),
        ends.censoring_sentence(endpoint, has_ticks=bool(answer.groups)),
        band_sentence(len(answer.groups), MOST_BANDS, has_events=bool(answer.events)),
        comparison_sentence(_("Log-rank test"), answer.comparison),
        rough_sentence((group.patients for group in answer.groups), is_tested=answer.comparison is not None),
        follow_up_sentence(answer.follow_up, endpoint),
        early_sentence(answer.early),
        ends.left_out_sentence(answer.left_out, answer.in_no_group),
        ends.too_small_sentence(answer.too_small, POOLED_LEAST),
        largest_sentence(len(answer.groups)),
    )


def follow_up_sentence(found: FollowedFor | None, endpoint: Endpoint = Endpoint.OS) -> str:
    """Return the follow-up in months by reverse Kaplan-Meier: `Median follow-up 36.1 months (IQR 19.2 to 43.6)`.

    Of another endpoint than death it ends at the last assessment and at a relapse, and is said to be that one's.
    """
    if found is None:
        return ""
    if found.median is None:
        return _("Median follow-up (reverse Kaplan-Meier): not reached.")
    told = {
        "median": cohort_numbers.month_number(found.median),
        "q1": cohort_numbers.reached(found.q1), "q3": cohort_numbers.reached(found.q3),
    }  # fmt: skip
    if endpoint is Endpoint.OS:
        return _("Median follow-up %(median)s months (IQR %(q1)s to %(q3)s), reverse Kaplan-Meier.") % told
    return _(
        "Median follow-up for this endpoint %(median)s months (IQR %(q1)s to %(q3)s), reverse Kaplan-Meier."
    ) % told  # fmt: skip


def early_sentence(found: EarlyDeaths | None) -> str:
    """Return early mortality with its exact interval; that nobody can be counted is said."""
    if found is None:
        return ""
    if found.known == 0:
        return _("Early mortality: nobody was followed to day %(day)s yet.") % {"day": EARLY_DEATH_DAYS}
    share = cohort_numbers.proportion_words(proportion(found.died, found.known))
    return _("Early mortality to day %(day)s: %(share)s of the patients whose state is known by then.") % {
        "day": EARLY_DEATH_DAYS, "share": share,
    }  # fmt: skip


def tables(question: PartQuestion, answer: SurvivalAnswer) -> list[Table]:
    """Return the numbers of the figure: by group, and the counts below the axis."""
    endpoint, origin = asked(question)
    words = words_of(question, answer)
    said = {"sign": ends.SIGNS[endpoint].plain, "after": ends.AFTER[origin]}
    return [
        groups_table(_("%(sign)s %(after)s, 95 %% interval in brackets") % said, answer.groups, words.names),
        counts_table(str(ends.SINCE[origin]), survival_figure(answer, words).blocks),
    ]
