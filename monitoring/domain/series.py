"""Everything a verdict depends on: the series of one patient and one marker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from monitoring.domain.results import Result
from monitoring.domain.terms import CourseStart, Marker, Tissue


@dataclass(frozen=True, slots=True)
class CourseBegin:
    """The day on which a new course begins, and by what."""

    on: date
    kind: CourseStart


@dataclass(frozen=True, slots=True)
class Series:
    """The inputs of a verdict. Results stand in the order in which they were given; the baseline is not among them."""

    id: str
    marker: Marker
    results: Sequence[Result] = ()
    baseline_pct_abl1: Mapping[Tissue, Decimal] = field(default_factory=dict)
    end_of_treatment: date | None = None
    treatment_starts: tuple[date, ...] = ()
    course_starts: tuple[CourseBegin, ...] = ()
    death_on: date | None = None
    marker_lost: bool = False
