"""The swimmer plot of a cohort in words: what the marks mean with their numbers, and every lane as a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.charts.cohort_course_sheet import Look
from monitoring.charts.cohort_legend_svg import mark_svg
from monitoring.charts.cohort_swimmer_svg import swimmer_svg
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_swimmer import Lane, SwimmerAnswer
from monitoring.wording import cohort_legend_words, cohort_numbers
from monitoring.wording.cohort_endpoint_words import SINCE
from monitoring.wording.cohort_pictures import NOTHING, ORIGINS, origin_options, picture, said


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane: everything that it draws, in months from the origin."""

    pseudonym: str
    address: str
    cycles: str
    reduction: str
    negativity: str
    transplants: str
    second_relapse: str
    haematological_relapse: str
    end: str


def context(answer: SwimmerAnswer, origin: Origin, addresses: Mapping[int, str]) -> dict[str, Any]:
    """Return what the component shows."""
    words = svg_words(answer, origin)
    return {
        "picture": picture(lambda is_narrow: swimmer_svg(answer, words, is_narrow=is_narrow, addresses=addresses)),
        "is_empty": not answer.lanes,
        "empty": _("No patient has the day from which time is counted: %(origin)s.") % {"origin": ORIGINS[origin]},
        "options": [origin_options(origin)],
        "key": [(SafeString(mark_svg(each.mark)), each.words) for each in cohort_legend_words.swimmer_key(answer)],
        "remarks": _remarks(answer, origin),
        "rows": [_row(lane, addresses) for lane in answer.lanes],
        "origin": str(ORIGINS[origin]),
    }


def file_svg(answer: SwimmerAnswer, origin: Origin) -> str:
    """Return the figure for a file, pseudonyms as plain text."""
    legend = cohort_legend_words.entries(cohort_legend_words.swimmer_key(answer), _remarks(answer, origin))
    return swimmer_svg(answer, svg_words(answer, origin), Look.FILE, legend=legend)


def svg_words(answer: SwimmerAnswer, origin: Origin) -> Words:
    """Return the words in the picture."""
    label = ngettext(
        "Course of %(n)s patient from %(origin)s, one lane a patient; the table below holds every lane.",
        "Course of %(n)s patients from %(origin)s, one lane a patient; the table below holds every lane.",
        len(answer.lanes),
    ) % {"n": len(answer.lanes), "origin": ORIGINS[origin]}  # fmt: skip
    return said({"swimmer.label": label, "swimmer.axis": months_since(origin)})


def months_since(origin: Origin) -> str:
    """Return the name of the axis of months."""
    return str(SINCE[origin])


def _remarks(answer: SwimmerAnswer, origin: Origin) -> list[str]:
    found = []
    if answer.patients > len(answer.lanes):
        found.append(
            _("The %(drawn)s longest followed of %(patients)s patients are drawn.")
            % {"drawn": len(answer.lanes), "patients": cohort_numbers.count(answer.patients)}
        )
    if answer.without_origin:
        found.append(
            ngettext(
                "%(n)s patient is left out, without this day: %(origin)s.",
                "%(n)s patients are left out, without this day: %(origin)s.",
                answer.without_origin,
            )
            % {"n": cohort_numbers.count(answer.without_origin), "origin": ORIGINS[origin]}
        )
    return found


def _row(lane: Lane, addresses: Mapping[int, str]) -> LaneRow:
    return LaneRow(
        pseudonym=lane.pseudonym,
        address=addresses.get(lane.series_id, ""),
        cycles=", ".join(
            _("%(from)s (%(days)s d)") % {"from": _month(cycle.from_day), "days": cycle.days} for cycle in lane.cycles
        )
        or NOTHING,
        reduction=_month(lane.reduction_day),
        negativity=_month(lane.negativity_day),
        transplants=", ".join(_month(day) for day in lane.transplants) or NOTHING,
        second_relapse=_month(lane.second_relapse_day),
        haematological_relapse=_month(lane.haematological_relapse_day),
        end=_end(lane),
    )


def _end(lane: Lane) -> str:
    month = _month(lane.until_day)
    if lane.died:
        return _("died %(month)s") % {"month": month}
    if lane.is_long_ago:
        return _("last seen %(month)s, long ago") % {"month": month}
    return _("followed to %(month)s") % {"month": month}


def _month(day: int | None) -> str:
    """Months from the origin with one decimal; before it with a minus sign."""
    return NOTHING if day is None else cohort_numbers.month_number(day).replace("-", "−")
