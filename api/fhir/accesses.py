"""Every request for records under /fhir is put on record after it was answered, whatever the answer was."""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from api.fhir import interaction_names
from api.fhir.refusals import FhirRefused
from monitoring.actions import interface_accesses, refused_resources
from monitoring.actions.refused_resources import RefusedResource
from monitoring.models import AccessToken, User

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/fhir"
OPEN = {"fhir-metadata", "smart-configuration", "fhir-codes", "fhir-overrides", "fhir-parameter"}
TOLD = "mrd.fhir.told"  # where the view leaves what it answered
REFUSED = "mrd.fhir.refused"
WHOSE = {"patient", "subject"}
# Somebody without a token, or one who asks too often, may not fill the table: so many rows a minute and web process.
MOST_TURNED_AWAY = 60
TURNED_AWAY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
log = logging.getLogger(__name__)


def tell(request: HttpRequest, resource: Mapping[str, Any] | None) -> None:
    """Leave what was answered for whoever puts the request on record."""
    request.META[TOLD] = resource


def tell_refused(request: HttpRequest, refused: Sequence[FhirRefused]) -> None:
    """Leave what was refused; what of it is another patient's waits for a person, with the body as it came."""
    request.META[REFUSED] = [each for each in refused if each.conflict]


class EveryRequestOnRecord:
    """Put requests for records on record, outside of their transaction; a failure here changes no answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then write down what was asked."""
        response = self.get_response(request)
        if _is_for_records(request) and not _is_one_too_many(response.status_code):
            try:
                _record(request, response.status_code)
            except Exception:
                log.exception("A request for FHIR could not be put on record.")
            for refused in request.META.get(REFUSED, ()):
                _quarantine(request, refused)
        return response


def _is_for_records(request: HttpRequest) -> bool:
    if request.path != PREFIX and not request.path.startswith(f"{PREFIX}/"):
        return False
    return request.resolver_match is not None and request.resolver_match.url_name not in OPEN


def _is_one_too_many(status: int) -> bool:
    if status not in TURNED_AWAY:
        return False
    cache.add("fhir-turned-away", 0, timeout=60)
    try:
        return cache.incr("fhir-turned-away") > MOST_TURNED_AWAY
    except ValueError:  # the minute ended between the two lines
        return False


def _record(request: HttpRequest, status: int) -> None:
    path = [each for each in request.path.removeprefix(PREFIX).split("/") if each]
    resource_type, resource_id = interaction_names.type_and_id(path)
    told = request.META.get(TOLD)
    token = getattr(request, "auth", None)
    user = getattr(request, "user", None)
    query = _query(request, path)
    asked = interface_accesses.Request(
        interaction=interaction_names.name_of(str(request.method), path, told), resource_type=resource_type,
        resource_id=resource_id, query=query, peer=str(request.META.get("REMOTE_ADDR", "")), status=status,
        patient_id=_patient(told, path, query),
    )  # fmt: skip
    interface_accesses.record(
        by=user if isinstance(user, User) and (token is not None) else None,
        token=token if isinstance(token, AccessToken) else None, request=asked,
    )  # fmt: skip


def _quarantine(request: HttpRequest, refused: FhirRefused) -> None:
    """Keep what was refused for the people who look after messages; the sender has its answer either way."""
    token, conflict = getattr(request, "auth", None), refused.conflict
    if conflict is None or not isinstance(token, AccessToken):
        return
    path = [each for each in request.path.removeprefix(PREFIX).split("/") if each]
    told = RefusedResource(
        resource_type=path[0] if path else "Bundle", identifier=conflict.identifier, reason=conflict.reason,
        where=refused.issues[0].expression, body=request.body, peer=str(request.META.get("REMOTE_ADDR", "")),
    )  # fmt: skip
    try:
        refused_resources.quarantine(client=token.client, refused=told, now=timezone.now())
    except Exception:
        log.exception("A resource that is another patient's could not be kept.")


def _query(request: HttpRequest, path: list[str]) -> str:
    """Return what was searched for, as it would stand in an address; a form that was posted counts with it."""
    query = str(request.META.get("QUERY_STRING", ""))
    if path and path[-1] == "_search" and request.method == "POST":
        form = getattr(request, "_body", b"").decode("utf-8", "replace")
        query = "&".join(each for each in (query, form) if each)
    return f"{'/'.join(each for each in path if each != '_search')}?{query}" if query else ""


def _patient(told: Mapping[str, Any] | None, path: list[str], query: str) -> int | None:
    """Return the one patient of whom the answer tells, else the one who was asked for."""
    found = interaction_names.patients_in(told or {})
    if not found:
        asked = [value for name, value in parse_qsl(query.partition("?")[2]) if name in WHOSE]
        asked += [path[1]] if len(path) > 1 and path[0] == "Patient" else []
        told_numbers = [each.removeprefix("Patient/") for each in asked]
        found = {int(each) for each in told_numbers if each.isascii() and each.isdigit() and len(each) < len("1" * 19)}
    return found.pop() if len(found) == 1 else None
