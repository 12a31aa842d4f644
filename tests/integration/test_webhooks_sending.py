"""Webhooks against a real server: signed, retried, never redirected, switched off at 410, read within limits."""

import base64
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from monitoring.actions import webhooks, webhooks_posting, webhooks_sending
from monitoring.actions.notifying_again import send_again
from monitoring.actions.notifying_states import BACK_OFF
from monitoring.actions.webhooks_addresses import Target
from monitoring.actions.webhooks_posting import NoAnswer, post
from monitoring.actions.webhooks_signing import key_of, shown_key, signed_headers
from monitoring.models import Alert, AuditEntry, Centre, Notification, WebhookEndpoint
from tests.integration.receiving import Receiver, is_signed, receiving
from tests.integration.told_world import NOON, as_worker, clock_from, relapse, told
from tests.world import World

# Made for these tests alone: a certificate of ehr.example with its key, valid until 2126, trusted by nobody else.
CERTIFICATE = Path(__file__).with_name("ehr_example.pem")


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.MAIL_IS_SET = False
    settings.PUBLIC_URL = "https://mrd.hospital.example"
    with receiving() as started:
        settings.WEBHOOK_ALLOW = [f"127.0.0.1:{started.port}"]
        yield started


def endpoint_of(world: World, url: str) -> WebhookEndpoint:
    Centre.objects.filter(pk=world.centre.pk).update(lead=world.clinician)
    world.centre.refresh_from_db()
    world.as_person(world.clinician)
    return webhooks.add(by=world.clinician, centre=world.centre, name="EHR", url=url, now=NOON)


def send(world: World, now: object = NOON) -> int:
    with as_worker():
        sent = webhooks_sending.send_due(clock=clock_from(now))  # type: ignore[arg-type]
    world.as_person(world.clinician)
    return sent


def first() -> Notification:
    return Notification.objects.filter(channel="WEBHOOK", alert__code="EPISODE").get()


@pytest.fixture
def waiting(committed: World, receiver: Receiver) -> World:
    """An endpoint, an alert, and its message that waits."""
    endpoint_of(committed, receiver.url)
    relapse(committed)
    told(committed)
    Notification.objects.exclude(pk=first().pk).update(state="DROPPED")
    return committed


