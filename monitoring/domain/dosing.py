"""What the labels and the guideline say about the dose of venetoclax in a cycle: warnings, which never forbid.

Source: Döhner et al., Blood 2022;140:1345 (ELN 2022), US and EU labels of venetoclax; docs/methods/dosing.md (B 5.1).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from monitoring.domain.interactions import STRONG_INHIBITORS, Cyp3a4Class, class_of
from monitoring.domain.venetoclax_days import CycleDays, PlannedDaysMissing, days_by_holds

USUAL_DAYS = (7, 14, 21, 28)  # days planned in a cycle; FILO 2025, Tiong 2020
USUAL_DOSES_MG = (50, 70, 100, 200, 300, 400, 600)  # mg a day; ELN 2022, US and EU labels
STEPS_WITH_STRONG_INHIBITOR_MG = (10, 20, 50)  # mg a day on days 1 to 3 of a ramp-up; ELN 2022
STRONG_INHIBITOR_MAX_MG = 100  # mg a day; ELN 2022, EU label
POSACONAZOLE_US_MG = 70  # mg a day; US label
POSACONAZOLE_EU_MG = 100  # mg a day or less; EU label
DOSE_WITH_CYTARABINE_MG = 600  # mg a day; ELN 2022
DOSE_OTHERWISE_MG = 400  # mg a day, with azacitidine; ELN 2022
REDUCED_BY_FACTOR = 2  # at least half is taken off with a moderate inhibitor and in Child-Pugh C; labels
RESUME_AFTER_DAYS = (2, 3)  # days after an inhibitor was stopped; US label
CYTOPENIA_DAYS = 7  # days of grade 4 after remission; US label
CYTOPENIA_RESUME_GRADE = 2  # CTCAE; US label
SHORTEN_BY_DAYS = 7  # days; US label
SHORTEST_DAYS = 14  # days; 28 -> 21 -> 14


class Severity(StrEnum):
    """How much a warning asks: hard against the label, soft to be looked at, hint what the label says comes next."""

    HARD = "HARD"
    SOFT = "SOFT"
    HINT = "HINT"


class DosingCode(StrEnum):
    """What a warning is about; the page turns the code and its numbers into a sentence."""

    STRONG_INDUCER = "STRONG_INDUCER"
    STRONG_INHIBITOR_DOSE = "STRONG_INHIBITOR_DOSE"
    POSACONAZOLE_DOSE = "POSACONAZOLE_DOSE"
    MODERATE_INHIBITOR_DOSE = "MODERATE_INHIBITOR_DOSE"
    DRUG_CLASS_DIFFERS = "DRUG_CLASS_DIFFERS"
    DOSE_600_WITH_AZACITIDINE = "DOSE_600_WITH_AZACITIDINE"
    DOSE_600_WITHOUT_CYTARABINE = "DOSE_600_WITHOUT_CYTARABINE"
    SEVERE_LIVER_DOSE = "SEVERE_LIVER_DOSE"
    DOSE_UNUSUAL = "DOSE_UNUSUAL"
    PLANNED_DAYS_UNUSUAL = "PLANNED_DAYS_UNUSUAL"
    GIVEN_DAYS_DIFFER = "GIVEN_DAYS_DIFFER"
    RESUME_DOSE = "RESUME_DOSE"
    CYTOPENIA_DELAY = "CYTOPENIA_DELAY"
    CYTOPENIA_SHORTEN = "CYTOPENIA_SHORTEN"


class Source(StrEnum):
    """Where a rule stands; the page gives the citation in full."""

    ELN_2022 = "ELN_2022"
    US_LABEL = "US_LABEL"
    EU_LABEL = "EU_LABEL"
    HEPATIC_STUDY = "HEPATIC_STUDY"
    FILO_2025 = "FILO_2025"
    TIONG_2020 = "TIONG_2020"
    OWN = "OWN"


SOURCES: Mapping[DosingCode, tuple[Source, ...]] = {
    DosingCode.STRONG_INDUCER: (Source.US_LABEL, Source.EU_LABEL),
    DosingCode.STRONG_INHIBITOR_DOSE: (Source.ELN_2022, Source.EU_LABEL),
    DosingCode.POSACONAZOLE_DOSE: (Source.US_LABEL, Source.EU_LABEL),
    DosingCode.MODERATE_INHIBITOR_DOSE: (Source.US_LABEL, Source.EU_LABEL),
    DosingCode.DRUG_CLASS_DIFFERS: (Source.US_LABEL, Source.OWN),
    DosingCode.DOSE_600_WITH_AZACITIDINE: (Source.ELN_2022,),
    DosingCode.DOSE_600_WITHOUT_CYTARABINE: (Source.ELN_2022,),
    DosingCode.SEVERE_LIVER_DOSE: (Source.US_LABEL, Source.HEPATIC_STUDY),
    DosingCode.DOSE_UNUSUAL: (Source.ELN_2022, Source.US_LABEL, Source.EU_LABEL),
    DosingCode.PLANNED_DAYS_UNUSUAL: (Source.FILO_2025, Source.TIONG_2020),
    DosingCode.GIVEN_DAYS_DIFFER: (Source.OWN,),
    DosingCode.RESUME_DOSE: (Source.US_LABEL,),
    DosingCode.CYTOPENIA_DELAY: (Source.US_LABEL,),
    DosingCode.CYTOPENIA_SHORTEN: (Source.US_LABEL,),
}


class Partner(StrEnum):
    """The drug given with venetoclax."""

    NONE = ""
    AZACITIDINE = "AZACITIDINE"
    LOW_DOSE_CYTARABINE = "LOW_DOSE_CYTARABINE"


class ChildPugh(StrEnum):
    """Hepatic function."""

    UNKNOWN = ""
    NORMAL = "NORMAL"
    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class DosingWarning:
    """One warning with its numbers (mg a day, or days) and where the rule stands; `drug` as it was typed."""

    code: DosingCode
    severity: Severity
    numbers: Mapping[str, int] = field(default_factory=dict)
    drug: str = ""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the rule stands."""
        return SOURCES[self.code]


