"""The life of a lot: registered, opened, used up, failed; one that failed stops what was measured with it."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion, WrongState
from monitoring.models import ReagentLot, User
from monitoring.models.choices import LotStateChoice
from monitoring.queries.lots import failed_lots_of, reach_of


class LotFailed(ActionRefused):
    """A result was to be authorised whose run was made with a lot that failed."""


class LotKnown(ActionRefused):
    """The laboratory has this lot already."""


def check_run(run_id: int | None) -> None:
    """Refuse with LotFailed while a lot of the run has failed; the database refuses the same, without a sentence."""
    failed = failed_lots_of(run_id)
    if failed:
        raise LotFailed(
            _("Lot %(lot)s failed: %(reason)s Results measured with it cannot be authorised. Return them to the bench.")
            % {"lot": failed[0].name, "reason": _ended(failed[0].failed_because)}
        )


@transaction.atomic
def register(*, by: User, lot: ReagentLot, today: date) -> ReagentLot:
    """Take a lot in."""
    permissions.check_can_keep_quality(by, lot.laboratory.centre_id)
    _check_days(lot.opened_on, lot.expires_on, today)
    lot.recorded_by = by
    try:
        with transaction.atomic():
            lot.save(force_insert=True)
    except IntegrityError as error:
        if "lot_once" not in str(error):
            raise
        raise LotKnown(_("This lot is on record already.")) from error
    audit.record(action="lot.register", by=by, subject=lot, after=audit.snapshot(lot))
    return lot


@transaction.atomic
def set_days(*, by: User, lot: ReagentLot, opened_on: date | None, expires_on: date | None, today: date) -> ReagentLot:
    """Write down when a lot was opened and until when it may be used."""
    current = _locked(by, lot)
    _check_days(opened_on, expires_on, today)
    return _step("lot.days", by, current, opened_on=opened_on, expires_on=expires_on)


@transaction.atomic
def use_up(*, by: User, lot: ReagentLot) -> ReagentLot:
    """Offer a lot for runs no more."""
    current = _locked(by, lot)
    _check_state(current, LotStateChoice.IN_USE)
    return _step("lot.use_up", by, current, state=LotStateChoice.RETIRED)


@transaction.atomic
def fail(*, by: User, lot: ReagentLot, reason: str, seen: str, now: datetime) -> ReagentLot:
    """Stop the signing of everything measured with a lot; `seen` is the reach that the person was shown.

    Anybody of the laboratory may: stopping is never refused. Authorised results stay and are to be reviewed.
    """
    current = _locked(by, lot)
    if current.state == LotStateChoice.FAILED:
        raise WrongState(_("This lot has failed already."))
    if not reason.strip():
        raise ActionRefused(_("Say why the lot failed."))
    if reach_of(current).fingerprint != seen:
        raise StaleVersion(_("More or less has been measured with this lot since you opened the page."))
    return _step(
        "lot.fail", by, current, reason,
        state=LotStateChoice.FAILED, failed_because=reason.strip(), failed_by=by, failed_at=now,
    )  # fmt: skip


@transaction.atomic
def clear(*, by: User, lot: ReagentLot, reason: str) -> ReagentLot:
    """Take a failure back: only who decides for the laboratory, and never who recorded it."""
    current = _locked(by, lot)
    permissions.check_can_set_up_laboratory(by, current.laboratory.centre_id)
    _check_state(current, LotStateChoice.FAILED)
    if current.failed_by_id == by.pk:
        raise ActionRefused(_("You recorded the failure. A second person takes it back."))
    if not reason.strip():
        raise ActionRefused(_("Say why the lot may be used after all."))
    return _step(
        "lot.clear", by, current, reason,
        state=LotStateChoice.IN_USE, failed_because="", failed_by=None, failed_at=None,
    )  # fmt: skip


def _locked(by: User, lot: ReagentLot) -> ReagentLot:
    permissions.check_can_keep_quality(by, lot.laboratory.centre_id)
    return ReagentLot.objects.select_for_update(of=("self",)).select_related("laboratory").get(pk=lot.pk)


def _check_state(lot: ReagentLot, wanted: LotStateChoice) -> None:
    if lot.state != wanted:
        raise WrongState(_("Somebody else has changed this lot meanwhile. Look at it again."))


def _check_days(opened_on: date | None, expires_on: date | None, today: date) -> None:
    if opened_on is not None and opened_on > today:
        raise ImpossibleDate("opened_on", _("A lot is opened today or has been opened earlier."))
    if opened_on is not None and expires_on is not None and opened_on > expires_on:
        raise ImpossibleDate("opened_on", _("The lot would be opened after it has expired."))


def _step(action: str, by: User, lot: ReagentLot, why: str = "", /, **changes: Any) -> ReagentLot:
    before = audit.snapshot(lot)
    for name, value in changes.items():
        setattr(lot, name, value)
    lot.save(update_fields=list(changes))
    audit.record(action=action, by=by, subject=lot, before=before, after=audit.snapshot(lot), reason=why)
    return lot


def _ended(reason: str) -> str:
    """Let a reason end like a sentence, so that another can follow it."""
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
