"""Refusals as problem+json (RFC 9457), with the path of each field that is wrong."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from monitoring.actions.bulk_entries import AlreadyThere, RefusedAt
from monitoring.actions.idempotency import KeyUsedOtherwise
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion, WrongState
from monitoring.actions.sent_results import OpenVersion, SignedHere
from monitoring.domain.control_gene import ControlGeneMissing
from monitoring.domain.copies import CopiesNotCountable
from monitoring.domain.readings import ValueContradictsCall
from monitoring.domain.units import BaselineMissing, NotALevel

# Named errors of the domain, as sentences at the field.
DOMAIN_REFUSALS: dict[type[Exception], tuple[str, str]] = {
    ControlGeneMissing: ("copies.abl1", "At least one ABL1 well is needed."),
    CopiesNotCountable: ("copies", "Copies must be finite and not negative."),
    BaselineMissing: ("reported.scale", "% of diagnosis needs a diagnosis level of the same tissue."),
    NotALevel: ("reported.value", "The value must be a finite number above zero; not detected is a call."),
    ValueContradictsCall: ("reported.value", "Only a detected sample has a value."),
}
CONFLICTS = (StaleVersion, WrongState, AlreadyThere, KeyUsedOtherwise, OpenVersion, SignedHere)
NOT_POSSIBLE = "The database refuses this: a value is not possible, or somebody wrote the same at the same moment."


def problem_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer for an error that a caller can mend; None lets the rest become a 500."""
    if isinstance(error, ActionRefused):
        return _of_action(error)
    if isinstance(error, IntegrityError | DataError):
        return answer(status.HTTP_422_UNPROCESSABLE_ENTITY, NOT_POSSIBLE, [])
    told = exception_handler(error, context)
    if told is None:
        return None
    told.data = _problem(told.status_code, _sentence(error, told.data), _fields(error, told.data))
    told.content_type = "application/problem+json"
    return told


def answer(code: int, detail: str, errors: list[dict[str, str]]) -> Response:
    """Return a refusal as an answer."""
    return Response(_problem(code, detail, errors), status=code, content_type="application/problem+json")


def problem_of(error: Exception) -> dict[str, Any]:
    """Return the problem that one of several things has: what `problem_json` answers where it is alone."""
    if type(error) in DOMAIN_REFUSALS:
        path, message = DOMAIN_REFUSALS[type(error)]
        error = exceptions.ValidationError({path: message})
    told = problem_json(error, {})
    if told is None:
        raise error
    found: dict[str, Any] = told.data
    return found


def _of_action(error: ActionRefused) -> Response:
    code = status.HTTP_409_CONFLICT if isinstance(error, CONFLICTS) else status.HTTP_422_UNPROCESSABLE_ENTITY
    path = error.field if isinstance(error, ImpossibleDate) else error.path if isinstance(error, RefusedAt) else ""
    return answer(code, str(error), [{"path": path, "message": str(error)}] if path else [])


TITLES = {
    400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 409: "Conflict",
    412: "Changed meanwhile", 428: "Say what you saw", 429: "Too many requests",
}  # fmt: skip


def _problem(code: int, detail: str, errors: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": TITLES.get(code, "Refused"),
        "status": code,
        "detail": detail,
        "errors": errors,
    }


def _sentence(error: Exception, data: Any) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "Some fields are wrong; see errors."
    if isinstance(error, Http404 | exceptions.NotFound):
        return "There is nothing here for you."
    if isinstance(error, PermissionDenied) and str(error):
        return str(error)
    return str(data.get("detail", "")) if isinstance(data, dict) else str(error)


def _fields(error: Exception, data: Any) -> list[dict[str, str]]:
    if not isinstance(error, exceptions.ValidationError):
        return []
    return list(_flatten("", data))


def _flatten(path: str, data: Any) -> list[dict[str, str]]:
    if isinstance(data, dict):
        return [item for key, value in data.items() for item in _flatten(f"{path}.{key}".strip("."), value)]
    if isinstance(data, list):
        return [item for value in data for item in _flatten(path, value)]
    return [{"path": path, "message": str(data)}]
