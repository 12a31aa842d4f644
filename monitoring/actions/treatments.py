"""Lines of treatment and venetoclax cycles."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import rows
from monitoring.actions.constructed import without_entered
from monitoring.actions.dates import check_end, check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, OverlappingCycles, StaleVersion
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import Patient, Treatment, User, VenetoclaxCycle
from monitoring.models.choices import TreatmentKindChoice

ENDED = "the line ended"  # reason in the audit: an end is what happened, no correction
CYCLE_2_BEGAN = "cycle 2 began"  # no correction either
DAYS_BETWEEN_COURSES = 90  # days; [DESIGN] a cycle that begins later than this after the last belongs to a new course


def start(
    *,
    by: User,
    patient: Patient,
    kind: TreatmentKindChoice,
    regimen: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
    cycle_2_on: date | None = None,
    stopped_because: str = "",
    constructed: list[str] | None = None,
) -> Treatment:
    """Record a line of treatment; raises ImpossibleDate, and ActionRefused for one that is on record already."""
    check_possible(patient=patient, on=starts_on, field="starts_on", now=now)
    check_end(patient=patient, starts_on=starts_on, ends_on=ends_on, now=now)
    _check_once(patient, kind, starts_on)
    row = Treatment(
        patient=patient, kind=kind, regimen=regimen, starts_on=starts_on, cycle_2_on=cycle_2_on, ends_on=ends_on,
        stopped_because=stopped_because, constructed=constructed or [],
    )  # fmt: skip
    _check_cycle_2(row, field="cycle_2_on", now=now)
    return rows.add(by=by, row=row, patient=patient)


@transaction.atomic
def change(
    *,
    by: User,
    treatment: Treatment,
    changes: dict[str, Any],
    now: datetime,
    reason: str = "",
    seen: datetime | None = None,
) -> Treatment:
    """Correct a line of treatment; what is entered is constructed no more.

    Raises ImpossibleDate, ActionRefused, and StaleVersion where somebody else corrected it meanwhile.
    """
    permissions.check_can_record(by, treatment.patient_id)
    lock_as_seen(treatment, seen)
    kind = changes.get("kind", treatment.kind)
    if kind != treatment.kind and treatment.cycles.exists():
        raise ActionRefused(_("This line holds venetoclax cycles: it stays what it is while they are in it."))
    starts_on = changes.get("starts_on", treatment.starts_on)
    check_possible(patient=treatment.patient, on=starts_on, field="starts_on", now=now)
    ends_on = changes.get("ends_on", treatment.ends_on)
    check_end(patient=treatment.patient, starts_on=starts_on, ends_on=ends_on, now=now)
    if (kind, starts_on) != (treatment.kind, treatment.starts_on):
        _check_once(treatment.patient, kind, starts_on, besides=treatment.pk)
    _check_holds_cycles(treatment, starts_on, ends_on)
    _check_cycle_2_of_changed(treatment, changes, now=now)
    return rows.change(
        by=by, row=treatment, patient=treatment.patient, changes=without_entered(treatment, changes), reason=reason
    )


def end(
    *,
    by: User,
    treatment: Treatment,
    ends_on: date,
    now: datetime,
    stopped_because: str = "",
    seen: datetime | None = None,
) -> Treatment:
    """Record that a line has ended; raises StaleVersion where an end is on record already."""
    if treatment.ends_on is not None:
        raise StaleVersion(_("An end of this line is on record already: correct the line instead."))
    told = {"stopped_because": stopped_because} if stopped_because else {}
    return change(by=by, treatment=treatment, changes={"ends_on": ends_on, **told}, now=now, reason=ENDED, seen=seen)


def begin_cycle_2(
    *, by: User, treatment: Treatment, cycle_2_on: date, now: datetime, seen: datetime | None = None
) -> Treatment:
    """Record that the second cycle of a first line has begun; raises StaleVersion where its day is on record."""
    if treatment.cycle_2_on is not None:
        raise StaleVersion(_("The first day of cycle 2 is on record already: correct the line instead."))
    changes = {"cycle_2_on": cycle_2_on}
    return change(by=by, treatment=treatment, changes=changes, now=now, reason=CYCLE_2_BEGAN, seen=seen)


@transaction.atomic
def remove(*, by: User, treatment: Treatment, reason: str, seen: datetime | None = None) -> None:
    """Take a line out that was written down by mistake; one that holds cycles goes with its last cycle."""
    if not reason.strip():
        raise ActionRefused(_("Say why it is removed."))
    if treatment.cycles.exists():
        raise ActionRefused(_("This line holds venetoclax cycles: remove them first."))
    rows.remove(by=by, row=treatment, patient=treatment.patient, reason=reason, seen=seen)


@transaction.atomic
def record_cycle(*, by: User, patient: Patient, cycle: VenetoclaxCycle, regimen: str, now: datetime) -> VenetoclaxCycle:
    """Record a venetoclax cycle in the running pre-emptive course, or begin a course with it.

    Raises ImpossibleDate and OverlappingCycles.
    """
    check_possible(patient=patient, on=cycle.starts_on, field="starts_on", now=now)
    check_end(patient=patient, starts_on=cycle.starts_on, ends_on=cycle.ends_on, now=now)
    cycle.patient = patient
    cycle.treatment = _course_of(cycle, patient) or start(
        by=by, patient=patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen=regimen,
        starts_on=cycle.starts_on, ends_on=None, now=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return rows.add(by=by, row=cycle, patient=patient)
    except IntegrityError as error:
        raise _cycle_refusal(error) from error


@transaction.atomic
def change_cycle(
    *,
    by: User,
    cycle: VenetoclaxCycle,
    changes: dict[str, Any],
    now: datetime,
    reason: str = "",
    seen: datetime | None = None,
) -> VenetoclaxCycle:
    """Correct a cycle; what it was stays in the history. Raises StaleVersion where somebody else did meanwhile."""
    lock_as_seen(cycle, seen)
    starts_on, ends_on = changes.get("starts_on", cycle.starts_on), changes.get("ends_on", cycle.ends_on)
    check_possible(patient=cycle.patient, on=starts_on, field="starts_on", now=now)
    check_end(patient=cycle.patient, starts_on=starts_on, ends_on=ends_on, now=now)
    try:
        with transaction.atomic():
            return rows.change(by=by, row=cycle, patient=cycle.patient, changes=changes, reason=reason)
    except IntegrityError as error:
        raise _cycle_refusal(error) from error


@transaction.atomic
def remove_cycle(*, by: User, cycle: VenetoclaxCycle, reason: str, seen: datetime | None = None) -> None:
    """Take a cycle out that was written down by mistake; holds go with it, what happened to the patient stays.

    A course left without any cycle goes too: its start would stay a start of treatment for every rule.
    """
    if not reason.strip():
        raise ActionRefused(_("Say why the cycle is removed."))
    lock_as_seen(cycle, seen)
    patient, course = cycle.patient, cycle.treatment
    for change in cycle.dose_changes.all():
        rows.remove(by=by, row=change, patient=patient, reason=reason)
    for happened in (*cycle.adverse_events.all(), *cycle.transfusions.all()):
        rows.change(by=by, row=happened, patient=patient, changes={"cycle": None}, reason=reason)
    rows.remove(by=by, row=cycle, patient=patient, reason=reason)
    if not course.cycles.exists():
        rows.remove(by=by, row=course, patient=patient, reason=reason)


def _course_of(cycle: VenetoclaxCycle, patient: Patient) -> Treatment | None:
    """The pre-emptive course whose last cycle ended not long before this one, or one that waits for its first."""
    near = VenetoclaxCycle.objects.filter(patient=patient).select_related("treatment").order_by("starts_on")
    for other in near:
        gap = max((cycle.starts_on - other.ends_on).days, (other.starts_on - cycle.ends_on).days)
        if gap <= DAYS_BETWEEN_COURSES and other.treatment.ends_on is None:
            return other.treatment
    return _course_without_cycle(cycle, patient)


def _course_without_cycle(cycle: VenetoclaxCycle, patient: Patient) -> Treatment | None:
    """A running course that was written down before its first cycle: another line would start treatment twice."""
    begun = Treatment.objects.filter(
        patient=patient, kind=TreatmentKindChoice.PRE_EMPTIVE, ends_on__isnull=True, cycles__isnull=True,
        starts_on__lte=cycle.starts_on, starts_on__gte=cycle.starts_on - timedelta(days=DAYS_BETWEEN_COURSES),
    )  # fmt: skip
    return begun.order_by("-starts_on").first()


def _check_once(patient: Patient, kind: str, starts_on: date, besides: int | None = None) -> None:
    """One line is written down once: a second of its kind from the same day would be counted as another."""
    others = Treatment.objects.filter(patient=patient, kind=kind, starts_on=starts_on).exclude(pk=besides or 0)
    if others.exists():
        raise ActionRefused(_("A line of this kind from this day on is on record already."))


def _check_holds_cycles(treatment: Treatment, starts_on: date, ends_on: date | None) -> None:
    """A line begins with its first cycle at the latest, and its last one begins in it."""
    begun = sorted(treatment.cycles.values_list("starts_on", flat=True))
    if begun and starts_on > begun[0]:
        raise ImpossibleDate("starts_on", _("The first cycle of this line begins before this day."))
    if begun and ends_on is not None and ends_on < begun[-1]:
        raise ImpossibleDate("ends_on", _("A cycle of this line begins after this day."))


def _check_cycle_2(line: Treatment, *, field: str, now: datetime) -> None:
    """The second cycle is one of the first line, after its first day, before its end, and has begun."""
    if line.cycle_2_on is None:
        return
    if line.kind != TreatmentKindChoice.FIRST_LINE:
        raise ImpossibleDate(field, _("Cycle 2 is recorded of a first line only."))
    check_possible(patient=line.patient, on=line.cycle_2_on, field=field, now=now)
    # a second course may stand as a line of its own, whose first day is that of cycle 2
    others = Treatment.objects.filter(patient=line.patient, kind=line.kind).exclude(pk=line.pk or 0)
    earlier = others.filter(starts_on__lt=line.starts_on)
    if line.cycle_2_on < line.starts_on or (line.cycle_2_on == line.starts_on and not earlier.exists()):
        raise ImpossibleDate(field, _("Cycle 2 does not begin after the first day of the line."))
    if line.ends_on is not None and line.cycle_2_on > line.ends_on:
        raise ImpossibleDate(field, _("Cycle 2 begins after the end of the line."))


def _check_cycle_2_of_changed(treatment: Treatment, changes: dict[str, Any], *, now: datetime) -> None:
    """Refuse at the day of cycle 2 where it is told, or else at what is told and does not fit it."""
    told = ("cycle_2_on", "ends_on", "starts_on", "kind")
    line = Treatment(
        pk=treatment.pk,
        patient=treatment.patient,
        **{name: changes.get(name, getattr(treatment, name)) for name in told},
    )
    field = next((name for name in told if name in changes), None)
    if field is not None:
        _check_cycle_2(line, field=field, now=now)


def _cycle_refusal(error: IntegrityError) -> Exception:
    """Turn the database's refusal of a cycle into a sentence at the field."""
    text = str(error)
    if "cycle_no_overlap" in text:
        return OverlappingCycles(_("This cycle shares days with another cycle of this patient."))
    if "cycle_number_once" in text:
        return OverlappingCycles(_("This course already has a cycle with this number."))
    if "cycle_given_days_fit" in text:
        return ImpossibleDate("given_days", _("More days were given than the cycle has."))
    return error
