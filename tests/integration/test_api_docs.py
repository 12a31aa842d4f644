"""The examples of docs/api.md run as they stand, against a running server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from knox.models import AuthToken
from pytest_django.live_server_helper import LiveServer

from monitoring.models import MrdResult, MrdSeries, User
from tests.world import World, detected, not_detected

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    [only] = found
    return only


@pytest.fixture
def series(committed: World) -> MrdSeries:
    with transaction.atomic():
        found = committed.patient()
        committed.authorised(found, date(2026, 7, 1), not_detected())
        committed.authorised(found, date(2026, 10, 22), detected("0.018"))
        committed.authorised(found, date(2026, 11, 12), detected("0.058"))
    return found


@pytest.fixture
def address() -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()
    connection.close()


def run(command: list[str], address: str, who: User, **numbers: int) -> str:
    given = {f"MRD_{name.upper()}": str(number) for name, number in numbers.items()}
    told = {"MRD_URL": address, "MRD_TOKEN": AuthToken.objects.create(user=who)[1], "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=told | given, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_python_client_sends_once_however_often_it_runs(committed: World, series: MrdSeries, address: str) -> None:
    script = [sys.executable, "-I", "-c", example("python")]
    for _ in range(2):
        told = run(script, address, committed.technician, series=series.pk, assay=committed.assay.pk)
        assert told == "0 SUBMITTED 0.0930\n"
    with transaction.atomic():
        committed.as_person(committed.clinician)
        assert MrdResult.objects.filter(sample__accession_number="26-04711").count() == 1


def test_the_clinician_reads_verdict_and_alert_with_curl(committed: World, series: MrdSeries, address: str) -> None:
    told = run(["sh", "-e", "-c", example("sh")], address, committed.clinician, series=series.pk)
    assert '"state":"CONFIRMED"' in told
    assert '"code":"EPISODE"' in told
