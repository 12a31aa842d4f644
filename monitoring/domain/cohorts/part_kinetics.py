"""The kinetics part: doubling times of a cohort by marker, beside the published medians.

Source: docs/methods/kinetics.md; Ommen et al., Blood 2010;115:198.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.cohorts.summaries import Summary, summary_of
from monitoring.domain.published_kinetics import PUBLISHED_DOUBLING_TIME_DAYS
from monitoring.domain.terms import Marker

MOST_POINTS = 200  # of a marker, in order of their days; of more every so-manieth is told, and how many there are


@dataclass(frozen=True, slots=True)
class DoublingPoint:
    """One patient's doubling time in days with its 95 % interval; no high end: it may have been stable."""

    series_id: int
    pseudonym: str
    days: float
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class MarkerKinetics:
    """One marker: patients with a failure, those in whom growth could be estimated, and the published median.

    `points` are 1 in `one_in` of the estimates, by days; the summary is of all.
    """

    marker: Marker
    with_failure: int
    summary: Summary | None
    published_days: int
    points: tuple[DoublingPoint, ...]
    one_in: int = 1


@dataclass(frozen=True, slots=True)
class KineticsAnswer:
    """The markers that occur."""

    markers: tuple[MarkerKinetics, ...]


def kinetics_answer(patients: Sequence[CohortPatient]) -> KineticsAnswer:
    """Return the doubling times of a cohort."""
    occurring = [marker for marker in Marker if any(patient.marker is marker for patient in patients)]
    return KineticsAnswer(tuple(_marker(marker, patients) for marker in occurring))


def _marker(marker: Marker, patients: Sequence[CohortPatient]) -> MarkerKinetics:
    own = [patient for patient in patients if patient.marker is marker and patient.selection.failure is not None]
    points = [
        DoublingPoint(patient.series_id, patient.pseudonym, found.days, found.low, found.high)
        for patient in own
        if (found := patient.course.doubling) is not None
    ]
    one_in = max(1, -(-len(points) // MOST_POINTS))
    return MarkerKinetics(
        marker=marker,
        with_failure=len(own),
        summary=summary_of([Fraction(point.days) for point in points], of=len(own)),
        published_days=PUBLISHED_DOUBLING_TIME_DAYS[marker],
        points=tuple(sorted(points, key=lambda point: point.days)[::one_in]),
        one_in=one_in,
    )
