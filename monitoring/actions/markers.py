"""What is followed in a patient: a marker begun, its mutation type or the marker itself corrected."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import rows
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.models import MrdResult, MrdSeries, Patient, RecomputeRequest, User
from monitoring.models.choices import MarkerChoice

Seen = tuple[str, str]  # marker and mutation type: a series has no other version of its own


def follow(*, by: User, patient: Patient, marker: MarkerChoice, mutation_type: str) -> MrdSeries:
    """Begin to follow a marker in a patient; raises ActionRefused for one that is followed already."""
    row = MrdSeries(patient=patient, marker=marker, mutation_type=mutation_type)
    try:
        with transaction.atomic():
            return rows.add(by=by, row=row, patient=patient)
    except IntegrityError as error:
        raise _refusal(error) from error


@transaction.atomic
def correct(
    *, by: User, series: MrdSeries, changes: dict[str, Any], now: datetime, reason: str, seen: Seen | None = None
) -> MrdSeries:
    """Correct the mutation type of what is followed, or the marker while nothing was measured of it.

    Raises ActionRefused, and StaleVersion where somebody else corrected it meanwhile.
    """
    permissions.check_can_record(by, series.patient_id)
    if not reason.strip():
        raise ActionRefused(_("Say why it is corrected."))
    standing = MrdSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if seen is not None and seen != seen_of(standing):
        raise StaleVersion(_("Somebody has changed this meanwhile. Nothing was saved: look at it again."))
    is_another = changes.get("marker", standing.marker) != standing.marker
    if is_another and MrdResult.objects.filter(series=standing).exists():
        raise ActionRefused(
            _("Results of this marker are on record: it stays what it is. Follow the other marker beside it.")
        )
    try:
        with transaction.atomic():
            rows.change(by=by, row=standing, patient=series.patient, changes=changes, reason=reason)
    except IntegrityError as error:
        raise _refusal(error) from error
    if is_another:
        _ask_for_verdict(standing, now)
    return standing


def seen_of(series: MrdSeries) -> Seen:
    """Return what a person has seen of a followed marker."""
    return series.marker, series.mutation_type


def _ask_for_verdict(series: MrdSeries, now: datetime) -> None:
    """Another marker has other rules and another schedule; the mutation type is no input of any rule."""
    MrdSeries.objects.filter(pk=series.pk).update(revision=F("revision") + 1)
    series.refresh_from_db(fields=["revision"])
    asked = {"patient_id": series.patient_id, "revision": series.revision, "reason": "series", "requested_at": now}
    RecomputeRequest.objects.update_or_create(series=series, defaults=asked)


def _refusal(error: IntegrityError) -> Exception:
    if "series_once_per_marker" in str(error):
        return ActionRefused(_("This marker is followed in this patient already."))
    return error
