"""What a laboratory sent that gives no result: preliminary values, and retractions that came before their original.

Its id begins with `kept-`; once the final result has come, it stands there and this one is gone.
"""

from http import HTTPStatus
from typing import Any

from api.fhir import documents
from api.fhir.callers import Caller
from api.fhir.refusals import FhirRefused, not_found
from monitoring.models import ExternalIdentifier, ReceivedResource
from monitoring.queries import external_names

PREFIX = "kept-"
TYPE = external_names.KEPT


def id_of(name: ExternalIdentifier) -> str:
    """Return the id under which it is read."""
    return f"{PREFIX}{name.pk}"


def last(name: ExternalIdentifier) -> ReceivedResource | None:
    """Return the last version that was received."""
    return external_names.last_received(TYPE, name.pk)


def resource_of(name: ExternalIdentifier, received: ReceivedResource) -> dict[str, Any]:
    """Return what was received, with its id and version."""
    meta = {"versionId": str(received.version), "lastUpdated": received.received_at.isoformat()}
    return {**documents.read(received.body), "id": id_of(name), "meta": meta}


def shown(caller: Caller, type_name: str, number: str) -> dict[str, Any]:
    """Return what was kept; 410 once the result itself is here, 404 for what is not to be seen."""
    told = number.removeprefix(PREFIX)
    if type_name != "Observation" or not told.isdigit() or len(told) > len(str(2**60)):
        raise not_found()
    name = external_names.kept_name(int(told), [*caller.charts, *caller.laboratories])
    received = last(name) if name else None
    if name is None or received is None:
        raise not_found()
    final = external_names.called_exactly(name.centre_id, "Observation", (name.system, name.value))
    if final is not None:
        why = f"The result itself has come: Observation/{final.row_id}."
        raise FhirRefused(HTTPStatus.GONE, "deleted", why)
    return resource_of(name, received)
