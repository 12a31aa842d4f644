"""Subscriptions as resources: a machine creates, reads, changes, searches and deletes its own, and no other's."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import Q, QuerySet

from api.fhir import answers, documents, filters, received_subscriptions, topics
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.received_subscriptions import CONTENT, FILTER, HEARTBEAT, MAX_COUNT, TIMEOUT
from api.fhir.refusals import FhirRefused, bad_request, not_found, unprocessable
from api.fhir.searching import Kind
from monitoring.actions import subscriptions
from monitoring.actions.refusals import WrongState
from monitoring.actions.subscriptions_headers import HeaderRefused, HeadersLost, opened
from monitoring.actions.webhooks_addresses import AddressRefused
from monitoring.models import ApiClient, Subscription

NAME = "Subscription"
PROFILE = f"{topics.EXTENSION}/backport-subscription"
FORM = "application/fhir+json"


def rows(caller: Caller) -> "QuerySet[Subscription]":
    """Return the machine's own subscriptions that are not deleted."""
    return Subscription.objects.filter(client=own_client(caller), deleted_at=None).select_related("client__centre")


def own_client(caller: Caller) -> ApiClient:
    """Return the machine; refuse (403) people, who are told of alerts in other ways."""
    if caller.client is None:
        raise FhirRefused(HTTPStatus.FORBIDDEN, "forbidden", "Only a machine subscribes.")
    return caller.client


def shown(caller: Caller, found: Sequence[Subscription]) -> list[dict[str, Any]]:
    """Return Subscription resources."""
    return [_shown(row) for row in found]


def one(caller: Caller, number: str) -> Subscription:
    """Return one of the machine's subscriptions; 410 for what it deleted, 404 for everything else."""
    mine = Subscription.objects.filter(client=own_client(caller)).select_related("client__centre", "client__user")
    row = mine.filter(pk=int(number)).first() if filters.is_number(number) else None
    if row is None:
        raise not_found()
    if row.deleted_at is not None:
        raise FhirRefused(HTTPStatus.GONE, "deleted", "This subscription was deleted.")
    return row


def read(caller: Caller, number: str, headers: Mapping[str, str]) -> Answer:
    """Return a subscription as it stands."""
    caller.demand(NAME, "r")
    return answers.of_read(_shown(one(caller, number)), headers.get("If-None-Match", ""))


def create(caller: Caller, body: bytes | str, headers: Mapping[str, str]) -> Answer:
    """Take a subscription; the handshake follows. The same one told twice is answered with the first."""
    caller.demand(NAME, "c")
    client = own_client(caller)
    if headers.get("If-None-Exist"):
        raise bad_request("not-supported", "A Subscription has no identifier; the same one told twice is one.")
    resource = _resource(caller, body)
    received_subscriptions.status_of(resource, allowed=("requested",))
    wish = received_subscriptions.wish_of(caller, resource)
    with _Placed():
        row, is_new = subscriptions.subscribe(by=caller.user, client=client, wish=wish, now=caller.now)
    return answers.of_write(caller.base, _shown(row), created=is_new, prefer=headers.get("Prefer", ""))


def update(caller: Caller, number: str, body: bytes | str, headers: Mapping[str, str]) -> Answer:
    """Replace a subscription; `requested` does the handshake anew, `off` turns it off."""
    caller.demand(NAME, "u")
    row = one(caller, number)
    _check_match(row, headers)
    resource = _resource(caller, body)
    if resource.get("id") != number:
        raise bad_request("value", "The id of this content is not that of the address.", "Subscription.id")
    status = received_subscriptions.status_of(resource, allowed=("requested", "active", "off"))
    wish = received_subscriptions.wish_of(caller, resource)
    with _Placed():
        changed = subscriptions.change(
            by=caller.user, subscription=row, wish=wish, status=status, seen=row.version, now=caller.now
        )
    return answers.of_write(caller.base, _shown(changed), created=False, prefer=headers.get("Prefer", ""))