@dataclass(frozen=True, slots=True)
class Prescription:
    """A cycle as it was prescribed: dose in mg a day, days, what was given with it; None is not recorded."""

    dose_mg: int | None = None
    planned_days: int | None = None
    partner: Partner = Partner.NONE
    cyp3a4: Cyp3a4Class = Cyp3a4Class.NONE
    cyp3a4_drug: str = ""
    liver: ChildPugh = ChildPugh.UNKNOWN
    reduced_to_mg: tuple[int, ...] = ()
    days: CycleDays | None = None

    @property
    def full_dose_mg(self) -> int:
        """The daily dose where nothing asks for less."""
        return DOSE_WITH_CYTARABINE_MG if self.partner is Partner.LOW_DOSE_CYTARABINE else DOSE_OTHERWISE_MG


@dataclass(frozen=True, slots=True)
class EarlierCycles:
    """What came before a cycle in the same course.

    `long_cytopenias` counts the cycles with grade 4 neutropenia or thrombocytopenia of 7 days and more in remission;
    `last_had_one`: the cycle just before was one of them; `grade_now` is the worst grade by the latest count up to
    day 1, None where there is none.
    """

    dose_mg: int | None = None
    planned_days: int | None = None
    cyp3a4: Cyp3a4Class = Cyp3a4Class.NONE
    long_cytopenias: int = 0
    last_had_one: bool = False
    grade_now: int | None = None


def check(cycle: Prescription, earlier: EarlierCycles | None = None) -> tuple[DosingWarning, ...]:
    """Return everything there is to say about the dose and the days of a cycle, hard warnings first."""
    found = [*_interactions(cycle), *_doses(cycle), *_days(cycle)]
    if earlier is not None:
        found += [*_resumption(cycle, earlier), *_cytopenia(cycle, earlier)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda warning: order.index(warning.severity)))


def _interactions(cycle: Prescription) -> Iterator[DosingWarning]:
    dose, half = cycle.dose_mg, cycle.full_dose_mg // REDUCED_BY_FACTOR
    if cycle.cyp3a4 is Cyp3a4Class.STRONG_INDUCER:
        yield DosingWarning(DosingCode.STRONG_INDUCER, Severity.HARD, {}, cycle.cyp3a4_drug)
    if dose is not None and cycle.cyp3a4 in STRONG_INHIBITORS and dose > STRONG_INHIBITOR_MAX_MG:
        numbers = {"dose": dose, "limit": STRONG_INHIBITOR_MAX_MG}
        yield DosingWarning(DosingCode.STRONG_INHIBITOR_DOSE, Severity.HARD, numbers, cycle.cyp3a4_drug)
    if dose is not None and cycle.cyp3a4 is Cyp3a4Class.POSACONAZOLE and dose > POSACONAZOLE_US_MG:
        numbers = {"dose": dose, "us": POSACONAZOLE_US_MG, "eu": POSACONAZOLE_EU_MG}
        yield DosingWarning(DosingCode.POSACONAZOLE_DOSE, Severity.SOFT, numbers, cycle.cyp3a4_drug)
    if dose is not None and cycle.cyp3a4 is Cyp3a4Class.MODERATE_INHIBITOR and dose > half:
        numbers = {"dose": dose, "limit": half, "full": cycle.full_dose_mg}
        yield DosingWarning(DosingCode.MODERATE_INHIBITOR_DOSE, Severity.SOFT, numbers, cycle.cyp3a4_drug)
    proposed = class_of(cycle.cyp3a4_drug)
    if proposed is not Cyp3a4Class.NONE and proposed is not cycle.cyp3a4:
        yield DosingWarning(DosingCode.DRUG_CLASS_DIFFERS, Severity.SOFT, {}, cycle.cyp3a4_drug)


