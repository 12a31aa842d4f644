"""A Subscription as a machine tells it, read strictly: what is not understood is refused, never left out.

Source: FHIR R4, Subscription; HL7 Subscriptions R5 Backport for R4 (FHIR IG 1.1.0).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.fhir import moments, topics
from api.fhir.callers import Caller
from api.fhir.elements import an_object, objects, required, text
from api.fhir.refusals import unprocessable
from monitoring.actions.subscriptions import Wish
from monitoring.actions.subscriptions_headers import LONGEST_HEADER
from monitoring.actions.webhooks_addresses import LONGEST_URL

HERE, CHANNEL = "Subscription", "Subscription.channel"
KNOWN = {
    "resourceType", "id", "meta", "implicitRules", "language", "text", "extension", "status", "reason", "end",
    "criteria", "_criteria", "channel", "contact", "error",
}  # fmt: skip
KNOWN_OF_CHANNEL = {"extension", "id", "type", "endpoint", "payload", "_payload", "header"}
FILTER, CONTENT = "backport-filter-criteria", "backport-payload-content"
HEARTBEAT, TIMEOUT, MAX_COUNT = "backport-heartbeat-period", "backport-timeout", "backport-max-count"
CONTENTS = ("empty", "id-only", "full-resource")
EMPTY, ID_ONLY, FULL = CONTENTS
FORMS = {"application/fhir+json", "application/json"}
MOST_FILTERS = 20
SHORTEST_HEARTBEAT, LONGEST_HEARTBEAT = 60, 31 * 86_400  # seconds
LONGEST_WAIT = 60  # seconds, from the connection to the last byte of an answer
LARGEST_COUNT = 1_000


def wish_of(caller: Caller, resource: dict[str, Any]) -> Wish:
    """Return what is wished; raises FhirRefused (422) naming the element."""
    required(resource, ("status", "reason", "criteria", "channel"), HERE)
    _nothing_else(resource, KNOWN, HERE)
    channel = an_object(resource, "channel", HERE)
    required(channel, ("type", "endpoint"), CHANNEL)
    _nothing_else(channel, KNOWN_OF_CHANNEL, CHANNEL)
    if channel["type"] != "rest-hook":
        raise unprocessable("not-supported", "The channel is rest-hook.", f"{CHANNEL}.type")
    topic = _topic(caller, resource)
    numbers = _numbers(channel)
    return Wish(
        topic=topic,
        filters=_filters(caller, resource, topic),
        endpoint=_endpoint(channel),
        headers=_headers(channel),
        payload=_payload(channel, topic),
        reason=text(resource, "reason", HERE),
        heartbeat_seconds=_between(numbers, HEARTBEAT, SHORTEST_HEARTBEAT, LONGEST_HEARTBEAT),
        timeout_seconds=_between(numbers, TIMEOUT, 1, LONGEST_WAIT),
        max_count=_between(numbers, MAX_COUNT, 1, LARGEST_COUNT),
        ends_at=_end(caller, resource),
    )


def status_of(resource: dict[str, Any], *, allowed: tuple[str, ...]) -> str:
    """Return the status asked for; raises FhirRefused (422)."""
    status = text(resource, "status", HERE)
    if status not in allowed:
        raise unprocessable("value", f"The status is asked for as {' or '.join(allowed)}.", f"{HERE}.status")
    return status


def _topic(caller: Caller, resource: dict[str, Any]) -> str:
    told = text(resource, "criteria", HERE)
    if told == topics.canonical(caller.base):
        return told
    if topics.is_classic(told):
        topics.check_filter(caller, told, f"{HERE}.criteria")
        return told
    why = f"The topic is {topics.canonical(caller.base)}, or a search as DetectedIssue?status=final."
    raise unprocessable("not-supported", why, f"{HERE}.criteria")


def _filters(caller: Caller, resource: dict[str, Any], topic: str) -> list[str]:
    where = f"{HERE}.criteria"
    found = []
    for name, value in _extensions(an_object(resource, "_criteria", HERE), where):
        if name != FILTER or not isinstance(value.get("valueString"), str):
            raise unprocessable("not-supported", "A criteria is narrowed by backport-filter-criteria.", where)
        topics.check_filter(caller, value["valueString"], f"{where}.extension")
        found.append(value["valueString"])
    if len(found) > MOST_FILTERS or (found and topics.is_classic(topic)):
        raise unprocessable("value", f"At most {MOST_FILTERS} filters, and of a topic only.", where)
    return found


def _endpoint(channel: dict[str, Any]) -> str:
    found = channel["endpoint"]
    if not isinstance(found, str) or len(found) > LONGEST_URL:
        raise unprocessable("value", f"An address of at most {LONGEST_URL} characters.", f"{CHANNEL}.endpoint")
    return found


def _headers(channel: dict[str, Any]) -> list[str]:
    found = channel.get("header", [])
    if not isinstance(found, list) or not all(isinstance(each, str) and len(each) <= LONGEST_HEADER for each in found):
        raise unprocessable("value", "header is a list of texts.", f"{CHANNEL}.header")
    return found


def _payload(channel: dict[str, Any], topic: str) -> str:
    where = f"{CHANNEL}.payload"
    form = text(channel, "payload", CHANNEL)
    if topics.is_classic(topic):
        if form:
            raise unprocessable("not-supported", "Of a search only the empty message is sent.", where)
        return EMPTY
    if form and form not in FORMS:
        raise unprocessable("not-supported", "Messages are application/fhir+json.", where)
    content = ID_ONLY
    for name, value in _extensions(an_object(channel, "_payload", CHANNEL), where):
        content = str(value.get("valueCode"))
        if name != CONTENT or content not in CONTENTS:
            raise unprocessable("value", f"The content is one of {', '.join(CONTENTS)}.", where)
    return content


def _numbers(channel: dict[str, Any]) -> Mapping[str, int]:
    found = {}
    for name, value in _extensions(channel, CHANNEL):
        told = next((each for key, each in value.items() if key in {"valueUnsignedInt", "valuePositiveInt"}), None)
        if name not in {HEARTBEAT, TIMEOUT, MAX_COUNT} or not isinstance(told, int) or isinstance(told, bool):
            raise unprocessable("value", "This extension of the channel is not known here.", f"{CHANNEL}.extension")
        found[name] = told
    return found


def _between(numbers: Mapping[str, int], name: str, least: int, most: int) -> int | None:
    found = numbers.get(name)
    if found is not None and not least <= found <= most:
        raise unprocessable("value", f"{name} is a number from {least} to {most}.", f"{CHANNEL}.extension")
    return found


def _end(caller: Caller, resource: dict[str, Any]) -> datetime | None:
    if "end" not in resource:
        return None
    where = f"{HERE}.end"
    found = moments.read(resource["end"], where).at
    if found is None or found <= caller.now:
        raise unprocessable("value", "end is a moment that is to come, with its offset from UTC.", where)
    return found


def _extensions(element: dict[str, Any], where: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the name and the element of each extension of the backport; another one is refused."""
    found = []
    for each in objects(element, "extension", where):
        place, _slash, name = text(each, "url", f"{where}.extension").rpartition("/")
        if place != topics.EXTENSION:
            raise unprocessable("not-supported", "This extension is not known here.", f"{where}.extension")
        found.append((name, each))
    return found


def _nothing_else(element: dict[str, Any], known: set[str], where: str) -> None:
    other = sorted(set(element) - known)
    if other:
        raise unprocessable("structure", "This element is not known here.", f"{where}.{other[0][:40]}")
