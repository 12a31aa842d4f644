"""What a request asks for, in the words of the code system restful-interaction. Free of Django."""

from collections.abc import Mapping, Sequence
from typing import Any

TYPE_PARTS = 1  # Observation
HISTORY_PARTS = 3  # Observation/12/_history
# The code of an outcome by the status of the answer: done, refused, failed here.
SUCCESS, MINOR_FAILURE, SERIOUS_FAILURE = "0", "4", "8"
REFUSED_FROM, FAILED_FROM = 400, 500


def name_of(method: str, path: Sequence[str], answer: Mapping[str, Any] | None = None) -> str:
    """Return the interaction; of a bundle the answer tells which, where there is one."""
    if path and path[-1] == "_search":
        return "search-type"
    if any(part.startswith("$") for part in path):
        return "operation"
    if not path:
        return "batch" if method == "POST" and (answer or {}).get("type") == "batch-response" else "transaction"
    writing = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
    return writing.get(method) or _reading(path)


def _reading(path: Sequence[str]) -> str:
    if path[-1] == "_history":
        return "history-instance" if len(path) >= HISTORY_PARTS else "history-type"
    if len(path) > HISTORY_PARTS:
        return "vread"
    return "search-type" if len(path) == TYPE_PARTS else "read"


def type_and_id(path: Sequence[str]) -> tuple[str, str]:
    """Return the type of resource and the id that the address names; of a version `12/_history/3`."""
    kind = path[0] if path else ""
    rest = [each for each in path[1:] if each != "_search"]
    return kind, "/".join(rest)


def outcome_of(status: int) -> str:
    """Return the outcome of an AuditEvent for the status of an answer."""
    if status >= FAILED_FROM:
        return SERIOUS_FAILURE
    return MINOR_FAILURE if status >= REFUSED_FROM else SUCCESS


def patients_in(resource: Mapping[str, Any]) -> set[int]:
    """Return the patients of whom a resource, or a bundle of them, tells."""
    if resource.get("resourceType") == "Bundle":
        parts = [each.get("resource") or {} for each in resource.get("entry", [])]
        return set().union(*map(patients_in, parts)) if parts else set()
    whose = resource.get("subject") or resource.get("patient") or {}
    told = resource.get("id", "") if resource.get("resourceType") == "Patient" else whose.get("reference", "")
    number = str(told).rpartition("/")[2]
    return {int(number)} if number.isascii() and number.isdigit() else set()