def test_the_published_example_of_standard_webhooks() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    then = datetime.fromtimestamp(1614265330, tz=UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', [key], now=then)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_message_is_signed_and_names_no_patient(waiting: World, receiver: Receiver) -> None:
    assert send(waiting) == 1
    (request,) = receiver.received
    alert = Alert.objects.get(code="EPISODE")
    assert request.content == {
        "id": f"msg_{first().message_id.hex}", "type": "alert.raised", "at": first().change.at.isoformat(),
        "centre": "NF", "alert_id": alert.pk, "urgency": 2, "state": "RAISED",
        "url": f"https://mrd.hospital.example/api/v1/alerts/{alert.pk}/",
    }  # fmt: skip
    assert request.path == "/hook?of=mrd"
    assert request.headers["webhook-id"] == request.content["id"]
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert is_signed(request, shown_key(WebhookEndpoint.objects.get()))
    assert alert.patient.pseudonym.encode() not in request.body
    assert (first().state, first().attempts) == ("SENT", 1)


def test_a_changed_body_is_no_longer_signed(waiting: World, receiver: Receiver) -> None:
    send(waiting)
    (request,) = receiver.received
    request.body += b" "
    assert not is_signed(request, shown_key(WebhookEndpoint.objects.get()))


def test_after_a_new_key_both_sign_for_a_day(waiting: World, receiver: Receiver) -> None:
    endpoint = WebhookEndpoint.objects.get()
    old = shown_key(endpoint)
    new = shown_key(webhooks.rotate(by=waiting.clinician, endpoint=endpoint, seen=1, now=NOON))
    assert old != new
    send(waiting, NOON + timedelta(hours=1))
    send_again(by=waiting.clinician, notification=first(), centre=waiting.centre, now=NOON + timedelta(days=2))
    send(waiting, NOON + timedelta(days=2))
    during, after = receiver.received
    assert is_signed(during, old)
    assert is_signed(during, new)
    assert is_signed(after, new)
    assert not is_signed(after, old)
    assert during.content["id"] == after.content["id"]


def test_keys_differ_by_endpoint_and_number() -> None:
    assert len({key_of(endpoint, number) for endpoint in range(1, 5) for number in range(1, 5)}) == 16


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_may_pass_is_tried_again(waiting: World, receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert send(waiting) == 0
    assert (first().state, first().last_error) == ("WAITING", f"HTTP {status}")
    assert first().not_before - NOON >= BACK_OFF[0]
    receiver.status = 204
    assert send(waiting, first().not_before + timedelta(seconds=1)) == 1
    assert len({request.content["id"] for request in receiver.received}) == 1


@pytest.mark.parametrize(("asked", "waits"), [("120", 120), ("999999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 60)])
def test_a_wait_that_is_asked_for_is_kept_within_an_hour(
    waiting: World, receiver: Receiver, asked: str, waits: int
) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": asked}
    send(waiting)
    assert timedelta(0) <= first().not_before - NOON - timedelta(seconds=waits) < timedelta(seconds=1)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404])
def test_a_redirect_or_a_refusal_is_final_and_followed_nowhere(waiting: World, receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.url}
    send(waiting)
    assert (first().state, first().last_error, len(receiver.received)) == ("FAILED", f"HTTP {status}", 1)


def test_an_endpoint_that_is_gone_is_switched_off_with_a_reason(waiting: World, receiver: Receiver) -> None:
    receiver.status = 410
    send(waiting)
    assert not WebhookEndpoint.objects.get().is_active
    assert (first().state, first().last_error) == ("FAILED", "HTTP 410")
    entry = AuditEntry.objects.get(action="webhook.gone")
    assert (entry.actor_name, entry.reason) == ("worker", "The endpoint answered 410 (gone).")


def test_what_waits_for_an_endpoint_that_is_off_is_dropped(waiting: World, receiver: Receiver) -> None:
    webhooks.switch(by=waiting.clinician, endpoint=WebhookEndpoint.objects.get(), on=False)
    send(waiting)
    assert (first().state, first().last_error, receiver.received) == ("DROPPED", "ENDPOINT_OFF", [])


def test_an_endpoint_that_fails_is_left_alone_with_all_its_messages(waiting: World, receiver: Receiver) -> None:
    for _ in range(3):
        relapse(waiting)
    told(waiting)
    receiver.status = 500
    send(waiting)
    assert len(receiver.received) == 1
    assert not Notification.objects.filter(channel="WEBHOOK", state="WAITING", not_before__lt=NOON + BACK_OFF[0])


def test_an_address_that_may_not_be_reached_at_present_is_tried_again(waiting: World) -> None:
    WebhookEndpoint.objects.update(url="https://127.0.0.1:1/")
    send(waiting)
    assert (first().state, first().last_error) == ("WAITING", "ADDRESS_REFUSED")


def test_an_address_is_checked_again_at_each_sending(waiting: World, receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = []
    send(waiting)
    assert (receiver.received, first().last_error) == ([], "ADDRESS_REFUSED")


def test_the_connection_goes_to_the_checked_address_whatever_the_name_says(receiver: Receiver) -> None:
    target = Target("http", "no-such-host.invalid", receiver.port, "/", "127.0.0.1")
    assert post(target, b"{}", {}).status == 200
    assert receiver.received[0].headers["host"] == f"no-such-host.invalid:{receiver.port}"


def test_a_certificate_must_be_of_the_name(receiver: Receiver) -> None:
    with pytest.raises(NoAnswer, match="SSL"):
        post(Target("https", "ehr.example", receiver.port, "/", "127.0.0.1"), b"{}", {})


@pytest.mark.parametrize(("host", "is_taken"), [("ehr.example", True), ("other.example", False)])
def test_by_tls_the_name_decides_and_the_address_is_the_checked_one(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, host: str, is_taken: bool
) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    with receiving(CERTIFICATE) as secured:
        target = Target("https", host, secured.port, "/", "127.0.0.1")
        if is_taken:
            assert post(target, b"{}", {}).status == 200
            assert secured.received[0].headers["host"] == f"ehr.example:{secured.port}"
        else:
            with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
                post(target, b"{}", {})


def test_an_answer_that_drips_is_cut(receiver: Receiver) -> None:
    receiver.drips = True
    begun = time.monotonic()
    with pytest.raises(NoAnswer, match="timeout"):
        post(Target("http", "127.0.0.1", receiver.port, "/", "127.0.0.1"), b"{}", {}, time_limit=0.5)
    assert time.monotonic() - begun < 8  # the drip alone lasts ten seconds


def test_a_long_answer_is_read_to_its_limit_only(receiver: Receiver) -> None:
    receiver.body = b"x" * 1_000_000
    answer = post(Target("http", "127.0.0.1", receiver.port, "/", "127.0.0.1"), b"{}", {})
    assert (answer.status, answer.size) == (200, webhooks_posting.MOST_READ)


def test_a_message_to_try_says_nothing_and_tells_what_came_back(waiting: World, receiver: Receiver) -> None:
    endpoint = WebhookEndpoint.objects.select_related("centre").get()
    assert webhooks.send_test(by=waiting.clinician, endpoint=endpoint, now=NOON) is None
    assert receiver.received[0].content.keys() == {"id", "type", "at", "centre"}
    receiver.status = 418
    failure = webhooks.send_test(by=waiting.clinician, endpoint=endpoint, now=NOON)
    assert failure is not None
    assert failure.why == "HTTP 418"
