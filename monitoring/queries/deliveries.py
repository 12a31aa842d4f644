"""What a centre sent about alerts, to whom, and whether it arrived; the endpoints that it sends to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from monitoring import permissions
from monitoring.models import Centre, Membership, Notification, User, WebhookEndpoint
from monitoring.models.choices import NotificationChannelChoice as Channel
from monitoring.models.choices import NotificationStateChoice as State
from monitoring.wording.delivery_words import event_words, reason_words, state_words

PAGE = 50
GONE = "HTTP 410"


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """One message as the list shows it; it names an alert by its number and no patient."""

    delivery_id: int
    alert_id: int
    event: str
    channel_words: str
    receiver: str
    state_words: str
    attempts: int
    written_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    why: str
    can_go_again: bool


@dataclass(frozen=True, slots=True)
class Deliveries:
    """A page of messages, the newest first, with how many there are in each state."""

    shown: tuple[DeliveryShown, ...]
    counts: Mapping[str, int]
    next_after: int | None

    @property
    def total(self) -> int:
        """How many messages there are in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class EndpointShown:
    """An endpoint as the list shows it."""

    endpoint_id: int
    name: str
    url: str
    is_active: bool
    is_gone: bool
    key_number: int
    previous_key_until: datetime | None
    created_by: str
    created_at: datetime
    counts: Mapping[str, int]


def centres_kept(user: User) -> list[Centre]:
    """Return the centres whose messages and endpoints this person looks after, in a steady order."""
    centres = {member.centre_id: member.centre for member in permissions.memberships_of(user)}
    return [centre for centre in centres.values() if permissions.can_set_up_centre(user, centre)]


def deliveries(
    centre: Centre, *, state: str, after: int, can_go_again: Mapping[str, Collection[str]], now: datetime
) -> Deliveries:  # fmt: skip
    """Return a page of what was sent to the people and the endpoints of a centre, from the key `after` downwards."""
    rows = _of_centre(centre)
    counts = dict.fromkeys(State.values, 0)
    counts |= dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    if state:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("alert", "change", "user", "endpoint").order_by("-pk")[: PAGE + 1])
    shown = tuple(_shown(row, row.state in can_go_again[row.channel], now) for row in found[:PAGE])
    return Deliveries(shown, counts, found[PAGE - 1].pk if len(found) > PAGE else None)


def delivery_row(centre: Centre, pk: int) -> Notification | None:
    """Return a message to somebody or something of this centre; None for any other."""
    return _of_centre(centre).filter(pk=pk).first()


def endpoints(centre: Centre) -> tuple[EndpointShown, ...]:
    """Return the endpoints of a centre, those in use first."""
    gone = Notification.objects.filter(endpoint=OuterRef("pk"), state=State.FAILED, last_error=GONE)
    rows = WebhookEndpoint.objects.filter(centre=centre).select_related("created_by").annotate(gone=Exists(gone))
    counts: dict[int, dict[str, int]] = {}
    grouped = Notification.objects.filter(endpoint__centre=centre).values_list("endpoint_id", "state")
    for endpoint_id, state, n in grouped.annotate(n=Count("pk")).order_by():
        counts.setdefault(endpoint_id or 0, {})[state] = n
    return tuple(
        EndpointShown(
            row.pk, row.name, row.url, row.is_active, not row.is_active and row.gone, row.key_number,
            row.previous_key_until, row.created_by.shown_name, row.created_at, counts.get(row.pk, {}),
        )
        for row in rows.order_by("-is_active", "pk")
    )  # fmt: skip


def endpoint_row(centres: Collection[Centre], pk: int) -> WebhookEndpoint | None:
    """Return an endpoint of one of these centres; None for any other."""
    rows = WebhookEndpoint.objects.select_related("centre")
    return rows.filter(pk=pk, centre_id__in=[centre.pk for centre in centres]).first()


def _of_centre(centre: Centre) -> QuerySet[Notification]:
    own_people = Membership.objects.filter(user_id=OuterRef("user_id"), centre=centre)
    return Notification.objects.filter(
        Q(channel=Channel.WEBHOOK, endpoint__centre=centre) | Q(Exists(own_people), channel=Channel.EMAIL)
    )


def _shown(row: Notification, can_go_again: bool, now: datetime) -> DeliveryShown:
    receiver = row.user.shown_name if row.user else row.endpoint.name if row.endpoint else ""
    is_due_later = row.state == State.WAITING and row.not_before > now
    return DeliveryShown(
        delivery_id=row.pk,
        alert_id=row.alert_id,
        event=event_words(row.change.kind, row.alert.urgency),
        channel_words=str(Channel(row.channel).label),
        receiver=receiver,
        state_words=state_words(row.state),
        attempts=row.attempts,
        written_at=row.created_at,
        sent_at=row.sent_at,
        due_at=row.not_before if is_due_later else None,
        why=reason_words(row.last_error),
        can_go_again=can_go_again,
    )
