"""The endpoints of a centre: added, given a new key, switched off and on, tried out. No key is stored or logged."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.notifying_states import Failure
from monitoring.actions.refusals import ActionRefused, WrongState
from monitoring.actions.webhooks_addresses import Resolve, check, look_up
from monitoring.actions.webhooks_sending import TEST_EVENT, EndpointGone, allowed, deliver
from monitoring.models import Centre, User, WebhookEndpoint

OLD_KEY_HOLDS = timedelta(days=1)  # [DESIGN] both keys sign for so long, so that a receiver can change without a gap


class EndpointKnown(ActionRefused):
    """The centre has this address already."""


@transaction.atomic
def add(
    *, by: User, centre: Centre, name: str, url: str, now: datetime, resolve: Resolve = look_up
) -> WebhookEndpoint:  # fmt: skip
    """Add an endpoint; raises AddressRefused where a webhook may not go there."""
    permissions.check_can_set_up_centre(by, centre)
    check(url, allowed(), resolve=resolve)
    endpoint = WebhookEndpoint(centre=centre, name=name.strip(), url=url, created_by=by, created_at=now)
    try:
        with transaction.atomic():
            endpoint.save(force_insert=True)
    except IntegrityError as error:
        if "webhook_once_per_centre" not in str(error):
            raise
        raise EndpointKnown(_("This address is on the list already.")) from error
    audit.record(action="webhook.add", by=by, subject=endpoint, after=audit.snapshot(endpoint))
    return endpoint


@transaction.atomic
def rotate(*, by: User, endpoint: WebhookEndpoint, seen: int, now: datetime) -> WebhookEndpoint:
    """Give an endpoint a new key; the one before signs as well for a day. `seen` is the number of the key shown."""
    current = _locked(by, endpoint)
    if current.key_number != seen:
        raise WrongState(_("Somebody else has made a new key meanwhile."))
    return _step(
        "webhook.rotate", by, current, key_number=current.key_number + 1, previous_key_until=now + OLD_KEY_HOLDS
    )


@transaction.atomic
def switch(*, by: User, endpoint: WebhookEndpoint, on: bool) -> WebhookEndpoint:
    """Switch an endpoint off or on; what waits for one that is off is not sent."""
    current = _locked(by, endpoint)
    if current.is_active == on:
        return current
    return _step("webhook.switch_on" if on else "webhook.switch_off", by, current, is_active=on)


def send_test(*, by: User, endpoint: WebhookEndpoint, now: datetime) -> Failure | None:
    """Send a message that says nothing to an endpoint, at once; return what went wrong, if anything."""
    permissions.check_can_set_up_centre(by, endpoint.centre)
    content = {"type": TEST_EVENT, "at": now.isoformat(), "centre": endpoint.centre.code}
    try:
        failure = deliver(endpoint, f"msg_{uuid.uuid4().hex}", content, now=now)
    except EndpointGone:
        failure = Failure("HTTP 410", is_final=True)
    outcome = {"sent": failure is None, "why": failure.why if failure else ""}
    audit.record(action="webhook.test", by=by, subject=endpoint, after=outcome)
    return failure


def _locked(by: User, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    permissions.check_can_set_up_centre(by, endpoint.centre)
    return WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("centre").get(pk=endpoint.pk)


def _step(action: str, by: User, endpoint: WebhookEndpoint, **changes: Any) -> WebhookEndpoint:
    before = audit.snapshot(endpoint)
    for name, value in changes.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(changes))
    audit.record(action=action, by=by, subject=endpoint, before=before, after=audit.snapshot(endpoint))
    return endpoint
