"""What is answered: a status, a resource, and the headers of its version. Free of Django."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from api.fhir import documents
from api.fhir.refusals import FhirRefused, Issue, outcome


@dataclass(frozen=True)
class Answer:
    """An answer to one interaction; `issues` are warnings, `refused` what of a batch a person has to look at."""

    status: HTTPStatus
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    issues: Sequence[Issue] = ()
    refused: Sequence[FhirRefused] = ()


def tag(resource: dict[str, Any]) -> str:
    """Return the ETag: of the version, or of the content where versions are not kept."""
    version = resource.get("meta", {}).get("versionId")
    return f'W/"{version or hashlib.blake2b(documents.write(resource).encode(), digest_size=12).hexdigest()}"'


def headers_of(resource: dict[str, Any]) -> dict[str, str]:
    """Return ETag and Last-Modified."""
    found = {"ETag": tag(resource)}
    changed = resource.get("meta", {}).get("lastUpdated")
    if changed:
        moment = datetime.fromisoformat(changed).astimezone(UTC)
        found["Last-Modified"] = format_datetime(moment, usegmt=True)
    return found


def of_read(resource: dict[str, Any], if_none_match: str = "") -> Answer:
    """Answer a read; 304 where the caller has this version."""
    headers = headers_of(resource)
    held = {each.strip() for each in if_none_match.split(",")}
    if headers["ETag"] in held or "*" in held:
        return Answer(HTTPStatus.NOT_MODIFIED, None, headers)
    return Answer(HTTPStatus.OK, resource, headers)


def of_write(
    base: str, resource: dict[str, Any], *, created: bool, prefer: str = "", issues: Sequence[Issue] = ()
) -> Answer:
    """Answer a create or update, with the content or what the caller prefers."""
    place = f"{base}/fhir/{resource['resourceType']}/{resource['id']}"
    version = resource.get("meta", {}).get("versionId")
    headers = headers_of(resource) | {"Location": place + (f"/_history/{version}" if version else "")}
    body: dict[str, Any] | None = resource
    if "return=minimal" in prefer:
        body = None
    elif "return=OperationOutcome" in prefer:
        body = outcome(issues or [Issue("information", "informational", "Done.")])
    return Answer(HTTPStatus.CREATED if created else HTTPStatus.OK, body, headers, issues)
