"""What is asked of Subscriptions: the interactions of a resource, and two operations."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from api.fhir import subscription_operations as operations
from api.fhir import subscriptions
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.refusals import FhirRefused
from api.fhir.subscription_operations import EVENTS, STATUS

SEARCHED = {("GET", ()), ("POST", ("_search",))}


def is_here(method: str, path: Sequence[str]) -> bool:
    """Whether this is about Subscriptions, and no search, which is done as for every other type."""
    return path[:1] == [subscriptions.NAME] and (method, tuple(path[1:])) not in SEARCHED


def perform(
    caller: Caller, method: str, path: Sequence[str], pairs: Sequence[tuple[str, str]], body: bytes | str,
    headers: Mapping[str, str],
) -> Answer:  # fmt: skip
    """Do what is asked; raises FhirRefused."""
    subscriptions.own_client(caller)
    match method, list(path[1:]):
        case "GET" | "POST", [name] if name == STATUS:
            return operations.status(caller, pairs, body)
        case "GET" | "POST", [number, name] if name == STATUS:
            return operations.status(caller, pairs, body, number)
        case "GET" | "POST", [number, name] if name == EVENTS:
            return operations.events(caller, number, pairs, body)
        case "GET", [number]:
            return subscriptions.read(caller, number, headers)
        case "POST", []:
            return subscriptions.create(caller, body, headers)
        case "PUT", [number]:
            return subscriptions.update(caller, number, body, headers)
        case "DELETE", [number]:
            return subscriptions.delete(caller, number, headers)
    raise FhirRefused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", "This is not done here.")
