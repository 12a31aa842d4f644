"""Subscriptions to alerts: taken from a machine, changed, turned off, deleted; a person lets one begin again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.actions.subscriptions_headers import HeadersLost, opened, seal
from monitoring.actions.subscriptions_headers import check as check_headers
from monitoring.actions.webhooks_addresses import Resolve, check, look_up
from monitoring.actions.webhooks_sending import allowed
from monitoring.models import ApiClient, Subscription, User

REQUESTED, ACTIVE, ERROR, OFF = "requested", "active", "error", "off"
MOST_SUBSCRIPTIONS = 50  # [DESIGN] of one machine; more of them is a machine that subscribes in a loop
LASTS_AS_IT_IS = ("endpoint", "headers", "payload", "topic")  # what a handshake has proved


class TooManySubscriptions(ActionRefused):
    """The machine has as many subscriptions as one may have."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a machine wants to hear, where, and in which form; `headers` in clear, as they were told."""

    topic: str
    filters: Sequence[str]
    endpoint: str
    headers: Sequence[str]
    payload: str
    reason: str
    heartbeat_seconds: int | None = None
    timeout_seconds: int | None = None
    max_count: int | None = None
    ends_at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """Return what the table holds, but for the headers."""
        return {
            "topic": self.topic, "filters": list(self.filters), "endpoint": self.endpoint, "payload": self.payload,
            "reason": self.reason, "heartbeat_seconds": self.heartbeat_seconds,
            "timeout_seconds": self.timeout_seconds, "max_count": self.max_count, "ends_at": self.ends_at,
        }  # fmt: skip


@transaction.atomic
def subscribe(
    *, by: User, client: ApiClient, wish: Wish, now: datetime, resolve: Resolve = look_up
) -> tuple[Subscription, bool]:
    """Take a subscription, and tell whether it is new: the same wish told twice is one subscription.

    Raises AddressRefused where no message may go, HeaderRefused and TooManySubscriptions.
    """
    _check_own(by, client)
    check(wish.endpoint, allowed(), resolve=resolve)
    check_headers(wish.headers)
    # the machine's row, so that the same wish told twice at once is one subscription as well
    ApiClient.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    existing = Subscription.objects.filter(client=client, deleted_at=None)
    same = next((row for row in existing.exclude(status=OFF) if _says(row, wish)), None)
    if same is not None:
        return same, False
    if existing.count() >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions(_("A machine has at most %(n)s subscriptions.") % {"n": MOST_SUBSCRIPTIONS})
    row = Subscription(client=client, centre_id=client.centre_id, headers=seal(wish.headers), **wish.columns())
    row.created_at = row.changed_at = row.not_before = now
    row.save(force_insert=True)
    audit.record(action="subscription.create", by=by, subject=row, after=told(row))
    _wake()
    return row, True


@transaction.atomic
def change(
    *, by: User, subscription: Subscription, wish: Wish, status: str, seen: int, now: datetime,
    resolve: Resolve = look_up,
) -> Subscription:  # fmt: skip
    """Replace what is wished; `status` is the one asked for, `seen` the version that the machine has read.

    What a handshake proved is proved anew where it changes, or where the machine asks for it.
    """
    row = _locked(subscription, seen)
    _check_own(by, row.client)
    changes: dict[str, Any] = wish.columns()
    if status != OFF:
        check(wish.endpoint, allowed(), resolve=resolve)
    check_headers(wish.headers)
    if not _says_headers(row, wish.headers):
        changes["headers"] = seal(wish.headers)
    proved = row.status == ACTIVE and not any(
        name in changes and changes[name] != getattr(row, name) for name in LASTS_AS_IT_IS
    )
    becomes = OFF if status == OFF else ACTIVE if status == ACTIVE and proved else REQUESTED
    changes |= _begins(now) if becomes == REQUESTED else {"claimed_at": None}
    return _step("subscription.change", by, row, now, status=becomes, **{"error": "", **changes})


@transaction.atomic
def turn_off(*, by: User, subscription: Subscription, seen: int, now: datetime) -> Subscription:
    """Send nothing more and number nothing more; the machine or a person begins it again."""
    row = _locked(subscription, seen)
    permissions.check_can_set_up_centre(by, row.centre)
    if row.status == OFF:
        return row
    return _step("subscription.turn_off", by, row, now, status=OFF, claimed_at=None)


@transaction.atomic
def begin_again(*, by: User, subscription: Subscription, seen: int, now: datetime) -> Subscription:
    """Let the handshake be done anew; raises WrongState where the time of the subscription is over."""
    row = _locked(subscription, seen)
    permissions.check_can_set_up_centre(by, row.centre)
    if row.client.revoked_at is not None or (row.ends_at is not None and row.ends_at <= now):
        raise WrongState(_("The machine is revoked, or the time of this subscription is over."))
    return _step("subscription.begin_again", by, row, now, status=REQUESTED, error="", **_begins(now))


@transaction.atomic
def delete(*, by: User, subscription: Subscription, seen: int, now: datetime) -> None:
    """Take a subscription off for good; what was sent by it stays on record."""
    row = _locked(subscription, seen)
    _check_own(by, row.client)
    _step("subscription.delete", by, row, now, status=OFF, claimed_at=None, deleted_at=now, headers=[])


def told(row: Subscription) -> dict[str, Any]:
    """Return what the audit trail keeps of a subscription: everything but its headers."""
    return {name: value for name, value in audit.snapshot(row).items() if name != "headers"}


def _check_own(by: User, client: ApiClient) -> None:
    if client.user_id != by.pk or client.revoked_at is not None:
        raise PermissionDenied(_("A machine keeps its own subscriptions, and nobody else's."))


def _locked(subscription: Subscription, seen: int) -> Subscription:
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("client", "centre")
    row = rows.get(pk=subscription.pk)
    if row.deleted_at is not None or row.version != seen:
        raise WrongState(_("This subscription has changed meanwhile."))
    return row


def _begins(now: datetime) -> Mapping[str, Any]:
    return {"attempts": 0, "not_before": now, "claimed_at": None}


def _says(row: Subscription, wish: Wish) -> bool:
    same = all(getattr(row, name) == value for name, value in wish.columns().items())
    return same and _says_headers(row, wish.headers)


def _says_headers(row: Subscription, headers: Sequence[str]) -> bool:
    try:
        return opened(row.headers) == list(headers)
    except HeadersLost:
        return False


def _step(action: str, by: User, row: Subscription, now: datetime, **changes: Any) -> Subscription:
    before = told(row)
    for name, value in {**changes, "version": row.version + 1, "changed_at": now}.items():
        setattr(row, name, value)
    row.save()
    audit.record(action=action, by=by, subject=row, before=before, after=told(row))
    if row.status == REQUESTED:
        _wake()
    return row


def _wake() -> None:
    transaction.on_commit(lambda: enqueue.send("tell_subscribers"))
