"""The disease of a patient, corrected: its type, the day of diagnosis, karyotype, ELN risk, which remission."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions import rows
from monitoring.actions.constructed import without_entered
from monitoring.actions.dates import check_possible
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.seen_rows import lock_as_seen
from monitoring.models import ClinicalEvent, Disease, Treatment, User
from monitoring.models.choices import EventKindChoice, TreatmentKindChoice
from monitoring.wording import dates

ELN_EDITIONS = ("2010", "2017", "2022")  # years of the ELN recommendations that define a genetic risk
AFTER_DIAGNOSIS = (EventKindChoice.REMISSION, EventKindChoice.HAEMATOLOGICAL_RELAPSE, EventKindChoice.DEATH)


@transaction.atomic
def change(
    *,
    by: User,
    disease: Disease,
    changes: dict[str, Any],
    now: datetime,
    reason: str,
    seen: datetime | None = None,
) -> Disease:
    """Correct a disease. Raises ImpossibleDate, and StaleVersion where somebody else did meanwhile.

    A risk that is taken away takes its edition with it.
    """
    if not reason.strip():
        raise ActionRefused(_("Say why it is corrected."))
    current = lock_as_seen(disease, seen)
    diagnosed_on = changes.get("diagnosed_on", current.diagnosed_on)
    check_possible(patient=disease.patient, on=diagnosed_on, field="diagnosed_on", now=now)
    _check_order(current, diagnosed_on)
    risk = changes.get("eln_risk", current.eln_risk)
    edition = changes.get("eln_risk_edition", current.eln_risk_edition) if risk else ""
    if risk and not edition:
        raise ImpossibleDate("eln_risk_edition", _("Say by which edition the risk was told."))
    told = without_entered(current, {**changes, "eln_risk_edition": edition})
    return rows.change(by=by, row=current, patient=disease.patient, changes=told, reason=reason)


def _check_order(disease: Disease, diagnosed_on: date) -> None:
    """Refuse a diagnosis after the end of the first line, or after what only the leukaemia brings.

    Of a second disease nothing is said: what came before it belongs to the first.
    """
    if Disease.objects.filter(patient=disease.patient_id).exclude(pk=disease.pk).exists():
        return
    lines = Treatment.objects.filter(patient=disease.patient_id, kind=TreatmentKindChoice.FIRST_LINE)
    ended = lines.filter(ends_on__lt=diagnosed_on).order_by("ends_on").first()
    if ended is not None and ended.ends_on is not None:
        sentence = _("This day is after the end of the first line, %(day)s.")
        raise ImpossibleDate("diagnosed_on", sentence % {"day": dates.day(ended.ends_on)})
    events = ClinicalEvent.objects.filter(patient=disease.patient_id, kind__in=AFTER_DIAGNOSIS)
    before = events.filter(happened_on__lt=diagnosed_on).order_by("happened_on").first()
    if before is not None:
        sentence = _("This day is after what is on record: %(what)s of %(day)s.")
        told = {"what": before.get_kind_display(), "day": dates.day(before.happened_on)}
        raise ImpossibleDate("diagnosed_on", sentence % told)
