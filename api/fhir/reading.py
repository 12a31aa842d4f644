"""Reading one resource, one version of it, or all of them; each patient that is read is noted."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from api.fhir import answers, history_periods, kept, searching
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.interaction_names import patients_in
from api.fhir.kinds import KINDS, VERSIONED
from api.fhir.refusals import not_found
from api.fhir.searching import Kind
from monitoring.actions import reading

CHANNEL = "fhir"


def kind_of(type_name: str) -> Kind:
    """Return the type of resource; 404 where there is none of this name."""
    if type_name not in KINDS:
        raise not_found(f"There are no resources of the type {type_name[:40]} here.")
    return KINDS[type_name]


def read(caller: Caller, type_name: str, number: str, headers: Mapping[str, str]) -> Answer:
    """Return a resource as it stands; 304 where the caller has it."""
    kind = kind_of(type_name)
    caller.demand(type_name, "r")
    if number.startswith(kept.PREFIX):
        return answers.of_read(kept.shown(caller, type_name, number), headers.get("If-None-Match", ""))
    kind.before(caller)
    row = _noted(caller, kind, number)
    return answers.of_read(kind.shown(caller, [row])[0], headers.get("If-None-Match", ""))


def version(caller: Caller, type_name: str, number: str, which: str, headers: Mapping[str, str]) -> Answer:
    """Return one version as it was."""
    kind = kind_of(type_name)
    caller.demand(type_name, "r")
    if type_name not in VERSIONED:
        raise not_found("Versions of this type are not kept.")
    kind.before(caller)
    row = _noted(caller, kind, number)
    return answers.of_read(VERSIONED[type_name].one(caller, row, which), headers.get("If-None-Match", ""))


def history(caller: Caller, type_name: str, number: str, pairs: Sequence[tuple[str, str]]) -> Answer:
    """Return every version, newest first, or those of a time; raises FhirRefused."""
    kind = kind_of(type_name)
    caller.demand(type_name, "r")
    if type_name not in VERSIONED:
        raise not_found("Versions of this type are not kept.")
    kind.before(caller)
    found = history_periods.chosen(VERSIONED[type_name].every(caller, _noted(caller, kind, number)), pairs)
    place = f"{caller.base}/fhir/{type_name}/{number}"
    entries = [
        {
            "fullUrl": place,
            "resource": each,
            "request": {"method": "PUT" if each["meta"]["versionId"] != "1" else "POST", "url": type_name},
            "response": {"status": "200", "etag": answers.tag(each), "lastModified": each["meta"]["lastUpdated"]},
        }
        for each in found
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "history", "total": len(entries)}
    return Answer(HTTPStatus.OK, bundle | ({"entry": entries} if entries else {}))


def search(caller: Caller, type_name: str, pairs: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Answer:
    """Return what matches; the patients of the page are noted."""
    kind = kind_of(type_name)
    caller.demand(type_name, "s")
    for name, value in pairs:
        if name in {"_include", "_revinclude"}:
            caller.demand("Specimen" if name == "_include" else value.partition(":")[0], "r")
    answer = searching.search(caller, kind, pairs, strict="handling=strict" in headers.get("Prefer", ""))
    _note_all(caller, answer.body or {})
    return answer


def _noted(caller: Caller, kind: Kind, number: str) -> Any:
    row = searching.one(caller, kind, number)
    patient = kind.patient(row)
    if patient is not None:
        reading.note_all(by=caller.user, patient_ids=[patient], channel=CHANNEL, now=caller.now)
    return row


def _note_all(caller: Caller, bundle: Mapping[str, Any]) -> None:
    numbers = patients_in(bundle)
    if numbers:
        reading.note_all(by=caller.user, patient_ids=numbers, channel=CHANNEL, now=caller.now)
