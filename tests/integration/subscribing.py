"""A hospital's system that subscribes to alerts in tests: its wish, and the worker's turns."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from api.fhir import publishing
from monitoring import scope
from monitoring.models import Alert, Subscription, SubscriptionEvent
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import Fhir, caller
from tests.integration.receiving import Receiver
from tests.integration.told_world import as_worker, relapse
from tests.world import World

BASE = "https://mrd.hospital.example"
TOPIC = f"{BASE}/fhir/SubscriptionTopic/mrd-alert"
EXTENSION = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
KEY = "Authorization: Bearer opaque-0007"


def extension(name: str, **value: Any) -> dict[str, Any]:
    """One extension of the backport."""
    return {"url": f"{EXTENSION}/{name}", **value}


def wish(receiver: Receiver, *, content: str = "", filters: tuple[str, ...] = (), **numbers: int) -> dict[str, Any]:
    """A Subscription as a machine creates it; numbers are heartbeat_period, timeout and max_count."""
    channel: dict[str, Any] = {"type": "rest-hook", "endpoint": receiver.url, "header": [KEY]}
    channel |= {"payload": "application/fhir+json"}
    if content:
        channel["_payload"] = {"extension": [extension("backport-payload-content", valueCode=content)]}
    if numbers:
        channel["extension"] = [
            extension(f"backport-{name.replace('_', '-')}", valueUnsignedInt=value) for name, value in numbers.items()
        ]
    found = {"resourceType": "Subscription", "status": "requested", "reason": "Alerts for the inbox",
             "criteria": TOPIC, "channel": channel}  # fmt: skip
    if filters:
        told = [extension("backport-filter-criteria", valueString=each) for each in filters]
        found["_criteria"] = {"extension": told}
    return found


def classic(receiver: Receiver, criteria: str = "DetectedIssue?status=preliminary") -> dict[str, Any]:
    """A Subscription of R4's own kind."""
    channel = {"type": "rest-hook", "endpoint": receiver.url, "header": [KEY]}
    return {"resourceType": "Subscription", "status": "requested", "reason": "Alerts", "criteria": criteria,
            "channel": channel}  # fmt: skip


def machine(world: World, **changes: Any) -> Fhir:
    """A machine of the hospital with a token that holds now."""
    made = caller(world, Kind.HOSPITAL, **changes)
    now = timezone.now()
    assert made.machine is not None
    made.machine.client.tokens.update(expires_at=now + timedelta(hours=1))
    return made


def subscribed(fhir: Fhir, body: dict[str, Any]) -> Subscription:
    """Create a subscription and return its row."""
    answer = fhir.post("/Subscription", body)
    assert answer.status_code == 201, answer.content
    scope.enter_all_centres()  # in a transaction the request has left its scope
    return Subscription.objects.get(pk=answer.json()["id"])


def turn(world: World, now: datetime | None = None) -> int:
    """Let the worker number and send what is due; return how many messages were taken."""
    moment = now or timezone.now()
    with as_worker():
        publishing.number_steps(now=moment)
        sent = publishing.send_due(clock=lambda: moment)
    world.as_person(world.clinician)
    return sent


def active(world: World, receiver: Receiver, **wished: Any) -> tuple[Fhir, Subscription]:
    """A machine with a subscription whose handshake is done; the receiver has forgotten it."""
    fhir = machine(world)
    row = subscribed(fhir, wish(receiver, **wished))
    turn(world)
    row.refresh_from_db()
    assert row.status == "active", row.error
    receiver.received.clear()
    return fhir, row


def alert_of(world: World, value: str = "0.5") -> Alert:
    """Raise one alert of a new patient."""
    return relapse(world, value)


def numbers_in(bundle: dict[str, Any]) -> list[int]:
    """Return the event numbers of a message."""
    events = status_in(bundle, "notification-event", whole=True)
    return [int(each["part"][0]["valueString"]) for each in events]


def status_in(bundle: dict[str, Any], name: str, *, whole: bool = False) -> Any:
    """Return what the first entry of a message tells under a name: the value, or every whole parameter."""
    found = [each for each in bundle["entry"][0]["resource"]["parameter"] if each["name"] == name]
    return found if whole else next(value for key, value in found[0].items() if key.startswith("value"))


def waiting(row: Subscription) -> list[int]:
    """The numbers that the receiver has not taken."""
    events = SubscriptionEvent.objects.filter(subscription=row, sent_at=None)
    return list(events.order_by("number").values_list("number", flat=True))
