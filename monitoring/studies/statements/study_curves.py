"""The curves of a study: of which patients, to which endpoint, and where the paper prints a value beside.

They are computed and drawn by the part of a cohort's page that draws survival; what is printed never enters them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.part_survival import SurvivalAnswer, survival_answer
from monitoring.domain.cohorts.parts import Grouping, Part, PartQuestion
from monitoring.domain.survival.curves import Estimate
from monitoring.domain.survival.durations import days_of
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_log import Interval
from monitoring.studies.statements import figures
from monitoring.studies.statements.records import StudyPatient, rows_of
from monitoring.studies.statements.statement import Statement
from monitoring.studies.statements.tiong2020 import Cases

Patients = Sequence[StudyPatient]
RFS_PRINTED_AT = Decimal("10.8")  # months, of cohort 2 of Tiong 2020
YEARS = (Decimal(12), Decimal(24))  # months at which FILO 2025 prints survival


@dataclass(frozen=True, slots=True)
class StudyCurve:
    """A curve by its name; `statement`: the sentence that prints values of it, `months`: at which times."""

    key: str
    endpoint: Endpoint
    origin: Origin
    of: Callable[[Patients], Patients]
    statement: str
    months: tuple[Decimal, ...]

    @property
    def question(self) -> PartQuestion:
        """What is asked of the part that draws survival."""
        return PartQuestion(Part.SURVIVAL, endpoint=self.endpoint, origin=self.origin, grouping=Grouping.NONE)


@dataclass(frozen=True, slots=True)
class PrintedPoint:
    """What the records give at so many months, and what the paper prints there; shares of 1, None where unknown."""

    months: Decimal
    printed: str
    estimate: float | None
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class CurveFound:
    """A curve with the answer of the records and the points at which the paper prints a value."""

    curve: StudyCurve
    answer: SurvivalAnswer
    points: tuple[PrintedPoint, ...]
    patients: int


def _everyone(patients: Patients) -> Patients:
    return patients


def _filo(endpoint: Endpoint, statement: str) -> StudyCurve:
    key = endpoint.value.lower().replace("_", "-")
    return StudyCurve(key, endpoint, Origin.MOLECULAR_RELAPSE, _everyone, statement, YEARS)


CURVES: Mapping[str, tuple[StudyCurve, ...]] = {
    "tiong2020": (
        StudyCurve("cohort-2", Endpoint.RFS, Origin.CYCLE_1, lambda of: Cases(of).two, "tiong2020-031",
                   (RFS_PRINTED_AT,)),
        StudyCurve("cohort-1", Endpoint.RFS, Origin.CYCLE_1, lambda of: Cases(of).one, "", ()),
    ),
    "filo2025": (
        _filo(Endpoint.RFS_MRD, "filo2025-083"),
        _filo(Endpoint.RFS, "filo2025-082"),
        _filo(Endpoint.OS, "filo2025-081"),
    ),
}  # fmt: skip


def curves_of(name: str, patients: Patients, statements: Sequence[Statement]) -> tuple[CurveFound, ...]:
    """Return the curves of a study as the records give them, the one to show first first."""
    printed = {each.id: str(each.printed) for each in statements}
    return tuple(_found(curve, curve.of(patients), printed.get(curve.statement, "")) for curve in CURVES[name])


def _found(curve: StudyCurve, patients: Patients, printed: str) -> CurveFound:
    answer = survival_answer(rows_of(patients), curve.question)
    texts = printed.split("/") if curve.months else []
    points = (_point(curve, patients, months, text) for months, text in zip(curve.months, texts, strict=True))
    return CurveFound(curve, answer, tuple(points), len(patients))


def _point(curve: StudyCurve, patients: Patients, months: Decimal, printed: str) -> PrintedPoint:
    found = kaplan_meier(figures.observations(rows_of(patients), curve.endpoint, curve.origin)).at(days_of(months))
    if not isinstance(found, Estimate):
        return PrintedPoint(months, printed, None, None, None, 0)
    low, high = (found.interval.low, found.interval.high) if isinstance(found.interval, Interval) else (None, None)
    return PrintedPoint(months, printed, found.estimate, low, high, found.at_risk)
