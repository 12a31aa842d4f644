"""Sampling intervals set apart from the default: for a centre, or for one patient, each with its reason.

The database asks for what is due of every patient concerned (migration 0007); the worker is woken on commit.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.sampling_intervals import IntervalsRefused, check_together, days_as_text, intervals_of
from monitoring.models import Centre, Patient, SamplingInterval, User
from monitoring.queries import intervals_in_force


class IntervalRefused(ActionRefused):
    """An interval that cannot be; `name` is the interval that stands against it."""

    def __init__(self, name: str) -> None:
        super().__init__(_("These days cannot be: they contradict another interval, or are not whole rising days."))
        self.name = name


@transaction.atomic
def set_for_patient(
    *, by: User, patient: Patient, name: str, days: str, because: str, seen: str = ""
) -> SamplingInterval:
    """Set an interval of one patient apart. `seen`: the days of its own that the person saw, empty where none."""
    permissions.check_can_set_patient_intervals(by, patient.pk)
    in_force = intervals_in_force.of_patient(patient.pk)
    return _set(by, {"patient": patient}, name, days, because, seen, {n: each.days for n, each in in_force.items()})


@transaction.atomic
def set_for_centre(*, by: User, centre: Centre, name: str, days: str, because: str, seen: str = "") -> SamplingInterval:
    """Set an interval of a centre apart, for every patient whose home it is and who has none of their own."""
    permissions.check_can_set_up_centre(by, centre)
    in_force = intervals_in_force.of_centre(centre.pk)
    return _set(by, {"centre": centre}, name, days, because, seen, {n: each.days for n, each in in_force.items()})


@transaction.atomic
def give_back_for_patient(*, by: User, patient: Patient, name: str, because: str) -> None:
    """Let the interval of the centre, or the default, hold again for a patient; what was set stays in the history."""
    permissions.check_can_set_patient_intervals(by, patient.pk)
    _give_back(by, {"patient": patient}, name, because)


@transaction.atomic
def give_back_for_centre(*, by: User, centre: Centre, name: str, because: str) -> None:
    """Let the default hold again at a centre; what was set stays in the audit."""
    permissions.check_can_set_up_centre(by, centre)
    _give_back(by, {"centre": centre}, name, because)


def _set(
    by: User, whose: dict[str, Any], name: str, days: str, because: str, seen: str, in_force: dict[str, str]
) -> SamplingInterval:
    _check_reason(because)
    try:
        wanted = intervals_of(tuple({**in_force, name: days}.items()))
        check_together(wanted, name)
    except IntervalsRefused as refused:
        raise IntervalRefused(str(refused)) from refused
    values = {"days": days_as_text(wanted, name), "because": because.strip(), "set_by": by}
    current = _current(whose, name, seen)
    if current is None:
        return _added(by, SamplingInterval(name=name, **whose, **values))
    before = audit.snapshot(current)
    for column, value in values.items():
        setattr(current, column, value)
    current.save(update_fields=list(values))
    _tell("interval.change", by, current, before, audit.snapshot(current))
    return current


def _current(whose: dict[str, Any], name: str, seen: str) -> SamplingInterval | None:
    """The row as it stands, locked; refused where it is not what the person saw."""
    current = SamplingInterval.objects.select_for_update(of=("self",)).filter(name=name, **whose).first()
    if (current.days if current else "") != seen:
        raise StaleVersion(_("Somebody else has changed this interval meanwhile."))
    return current


def _added(by: User, row: SamplingInterval) -> SamplingInterval:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # two people set the same interval at once
        raise StaleVersion(_("Somebody else has changed this interval meanwhile.")) from error
    _tell("interval.set", by, row, None, audit.snapshot(row))
    return row


def _give_back(by: User, whose: dict[str, Any], name: str, because: str) -> None:
    _check_reason(because)
    row = SamplingInterval.objects.select_for_update(of=("self",)).filter(name=name, **whose).first()
    if row is None:
        raise StaleVersion(_("Somebody else has changed this interval meanwhile."))
    _tell("interval.give_back", by, row, audit.snapshot(row), None, because.strip())
    row.delete()


def _check_reason(because: str) -> None:
    if not because.strip():
        raise ActionRefused(_("Say why."))


def _tell(
    action: str,
    by: User,
    row: SamplingInterval,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> None:
    audit.record(
        action=action, by=by, subject=row, patient_id=row.patient_id, before=before, after=after,
        reason=reason or row.because,
    )  # fmt: skip
    patient_id = row.patient_id
    if patient_id is not None:
        transaction.on_commit(lambda: enqueue.send("recompute_patient", patient_id))
    else:
        transaction.on_commit(lambda: enqueue.send("sweep_recompute_requests"))
