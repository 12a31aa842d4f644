"""Days, samples and a diagnosis level for the cases of Table I, which prints none of them: all constructed.

Last contact lies shortly before an anchor day, venetoclax begins the printed months of relapse-free survival before
it, and everything else stands at fixed distances from that start, so that the rules tell the paper's own story:
cohort 1 is detected at the end of treatment and stays so; cohort 2 is negative once and comes back (the paper does
not say who relapsed and who progressed; relapse is constructed), in two samples, or in one from 1 % of diagnosis on.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from monitoring.domain.rulesets.tiong2020 import ONE_SAMPLE_SUFFICES_FROM
from monitoring.domain.terms import Call, Timepoint
from monitoring.studies.tiong2020 import DAYS_PER_MONTH, Case, Cohort

# The diagnosis level of every case, per cent of ABL1: several hundred to several thousand are usual.
BASELINE_PCT_ABL1 = Decimal(1_000)
# ABL1 copies of every sample: with this baseline one copy is 2 x 10^-6 of diagnosis, the paper's median sensitivity.
ABL1_COPIES = Decimal(50_000)

CYCLE_DAYS = 28  # days of a venetoclax cycle; the paper gives 14 to 28 days of venetoclax a cycle
FIRST_LINE_CYCLE_DAYS = 35  # days
LAST_CONTACT_BEFORE_ANCHOR = timedelta(days=7)
BEFORE_VENETOCLAX = timedelta(days=7)  # the printed level before venetoclax
FIRST_OF_TWO_BEFORE = timedelta(days=21)  # before the printed level: within the 28 days of a confirmation
NEGATIVE_BEFORE = timedelta(days=91)  # before re-emergence
END_OF_TREATMENT_SAMPLE_BEFORE = timedelta(days=42)  # before the printed level, cohort 1
INTERVENTION_DAYS = timedelta(days=56)
AROUND_INTERVENTION = timedelta(days=28)
DLI_AFTER = timedelta(days=56)  # after HSCT, or after the start of venetoclax
RESPONSE_AFTER_CYCLE = 2  # the best sample stands at the end of this cycle, or of the last one given
BEFORE_END_OF_CYCLE = timedelta(days=3)
HSCT_AFTER_LAST_CYCLE = timedelta(days=28)
DIAGNOSIS_TO_TREATMENT = timedelta(days=3)
DAYS_PER_YEAR = Decimal("365.25")
MIDDLE_OF_YEAR_OF_LIFE = Decimal("0.5")  # years: a printed age is of whole years

# Columns of a result that the paper does not print, for a printed level, a printed "MRD Neg", and neither.
PRINTED_LEVEL = ("pct_abl1", "abl1_copies", "lod_pct_abl1", "collected_on")
PRINTED_NEGATIVE = ("abl1_copies", "lod_pct_abl1", "collected_on")
CONSTRUCTED_LEVEL = ("call", "entered_value", *PRINTED_LEVEL)
CONSTRUCTED_NEGATIVE = ("call", *PRINTED_NEGATIVE)


@dataclass(frozen=True, slots=True)
class StudySample:
    """A marrow sample: day, call, level in per cent of diagnosis, and which columns of its result are constructed."""

    collected_on: date
    call: Call
    pct_baseline: Decimal | None
    constructed: tuple[str, ...]
    timepoint: Timepoint | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day; `ends_on` None while it goes on."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The constructed days of one case."""

    born_on: date
    diagnosed_on: date
    first_line: Period
    intervention: Period | None
    venetoclax: Period
    samples: tuple[StudySample, ...]
    hsct_on: date | None
    last_contact_on: date

    def cycle(self, number: int) -> tuple[date, date]:
        """Return first and last day of a venetoclax cycle; the first is number 1."""
        starts_on = self.venetoclax.starts_on + timedelta(days=CYCLE_DAYS * (number - 1))
        return starts_on, starts_on + timedelta(days=CYCLE_DAYS - 1)