def _doses(cycle: Prescription) -> Iterator[DosingWarning]:
    dose, half = cycle.dose_mg, cycle.full_dose_mg // REDUCED_BY_FACTOR
    if dose is not None and dose >= DOSE_WITH_CYTARABINE_MG and cycle.partner is Partner.AZACITIDINE:
        numbers = {"dose": dose, "limit": DOSE_OTHERWISE_MG}
        yield DosingWarning(DosingCode.DOSE_600_WITH_AZACITIDINE, Severity.SOFT, numbers)
    if dose is not None and dose >= DOSE_WITH_CYTARABINE_MG and cycle.partner is Partner.NONE:
        numbers = {"dose": dose, "limit": DOSE_OTHERWISE_MG}
        yield DosingWarning(DosingCode.DOSE_600_WITHOUT_CYTARABINE, Severity.SOFT, numbers)
    if dose is not None and cycle.liver is ChildPugh.C and dose > half:
        numbers = {"dose": dose, "limit": half, "full": cycle.full_dose_mg}
        yield DosingWarning(DosingCode.SEVERE_LIVER_DOSE, Severity.SOFT, numbers)
    steps = STEPS_WITH_STRONG_INHIBITOR_MG if cycle.cyp3a4 in STRONG_INHIBITORS else ()
    legal = {*USUAL_DOSES_MG, *steps}
    for each in (dose, *cycle.reduced_to_mg):
        if each is not None and each not in legal:
            yield DosingWarning(DosingCode.DOSE_UNUSUAL, Severity.SOFT, {"dose": each})


def _days(cycle: Prescription) -> Iterator[DosingWarning]:
    if cycle.planned_days is not None and cycle.planned_days not in USUAL_DAYS:
        yield DosingWarning(DosingCode.PLANNED_DAYS_UNUSUAL, Severity.SOFT, {"days": cycle.planned_days})
    if cycle.days is None or cycle.days.given_days is None:
        return
    try:
        by_holds = len(days_by_holds(cycle.days))
    except PlannedDaysMissing:
        return
    if by_holds != cycle.days.given_days:
        numbers = {"typed": cycle.days.given_days, "by_holds": by_holds}
        yield DosingWarning(DosingCode.GIVEN_DAYS_DIFFER, Severity.SOFT, numbers)


def _resumption(cycle: Prescription, earlier: EarlierCycles) -> Iterator[DosingWarning]:
    """The dose goes up again some days after an inhibitor was stopped, not before."""
    inhibited = STRONG_INHIBITORS | {Cyp3a4Class.MODERATE_INHIBITOR}
    if earlier.cyp3a4 not in inhibited or cycle.cyp3a4 in inhibited:
        return
    if earlier.dose_mg is None or cycle.dose_mg is None or cycle.dose_mg <= earlier.dose_mg:
        return
    numbers = {
        "dose": cycle.dose_mg, "before": earlier.dose_mg, "from": RESUME_AFTER_DAYS[0], "to": RESUME_AFTER_DAYS[1],
    }  # fmt: skip
    yield DosingWarning(DosingCode.RESUME_DOSE, Severity.HINT, numbers)


def _cytopenia(cycle: Prescription, earlier: EarlierCycles) -> Iterator[DosingWarning]:
    """First time: delay until grade 2 or better, same dose. Later: the same, and 7 days of venetoclax fewer."""
    if not earlier.last_had_one:
        return
    numbers = {"days": CYTOPENIA_DAYS, "grade": CYTOPENIA_RESUME_GRADE}
    if earlier.grade_now is None or earlier.grade_now > CYTOPENIA_RESUME_GRADE:
        now = {} if earlier.grade_now is None else {"now": earlier.grade_now}
        yield DosingWarning(DosingCode.CYTOPENIA_DELAY, Severity.HINT, numbers | now)
    if earlier.long_cytopenias > 1 and earlier.planned_days is not None and cycle.planned_days is not None:
        shorter = max(SHORTEST_DAYS, earlier.planned_days - SHORTEN_BY_DAYS)
        if cycle.planned_days > shorter:
            told = {**numbers, "planned": cycle.planned_days, "shorter": shorter, "times": earlier.long_cytopenias}
            yield DosingWarning(DosingCode.CYTOPENIA_SHORTEN, Severity.HINT, told)
