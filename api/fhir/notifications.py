"""What subscribers are sent and what they read about it: a history Bundle with the status of the subscription first.

Source: HL7 Subscriptions R5 Backport for R4 (FHIR IG 1.1.0), backport-subscription-notification-r4.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from api.fhir import topics
from api.fhir.alerts import DETECTED_ISSUE
from api.fhir.callers import Caller
from api.fhir.reading import CHANNEL
from api.fhir.received_subscriptions import EMPTY, FULL
from monitoring.actions import reading
from monitoring.actions.subscriptions import ERROR
from monitoring.models import Subscription, SubscriptionEvent

NOTIFICATION = f"{topics.EXTENSION}/backport-subscription-notification-r4"
STATUS = f"{topics.EXTENSION}/backport-subscription-status-r4"
RAISED = "RAISED"
Events = Sequence[SubscriptionEvent]


def bundle(
    caller: Caller, row: Subscription, kind: str, events: Events, *, content: str, number: int, status: str = ""
) -> dict[str, Any]:
    """Return a message; `number` is how many events there are, `caller` the machine whose eyes it is written for."""
    seen = _seen(caller, events) if content != EMPTY else set()
    place = f"{caller.base}/fhir/Subscription/{row.pk}"
    first = {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": status_of(caller, row, kind, events, number=number, seen=seen, status=status),
        "request": {"method": "GET", "url": f"{place}/$status"},
        "response": {"status": "200"},
    }
    return {
        "resourceType": "Bundle",
        "id": str(uuid.uuid4()),
        "meta": {"profile": [NOTIFICATION]},
        "type": "history",
        "timestamp": caller.now.isoformat(),
        "entry": [first, *_entries(caller, [each for each in events if _alert(each) in seen], content)],
    }


def status_of(
    caller: Caller, row: Subscription, kind: str, events: Events = (), *, number: int,
    seen: Collection[int] = frozenset(), status: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return the Parameters that tell how a subscription stands and which events there were."""
    parameters: list[dict[str, Any]] = [
        {"name": "subscription", "valueReference": {"reference": f"{caller.base}/fhir/Subscription/{row.pk}"}},
        {"name": "topic", "valueCanonical": topics.canonical(caller.base)},
        {"name": "status", "valueCode": status or row.status},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(number)},
    ]
    parameters += [_event(caller, each, with_focus=_alert(each) in seen) for each in events]
    if row.status == ERROR and row.error:
        parameters.append({"name": "error", "valueCodeableConcept": {"text": row.error}})
    return {
        "resourceType": "Parameters", "id": str(uuid.uuid4()), "meta": {"profile": [STATUS]}, "parameter": parameters,
    }  # fmt: skip


def _event(caller: Caller, event: SubscriptionEvent, *, with_focus: bool) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"name": "event-number", "valueString": str(event.number)},
        {"name": "timestamp", "valueInstant": _instant(event.happened_at)},
    ]
    if with_focus:
        parts.append({"name": "focus", "valueReference": {"reference": f"{caller.base}/fhir/{event.focus}"}})
    return {"name": "notification-event", "part": parts}


def _entries(caller: Caller, events: Events, content: str) -> list[dict[str, Any]]:
    """One entry for each alert, however many of its events there are; the resource is as it stands now."""
    named = {event.focus: event for event in reversed(events)}
    resources = _resources(caller, events) if content == FULL and topics.may_read(caller) else {}
    return [_entry(caller, event, resources.get(_alert(event))) for event in reversed(named.values())]


def _entry(caller: Caller, event: SubscriptionEvent, resource: dict[str, Any] | None) -> dict[str, Any]:
    is_new = event.change.kind == RAISED
    kind = event.focus.partition("/")[0]
    found: dict[str, Any] = {
        "fullUrl": f"{caller.base}/fhir/{event.focus}",
        "request": {"method": "POST" if is_new else "PUT", "url": kind if is_new else event.focus},
        "response": {"status": "201" if is_new else "200"},
    }
    return found | ({"resource": resource} if resource else {})


def _resources(caller: Caller, events: Events) -> dict[int, dict[str, Any]]:
    """Read the alerts as the machine would, after computing what is stale; each reading of a patient is noted."""
    DETECTED_ISSUE.before(caller)
    found = list(topics.alerts_seen(caller).filter(pk__in={_alert(each) for each in events}))
    reading.note_all(by=caller.user, patient_ids={row.patient_id for row in found}, channel=CHANNEL, now=caller.now)
    return {int(each["id"]): each for each in DETECTED_ISSUE.shown(caller, found)}


def _seen(caller: Caller, events: Events) -> set[int]:
    """The alerts that the machine may see by now; of another only the number is told, so that none is missing."""
    wanted = {_alert(each) for each in events}
    return set(topics.alerts_seen(caller).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _alert(event: SubscriptionEvent) -> int:
    return event.change.alert_id


def _instant(moment: datetime) -> str:
    return moment.isoformat()
