"""AuditEvents: who asked for what, wrote what, opened whose record. Read by auditors of the centre, written by nobody.

Source: FHIR R4, AuditEvent; docs/methods/fhir.md, "Who did what".
"""

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from api.fhir import filters
from api.fhir.callers import Caller
from api.fhir.codes import coding
from api.fhir.interaction_names import SUCCESS, outcome_of
from api.fhir.refusals import bad_request
from api.fhir.searching import Asked, Kind
from monitoring.queries import access_log
from monitoring.queries.access_log import ACT, REQUEST, AccessEvent, Actor, Wanted

TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
PERSON, SYSTEM_OBJECT = "1", "2"  # of audit-entity-type; as a role 1 is the patient
IP_ADDRESS = "2"
ACTIONS = {
    "create": "C",
    "read": "R",
    "vread": "R",
    "history-instance": "R",
    "update": "U",
    "patch": "U",
    "delete": "D",
}
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII)


def find(caller: Caller, asked: Asked) -> tuple[int | None, list[AccessEvent]]:
    """Return how many events answer, and those of the page with one more."""
    wanted = Wanted(asked.where, asked.order[0][0] == "-", _after(asked))
    total = access_log.count(caller.audits, asked.where) if asked.cursor is None else None
    return total, [] if asked.only_count else access_log.events(caller.audits, wanted, asked.size + 1)


def _after(asked: Asked) -> tuple[datetime, int] | None:
    if asked.cursor is None:
        return None
    at, number = asked.cursor[0], asked.cursor[-1]
    if not isinstance(at, datetime) or at.tzinfo is None or not isinstance(number, int):
        raise bad_request("value", "_cursor: this is none of ours.")
    return at, number


def row(caller: Caller, number: int) -> AccessEvent | None:
    """Return one event; None where it is not there or not to be seen."""
    return next(iter(access_log.events(caller.audits, Wanted(access_log.numbered(number)), 1)), None)


def shown(caller: Caller, found: Sequence[AccessEvent]) -> list[dict[str, Any]]:
    """Return AuditEvent resources."""
    return [_shown(caller, each) for each in found]


def _shown(caller: Caller, event: AccessEvent) -> dict[str, Any]:
    is_request = event.table == REQUEST
    told: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": str(event.number),
        "meta": {"lastUpdated": event.at.isoformat()},
        "type": coding(TYPE, "rest", "RESTful Operation") if is_request else coding(DICOM, "110110", "Patient Record"),
        "subtype": [_subtype(caller.base, event)],
        "action": _action(event),
        "recorded": event.at.isoformat(),
        "outcome": outcome_of(event.status) if is_request else SUCCESS,
        "agent": [_agent(caller.base, event)],
        "source": {"observer": {"display": "MRD review"}},
        "entity": _entities(event),
    }
    if is_request:
        told["outcomeDesc"] = f"HTTP {event.status}"
    return {name: value for name, value in told.items() if value != []}


def _subtype(base: str, event: AccessEvent) -> dict[str, Any]:
    if event.table == REQUEST:
        return coding(INTERACTION, event.what)
    return coding(f"{base}/fhir/ids/{'action' if event.table == ACT else 'channel'}", event.what)


def _action(event: AccessEvent) -> str:
    if event.table == REQUEST:
        return ACTIONS.get(event.what, "E")
    if event.table == ACT:
        return {(False, True): "C", (True, True): "U", (True, False): "D"}.get((event.had_before, event.has_after), "E")
    return "R"


def _agent(base: str, event: AccessEvent) -> dict[str, Any]:
    agent: dict[str, Any] = {"who": _who(base, event.actor), "requestor": True}
    if event.peer:
        agent["network"] = {"address": event.peer, "type": IP_ADDRESS}
    return agent


def _who(base: str, actor: Actor | None) -> dict[str, Any]:
    if actor is None:
        return {"display": "not known"}
    kind = "machine" if actor.is_machine else "person"
    named = {"identifier": {"system": f"{base}/fhir/ids/{kind}", "value": actor.name}} if actor.name else {}
    return {**named, "display": actor.shown_name}


def _entities(event: AccessEvent) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if event.patient_id is not None:
        what = {"reference": f"Patient/{event.patient_id}"}
        found.append({"what": what, "type": coding(ENTITY, PERSON), "role": coding(ROLE, PERSON)})
    thing: dict[str, Any] = {"type": coding(ENTITY, SYSTEM_OBJECT)}
    if event.query:
        found.append({**thing, "query": base64.b64encode(event.query.encode()).decode()})
    elif event.subject and event.subject != f"Patient/{event.patient_id}":
        found.append({**thing, **_named(event)})
    return found


def _named(event: AccessEvent) -> dict[str, Any]:
    detail = {"detail": [{"type": "reason", "valueString": event.reason}]} if event.reason else {}
    if event.table == REQUEST and _REFERENCE.fullmatch(event.subject):
        return {"what": {"reference": event.subject}}
    return {"name": event.subject, **detail}


def _agents(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    return Q(actor_id__in=access_log.actors_named(code))


def _numbered(_caller: Caller, value: str) -> Q:
    return access_log.numbered(int(value)) if filters.is_number(value) else filters.NOBODY


KIND = Kind(
    name="AuditEvent",
    find=find,
    row=row,
    shown=shown,
    parameters={
        "patient": filters.reference("patient_id", "Patient"),
        "date": filters.moment("at"),
        "agent": ("reference", _agents),
        "_lastUpdated": filters.moment("at"),
        "_id": ("token", _numbered),
    },
    sorts={"date": "at", "_lastUpdated": "at"},
    key="number",
    patient=lambda _row: None,
)
