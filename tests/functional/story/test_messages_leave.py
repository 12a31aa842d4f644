"""A signature, a worker, a mail server and a hospital's system: both are told within seconds, once, without a name."""

import time
from datetime import date

import pytest

from monitoring.models import Centre, Notification, Subscription, WebhookEndpoint
from tests.functional.story.mailbox import mailbox
from tests.functional.story.site import Site, wait_until
from tests.integration.receiving import Receiver, is_signed, receiving
from tests.integration.subscribing import BASE, TOPIC, numbers_in
from tests.integration.told_world import as_worker, with_addresses
from tests.machines import machine
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.timeout(400)


def all_settled() -> bool:
    return not Notification.objects.filter(state="WAITING").exists()


def active_row(world: World, receiver: Receiver) -> Subscription:
    """A subscription whose handshake was done before."""
    client = machine(world).client
    found = Subscription.objects.create(
        client=client, centre=client.centre, topic=TOPIC, endpoint=receiver.url, status="active"
    )
    world.as_person(world.clinician)
    return found


def test_mail_and_webhook_leave_when_a_result_is_signed(committed: World, capsys: pytest.CaptureFixture[str]) -> None:
    with_addresses(committed.clinician)
    series = committed.patient()
    committed.authorised(series, date(2026, 7, 1), not_detected())
    committed.as_person(committed.clinician)
    with mailbox() as box, receiving() as receiver, receiving() as subscriber:
        subscription = active_row(committed, subscriber)
        endpoint = WebhookEndpoint.objects.create(
            centre=committed.centre, name="EHR", url=receiver.url, created_by=committed.clinician
        )
        site = Site()
        site.environment |= {
            "EMAIL_URL": f"smtp://127.0.0.1:{box.port}", "MRD_MAIL_FROM": "mrd@hospital.example",
            "MRD_PUBLIC_URL": BASE,
            "MRD_WEBHOOK_ALLOW": f"127.0.0.1:{receiver.port},127.0.0.1:{subscriber.port}",
        }  # fmt: skip
        try:
            site.start_worker()
            committed.authorised(series, date(2026, 10, 29), detected("1.5"))
            signed_at = time.monotonic()
            wait_until(lambda: bool(box.arrived) and bool(receiver.received), "both are told")
            wait_until(lambda: bool(subscriber.received), "the subscriber is told as well")
            took = time.monotonic() - signed_at
            with as_worker():
                wait_until(all_settled, "every message is settled")
        finally:
            site.stop()
        with capsys.disabled():
            print(f"\ntold {took:.1f} s after the signature, the start of the worker included")  # noqa: T201
        (message,) = box.arrived
        assert message["To"] == "clinician@hospital.example"
        assert "An alert of urgency 1 waits at Northfield centre." in message.get_content()
        assert str(message["Message-ID"]).endswith("@mrd.hospital.example>")
        whole = message.as_string() + "".join(each.body.decode() for each in receiver.received)
        assert series.patient.pseudonym not in whole
        told = {each.content["id"]: each for each in receiver.received}
        assert len(told) == len(receiver.received)
        from monitoring.actions.webhooks_signing import shown_key

        assert all(is_signed(each, shown_key(endpoint)) for each in receiver.received)
    committed.as_person(committed.clinician)
    subscription.refresh_from_db()
    numbers = [number for each in subscriber.received for number in numbers_in(each.content)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert series.patient.pseudonym.encode() not in b"".join(each.body for each in subscriber.received)
    assert set(Notification.objects.values_list("state", flat=True)) == {"SENT"}
    assert Centre.objects.count() == 2
