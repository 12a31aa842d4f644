"""What may be subscribed to: one topic, every new version of an alert; and which of them a subscription asks for.

Source: HL7 Subscriptions R5 Backport for R4 (FHIR IG 1.1.0).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db.models import Q, QuerySet

from api.fhir import patients, searching
from api.fhir.alerts import DETECTED_ISSUE
from api.fhir.callers import Caller
from api.fhir.capability import BACKPORT, TOPIC_PATH
from api.fhir.codes import LOCAL_CODES
from api.fhir.filters import EVERYBODY, number_in, token
from api.fhir.refusals import FhirRefused, unprocessable
from monitoring.actions import client_scopes
from monitoring.models import AccessToken, Alert, Subscription, SubscriptionEvent

EXTENSION = f"{BACKPORT}/StructureDefinition"
CLASSIC = "DetectedIssue"
STATUSES = {"preliminary", "final", "amended", "cancelled", "entered-in-error"}
ASKED_BY = frozenset({"patient", "code", "status"})  # what an alert is chosen by


def canonical(base: str) -> str:
    """Return the address of the topic."""
    return base + TOPIC_PATH


def is_classic(topic: str) -> bool:
    """Whether a subscription is of R4's own kind: a search, and an empty message where something matches."""
    return topic.partition("?")[0] == CLASSIC


def base_of(subscription: Subscription) -> str:
    """Return the address of this server, as the worker tells it: the public one, or the one it was subscribed at."""
    public: str = settings.PUBLIC_URL
    return public or subscription.topic.removesuffix(TOPIC_PATH)


def check_filter(caller: Caller, text: str, expression: str) -> None:
    """Refuse (422) a filter that is no search for alerts by patient, code or status, or that nothing can ever meet."""
    try:
        _where(caller, text)
    except FhirRefused as refused:
        raise unprocessable(refused.issues[0].code, refused.issues[0].text, expression) from refused
    for name, values in parse_qsl(text.partition("?")[2]):
        for value in values.split(","):
            if not _is_known(caller, name, value):
                raise unprocessable("value", f"{name}: this is not known here, and would never be told.", expression)


def _is_known(caller: Caller, name: str, value: str) -> bool:
    if name == "patient":
        number = number_in(value, "Patient", caller.base)
        return number is not None and patients.rows(caller).filter(pk=number).exists()
    _system, code = token(value)
    return code in (STATUSES if name == "status" else LOCAL_CODES)


def acting(subscription: Subscription, now: datetime) -> Caller:
    """Return the machine of a subscription as if it asked itself: its centres, its scopes."""
    client = subscription.client
    return Caller(client.user, AccessToken(client=client, scope=client.scopes), base_of(subscription), now)


def may_read(caller: Caller) -> bool:
    """Whether the machine may read alerts."""
    token = caller.token
    return token is not None and client_scopes.allows(token.scope, CLASSIC, "r")


def alerts_seen(caller: Caller) -> "QuerySet[Alert]":
    """Return the alerts that the machine may hear of; invented patients call nobody at a real centre."""
    rows = DETECTED_ISSUE.rows(caller)
    client = caller.client
    return rows if client is None or client.centre.is_synthetic else rows.filter(patient__is_synthetic=False)


def matching(subscription: Subscription, alerts: Collection[int], now: datetime) -> Collection[int]:
    """Return which of these alerts a subscription asks for.

    Of an alert that was told before everything is told: that it is cancelled must reach who heard that it is final.
    """
    caller = acting(subscription, now)
    if not may_read(caller):
        return ()
    known = SubscriptionEvent.objects.filter(subscription=subscription, change__alert__in=alerts)
    asked = Q(pk__in=known.values("change__alert"))
    wanted = EVERYBODY
    for text in _filters(subscription):
        wanted &= _where(caller, text)
    seen: QuerySet[Any] = alerts_seen(caller).filter(pk__in=alerts).filter(asked | wanted)
    return set(seen.values_list("pk", flat=True))


def _filters(subscription: Subscription) -> Sequence[str]:
    return [subscription.topic] if is_classic(subscription.topic) else subscription.filters


def _where(caller: Caller, text: str) -> Q:
    kind, _mark, query = text.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    names = {name for name, _value in pairs}
    if kind != CLASSIC or not names <= ASKED_BY:
        raise unprocessable("not-supported", "Alerts are chosen as DetectedIssue?patient=, code= and status=.")
    return searching.understood(caller, DETECTED_ISSUE, pairs, strict=True).where
