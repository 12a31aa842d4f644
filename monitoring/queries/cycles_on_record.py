"""Venetoclax cycles as they are on record, with holds, adverse events and transfusions within them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from monitoring.models import AdverseEvent, DoseChange, Transfusion, VenetoclaxCycle
from monitoring.queries.known_rows import on_record

OfCycle = TypeVar("OfCycle", DoseChange, AdverseEvent, Transfusion)


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold or a reduction within a cycle."""

    kind: str
    starts_on: date
    ends_on: date | None
    dose_mg: int | None
    because: str
    change_id: int = 0


@dataclass(frozen=True, slots=True)
class Toxicity:
    """An adverse event by CTCAE 5.0; temperature in degrees Celsius."""

    term: str
    grade: int
    starts_on: date
    ends_on: date | None
    kind: str = ""
    temperature_c: Decimal | None = None
    sustained_over_an_hour: bool | None = None
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class Transfused:
    """Units of one product given on a day."""

    transfusion_id: int
    product: str
    units: int
    given_on: date


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """One venetoclax cycle as planned and as given, and what happened in it."""

    cycle_id: int
    treatment_id: int
    number: int
    starts_on: date
    ends_on: date
    planned_days: int | None
    given_days: int | None
    dose_mg: int | None
    ramp_up: bool | None
    tls_prophylaxis: bool | None
    partner_drug: str
    partner_dose_mg_m2: Decimal | None
    partner_days: int | None
    cyp3a4: str
    cyp3a4_drug: str
    g_csf: bool | None
    setting: str
    stopped_because: str
    constructed: tuple[str, ...]
    holds: tuple[Hold, ...] = ()
    toxicities: tuple[Toxicity, ...] = ()
    units_by_product: Mapping[str, int] | None = None
    liver: str = ""
    transfusions: tuple[Transfused, ...] = ()


@dataclass(frozen=True, slots=True)
class CyclesOnRecord:
    """The cycles of a patient, and what happened outside of all of them."""

    cycles: tuple[CycleFacts, ...]
    toxicities_outside: tuple[Toxicity, ...]
    transfusions_outside: tuple[Transfused, ...]


def read_cycles(patient_id: int, as_of: date, known_at: datetime | None = None) -> CyclesOnRecord:
    """Return the cycles of a patient begun by a day, as on record at a moment (None is now), in four queries.

    What names no cycle belongs to the one on whose days it happened.
    """
    return cycles_of(
        [row for row in on_record(VenetoclaxCycle, [patient_id], known_at) if row.starts_on <= as_of],
        [row for row in on_record(DoseChange, [patient_id], known_at) if row.starts_on <= as_of],
        [row for row in on_record(AdverseEvent, [patient_id], known_at) if row.starts_on <= as_of],
        [row for row in on_record(Transfusion, [patient_id], known_at) if row.given_on <= as_of],
    )


def cycles_of(
    cycles: Iterable[VenetoclaxCycle],
    changes: Iterable[DoseChange],
    adverse: Iterable[AdverseEvent],
    transfusions: Iterable[Transfusion],
) -> CyclesOnRecord:
    """Return the cycles of one patient with what happened in them, from the rows of this patient."""
    in_order = sorted(cycles, key=lambda row: row.starts_on)
    holds = _by_cycle(sorted(changes, key=lambda row: row.starts_on), in_order)
    toxicities = _by_cycle(sorted(adverse, key=lambda row: row.starts_on), in_order)
    given = _by_cycle(sorted(transfusions, key=lambda row: row.given_on), in_order)
    return CyclesOnRecord(
        cycles=tuple(_cycle(row, holds[row.pk], toxicities[row.pk], given[row.pk]) for row in in_order),
        toxicities_outside=tuple(_toxicity(row) for row in toxicities[None]),
        transfusions_outside=tuple(_transfused(row) for row in given[None]),
    )


def read_all_cycles(patient_id: int) -> tuple[CycleFacts, ...]:
    """Return every cycle of a patient, also those of days to come, without what happened in them."""
    rows = VenetoclaxCycle.objects.filter(patient_id=patient_id).order_by("starts_on")
    return tuple(_cycle(row, (), (), ()) for row in rows)


def _by_cycle(rows: Iterable[OfCycle], cycles: Sequence[VenetoclaxCycle]) -> Mapping[int | None, list[OfCycle]]:
    found: dict[int | None, list[OfCycle]] = defaultdict(list)
    for row in rows:
        found[row.cycle_id or _cycle_of_day(_day_of(row), cycles)].append(row)
    return found


def _day_of(row: DoseChange | AdverseEvent | Transfusion) -> date:
    return row.given_on if isinstance(row, Transfusion) else row.starts_on


def _cycle_of_day(on: date, cycles: Sequence[VenetoclaxCycle]) -> int | None:
    return next((cycle.pk for cycle in cycles if cycle.starts_on <= on <= cycle.ends_on), None)


def _toxicity(row: AdverseEvent) -> Toxicity:
    return Toxicity(
        row.term, row.grade, row.starts_on, row.ends_on, row.kind, row.temperature_c, row.sustained_over_an_hour, row.pk
    )


def _transfused(row: Transfusion) -> Transfused:
    return Transfused(row.pk, row.product, row.units, row.given_on)


def _cycle(
    row: VenetoclaxCycle,
    holds: Iterable[DoseChange],
    toxicities: Iterable[AdverseEvent],
    transfusions: Iterable[Transfusion],
) -> CycleFacts:
    units: dict[str, int] = defaultdict(int)
    given = tuple(_transfused(each) for each in transfusions)
    for each in given:
        units[each.product] += each.units
    return CycleFacts(
        cycle_id=row.pk,
        treatment_id=row.treatment_id,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        planned_days=row.planned_days,
        given_days=row.given_days,
        dose_mg=row.dose_mg,
        ramp_up=row.ramp_up,
        tls_prophylaxis=row.tls_prophylaxis,
        partner_drug=row.partner_drug,
        partner_dose_mg_m2=row.partner_dose_mg_m2,
        partner_days=row.partner_days,
        cyp3a4=row.cyp3a4,
        cyp3a4_drug=row.cyp3a4_drug,
        g_csf=row.g_csf,
        setting=row.setting,
        stopped_because=row.stopped_because,
        constructed=tuple(row.constructed),
        holds=tuple(
            Hold(each.kind, each.starts_on, each.ends_on, each.dose_mg, each.because, each.pk) for each in holds
        ),
        toxicities=tuple(_toxicity(each) for each in toxicities),
        units_by_product=dict(units),
        liver=row.liver,
        transfusions=given,
    )
