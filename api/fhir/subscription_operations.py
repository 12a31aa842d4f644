"""$status and $events: how a subscription stands, and the events themselves, so that a receiver repairs a gap."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from api.fhir import documents, filters, notifications, subscriptions
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.received_subscriptions import CONTENTS
from api.fhir.refusals import bad_request
from api.fhir.subscriptions import NAME
from monitoring.queries import subscriptions as queries

STATUS, EVENTS = "$status", "$events"
MOST_EVENTS = 1_000  # in one answer; the receiver asks again from the next number
MOST_NAMED = 100
VALUES = ("valueString", "valueId", "valueCode", "valueInteger64", "valueInteger", "valueUnsignedInt")
Pairs = Sequence[tuple[str, str]]


def status(caller: Caller, pairs: Pairs, body: bytes | str, number: str = "") -> Answer:
    """Return the status of one subscription, or of those that are named by id or status."""
    caller.demand(NAME, "r")
    asked = _asked(pairs, body, {"id", "status"})
    if number:
        found = [subscriptions.one(caller, number)]
    else:
        rows = subscriptions.rows(caller).order_by("pk")
        named = [each for name, value in asked if name == "id" for each in value.split(",")]
        states = [each for name, value in asked if name == "status" for each in value.split(",")]
        rows = rows.filter(pk__in=[int(each) for each in named if filters.is_number(each)]) if named else rows
        rows = rows.filter(status__in=states) if states else rows
        found = list(rows[:MOST_NAMED])
    entries = [_status_entry(caller, row) for row in found]
    return Answer(
        HTTPStatus.OK, {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}
    )


def events(caller: Caller, number: str, pairs: Pairs, body: bytes | str) -> Answer:
    """Return events by their numbers, both ends included, whether they were sent or not; with their content."""
    caller.demand(NAME, "r")
    row = subscriptions.one(caller, number)
    asked = dict(_asked(pairs, body, {"eventsSinceNumber", "eventsUntilNumber", "content"}))
    content = asked.get("content", row.payload)
    if content not in CONTENTS:
        raise bad_request("value", f"content: one of {', '.join(CONTENTS)}.")
    first, last = _number(asked, "eventsSinceNumber", 1), _number(asked, "eventsUntilNumber", row.last_number)
    found = queries.events_between(row, first, last, most=MOST_EVENTS)
    told = notifications.bundle(caller, row, "query-event", found, content=content, number=row.last_number)
    return Answer(HTTPStatus.OK, told)


def _status_entry(caller: Caller, row: Any) -> dict[str, Any]:
    resource = notifications.status_of(caller, row, "query-status", number=row.last_number)
    return {
        "fullUrl": f"urn:uuid:{resource['id']}", "resource": resource, "search": {"mode": "match"},
    }  # fmt: skip


def _asked(pairs: Pairs, body: bytes | str, known: set[str]) -> Pairs:
    """Return what is asked, from the query or from Parameters; raises FhirRefused (400) for anything else."""
    found = [*pairs, *(_of_parameters(body) if body else [])]
    for name, _value in found:
        if name not in known:
            raise bad_request("not-supported", f"{name[:40]}: there is no such parameter here.")
    return found


def _of_parameters(body: bytes | str) -> list[tuple[str, str]]:
    resource = documents.read(body)
    parameters = resource.get("parameter", [])
    if resource["resourceType"] != "Parameters" or not isinstance(parameters, list):
        raise bad_request("structure", "An operation is posted with Parameters.")
    found = []
    for place, each in enumerate(parameters):
        name = each.get("name") if isinstance(each, dict) else None
        value = next((each[key] for key in VALUES if key in each), None) if isinstance(each, dict) else None
        if not isinstance(name, str) or not isinstance(value, str | int):
            raise bad_request("structure", "A parameter has a name and a value.", f"Parameters.parameter[{place}]")
        found.append((name, str(value)))
    return found


def _number(asked: dict[str, str], name: str, otherwise: int) -> int:
    told = asked.get(name, "")
    if name in asked and not filters.is_number(told):
        raise bad_request("value", f"{name}: a whole number.")
    return int(told) if told else otherwise
