"""Refusals as problem+json (RFC 9457), with the path of each field that is wrong."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion


def problem_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer for an error that a caller can mend; None lets the rest become a 500."""
    if isinstance(error, ActionRefused):
        return _of_action(error)
    answer = exception_handler(error, context)
    if answer is None:
        return None
    answer.data = _problem(answer.status_code, _sentence(error, answer.data), _fields(error, answer.data))
    answer.content_type = "application/problem+json"
    return answer


def _of_action(error: ActionRefused) -> Response:
    code = status.HTTP_409_CONFLICT if isinstance(error, StaleVersion) else status.HTTP_422_UNPROCESSABLE_ENTITY
    errors = [{"path": error.field, "message": str(error)}] if isinstance(error, ImpossibleDate) else []
    return Response(_problem(code, str(error), errors), status=code, content_type="application/problem+json")


def _problem(code: int, detail: str, errors: list[dict[str, str]]) -> dict[str, Any]:
    titles = {400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 409: "Conflict"}
    return {
        "type": "about:blank",
        "title": titles.get(code, "Refused"),
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
