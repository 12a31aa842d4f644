"""The twelve cases of Tiong 2020 as they are stored: the table of the page, and the readings of its follow-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from monitoring.domain.cohorts.endpoints import Endpoint, Event, Origin
from monitoring.domain.survival.quantiles import MEDIAN
from monitoring.domain.survival.quartiles import quartiles
from monitoring.domain.survival.reverse_kaplan_meier import reverse_kaplan_meier
from monitoring.domain.terms import Tissue
from monitoring.domain.units import Scale, from_pct_abl1
from monitoring.studies.statements import figures, tiong2020
from monitoring.studies.statements.records import StudyPatient, rows_of
from monitoring.studies.statements.statement import Value
from monitoring.studies.statements.tiong2020 import Cases

HSCT, DLI = "HSCT", "DLI"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One stored case: levels in per cent of diagnosis, `best` None where negative; months from cycle 1 to RFS."""

    number: int
    patient_id: int
    pseudonym: str
    cohort: int
    age: int
    sex: str
    regimen: str
    before: Decimal
    best: Decimal | None
    transplant: str
    months: Decimal
    event: Event | None


@dataclass(frozen=True, slots=True)
class FollowUpReadings:
    """One median follow-up read in three ways, in months: of all, of those alive, by reverse Kaplan-Meier.

    `factors`: those censored left of those at risk, time by time, until half of the patients or fewer are left.
    """

    patients: int
    months: tuple[tuple[Decimal, bool], ...]
    plain: Decimal
    alive: Decimal
    reverse: Value
    factors: tuple[tuple[int, int], ...]

    @property
    def product(self) -> Decimal:
        """What the factors give: the share not yet censored at the median."""
        share = Fraction(1)
        for left, at_risk in self.factors:
            share *= Fraction(left, at_risk)
        return figures.decimal_of(share)


def case_rows(patients: Sequence[StudyPatient]) -> tuple[CaseRow, ...]:
    """Return the cases by number."""
    one = {each.number for each in Cases(patients).one}
    return tuple(_row(each, 1 if each.number in one else 2) for each in patients)


def follow_up_readings(patients: Sequence[StudyPatient]) -> tuple[FollowUpReadings, FollowUpReadings]:
    """Return the follow-up of the responders of cohort 2, and of all responders."""
    cases = Cases(patients)
    return _readings(cases.responders_two), _readings(cases.responders)


def _row(patient: StudyPatient, cohort: int) -> CaseRow:
    time = tiong2020.rfs_of(patient)
    return CaseRow(
        number=patient.number,
        patient_id=patient.row.patient_id,
        pseudonym=patient.row.pseudonym,
        cohort=cohort,
        age=int(tiong2020.age_of(patient)),
        sex=patient.row.selection.sex,
        regimen=_regimen(patient),
        before=tiong2020.level_before(patient),
        best=None if tiong2020.is_negative(patient) else _lowest(patient),
        transplant=_transplant(patient),
        months=tiong2020.months_as_printed(time.days),
        event=time.event,
    )


def _regimen(patient: StudyPatient) -> str:
    course = patient.row.selection.course
    return next((line.regimen for line in patient.facts.lines if course and line.starts_on == course.starts_on), "")


def _lowest(patient: StudyPatient) -> Decimal:
    """The lowest marrow after cycle 1 began, in per cent of diagnosis."""
    start = patient.row.course.cycles[0].starts_on
    levels = [level.pct_abl1 for level in patient.row.course.levels
              if level.tissue is Tissue.BONE_MARROW and level.on > start]  # fmt: skip
    lowest = min(level for level in levels if level is not None)
    return from_pct_abl1(lowest, Scale.PCT_BASELINE, patient.baseline_pct_abl1)


def _transplant(patient: StudyPatient) -> str:
    if patient.row.course.transplants:
        return HSCT
    course = patient.row.selection.course
    given = [each for each in patient.facts.events if each.kind == DLI and course and each.on >= course.starts_on]
    return DLI if given else ""


def _readings(patients: Sequence[StudyPatient]) -> FollowUpReadings:
    times = sorted(
        ((tiong2020.months_as_printed(tiong2020.rfs_of(each).days), tiong2020.rfs_of(each).event) for each in patients),
        key=lambda time: time[0],
    )
    alive = [months for months, event in times if event is None]
    return FollowUpReadings(
        patients=len(patients),
        months=tuple((months, event is Event.DEATH) for months, event in times),
        plain=_median([months for months, _ in times]),
        alive=_median(alive),
        reverse=tiong2020.reverse_median(patients),
        factors=_factors(patients),
    )


def _factors(patients: Sequence[StudyPatient]) -> tuple[tuple[int, int], ...]:
    observed = figures.observations(rows_of(patients), Endpoint.RFS, Origin.CYCLE_1)
    found = []
    for step in reverse_kaplan_meier(observed).steps:
        if step.events:
            found.append((step.at_risk - step.events, step.at_risk))
        if step.estimate <= float(MEDIAN):
            break
    return tuple(found)


def _median(months: Sequence[Decimal]) -> Decimal:
    return figures.decimal_of(Fraction(quartiles(months).median)).normalize()
