"""Pre-emptive courses with their cycles, as response and schedule want them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from monitoring.domain.treatment import Cycle, CyclesOutOfOrder, PreemptiveTreatment
from monitoring.models import ClinicalEvent, Treatment, VenetoclaxCycle
from monitoring.models.choices import EventKindChoice, TreatmentKindChoice

Courses = dict[int, tuple[PreemptiveTreatment, ...]]


def read(patient_ids: Iterable[int]) -> Courses:
    """Return the pre-emptive courses of each of these patients, by start; nothing for a patient without any."""
    wanted = list(patient_ids)
    treatments = list(
        Treatment.objects.filter(patient_id__in=wanted)
        .exclude(kind=TreatmentKindChoice.FIRST_LINE)
        .order_by("starts_on")
        .only("id", "patient_id", "kind", "starts_on")
    )
    if not any(row.kind == TreatmentKindChoice.PRE_EMPTIVE for row in treatments):
        return {}
    cycles = _cycles(wanted)
    transplants = _conditioning(wanted)
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


def _cycles(patient_ids: list[int]) -> dict[int, list[Cycle]]:
    found: dict[int, list[Cycle]] = defaultdict(list)
    rows = VenetoclaxCycle.objects.filter(patient_id__in=patient_ids).order_by("starts_on")
    for treatment_id, number, starts_on, days in rows.values_list("treatment_id", "number", "starts_on", "given_days"):
        found[treatment_id].append(Cycle(number, starts_on, days))
    return found


def _conditioning(patient_ids: list[int]) -> dict[int, list[date]]:
    """The days on which conditioning began, or the transplant where its beginning is not recorded."""
    found: dict[int, list[date]] = defaultdict(list)
    rows = ClinicalEvent.objects.filter(patient_id__in=patient_ids, kind=EventKindChoice.HSCT)
    for patient_id, happened_on, conditioning_on in rows.values_list(
        "patient_id", "happened_on", "conditioning_starts_on"
    ):
        found[patient_id].append(conditioning_on or happened_on)
    return found
