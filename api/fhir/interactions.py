"""What is asked of the server, from a request or from an entry of a bundle, and who does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from api.fhir import (
    answers,
    documents,
    reading,
    receiving,
    receiving_reports,
    receiving_specimens,
    specimens,
    subscription_interactions,
    taken_in,
)
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.elements import an_object, identifiers
from api.fhir.kept import PREFIX, TYPE
from api.fhir.kinds import WRITTEN
from api.fhir.receiving_subjects import patient_of
from api.fhir.refusals import FhirRefused, bad_request, duplicate, of_other_patient, unprocessable
from api.fhir.taken_in import TakenIn
from monitoring.actions import received_resources
from monitoring.models import ApiClient, ExternalIdentifier
from monitoring.queries import external_names

Pairs = Sequence[tuple[str, str]]
MOST_PARAMETERS = 200


@dataclass(frozen=True)
class Interaction:
    """One thing asked: the method, the path below the base, the query, the text of a resource, the headers."""

    method: str
    path: Sequence[str]
    pairs: Pairs = ()
    text: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def pairs_of(query: str) -> Pairs:
    """Return names and values of a query; raises FhirRefused (400)."""
    try:
        found = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError as error:
        raise bad_request("value", "This query cannot be read.") from error
    return [(name, value) for name, value in found if name not in {"_format", "_pretty"}]


def perform(caller: Caller, asked: Interaction) -> Answer:
    """Do what is asked; raises FhirRefused."""
    done = begin(caller, asked)
    return taken_in.answers_to(caller, [done])[0] if isinstance(done, TakenIn) else done


def begin(caller: Caller, asked: Interaction) -> Answer | TakenIn:
    """Do what is asked; Observations that were taken in are answered by the caller, several at once."""
    if subscription_interactions.is_here(asked.method, asked.path):
        return subscription_interactions.perform(
            caller, asked.method, asked.path, asked.pairs, asked.text, asked.headers
        )  # fmt: skip
    return _of_type(caller, asked)


def _of_type(caller: Caller, asked: Interaction) -> Answer | TakenIn:
    match asked.method, list(asked.path):
        case "GET", [kind]:
            return reading.search(caller, kind, asked.pairs, asked.headers)
        case "POST", [kind, "_search"]:
            return reading.search(caller, kind, asked.pairs, asked.headers)
        case "GET", [kind, number]:
            return reading.read(caller, kind, number, asked.headers)
        case "GET", [kind, number, "_history"]:
            return reading.history(caller, kind, number, asked.pairs)
        case "GET", [kind, number, "_history", which]:
            return reading.version(caller, kind, number, which, asked.headers)
        case "POST", [kind]:
            return _create(caller, kind, asked)
        case "PUT", [kind] | [kind, _]:
            return _update(caller, kind, asked)
    raise FhirRefused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", "This is not done here.")


def _create(caller: Caller, kind: str, asked: Interaction) -> Answer | TakenIn:
    client, resource = _ready(caller, kind, "c", asked)
    condition = _condition(caller, kind, asked)
    if condition:
        found = _matches(client, kind, condition)
        # What was only kept is no result yet: the final one is taken in.
        if found and not found[0].startswith(PREFIX):
            _check_same_patient(caller, client, resource, condition)
            return _existing(caller, kind, found[0], asked)
        _check_named(resource, condition)
    return _take(caller, client, kind, resource, asked, replaces=False)


def _update(caller: Caller, kind: str, asked: Interaction) -> Answer | TakenIn:
    client, resource = _ready(caller, kind, "u", asked)
    if len(asked.path) == 1:
        condition = _condition(caller, kind, asked)
        if not condition:
            raise bad_request("required", "An update names the id, or identifier=<system>|<value>.")
        _check_named(resource, condition)
        found = _matches(client, kind, condition)
        number = found[0] if found else ""
    else:
        number = asked.path[1]
        if number not in _numbers(client, kind, resource):
            raise duplicate("The identifier of this content is not that of this resource.", f"{kind}.identifier")
    _check_match(caller, kind, number, asked)
    return _take(caller, client, kind, resource, asked, replaces=True)


def _ready(caller: Caller, kind: str, letter: str, asked: Interaction) -> tuple[ApiClient, dict[str, Any]]:
    """Ask what must hold before anything is written, and wait for what the same laboratory is sending."""
    reading.kind_of(kind)
    if kind not in WRITTEN:
        raise FhirRefused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", f"{kind} is not written from outside.")
    caller.demand(kind, letter)
    client = caller.sending_laboratory()
    resource = documents.read(asked.text)
    if resource["resourceType"] != kind:
        raise bad_request("structure", f"This is a {str(resource['resourceType'])[:40]}, not a {kind}.")
    received_resources.one_at_a_time(client.laboratory_id or 0)
    return client, resource


def _take(
    caller: Caller, client: ApiClient, kind: str, resource: dict[str, Any], asked: Interaction, *, replaces: bool
) -> Answer | TakenIn:
    if kind == "Observation":
        return receiving.take(caller, resource, _text(asked), asked.headers, replaces=replaces)
    if kind == "DiagnosticReport":
        return receiving_reports.take(caller, client, resource, _text(asked), asked.headers, replaces=replaces)
    sample, is_new = receiving_specimens.take(caller, client, resource)
    shown = specimens.shown(caller, [sample])[0]
    return answers.of_write(caller.base, shown, created=is_new, prefer=asked.headers.get("Prefer", ""))


def _text(asked: Interaction) -> str:
    return asked.text.decode("utf-8-sig") if isinstance(asked.text, bytes) else asked.text


def _condition(caller: Caller, kind: str, asked: Interaction) -> tuple[str, str] | None:
    """Return the identifier on which the interaction depends: from the header, or from the query as fhirpy writes it.

    Some clients put `Type?` or a whole address before it.
    """
    told = asked.headers.get("If-None-Exist", "")
    pairs: Pairs = asked.pairs
    if told:
        pairs = pairs_of(told.removeprefix(f"{caller.base}/fhir/").rpartition("?")[2])
    if not pairs:
        return None
    if len(pairs) != 1 or pairs[0][0] != "identifier" or not pairs[0][1].rpartition("|")[2]:
        raise bad_request("not-supported", "A condition is identifier=<system>|<value>, and nothing else.")
    system, _bar, value = pairs[0][1].rpartition("|")
    return system, value


def _named(client: ApiClient, kind: str, condition: tuple[str, str]) -> list[ExternalIdentifier]:
    types = {kind, TYPE} if kind == "Observation" else {kind}
    return external_names.called(client.centre_id, types, condition[1], condition[0])


def _matches(client: ApiClient, kind: str, condition: tuple[str, str]) -> list[str]:
    """Return the ids of what the sender calls so; 412 for several."""
    found = _named(client, kind, condition)
    results = {str(row.row_id) for row in found if row.resource_type == kind}
    final = {(row.system, row.value) for row in found if row.resource_type == kind}
    early = {f"{PREFIX}{row.pk}" for row in found if (row.system, row.value) not in final}
    numbers = sorted(results | early)
    if len(numbers) > 1:
        raise FhirRefused(HTTPStatus.PRECONDITION_FAILED, "multiple-matches", "Several resources match.")
    return numbers


def _numbers(client: ApiClient, kind: str, resource: dict[str, Any]) -> set[str]:
    return {number for pair in identifiers(resource, kind) for number in _matches(client, kind, pair)}


def _check_named(resource: dict[str, Any], condition: tuple[str, str]) -> None:
    """A resource without the identifier of its condition would be created again and again."""
    kind = resource["resourceType"]
    named = identifiers(resource, kind)
    if not any(value == condition[1] and condition[0] in {"", system} for system, value in named):
        raise unprocessable("value", "The identifier of the condition is not in the resource.", f"{kind}.identifier")


def _check_same_patient(
    caller: Caller, client: ApiClient, resource: dict[str, Any], condition: tuple[str, str]
) -> None:
    """What is here already is no answer to a resource of another patient."""
    kind = resource["resourceType"]
    patient = patient_of(caller, client, an_object(resource, "subject", kind), f"{kind}.subject")
    for name in _named(client, kind, condition):
        if name.patient_id != patient.pk:
            why = "This identifier is that of another patient."
            raise of_other_patient("RESULT_OF_OTHER_PATIENT", name.value, why, f"{kind}.identifier")


def _existing(caller: Caller, kind: str, number: str, asked: Interaction) -> Answer:
    shown = reading.read(caller, kind, number, {}).body or {}
    return answers.of_write(caller.base, shown, created=False, prefer=asked.headers.get("Prefer", ""))


def _check_match(caller: Caller, kind: str, number: str, asked: Interaction) -> None:
    wanted = asked.headers.get("If-Match", "").strip()
    if not wanted:
        return
    shown = reading.read(caller, kind, number, {}).body if number else None
    if shown is None or wanted not in {answers.tag(shown), "*"}:
        raise FhirRefused(HTTPStatus.PRECONDITION_FAILED, "conflict", "The version is another by now.")
