"""Senders of HL7 v2: registered with an account of their own, changed, switched off; by administrators."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.dates import at_once
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Laboratory, Membership, SenderProfile, UnknownSender, User
from monitoring.models.choices import RoleChoice as Role

CHANGEABLE = (
    "name", "sending_application", "sending_facility", "identifier_authority", "ack_mode", "decimal_comma", "encoding",
    "time_zone", "codes", "units", "words", "silent_after_hours", "is_active",
)  # fmt: skip


@transaction.atomic
def register(*, by: User, profile: SenderProfile, responsible_person: str, now: datetime) -> SenderProfile:
    """Register a sender; the laboratory's responsible person answers for what it sends, since nobody signs it here."""
    laboratory = Laboratory.objects.select_for_update().select_related("centre").get(pk=profile.laboratory_id)
    permissions.check_can_keep_clients(by, laboratory.centre_id)
    _name_responsible(by, laboratory, responsible_person)
    account = User(username=f"sender-{secrets.token_urlsafe(12)}", full_name=profile.name)
    account.set_unusable_password()
    account.save(force_insert=True)
    today = at_once(now.astimezone(laboratory.centre.zone).date(), now)
    Membership.objects.create(user=account, centre=laboratory.centre, role=Role.LABORATORY_TECHNICIAN, starts_on=today)
    profile.user, profile.created_by = account, by
    _saved(profile, force_insert=True)
    audit.record(action="sender.register", by=by, subject=profile, after=audit.snapshot(profile))
    return profile


@transaction.atomic
def change(*, by: User, profile: SenderProfile, changes: Mapping[str, Any]) -> SenderProfile:
    """Change how a sender is read and answered; messages that wait are read with the new settings."""
    current = SenderProfile.objects.select_for_update(of=("self",)).select_related("laboratory").get(pk=profile.pk)
    permissions.check_can_keep_clients(by, current.laboratory.centre_id)
    before = audit.snapshot(current)
    for name in CHANGEABLE:
        if name in changes:
            setattr(current, name, changes[name])
    _saved(current, update_fields=list(CHANGEABLE))
    audit.record(action="sender.change", by=by, subject=current, before=before, after=audit.snapshot(current))
    return current


def _name_responsible(by: User, laboratory: Laboratory, person: str) -> None:
    if not person.strip() or person.strip() == laboratory.responsible_person:
        if not laboratory.responsible_person:
            raise ActionRefused(_("Name who answers for the results of this laboratory."))
        return
    before = audit.snapshot(laboratory)
    laboratory.responsible_person = person.strip()
    laboratory.save(update_fields=["responsible_person"])
    audit.record(
        action="laboratory.responsible", by=by, subject=laboratory, before=before, after=audit.snapshot(laboratory)
    )


def _saved(profile: SenderProfile, **how: Any) -> None:
    try:
        with transaction.atomic():
            profile.save(**how)
    except IntegrityError as error:
        if "sender_profile_once" not in str(error):
            raise
        raise ActionRefused(_("Another sender in use has this application and facility.")) from error
    if profile.is_active:  # what was refused until now is not counted on: it is registered
        UnknownSender.objects.filter(
            sending_application=profile.sending_application, sending_facility=profile.sending_facility
        ).update(messages=0)
