"""What is wrong with a request, as FHIR says it: a status and an OperationOutcome. Free of Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: its severity, the code of the value set issue-type, a sentence, and where it lies."""

    severity: str
    code: str
    text: str
    expression: str = ""

    def shown(self, prefix: str = "") -> dict[str, Any]:
        """Return the issue as a resource holds it; `prefix` is the place of the entry in a bundle."""
        where = f"{prefix}.{self.expression}" if prefix and self.expression else prefix or self.expression
        told = {"severity": self.severity, "code": self.code, "details": {"text": self.text}}
        return told | ({"expression": [where]} if where else {})


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is of another patient: a code of the quarantine, and the identifier that both have."""

    reason: str
    identifier: str


class FhirRefused(Exception):
    """A request that is not done, with the status of the answer; with a conflict a person has to look at it."""

    def __init__(
        self, status: HTTPStatus, code: str, text: str, expression: str = "", headers: dict[str, str] | None = None,
        conflict: Conflict | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text)
        self.conflict = conflict
        self.status = status
        self.issues = [Issue("error", code, text, expression)]
        self.headers = headers or {}


def bad_request(code: str, text: str, expression: str = "") -> FhirRefused:
    """Return a refusal of what is no proper request."""
    return FhirRefused(HTTPStatus.BAD_REQUEST, code, text, expression)


def unprocessable(code: str, text: str, expression: str = "") -> FhirRefused:
    """Return a refusal of what is proper FHIR and cannot be taken all the same."""
    return FhirRefused(HTTPStatus.UNPROCESSABLE_ENTITY, code, text, expression)


def not_found(text: str = "There is nothing here for you.") -> FhirRefused:
    """Return the one answer for what is not there and for what is not to be seen."""
    return FhirRefused(HTTPStatus.NOT_FOUND, "not-found", text)


def duplicate(text: str, expression: str = "") -> FhirRefused:
    """Return a refusal of an identifier that is in use for something else."""
    return FhirRefused(HTTPStatus.CONFLICT, "duplicate", text, expression)


def of_other_patient(reason: str, identifier: str, text: str, expression: str) -> FhirRefused:
    """Return a refusal of what is known here for another patient: it waits for a person as well."""
    found = Conflict(reason, identifier)
    return FhirRefused(HTTPStatus.CONFLICT, "duplicate", text, expression, conflict=found)


def outcome(issues: Sequence[Issue], prefix: str = "") -> dict[str, Any]:
    """Return an OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": [issue.shown(prefix) for issue in issues]}
