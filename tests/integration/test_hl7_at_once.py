"""Several listeners at once: a message that comes on two connections counts once, a sender is read by one of them."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import time_machine
from django.db import connection

from monitoring.actions import messages_inbox, messages_taking
from monitoring.models import InboundMessage, MrdResult, MrdSeries, Patient
from tests.hl7_messages import report, sender
from tests.world import World

FIRST = date(2026, 3, 2)
READERS = 4


def at_once(*doing: Callable[[], object]) -> None:
    """Run each in a thread with a connection of its own; what one of them raises is raised."""
    raised: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as error:  # noqa: BLE001 # told to the test below
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert raised == []


def followed(world: World) -> MrdSeries:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="123456")
    sender(world)
    connection.close()
    return series


def test_a_message_on_many_connections_at_once_is_taken_once(committed: World) -> None:
    followed(committed)
    raw = report().encode()
    at_once(*[lambda: messages_inbox.receive(raw=raw, peer="10.0.0.7")] * 8)
    committed.as_person(committed.authoriser)
    states = sorted(InboundMessage.objects.values_list("state", flat=True))
    assert states == ["DUPLICATE"] * 7 + ["STORED"]


def test_readers_at_once_take_each_message_once_and_in_order(committed: World) -> None:
    series = followed(committed)
    for number in range(12):
        day = FIRST + timedelta(days=14 * number)
        text = report(f"M{number}", day=f"{day:%Y%m%d}", accession=f"S{number}", filler=f"L{number}")
        messages_inbox.receive(raw=text.encode(), peer="10.0.0.7")
    with time_machine.travel(committed.now):
        at_once(*[lambda: messages_taking.take_waiting(now=committed.now)] * READERS)
        messages_taking.take_waiting(now=committed.now)
    committed.as_person(committed.clinician)
    taken = MrdResult.objects.filter(series=series).order_by("pk")
    assert [row.collected_on for row in taken] == [FIRST + timedelta(days=14 * number) for number in range(12)]
    assert set(InboundMessage.objects.values_list("state", flat=True)) == {"DONE"}