def construct(case: Case, anchor: date) -> Timeline:
    """Return the constructed days of a case whose last contact lies shortly before the anchor day."""
    last_contact = anchor - LAST_CONTACT_BEFORE_ANCHOR - timedelta(days=case.number)
    start = last_contact - timedelta(days=round(case.rfs_months * DAYS_PER_MONTH))
    end = start + timedelta(days=CYCLE_DAYS * case.cycles - 1)
    before = _samples_before(case, start - BEFORE_VENETOCLAX)
    intervention = _intervention(case, before)
    first_line = _first_line(case, before, intervention)
    return Timeline(
        born_on=start - timedelta(days=int((case.age + MIDDLE_OF_YEAR_OF_LIFE) * DAYS_PER_YEAR)),
        diagnosed_on=first_line.starts_on - DIAGNOSIS_TO_TREATMENT,
        first_line=first_line,
        intervention=intervention,
        venetoclax=Period(start, None if case.is_ongoing else end),
        samples=(*before, _best_response(case, start)),
        hsct_on=end + HSCT_AFTER_LAST_CYCLE if case.was_transplanted_after else None,
        last_contact_on=last_contact,
    )


def _samples_before(case: Case, printed_on: date) -> tuple[StudySample, ...]:
    level = case.pre_venetoclax_pct_baseline
    printed = StudySample(printed_on, Call.DETECTED, level, PRINTED_LEVEL)
    if case.cohort is Cohort.MOLECULAR_PERSISTENCE:
        gap = END_OF_TREATMENT_SAMPLE_BEFORE
        if case.prior_mrd_intervention:
            gap += INTERVENTION_DAYS + AROUND_INTERVENTION
        return _end_of_treatment(printed_on - gap, Call.DETECTED, level), printed
    if level >= ONE_SAMPLE_SUFFICES_FROM.value:
        return _negative(case, printed_on - NEGATIVE_BEFORE), printed
    first_on = printed_on - FIRST_OF_TWO_BEFORE
    first = StudySample(first_on, Call.DETECTED, level, CONSTRUCTED_LEVEL)
    return _negative(case, first_on - NEGATIVE_BEFORE), first, printed


def _negative(case: Case, on: date) -> StudySample:
    """The sample from which the marker came back: at the end of treatment, or after the MRD intervention."""
    if case.prior_mrd_intervention:
        return StudySample(on, Call.NOT_DETECTED, None, CONSTRUCTED_NEGATIVE)
    return _end_of_treatment(on, Call.NOT_DETECTED, None)


def _end_of_treatment(on: date, call: Call, level: Decimal | None) -> StudySample:
    columns = CONSTRUCTED_NEGATIVE if level is None else CONSTRUCTED_LEVEL
    return StudySample(on, call, level, columns, Timepoint.END_OF_TREATMENT)


def _intervention(case: Case, before: tuple[StudySample, ...]) -> Period | None:
    """Cohort 1: after the sample of the end of treatment. Cohort 2: before the negative sample."""
    if not case.prior_mrd_intervention:
        return None
    first = before[0].collected_on
    if case.cohort is Cohort.MOLECULAR_PERSISTENCE:
        starts_on = first + AROUND_INTERVENTION
    else:
        starts_on = first - AROUND_INTERVENTION - INTERVENTION_DAYS
    return Period(starts_on, starts_on + INTERVENTION_DAYS)


def _first_line(case: Case, before: tuple[StudySample, ...], intervention: Period | None) -> Period:
    ends_on = before[0].collected_on
    if intervention is not None and intervention.starts_on < ends_on:
        ends_on = intervention.starts_on - AROUND_INTERVENTION
    return Period(ends_on - timedelta(days=FIRST_LINE_CYCLE_DAYS * case.first_line_cycles), ends_on)


def _best_response(case: Case, start: date) -> StudySample:
    cycles = min(RESPONSE_AFTER_CYCLE, case.cycles)
    on = start + timedelta(days=CYCLE_DAYS * cycles) - BEFORE_END_OF_CYCLE
    level = case.best_response_pct_baseline
    return StudySample(on, case.best_response_call, level, PRINTED_NEGATIVE if level is None else PRINTED_LEVEL)
