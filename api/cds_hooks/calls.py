"""What a hospital record asks: the call of the hook and the feedback on cards, read strictly.

Source: CDS Hooks 2.0, calling a CDS service and feedback.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime

from api.plain_text import holds_only_texts

HOOK = "patient-view"
LARGEST_CALL = 1024 * 1024  # bytes
MOST_FEEDBACK = 200  # in one batch
LONGEST_COMMENT = 1000
OUTCOMES = ("accepted", "overridden")


class CallRefused(Exception):
    """The call is not one of this hook."""


@dataclass(frozen=True, slots=True)
class ViewedPatient:
    """The patient in view, as the record names them: (system, value) of each identifier, day of birth, FHIR base."""

    identifiers: tuple[tuple[str, str], ...]
    born_on: date | None
    fhir_server: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What somebody did with a card."""

    card: UUID
    outcome: str
    at: datetime
    reason_code: str
    comment: str


def patient_of(request: HttpRequest) -> ViewedPatient | None:
    """Return the patient in view, None where the call brings nobody or another patient; raises CallRefused."""
    call = _object(request)
    if call.get("hook") != HOOK:
        raise CallRefused(f"This service answers the hook {HOOK}.")
    _uuid(call.get("hookInstance"), "hookInstance")
    context = call.get("context")
    if not isinstance(context, dict) or not all(isinstance(context.get(name), str) for name in ("userId", "patientId")):
        raise CallRefused("context needs userId and patientId.")
    if call.get("fhirAuthorization") is not None and not isinstance(call.get("fhirServer"), str):
        raise CallRefused("fhirAuthorization needs fhirServer.")
    prefetch = call.get("prefetch")
    patient = prefetch.get("patient") if isinstance(prefetch, dict) else None
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        return None
    if patient.get("id", context["patientId"]) != context["patientId"]:
        return None  # somebody else was sent along than is in view
    server = call.get("fhirServer")
    return ViewedPatient(
        _identifiers(patient.get("identifier")),
        _birth(patient.get("birthDate")),
        server if isinstance(server, str) else "",
    )


def outcomes_of(request: HttpRequest) -> list[Outcome]:
    """Return the feedback of a batch; raises CallRefused."""
    told = _object(request).get("feedback")
    if not isinstance(told, list) or not 0 < len(told) <= MOST_FEEDBACK:
        raise CallRefused(f"feedback is a list of 1 to {MOST_FEEDBACK}.")
    return [_outcome(each) for each in told]


def _outcome(told: Any) -> Outcome:
    if not isinstance(told, dict) or told.get("outcome") not in OUTCOMES:
        raise CallRefused("outcome is accepted or overridden.")
    at = parse_datetime(told["outcomeTimestamp"]) if isinstance(told.get("outcomeTimestamp"), str) else None
    if at is None or at.tzinfo is None:
        raise CallRefused("outcomeTimestamp is a moment with its offset.")
    override = told.get("overrideReason")
    override = override if isinstance(override, dict) else {}
    reason = override.get("reason")
    code = reason.get("code") if isinstance(reason, dict) else None
    comment = override.get("userComment")
    return Outcome(
        card=_uuid(told.get("card"), "card"),
        outcome=told["outcome"],
        at=at,
        reason_code=code[:100] if isinstance(code, str) else "",
        comment=comment[:LONGEST_COMMENT] if isinstance(comment, str) else "",
    )


def _object(request: HttpRequest) -> Mapping[str, Any]:
    if len(request.body) > LARGEST_CALL:
        raise CallRefused("The call is too long.")
    try:
        told = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CallRefused("The call is no JSON.") from error
    if not isinstance(told, dict):
        raise CallRefused("The call is no JSON object.")
    if not holds_only_texts(told):
        raise CallRefused("A text of the call holds characters that are none.")
    return told


def _no_number(word: str) -> None:
    raise ValueError(word)


def _uuid(told: Any, name: str) -> UUID:
    try:
        return UUID(told)
    except (ValueError, TypeError, AttributeError) as error:
        raise CallRefused(f"{name} is a UUID.") from error


def _identifiers(told: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(told, list):
        return ()
    pairs = [(each.get("system"), each.get("value")) for each in told if isinstance(each, dict)]
    return tuple((system, value) for system, value in pairs if isinstance(system, str) and isinstance(value, str))


def _birth(told: Any) -> date | None:
    try:
        return parse_date(told) if isinstance(told, str) else None
    except ValueError:
        return None
