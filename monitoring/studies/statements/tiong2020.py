"""What the stored records of Tiong 2020 give for each sentence of the paper.

Cohort 1 is molecular persistence, cohort 2 relapse or progression, by the paper's own rule set. Months run from the
first venetoclax: the paper defines no start of RFS, and the printed months fit this one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from monitoring.domain.cohorts.endpoints import Endpoint, EndpointTime, Event, Origin, endpoint_time
from monitoring.domain.cohorts.facts import LineKind
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.quartiles import quartiles
from monitoring.domain.terms import CycleResponse, RuleSetId, Tissue
from monitoring.domain.units import Scale, from_pct_abl1
from monitoring.studies.statements import figures
from monitoring.studies.statements.records import StudyPatient, rows_of
from monitoring.studies.statements.statement import Answer, Value

CENTRE_CODE = "TIONG2020"
RULESET = RuleSetId.TIONG2020
BM = Tissue.BONE_MARROW
ELDERLY_FROM = 65  # years
HIGH_DOSE = re.compile("HiDAC|IDAC|FLAG")
TRANSPLANT = "HSCT"
CASE_10 = 10
RFS_AT_MONTHS = Decimal("10.8")
BEYOND_CYCLE = 2
MONTHS_AS_PRINTED = Decimal("0.1")
AML17, RELAZA2 = (16, 27), (17, 33)  # negative of treated, as the paper quotes them

Patients = Sequence[StudyPatient]


class Cases:
    """The twelve cases, and the two cohorts of them."""

    def __init__(self, patients: Patients) -> None:
        self.all = list(patients)
        self.one = [each for each in patients if _is_persistence(each)]
        self.two = [each for each in patients if not _is_persistence(each)]
        self.responders_two = [each for each in self.two if is_negative(each)]
        self.responders = [each for each in patients if is_negative(each)]


def _is_persistence(patient: StudyPatient) -> bool:
    failure = patient.row.selection.failure
    return failure is not None and failure.kind is FailureKind.PERSISTENCE


def is_negative(patient: StudyPatient) -> bool:
    """Whether the best marrow after venetoclax was negative."""
    best = patient.row.course.best.get(BM)
    return best is not None and best.response is CycleResponse.NEGATIVITY


def age_of(patient: StudyPatient) -> Decimal:
    """Return the age at cycle 1, in whole years."""
    selection = patient.row.selection
    if selection.course is None:
        raise LookupError(patient.row.pseudonym)
    born, start = selection.born_on, selection.course.starts_on
    return Decimal(start.year - born.year - ((start.month, start.day) < (born.month, born.day)))


def level_before(patient: StudyPatient) -> Decimal:
    """Return the last level before venetoclax, in per cent of diagnosis as the paper has it."""
    reference = next(each.reference_pct_abl1 for each in patient.row.course.responses if each.tissue is BM)
    if reference is None:
        start = patient.row.course.cycles[0].starts_on
        levels = [level.pct_abl1 for level in patient.row.course.levels if level.on <= start and level.tissue is BM]
        reference = levels[-1]
    if reference is None:
        raise LookupError(patient.row.pseudonym)
    return from_pct_abl1(reference, Scale.PCT_BASELINE, patient.baseline_pct_abl1)


def rfs_of(patient: StudyPatient) -> EndpointTime:
    """Return the time to relapse or death from cycle 1; LookupError where there is none."""
    found = endpoint_time(patient.row, Endpoint.RFS, Origin.CYCLE_1)
    if isinstance(found, EndpointTime):
        return found
    raise LookupError(patient.row.pseudonym)


def _months(patients: Patients) -> list[Decimal]:
    """Months with one decimal, as Table I prints them: the days on record were constructed from these."""
    return [months_as_printed(rfs_of(each).days) for each in patients]


def months_as_printed(days: int) -> Decimal:
    """Return days as months with one decimal."""
    return figures.months(days).quantize(MONTHS_AS_PRINTED, ROUND_HALF_UP)


def _printed(months: Decimal | str) -> Any:
    return months if isinstance(months, str) else months.quantize(MONTHS_AS_PRINTED, ROUND_HALF_UP)


def reverse_median(patients: Patients) -> Value:
    """Return the median follow-up by reverse Kaplan-Meier, in months with one decimal."""
    found: Value = _printed(figures.reverse_median_months(rows_of(patients), Endpoint.RFS, Origin.CYCLE_1))
    return found


def _range(values: Sequence[Decimal]) -> Value:
    return [min(values), max(values)]


def _median(values: Sequence[Decimal]) -> Decimal:
    return figures.decimal_of(Fraction(quartiles(values).median))


def _count(patients: Patients) -> Decimal:
    return Decimal(len(patients))


def _mutated(patients: Patients, gene: str) -> list[StudyPatient]:
    return [each for each in patients if gene in each.row.selection.genes]


def _transplanted(patients: Patients) -> list[StudyPatient]:
    return [each for each in patients if each.row.course.transplants]


def _partners(patients: Patients) -> Value:
    """With low-dose cytarabine, with azacitidine."""
    found = [each.row.selection.course.partner for each in patients if each.row.selection.course]
    return [Decimal(found.count(name)) for name in ("LOW_DOSE_CYTARABINE", "AZACITIDINE")]


def _is_going_on(patient: StudyPatient) -> bool:
    course = patient.row.selection.course
    return course is not None and course.ends_on is None


def _cycles(patients: Patients) -> Value:
    """Those that ended, by number, then those that were going on."""
    ended = sorted(len(each.row.course.cycles) for each in patients if not _is_going_on(each))
    going_on = sorted(len(each.row.course.cycles) for each in patients if _is_going_on(each))
    return [*(Decimal(number) for number in ended), *(f"{number}+" for number in going_on)]


def _cases(patients: Patients) -> str:
    return f"{len(patients)} (cases {', '.join(str(each.number) for each in patients)})"


def _share(part: Patients, whole: Patients) -> str:
    return f"{len(part)}/{len(whole)} ({figures.per_cent(len(part), len(whole))})"


def _earlier(patient: StudyPatient) -> str:
    """What was given for the failure before venetoclax: a line, or a transplant."""
    course = patient.row.selection.course
    lines = [
        line.regimen
        for line in patient.facts.lines
        if line.kind is LineKind.PRE_EMPTIVE and course is not None and line.starts_on < course.starts_on
    ]
    transplants = [
        TRANSPLANT
        for event in patient.facts.events
        if event.kind == TRANSPLANT and course is not None and event.on < course.starts_on
    ]
    return "; ".join([*lines, *transplants])


def _interventions(patients: Patients) -> str:
    found = [(each.number, told) for each in patients if (told := _earlier(each))]
    return "cases " + ", ".join(f"{number} ({told})" for number, told in found)


def _prior(patients: Patients) -> Answer:
    """High-dose cytarabine by its name, or with everything that holds it; GO, azacitidine, transplant."""
    first = ["; ".join(each.row.selection.first_line_regimens) for each in patients]
    others = [
        Decimal(sum("GO" in line for line in first)),
        Decimal(sum(_earlier(each) == "Aza" for each in patients)),
        Decimal(sum(_earlier(each) == TRANSPLANT for each in patients)),
    ]
    by_name = Decimal(sum("HiDAC" in line for line in first))
    widely = Decimal(sum(HIGH_DOSE.search(line) is not None for line in first))
    return Answer([by_name, *others], {"IDAC and FLAG-Ida counted as high-dose cytarabine": [widely, *others]})


def _follow_up(patients: Patients) -> Answer:
    return Answer(_median(_months(patients)), {"reverse Kaplan-Meier": reverse_median(patients)})


def _rfs_at(patients: Patients) -> str:
    curve = kaplan_meier(figures.observations(rows_of(patients), Endpoint.RFS, Origin.CYCLE_1))
    found = figures.survival_at(curve, RFS_AT_MONTHS)
    return "-" if found is None else f"{found:.0f}%"


def _events(patients: Patients) -> str:
    found = [(rfs_of(each).event, bool(each.row.course.transplants)) for each in patients]
    relapses = sum(event is Event.HAEMATOLOGICAL_RELAPSE for event, _ in found)
    deaths = sum(event is Event.DEATH for event, _ in found)
    after = all(transplanted for event, transplanted in found if event is not None)
    where = "both post-HSCT" if after else "not all post-HSCT"
    return f"{relapses} morphological relapse + {deaths} non-relapse death, {where}"


def _elderly(patients: Patients) -> Value:
    alive = [
        each
        for each in patients
        if age_of(each) >= ELDERLY_FROM and not each.row.course.transplants and each.row.course.died_on is None
    ]
    return sorted(_months(alive))


def _not_beyond_cycle_2(patients: Patients) -> Answer:
    """Going on, transplanted after cycle 1, transplanted after cycle 2."""
    early = [each for each in patients if len(each.row.course.cycles) <= BEYOND_CYCLE]
    going_on = [each for each in early if _is_going_on(each)]
    after = [
        Decimal(sum(len(each.row.course.cycles) == number for each in _transplanted(early)))
        for number in (1, BEYOND_CYCLE)
    ]
    after_1 = [each for each in going_on if len(each.row.course.cycles) == 1]
    return Answer(
        [_count(after_1), *after], {"case 8 taken as going on, whatever the cycle": [_count(going_on), *after]}
    )


def _case_10(patients: Patients) -> Decimal:
    """The fall of case 10 from before venetoclax to its best level, log10."""
    case = next(each for each in patients if each.number == CASE_10)
    falls = [each.log10_reduction for each in case.row.course.responses if each.log10_reduction is not None]
    return max(falls).quantize(figures.EXACT)


def _of_count(part: int, whole: int) -> str:
    return f"{part}/{whole} ({figures.per_cent(part, whole)})"


QUESTIONS: Mapping[str, Callable[[Cases], Value | Answer]] = {
    "001": lambda c: _count(c.all),
    "002": lambda c: [_count(c.one), _count(c.two)],
    "003": lambda c: _range([age_of(each) for each in c.one]),
    "004": lambda c: _median([level_before(each) for each in c.one]),
    "005": lambda c: _range([level_before(each) for each in c.one]),
    "006": lambda c: f"{len(_mutated(c.one, 'DNMT3A'))}/{len(c.one)}",
    "007": lambda c: _count(_mutated(c.one, "IDH2")),
    "008": lambda c: f"{len([each for each in c.one if is_negative(each)])}/{len(c.one)}",
    "009": lambda c: _partners(c.one),
    "011": lambda c: reverse_median(c.one),
    "012": lambda c: _range(_months(c.one)),
    "013": lambda c: figures.median_months(rows_of(c.one), Endpoint.RFS, Origin.CYCLE_1),
    "014": lambda c: _count(_transplanted(c.one)),
    "015": lambda c: _cycles(c.one),
    "016": lambda c: _range([age_of(each) for each in c.two]),
    "018": lambda c: _partners(c.two),
    "019": lambda c: _median([level_before(each) for each in c.two]),
    "020": lambda c: _range([level_before(each) for each in c.two]),
    "021": lambda c: _share(c.responders_two, c.two),
    "022": lambda c: "case " + ", ".join(str(each.number) for each in c.two if not is_negative(each)),
    "023": lambda c: _case_10(c.all),
    "024": lambda c: _cases(_transplanted(c.responders_two)),
    "025": lambda c: _interventions(c.two),
    "026": lambda c: _follow_up(c.responders_two),
    "027": lambda c: _range(_months(c.responders_two)),
    "028": lambda c: _share(c.responders, c.all),
    "029": lambda c: _follow_up(c.responders),
    "030": lambda c: _range(_months(c.responders)),
    "031": lambda c: _rfs_at(c.two),
    "032": lambda c: _events(c.two),
    "033": lambda c: _elderly(c.two),
    "034": lambda c: _range(_months([each for each in c.one if not each.row.course.transplants])),
    "035": lambda c: _prior(c.two),
    "036": lambda c: _partners(c.all),
    "049": lambda c: _not_beyond_cycle_2(c.two),
    "050": lambda _: _of_count(*AML17),
    "051": lambda _: _of_count(*RELAZA2),
}
