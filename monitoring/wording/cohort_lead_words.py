"""What a cohort says in a sentence, the follow-up, and the short table of its endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.cohorts.drawn_curve import Milestone
from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.part_endpoints import EndpointRow, EndpointsAnswer
from monitoring.domain.cohorts.part_response import ResponseAnswer
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.domain.cohorts.response_table import ResponseGroup, TissueCounts
from monitoring.domain.terms import Tissue
from monitoring.wording import cohort_numbers
from monitoring.wording.cohort_endpoint_words import SIGNS, Sign

YEAR = 12  # months

AFTER: Mapping[Origin, Promise] = {
    Origin.MOLECULAR_RELAPSE: gettext_lazy("One year after the molecular relapse"),
    Origin.MOLECULAR_FAILURE: gettext_lazy("One year after the molecular failure"),
    Origin.CYCLE_1: gettext_lazy("One year after cycle 1 day 1"),
    Origin.HSCT: gettext_lazy("One year after the transplant"),
    Origin.FIRST_REMISSION: gettext_lazy("One year after the first remission"),
    Origin.END_OF_TREATMENT: gettext_lazy("One year after the last venetoclax"),
}


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """One row of the table: events, shares with their intervals, and the median in months."""

    sign: Sign
    events: int
    shares: tuple[tuple[str, str], ...]
    median: str
    median_interval: str


def lead(response: ResponseAnswer | None, endpoints: EndpointsAnswer | None, question: PartQuestion) -> str:
    """Return response and survival in two sentences; empty while nothing is computed."""
    return " ".join(sentence for sentence in (_responded(response), _survived(endpoints, question)) if sentence)


def follow_up(endpoints: EndpointsAnswer | None) -> str:
    """Return `22.5 months (IQR 14.3 to 28.0)`; empty where it is not known."""
    found = endpoints.follow_up if endpoints else None
    if found is None or found.median is None:
        return ""
    if found.q1 is None or found.q3 is None:
        return _("%(median)s months") % {"median": cohort_numbers.month_number(found.median)}
    return _("%(median)s months (IQR %(q1)s to %(q3)s)") % {
        name: cohort_numbers.month_number(days)
        for name, days in (("median", found.median), ("q1", found.q1), ("q3", found.q3))
    }


def endpoint_rows(endpoints: EndpointsAnswer | None) -> list[EndpointLine]:
    """Return the endpoints as the table beside the curve shows them."""
    return [_line(row) for row in endpoints.rows] if endpoints else []


def _responded(response: ResponseAnswer | None) -> str:
    if response is None:
        return ""
    whole = next(column for column in response.columns if column.group is ResponseGroup.ALL)
    blood, marrow = (whole.tissues[tissue] for tissue in (Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW))
    if blood.evaluated and marrow.evaluated:
        return _("After one or two cycles MRD responded in blood in %(blood)s and in marrow in %(marrow)s.") % {
            "blood": _of_evaluated(blood), "marrow": _of_evaluated(marrow),
        }  # fmt: skip
    if blood.evaluated:
        return _("After one or two cycles MRD responded in blood in %(blood)s.") % {"blood": _of_evaluated(blood)}
    if marrow.evaluated:
        return _("After one or two cycles MRD responded in marrow in %(marrow)s.") % {"marrow": _of_evaluated(marrow)}
    return _("No response after one or two cycles could be evaluated.") if whole.patients else ""


def _of_evaluated(counts: TissueCounts) -> str:
    share = cohort_numbers.percent(Fraction(counts.responded, counts.evaluated))
    said = ngettext(
        "%(n)s of %(of)s evaluated patient (%(pct)s)", "%(n)s of %(of)s evaluated patients (%(pct)s)", counts.evaluated
    )
    return said % {
        "n": cohort_numbers.count(counts.responded), "of": cohort_numbers.count(counts.evaluated), "pct": share,
    }  # fmt: skip


def _survived(endpoints: EndpointsAnswer | None, question: PartQuestion) -> str:
    row = next((row for row in endpoints.rows if row.endpoint is Endpoint.RFS_MRD), None) if endpoints else None
    year = next((each for each in row.milestones if each.months == YEAR), None) if row else None
    if year is None or year.estimate is None or question.origin is None:
        return ""
    said = {"after": AFTER[question.origin], "pct": cohort_numbers.percent(year.estimate), "interval": _interval(year)}
    return _("%(after)s %(pct)s were alive without any further relapse (%(interval)s).") % said


def _interval(milestone: Milestone) -> str:
    if milestone.low is None or milestone.high is None:
        return cohort_numbers.without_interval(milestone.estimate or 0)
    low, high = cohort_numbers.whole(milestone.low), cohort_numbers.whole(milestone.high)
    return _("95 %% interval %(low)s to %(high)s") % {"low": low, "high": high}


def _line(row: EndpointRow) -> EndpointLine:
    median = cohort_numbers.month_number(row.median.day) if row.median.day is not None else _("not reached")
    interval = cohort_numbers.reached_interval(row.median) if row.median.day is not None else ""
    shares = tuple(_share(each) for each in row.milestones)
    return EndpointLine(SIGNS[row.endpoint], row.events, shares, median, interval)


def _share(milestone: Milestone) -> tuple[str, str]:
    if milestone.estimate is None:
        return "–", ""
    shown = cohort_numbers.percent(milestone.estimate)
    if milestone.low is None or milestone.high is None:
        return shown, cohort_numbers.without_interval(milestone.estimate)
    return shown, f"{cohort_numbers.whole(milestone.low)}–{cohort_numbers.whole(milestone.high)}"
