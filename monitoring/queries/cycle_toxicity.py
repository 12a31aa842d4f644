"""What the counts and the events on record say of each cycle of a course, and what follows for its dose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.domain.ctcae import (
    FebrileCriterion,
    Grade,
    GradeAgreement,
    Lineage,
    LowerLimits,
    compare_febrile_grade,
    febrile_criterion,
    grade_of,
)
from monitoring.domain.dosing import (
    ChildPugh,
    DosingWarning,
    EarlierCycles,
    Partner,
    Prescription,
    check,
)
from monitoring.domain.interactions import Cyp3a4Class
from monitoring.domain.toxicity import (
    Count,
    CountedCycle,
    LineageToxicity,
    count_for_fever,
    counted_cycles,
    cycle_toxicity,
)
from monitoring.domain.toxicity_table import ToxicityCase
from monitoring.domain.venetoclax_days import CycleDays, HeldDays, PlannedDaysMissing, days_by_holds
from monitoring.models import DoseChange
from monitoring.models.choices import AdverseEventChoice, SettingChoice
from monitoring.queries.cycles_on_record import CycleFacts, Toxicity

# Typed terms of CTCAE that are told from counts where there are any.
COUNTED_TERMS: Mapping[str, Lineage] = {
    "neutrophil count decreased": Lineage.NEUTROPHILS,
    "neutropenia": Lineage.NEUTROPHILS,
    "platelet count decreased": Lineage.PLATELETS,
    "thrombocytopenia": Lineage.PLATELETS,
    "anemia": Lineage.HAEMOGLOBIN,
    "anaemia": Lineage.HAEMOGLOBIN,
}


@dataclass(frozen=True, slots=True)
class FebrileTold:
    """What the count near a febrile neutropenia and its temperature say of the grade that was typed."""

    criterion: FebrileCriterion
    agreement: GradeAgreement
    neutrophils: Decimal | None
    temperature_c: Decimal | None


@dataclass(frozen=True, slots=True)
class ToldCycle:
    """One cycle: what was counted in it, what is to be said of its dose, and its case for the table of toxicity.

    `days_by_holds` is how many of the planned days were not held; None where days planned are not on record.
    """

    lineages: Mapping[Lineage, LineageToxicity]
    notes: tuple[DosingWarning, ...]
    case: ToxicityCase
    days_by_holds: int | None
    febrile: Mapping[int, FebrileTold]


def tell_cycles(
    cycles: Sequence[CycleFacts],
    counts: Iterable[Count],
    limits: LowerLimits,
    ends_on: Iterable[date | None] = (),
) -> tuple[ToldCycle, ...]:
    """Return what is to be told of each cycle of one course, by day 1; `ends_on` ends the counting after the last."""
    in_order = sorted(cycles, key=lambda cycle: cycle.starts_on)
    counted = counted_cycles([(cycle.number, cycle.starts_on) for cycle in in_order], ends_on)
    all_counts = sorted(counts, key=lambda count: count.on)
    lineages = [cycle_toxicity(each, all_counts, limits) for each in counted]
    return tuple(
        ToldCycle(
            lineages=lineages[place],
            notes=check(
                prescription_of(cycle),
                _earlier(in_order[:place], lineages[:place], counted[:place], all_counts, limits, cycle.starts_on),
            ),
            case=_case(cycle, lineages[place]),
            days_by_holds=_days_by_holds(cycle),
            febrile=_febrile(cycle, all_counts),
        )
        for place, cycle in enumerate(in_order)
    )


def earlier_cycles(
    cycles: Sequence[CycleFacts], counts: Iterable[Count], limits: LowerLimits, day_1: date
) -> EarlierCycles | None:
    """Return what came before a cycle that begins on a day: the course of the last cycle before it; None for none."""
    before = sorted((cycle for cycle in cycles if cycle.starts_on < day_1), key=lambda cycle: cycle.starts_on)
    course = [cycle for cycle in before if cycle.treatment_id == before[-1].treatment_id]
    all_counts = sorted(counts, key=lambda count: count.on)
    days_1 = [(cycle.number, cycle.starts_on) for cycle in course]
    # the cycle asked about ends the counting of the last one on its day 1
    counted = counted_cycles([*days_1, (0, day_1)])[: len(course)] if course else ()
    lineages = [cycle_toxicity(each, all_counts, limits) for each in counted]
    return _earlier(course, lineages, counted, all_counts, limits, day_1)


def prescription_of(cycle: CycleFacts) -> Prescription:
    """Return a cycle on record as the rules of dosing see it."""
    return Prescription(
        dose_mg=cycle.dose_mg,
        planned_days=cycle.planned_days,
        partner=Partner(cycle.partner_drug),
        cyp3a4=Cyp3a4Class(cycle.cyp3a4),
        cyp3a4_drug=cycle.cyp3a4_drug,
        liver=ChildPugh(cycle.liver),
        reduced_to_mg=tuple(one.dose_mg for one in cycle.holds if one.dose_mg is not None),
        days=days_of(cycle),
    )


def days_of(cycle: CycleFacts) -> CycleDays:
    """Return the days of a cycle on record with its holds."""
    held = tuple(HeldDays(one.starts_on, one.ends_on) for one in cycle.holds if one.kind == DoseChange.Kind.HOLD)
    return CycleDays(cycle.starts_on, cycle.ends_on, cycle.planned_days, cycle.given_days, held)


def is_febrile_neutropenia(event: Toxicity) -> bool:
    """Whether an adverse event is a febrile neutropenia, by its kind or, where none was chosen, by its term."""
    return event.kind == AdverseEventChoice.FEBRILE_NEUTROPENIA or (
        not event.kind and event.term.strip().casefold() == "febrile neutropenia"
    )


def _febrile(cycle: CycleFacts, counts: Sequence[Count]) -> Mapping[int, FebrileTold]:
    found = {}
    for event in cycle.toxicities:
        if is_febrile_neutropenia(event):
            near = count_for_fever(counts, event.starts_on)
            neutrophils = None if near is None else near.neutrophils
            criterion = febrile_criterion(neutrophils, event.temperature_c, event.sustained_over_an_hour)
            agreement = compare_febrile_grade(criterion, event.grade)
            found[event.event_id] = FebrileTold(criterion, agreement, neutrophils, event.temperature_c)
    return found


def _earlier(
    course: Sequence[CycleFacts],
    lineages: Sequence[Mapping[Lineage, LineageToxicity]],
    counted: Sequence[CountedCycle],
    counts: Sequence[Count],
    limits: LowerLimits,
    day_1: date,
) -> EarlierCycles | None:
    if not course:
        return None
    last = course[-1]
    long = [_is_long(each) for each in lineages]
    since = [count for count in counts if counted[-1].day_1 < count.on <= day_1]
    return EarlierCycles(
        dose_mg=last.dose_mg,
        planned_days=last.planned_days,
        cyp3a4=Cyp3a4Class(last.cyp3a4),
        long_cytopenias=sum(long),
        last_had_one=long[-1],
        grade_now=_worst_now(since, limits),
    )


def _is_long(lineages: Mapping[Lineage, LineageToxicity]) -> bool:
    return any(told.grade_4 is not None and told.grade_4.is_long for told in lineages.values())


def _worst_now(counts: Sequence[Count], limits: LowerLimits) -> int | None:
    """The worst grade by the latest value of each lineage that delays a cycle."""
    latest = {
        lineage: value
        for count in counts
        for lineage in (Lineage.NEUTROPHILS, Lineage.PLATELETS)
        if (value := count.of(lineage)) is not None
    }
    return max((int(grade_of(lineage, value, limits)) for lineage, value in latest.items()), default=None)


def _days_by_holds(cycle: CycleFacts) -> int | None:
    try:
        return len(days_by_holds(days_of(cycle)))
    except PlannedDaysMissing:
        return None


def _case(cycle: CycleFacts, lineages: Mapping[Lineage, LineageToxicity]) -> ToxicityCase:
    grades = {lineage: told.grade for lineage, told in lineages.items()}
    for event in cycle.toxicities:
        lineage = COUNTED_TERMS.get(event.term.strip().casefold())
        if lineage is not None and lineage not in lineages:  # nothing counted: the grade that was typed
            grades[lineage] = max(grades.get(lineage, Grade.NONE), Grade(event.grade))
    severe = [
        event
        for event in cycle.toxicities
        if event.grade >= Grade.SEVERE and event.term.strip().casefold() not in COUNTED_TERMS
    ]
    febrile = [event for event in cycle.toxicities if is_febrile_neutropenia(event)]
    return ToxicityCase(
        neutrophils=grades.get(Lineage.NEUTROPHILS),
        platelets=grades.get(Lineage.PLATELETS),
        haemoglobin=grades.get(Lineage.HAEMOGLOBIN),
        neutrophils_grade_4=lineages[Lineage.NEUTROPHILS].grade_4 if Lineage.NEUTROPHILS in lineages else None,
        platelets_grade_4=lineages[Lineage.PLATELETS].grade_4 if Lineage.PLATELETS in lineages else None,
        febrile_neutropenia=len(febrile),
        infection=sum(event.kind == AdverseEventChoice.INFECTION for event in severe),
        non_haematological=sum(not is_febrile_neutropenia(event) for event in severe),
        units=cycle.units_by_product or {},
        reductions=sum(one.kind == DoseChange.Kind.REDUCTION for one in cycle.holds),
        holds=sum(one.kind == DoseChange.Kind.HOLD for one in cycle.holds),
        admitted=None if not cycle.setting else cycle.setting == SettingChoice.INPATIENT,
    )
