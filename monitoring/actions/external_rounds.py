"""Writing down external quality rounds and their samples; every change keeps what stood before in the audit."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.models import ExternalRound, ExternalSample, User


class RoundKnown(ActionRefused):
    """The laboratory has this round already."""


class SampleKnown(ActionRefused):
    """The round has a sample of this code and marker already."""


@transaction.atomic
def add(*, by: User, external_round: ExternalRound, today: date) -> ExternalRound:
    """Write down a round that arrived."""
    permissions.check_can_keep_quality(by, external_round.laboratory.centre_id)
    _check_days(external_round.received_on, external_round.reported_on, today)
    external_round.recorded_by = by
    try:
        with transaction.atomic():
            external_round.save(force_insert=True)
    except IntegrityError as error:
        if "external_round_once" not in str(error):
            raise
        raise RoundKnown(_("This round is on record already.")) from error
    audit.record(action="external_round.add", by=by, subject=external_round, after=audit.snapshot(external_round))
    return external_round


@transaction.atomic
def change(*, by: User, external_round: ExternalRound, changes: dict[str, Any], today: date) -> ExternalRound:
    """Correct a round: its days, its comment."""
    permissions.check_can_keep_quality(by, external_round.laboratory.centre_id)
    before = audit.snapshot(external_round)
    for name, value in changes.items():
        setattr(external_round, name, value)
    _check_days(external_round.received_on, external_round.reported_on, today)
    external_round.save(update_fields=list(changes))
    after = audit.snapshot(external_round)
    audit.record(action="external_round.change", by=by, subject=external_round, before=before, after=after)
    return external_round


@transaction.atomic
def write_sample(*, by: User, external_round: ExternalRound, sample: ExternalSample) -> ExternalSample:
    """Write down a sample of a round, or correct it."""
    permissions.check_can_keep_quality(by, external_round.laboratory.centre_id)
    sample.external_round = external_round
    known = ExternalSample.objects.select_for_update().filter(pk=sample.pk).first() if sample.pk else None
    before = audit.snapshot(known) if known else None
    try:
        with transaction.atomic():
            sample.save()
    except IntegrityError as error:
        if "external_sample_once" not in str(error):
            raise
        raise SampleKnown(_("This round has a sample of this code and marker already.")) from error
    action = "external_sample.change" if known else "external_sample.add"
    audit.record(action=action, by=by, subject=sample, before=before, after=audit.snapshot(sample))
    return sample


@transaction.atomic
def remove_sample(*, by: User, external_round: ExternalRound, sample: ExternalSample, reason: str) -> None:
    """Take a sample off its round, with the reason; what stood there stays in the audit."""
    permissions.check_can_keep_quality(by, external_round.laboratory.centre_id)
    if not reason.strip():
        raise ActionRefused(_("Say why the sample is taken off."))
    audit.record(
        action="external_sample.remove", by=by, subject=sample, before=audit.snapshot(sample), reason=reason.strip()
    )
    sample.delete()


def _check_days(received_on: date, reported_on: date | None, today: date) -> None:
    if received_on > today:
        raise ImpossibleDate("received_on", _("A round is written down once it has arrived."))
    if reported_on is not None and reported_on > today:
        raise ImpossibleDate("reported_on", _("This day has not come yet."))
    if reported_on is not None and reported_on < received_on:
        raise ImpossibleDate("reported_on", _("The report would lie before the arrival."))
