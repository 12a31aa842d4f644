"""What one result says of the level of a patient in a cohort: a value, a bound, or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.cohort_band import CohortLevel
from monitoring.domain.results import Result
from monitoring.domain.sample_classes import INERT_CLASSES, class_of_call
from monitoring.domain.terms import Call, SampleClass, Tissue


@dataclass(frozen=True, slots=True)
class Level:
    """A level on a day, % of ABL1; not detected or below quantification, the limit under which it lies."""

    on: date
    pct_abl1: Decimal
    is_detected: bool


def level_of(result: Result) -> Level | None:
    """Return the level of a result in % of ABL1; None where it says nothing: inert, or without value and limit."""
    sample_class = class_of_call(result)
    if sample_class in INERT_CLASSES:
        return None
    if result.call is Call.DETECTED and result.pct_abl1 is not None:
        return Level(result.collected_on, result.pct_abl1, is_detected=True)
    bound = result.loq_pct_abl1 if result.call is Call.DETECTED else _limit(result)
    return Level(result.collected_on, bound, is_detected=False) if bound else None


def cohort_levels(patient: int, results: Iterable[Result], tissue: Tissue, origin: date) -> Iterator[CohortLevel]:
    """Return the levels of one patient in one tissue, by days from the origin."""
    for result in results:
        level = level_of(result) if result.tissue is tissue else None
        if level is not None:
            yield CohortLevel(patient, (level.on - origin).days, level.pct_abl1, level.is_detected)


def _limit(result: Result) -> Decimal | None:
    return ClassedResult(result, SampleClass.NEGATIVE).limit_pct_abl1