def delete(caller: Caller, number: str, headers: Mapping[str, str]) -> Answer:
    """Take a subscription off for good; deleting what is deleted is no error."""
    caller.demand(NAME, "d")
    try:
        row = one(caller, number)
    except FhirRefused as refused:
        if refused.status is HTTPStatus.GONE:
            return Answer(HTTPStatus.NO_CONTENT)
        raise
    _check_match(row, headers)
    with _Placed():
        subscriptions.delete(by=caller.user, subscription=row, seen=row.version, now=caller.now)
    return Answer(HTTPStatus.NO_CONTENT)


class _Placed:
    """Names the element for what an action refuses."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Turn the refusal into an OperationOutcome with its place."""
        match error:
            case AddressRefused():
                raise unprocessable("business-rule", str(error), "Subscription.channel.endpoint") from error
            case HeaderRefused():
                raise unprocessable("value", "A header is not taken.", "Subscription.channel.header") from error
            case WrongState():
                why = "The version is another by now."
                raise FhirRefused(HTTPStatus.PRECONDITION_FAILED, "conflict", why) from error


def _resource(caller: Caller, body: bytes | str) -> dict[str, Any]:
    resource = documents.read(body)
    if resource["resourceType"] != NAME:
        raise bad_request("structure", f"This is a {str(resource['resourceType'])[:40]}, not a {NAME}.")
    if not topics.may_read(caller):
        raise FhirRefused(HTTPStatus.FORBIDDEN, "forbidden", "Who subscribes to alerts may read DetectedIssue.")
    return resource


def _check_match(row: Subscription, headers: Mapping[str, str]) -> None:
    wanted = {each.strip() for each in headers.get("If-Match", "").split(",")}
    if wanted != {""} and not wanted & {answers.tag(_shown(row)), "*"}:
        raise FhirRefused(HTTPStatus.PRECONDITION_FAILED, "conflict", "The version is another by now.")


def _shown(row: Subscription) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": NAME,
        "id": str(row.pk),
        "meta": {"versionId": str(row.version), "lastUpdated": row.changed_at.isoformat(), "profile": [PROFILE]},
        "status": row.status,
        "reason": row.reason,
        "criteria": row.topic,
    }
    if topics.is_classic(row.topic):
        del found["meta"]["profile"]
    if row.ends_at is not None:
        found["end"] = row.ends_at.isoformat()
    if row.filters:
        found["_criteria"] = {"extension": [_extension(FILTER, "valueString", each) for each in row.filters]}
    if row.status == subscriptions.ERROR:
        found["error"] = row.error
    return found | {"channel": _channel(row)}


def _channel(row: Subscription) -> dict[str, Any]:
    told = [(HEARTBEAT, "valueUnsignedInt", row.heartbeat_seconds), (TIMEOUT, "valueUnsignedInt", row.timeout_seconds),
            (MAX_COUNT, "valuePositiveInt", row.max_count)]  # fmt: skip
    extensions = [_extension(name, kind, value) for name, kind, value in told if value is not None]
    found: dict[str, Any] = {"extension": extensions} if extensions else {}
    found |= {"type": "rest-hook", "endpoint": row.endpoint}
    if not topics.is_classic(row.topic):
        found |= {"payload": FORM, "_payload": {"extension": [_extension(CONTENT, "valueCode", row.payload)]}}
    headers = _headers(row)
    return found | ({"header": headers} if headers else {})


def _headers(row: Subscription) -> list[str]:
    try:
        return opened(row.headers)
    except HeadersLost:
        return []


def _extension(name: str, kind: str, value: object) -> dict[str, Any]:
    return {"url": f"{topics.EXTENSION}/{name}", kind: value}


def _by_status(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    return Q(status=code)


def _equal(column: str) -> tuple[str, Any]:
    return "uri", lambda _caller, value: Q(**{column: value})


KIND = Kind(
    name=NAME,
    rows=rows,
    shown=shown,
    parameters={
        "status": ("token", _by_status),
        "url": _equal("endpoint"),
        "criteria": ("string", lambda _caller, value: Q(topic__startswith=value)),
        "_id": filters.by_id(),
        "_lastUpdated": filters.moment("changed_at"),
    },
    sorts={"_lastUpdated": "changed_at"},
    patient=lambda _row: None,
)
