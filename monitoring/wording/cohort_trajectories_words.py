"""The curves of a cohort in words: the levels by rule set, the band month by month, and every curve as a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.charts.cohort_course_sheet import Look
from monitoring.charts.cohort_trajectories_svg import LevelLine, trajectories_svg
from monitoring.charts.trajectory_svg_words import MINUS, Words
from monitoring.domain.cohort_band import LEAST_PATIENTS, BandMonth, Quantile
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_trajectories import LinePoint, TrajectoriesAnswer
from monitoring.domain.rulesets import eln2021, eln2025
from monitoring.domain.terms import Tissue
from monitoring.wording import cohort_legend_words, cohort_numbers, numbers
from monitoring.wording.cohort_pictures import (
    ORIGINS,
    between,
    origin_options,
    picture,
    said,
    tissue_name,
    tissue_options,
)
from monitoring.wording.cohort_swimmer_words import months_since

NPM1_POSITIVE_FROM = {
    Tissue.BONE_MARROW: eln2025.NPM1_MARROW_POSITIVE_FROM,
    Tissue.PERIPHERAL_BLOOD: eln2025.NPM1_BLOOD_POSITIVE_FROM,
}


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the band."""

    month: str
    patients: str
    undetected: str
    median: str
    quartiles: str


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One patient with every level."""

    pseudonym: str
    address: str
    levels: str


def context(answer: TrajectoriesAnswer, origin: Origin, addresses: Mapping[int, str]) -> dict[str, Any]:
    """Return what the component shows."""
    words, levels = svg_words(answer, origin), level_lines(answer.tissue)
    tissue = {"tissue": answer.tissue.value}
    return {
        "picture": picture(lambda is_narrow: trajectories_svg(answer, levels, words, is_narrow=is_narrow)),
        "is_empty": not answer.lines,
        "empty": _("No patient has an evaluable sample of %(tissue)s around this day: %(origin)s.")
        % {"tissue": tissue_name(answer.tissue).lower(), "origin": ORIGINS[origin]},
        "options": [
            origin_options(origin, tissue),
            tissue_options(answer.tissue, {"origin": origin.value}),
        ],
        "months": [_month_row(one) for one in answer.band],
        "no_band": no_band_words(answer),
        "caption": " ".join(cohort_legend_words.trajectories(has_band=bool(answer.band))),
        "remarks": _remarks(answer),
        "rows": [
            CurveRow(line.pseudonym, addresses.get(line.series_id, ""), ", ".join(map(_point, line.points)))
            for line in answer.lines
        ],
        "tissue": tissue_name(answer.tissue),
        "origin": str(ORIGINS[origin]),
    }


def file_svg(answer: TrajectoriesAnswer, origin: Origin) -> str:
    """Return the figure for a file."""
    told = [*cohort_legend_words.trajectories(has_band=bool(answer.band)), no_band_words(answer), *_remarks(answer)]
    legend = cohort_legend_words.sentences(told)
    return trajectories_svg(answer, level_lines(answer.tissue), svg_words(answer, origin), Look.FILE, legend=legend)


def svg_words(answer: TrajectoriesAnswer, origin: Origin) -> Words:
    """Return the words in the picture."""
    label = ngettext(
        "Levels of %(n)s patient in %(tissue)s by months from %(origin)s; the tables hold every value.",
        "Levels of %(n)s patients in %(tissue)s by months from %(origin)s; the tables hold every value.",
        len(answer.lines),
    ) % {"n": len(answer.lines), "tissue": tissue_name(answer.tissue).lower(), "origin": ORIGINS[origin]}  # fmt: skip
    return said(
        {
            "trajectories.label": label,
            "trajectories.axis": months_since(origin),
            "trajectories.unit": _("% of ABL1"),
            "trajectories.tissue": tissue_name(answer.tissue),
            "trajectories.origin": ORIGINS[origin],
            "trajectories.median": _("median"),
            "trajectories.nobody": _("no patient has a sample to draw"),
        }
    )


def level_lines(tissue: Tissue) -> list[LevelLine]:
    """Return the levels of the rule sets in one tissue, named; equal ones of two markers as one line."""
    npm1, cbf = NPM1_POSITIVE_FROM[tissue].value, eln2025.CBF_POSITIVE_FROM.value
    both = eln2021.POSITIVE_FROM.value
    name = tissue_name(tissue).lower()
    lines = [LevelLine(both, _("%(level)s, ELN 2021 and 2022") % {"level": numbers.pct(both)}, is_dashed=False)]
    if npm1 == cbf:
        words = _("%(level)s in %(tissue)s, ELN 2025") % {"level": numbers.pct(npm1), "tissue": name}
        return [*lines, LevelLine(npm1, words, is_dashed=True)]
    for level, marker in ((cbf, "CBF"), (npm1, "NPM1")):
        words = _("%(level)s in %(tissue)s, %(marker)s, ELN 2025") % {
            "level": numbers.pct(level), "tissue": name, "marker": marker,
        }  # fmt: skip
        lines.append(LevelLine(level, words, is_dashed=True))
    return lines


def no_band_words(answer: TrajectoriesAnswer) -> str:
    """Say why there is no median; empty where there is one."""
    if answer.most_in_a_month is None or not answer.lines:
        return ""
    return _("No median: a band needs %(least)s patients in a month, the fullest month has %(most)s.") % {
        "least": LEAST_PATIENTS,
        "most": answer.most_in_a_month,
    }


def quantile_words(quantile: Quantile) -> str:
    """Return `0.034`, or `below 0.0032` where it lies among the patients in whom nothing was detected."""
    level = numbers.level_number(quantile.pct_abl1)
    return _("below %(level)s") % {"level": level} if quantile.is_below else level


def _remarks(answer: TrajectoriesAnswer) -> list[str]:
    if answer.patients <= len(answer.lines):
        return []
    return [
        _("%(drawn)s of %(patients)s patients are drawn as lines; median and quartiles are of all of them.")
        % {"drawn": len(answer.lines), "patients": cohort_numbers.count(answer.patients)}
    ]


def _month_row(one: BandMonth) -> MonthRow:
    return MonthRow(
        month=f"{MINUS if one.month < 0 else ''}{abs(one.month)}",
        patients=cohort_numbers.count(one.patients),
        undetected=cohort_numbers.count(one.undetected),
        median=quantile_words(one.median),
        quartiles=between(quantile_words(one.lower), quantile_words(one.upper)),
    )


def _point(point: LinePoint) -> str:
    month = cohort_numbers.month_number(point.day).replace("-", MINUS)
    level = numbers.level_number(Decimal(repr(point.pct_abl1)))
    if point.is_detected:
        return _("%(month)s: %(level)s") % {"month": month, "level": level}
    return _("%(month)s: not detected, limit %(level)s") % {"month": month, "level": level}
