"""Pre-emptive courses with their cycles, as response and schedule want them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from monitoring.domain.treatment import Cycle, CyclesOutOfOrder, PreemptiveTreatment
from monitoring.models import ClinicalEvent, Treatment, VenetoclaxCycle
from monitoring.models.choices import EventKindChoice, TreatmentKindChoice
from monitoring.queries.known_rows import on_record

Courses = dict[int, tuple[PreemptiveTreatment, ...]]


def read(patient_ids: Iterable[int], known_at: datetime | None = None) -> Courses:
    """Return the pre-emptive courses of each of these patients, by start, as on record at a moment; None is now.

    A patient without any is not among them.
    """
    wanted = list(patient_ids)
    treatments = _treatments(wanted, known_at)
    if not any(row.kind == TreatmentKindChoice.PRE_EMPTIVE for row in treatments):
        return {}
    cycles = _cycles(wanted, known_at)
    transplants = _conditioning(wanted, known_at)
    found: dict[int, list[PreemptiveTreatment]] = defaultdict(list)
    for row in treatments:
        if row.kind == TreatmentKindChoice.PRE_EMPTIVE:
            others = [
                other.starts_on
                for other in treatments
                if other.patient_id == row.patient_id and other.starts_on > row.starts_on
            ]
            conditioning = [on for on in transplants.get(row.patient_id, ()) if on >= row.starts_on]
            found[row.patient_id].append(
                _course(row, cycles.get(row.pk, []), min(conditioning, default=None), min(others, default=None))
            )
    return {patient_id: tuple(courses) for patient_id, courses in found.items()}


def _course(
    row: Treatment, cycles: list[Cycle], conditioning_on: date | None, other_on: date | None
) -> PreemptiveTreatment:
    try:
        return PreemptiveTreatment(row.starts_on, tuple(cycles), conditioning_on, other_on)
    except CyclesOutOfOrder:
        # Numbers that do not follow the days (old data): the days tell the order.
        numbered = tuple(Cycle(n, each.day_1, each.venetoclax_days) for n, each in enumerate(cycles, start=1))
        started_on = min([row.starts_on, *(cycle.day_1 for cycle in numbered)])
        return PreemptiveTreatment(started_on, numbered, conditioning_on, other_on)


def _treatments(patient_ids: list[int], known_at: datetime | None) -> list[Treatment]:
    """Every line but the first, by start. Of now, only what is asked for: a whole centre is read at once."""
    if known_at is not None:
        rows = [
            row for row in on_record(Treatment, patient_ids, known_at) if row.kind != TreatmentKindChoice.FIRST_LINE
        ]
        return sorted(rows, key=lambda row: row.starts_on)
    later_lines = Treatment.objects.filter(patient_id__in=patient_ids).exclude(kind=TreatmentKindChoice.FIRST_LINE)
    return list(later_lines.order_by("starts_on").only("id", "patient_id", "kind", "starts_on"))


def _cycles(patient_ids: list[int], known_at: datetime | None) -> dict[int, list[Cycle]]:
    found: dict[int, list[Cycle]] = defaultdict(list)
    for row in sorted(on_record(VenetoclaxCycle, patient_ids, known_at), key=lambda row: row.starts_on):
        found[row.treatment_id].append(Cycle(row.number, row.starts_on, row.given_days))
    return found


def _conditioning(patient_ids: list[int], known_at: datetime | None) -> dict[int, list[date]]:
    """The days on which conditioning began, or the transplant where its beginning is not recorded."""
    found: dict[int, list[date]] = defaultdict(list)
    for row in on_record(ClinicalEvent, patient_ids, known_at):
        if row.kind == EventKindChoice.HSCT:
            found[row.patient_id].append(row.conditioning_starts_on or row.happened_on)
    return found
