"""The doubling times of a cohort in words, beside the published medians."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.charts.cohort_course_sheet import Look
from monitoring.charts.cohort_kinetics_svg import every_nth, kinetics_svg
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_kinetics import DoublingPoint, KineticsAnswer, MarkerKinetics
from monitoring.wording import cohort_legend_words, cohort_numbers
from monitoring.wording.cohort_pictures import NOTHING, between, number, picture, said, summary_words


@dataclass(frozen=True, slots=True)
class MarkerRow:
    """One marker: the cohort's median with quartiles and range in days, beside the published one."""

    marker: str
    estimated: str
    median: str
    quartiles: str
    extremes: str
    published: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """One patient."""

    pseudonym: str
    address: str
    marker: str
    days: str
    interval: str


def context(answer: KineticsAnswer, addresses: Mapping[int, str]) -> dict[str, Any]:
    """Return what the component shows."""
    words = svg_words(answer)
    return {
        "picture": picture(lambda is_narrow: kinetics_svg(answer, words, is_narrow=is_narrow)),
        "is_empty": not answer.markers,
        "is_drawn": any(marker.summary is not None for marker in answer.markers),
        "markers": [_marker_row(marker) for marker in answer.markers],
        "caption": cohort_legend_words.kinetics(),
        "remarks": [remark for marker in answer.markers if (remark := _remark(marker))],
        "rows": [_point_row(marker, point, addresses) for marker in answer.markers for point in marker.points],
    }


def file_svg(answer: KineticsAnswer) -> str:
    """Return the figure for a file."""
    told = [cohort_legend_words.kinetics(), *(_remark(marker) for marker in answer.markers)]
    return kinetics_svg(answer, svg_words(answer), Look.FILE, legend=cohort_legend_words.sentences(told))


def svg_words(answer: KineticsAnswer) -> Words:
    """Return the words in the picture."""
    words = {
        "kinetics.label": _("Doubling times in days by marker, with 95 % intervals; the tables hold every value."),
        "kinetics.axis": _("doubling time, days"),
    }
    for one in answer.markers:
        words[f"kinetics.head.{one.marker}"] = _("%(marker)s: %(estimated)s") % {
            "marker": one.marker.value, "estimated": _estimated(one),
        }  # fmt: skip
        if one.summary is not None:
            words[f"kinetics.own.{one.marker}"] = _("median %(days)s") % {"days": number(one.summary.median)}
        words[f"kinetics.published.{one.marker}"] = _("published %(days)s") % {"days": one.published_days}
    return said(words)


def interval_words(point: DoublingPoint) -> str:
    """Return `5.8 to 22.1`; without a high end the growth may have been none."""
    if point.high is None:
        return _("%(low)s or longer") % {"low": number(point.low)}
    return between(number(point.low), number(point.high))


def _estimated(one: MarkerKinetics) -> str:
    count = 0 if one.summary is None else one.summary.n
    return _("estimated in %(n)s of %(of)s with a failure") % {
        "n": cohort_numbers.count(count), "of": cohort_numbers.count(one.with_failure),
    }  # fmt: skip


def _marker_row(one: MarkerKinetics) -> MarkerRow:
    if one.summary is None:
        none = _("%(n)s of %(of)s") % {"n": 0, "of": cohort_numbers.count(one.with_failure)}
        return MarkerRow(one.marker.value, none, NOTHING, NOTHING, NOTHING, str(one.published_days))
    told = summary_words(one.summary)
    return MarkerRow(
        one.marker.value, told.n, told.median, told.quartiles, told.extremes, str(one.published_days)
    )  # fmt: skip


def _remark(one: MarkerKinetics) -> str:
    drawn = one.one_in * every_nth(len(one.points))
    if one.summary is None or drawn == 1:
        return ""
    words = _("%(marker)s: of %(patients)s patients in order 1 in %(nth)s is drawn; median and quartiles are of all.")
    if one.one_in > 1:
        words += " " + _("The table holds 1 in %(listed)s.")
    patients = cohort_numbers.count(one.summary.n)
    return words % {"listed": one.one_in, "marker": one.marker.value, "patients": patients, "nth": drawn}


def _point_row(one: MarkerKinetics, point: DoublingPoint, addresses: Mapping[int, str]) -> PointRow:
    address = addresses.get(point.series_id, "")
    return PointRow(point.pseudonym, address, one.marker.value, number(point.days), interval_words(point))
