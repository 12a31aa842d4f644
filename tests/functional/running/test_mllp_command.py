"""`manage.py mllp` as a process: it takes a message, is stopped in order, and finds after a start what was stored."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection

from api.hl7v2.frames import framed
from monitoring.actions import messages_inbox
from monitoring.models import InboundMessage, MrdResult, Patient
from mrdweb.embedded.product import PROJECT
from tests.hl7_messages import report, sender
from tests.world import World, not_detected

LONGEST_WAIT = 30  # seconds


@contextmanager
def running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the listener on a free port."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "mllp", "--port", "0"], cwd=PROJECT, env={**os.environ}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        port = re.search(r":(\d+)\.", said)
        assert port, said + process.stdout.read()
        yield process, int(port[1])
    finally:
        process.kill()
        process.communicate()


def exchange(port: int, text: str) -> str:
    with socket.create_connection(("127.0.0.1", port), LONGEST_WAIT) as line:
        line.sendall(framed(text.encode()))
        found = b""
        while not found.endswith(b"\x1c\r"):
            found += line.recv(4096)
    return found.decode()


def settled(world: World) -> list[str]:
    """Wait until nothing is left to be read."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        world.as_person(world.authoriser)
        states = list(InboundMessage.objects.order_by("pk").values_list("state", flat=True))
        if "STORED" not in states:
            return states
        time.sleep(0.05)
    raise AssertionError(states)


def test_a_message_is_taken_and_one_that_was_stored_before_the_start_is_found(committed: World) -> None:
    series = committed.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="123456")
    committed.authorised(series, date(2026, 7, 1), not_detected())
    sender(committed)
    messages_inbox.receive(raw=report("BEFORE", accession="S1", filler="L1", day="20261001").encode(), peer="10.0.0.7")
    connection.close()
    with running() as (process, port):
        assert "MSA|AA|NOW" in exchange(port, report("NOW"))
        assert settled(committed) == ["DONE", "DONE"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST_WAIT) == 0
    committed.as_person(committed.clinician)
    assert MrdResult.objects.filter(series=series, authorisation_basis="SENDING_LABORATORY").count() == 2
