"""The subscriptions of a centre's machines as its operators see them, and the events of one by their numbers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from monitoring.models import Centre, Subscription, SubscriptionEvent
from monitoring.wording.subscription_words import content_words, status_words, why_words

REQUESTED, OFF = "requested", "off"
ORDER = ("error", "requested", "active", "off")  # what needs a person first


@dataclass(frozen=True, slots=True)
class SubscriptionShown:
    """A subscription as the list shows it: no header, and no patient."""

    subscription_id: int
    version: int
    client_name: str
    client_id: int
    client_is_revoked: bool
    endpoint: str
    reason: str
    status: str
    status_words: str
    content_words: str
    why: str
    is_narrowed: bool
    last_contact_at: datetime | None
    next_attempt_at: datetime | None
    ends_at: datetime | None
    last_number: int
    waiting: int
    can_be_turned_off: bool
    can_begin_again: bool


def of_centre(centre: Centre, *, now: datetime) -> tuple[SubscriptionShown, ...]:
    """Return the subscriptions of a centre's machines that were not deleted, those in error first."""
    rows = Subscription.objects.filter(centre=centre, deleted_at=None).select_related("client")
    counted = rows.annotate(waiting=Count("events", filter=Q(events__sent_at=None)))
    found = sorted(counted, key=lambda row: (ORDER.index(row.status), row.client.name.lower(), row.pk))
    return tuple(_shown(row, row.waiting, now) for row in found)


def row_of(centres: Collection[Centre], pk: int) -> Subscription | None:
    """Return a subscription of one of these centres; None for any other."""
    rows = Subscription.objects.filter(centre_id__in=[centre.pk for centre in centres], deleted_at=None)
    return rows.select_related("client", "centre").filter(pk=pk).first()


def events_between(row: Subscription, first: int, last: int, *, most: int) -> Sequence[SubscriptionEvent]:
    """Return the events with numbers from `first` to `last`, at most so many, the earliest first."""
    events = SubscriptionEvent.objects.filter(subscription=row, number__gte=first, number__lte=last)
    return list(events.select_related("change").order_by("number")[:most])


def _shown(row: Subscription, waiting: int, now: datetime) -> SubscriptionShown:
    is_revoked = row.client.revoked_at is not None
    is_over = is_revoked or (row.ends_at is not None and row.ends_at <= now)
    return SubscriptionShown(
        subscription_id=row.pk,
        version=row.version,
        client_name=row.client.name,
        client_id=row.client_id,
        client_is_revoked=is_revoked,
        endpoint=row.endpoint,
        reason=row.reason,
        status=row.status,
        status_words=status_words(row.status),
        content_words=content_words(row.payload),
        why=why_words(row.error),
        is_narrowed=bool(row.filters) or "?" in row.topic,
        last_contact_at=row.last_contact_at,
        next_attempt_at=row.not_before if row.status == "active" and row.error and row.not_before > now else None,
        ends_at=row.ends_at,
        last_number=row.last_number,
        waiting=waiting,
        can_be_turned_off=row.status != OFF,
        can_begin_again=row.status != REQUESTED and not is_over,
    )
