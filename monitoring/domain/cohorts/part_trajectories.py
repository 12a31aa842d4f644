"""The trajectories part: the curves of a cohort from a common day, with median and quartiles by month.

What was not detected is censored below that sample's own limit. A line ends at the transplant or the haematological
relapse, what comes after is another course. Source: docs/methods/cohort_band.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitoring.domain.cohort_band import BandMonth, CohortLevel, CohortTooSmall, cohort_band
from monitoring.domain.cohorts.endpoints import Origin, origin_of
from monitoring.domain.cohorts.patient import CohortPatient, Level
from monitoring.domain.terms import Tissue

BEFORE_DAYS = 91  # days before the origin from which a line is drawn; [DESIGN]
MOST_LINES = 200  # lines of single patients; the band is made of all of them


@dataclass(frozen=True, slots=True)
class LinePoint:
    """A sample on a day from the origin: the level in % of ABL1, or the limit below which it lies."""

    day: int
    pct_abl1: float
    is_detected: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One patient."""

    series_id: int
    pseudonym: str
    points: tuple[LinePoint, ...]


@dataclass(frozen=True, slots=True)
class TrajectoriesAnswer:
    """The lines, how many patients have any, and the band; `most_in_a_month` where no month has enough for a band."""

    tissue: Tissue
    lines: tuple[Line, ...]
    patients: int
    band: tuple[BandMonth, ...]
    most_in_a_month: int | None


def trajectories_answer(patients: Sequence[CohortPatient], origin: Origin, tissue: Tissue) -> TrajectoriesAnswer:
    """Return the curves of one tissue of a cohort from an origin."""
    drawn = [
        (patient, on, levels)
        for patient in patients
        if (on := origin_of(patient, origin)) is not None and (levels := _levels(patient, on, tissue))
    ]
    lines = tuple(_line(patient, on, levels) for patient, on, levels in drawn[:MOST_LINES])
    levels_of_all = [
        CohortLevel(patient.series_id, (level.on - on).days, level.pct_abl1, level.is_detected)
        for patient, on, levels in drawn
        for level in levels
        if level.pct_abl1 is not None
    ]
    try:
        band, most = cohort_band(levels_of_all), None
    except CohortTooSmall as small:
        band, most = (), small.most
    return TrajectoriesAnswer(tissue, lines, len(drawn), band, most)


def _levels(patient: CohortPatient, origin_on: date, tissue: Tissue) -> list[Level]:
    course = patient.course
    ends = [each.on for each in course.transplants] + [course.haematological_relapse_on]
    end = min((on for on in ends if on is not None and on > origin_on), default=date.max)
    return [
        level
        for level in course.levels
        if level.tissue is tissue and level.pct_abl1 is not None and level.on < end
        if (level.on - origin_on).days >= -BEFORE_DAYS
    ]


def _line(patient: CohortPatient, origin_on: date, levels: Sequence[Level]) -> Line:
    points = tuple(
        LinePoint((level.on - origin_on).days, float(level.pct_abl1), level.is_detected)
        for level in levels
        if level.pct_abl1 is not None
    )
    return Line(patient.series_id, patient.pseudonym, points)
