"""A release whose rules nobody has signed: migrate prepares the tables, asks for nothing, and stops the start."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from monitoring.actions import editions, recompute, shadow_decisions
from monitoring.domain.editions import editions_of_code
from monitoring.models import Patient, RecomputeRequest, ShadowRun, SignedEdition
from tests.rule_changes import eln2021_positive_from
from tests.world import World, detected

PROJECT = Path(__file__).resolve().parents[2]
CELERY = "import django; django.setup(); import mrdweb.celery, celery.signals as s; s.{0}.send(sender=None)"


@pytest.fixture(autouse=True)
def today(committed: World) -> Iterator[None]:
    """The day of the world: commands ask the clock."""
    with time_machine.travel(committed.now, tick=True):
        yield


@pytest.fixture
def patients(committed: World) -> Iterator[World]:
    """A database with a patient in which the editions of the code are signed."""
    editions._FOUND_SIGNED.clear()
    for name, version in editions_of_code().items():
        SignedEdition.objects.get_or_create(name=name, version=version)
    committed.authorised(committed.patient(), date(2026, 10, 1), detected("0.08"))
    committed.as_person(committed.clinician)
    recompute.drain_pending(now=committed.now)
    yield committed
    editions._FOUND_SIGNED.clear()


def migrated() -> None:
    call_command("migrate", "--no-input", stdout=StringIO(), verbosity=0)


def test_migrate_stops_it_and_asks_only_after_the_signature(patients: World) -> None:
    with eln2021_positive_from("0.05"):
        with pytest.raises(CommandError, match=r"manage.py shadow --by"):
            migrated()
        patients.as_person(patients.clinician)
        assert not RecomputeRequest.objects.exists()
        call_command("shadow", "--by", "data_manager", "--shards", "1", stdout=StringIO())
        patients.as_person(patients.clinician)
        run = ShadowRun.objects.get()
        assert run.finished_at is not None
        shadow_decisions.sign(by=patients.clinician, run_id=run.pk, comment="seen", now=run.finished_at)
        migrated()
        patients.as_person(patients.clinician)
        assert RecomputeRequest.objects.get().reason == "new edition"


def test_one_of_demonstrations_only_starts_by_itself(patients: World) -> None:
    patients.as_person(patients.clinician)
    Patient.objects.update(is_synthetic=True)
    with eln2021_positive_from("0.05"):
        migrated()
        assert SignedEdition.objects.filter(name="ELN2021", version="2", run=None).exists()


def test_one_older_than_signatures_keeps_the_editions_of_its_verdicts(committed: World) -> None:
    committed.authorised(committed.patient(), date(2026, 10, 1), detected("0.08"))
    committed.as_person(committed.clinician)
    recompute.drain_pending(now=committed.now)
    assert not SignedEdition.objects.exists()
    with eln2021_positive_from("0.05"), pytest.raises(CommandError, match="ELN2021 2"):
        migrated()
    assert set(SignedEdition.objects.filter(name="ELN2021").values_list("version", flat=True)) == {"1"}


@pytest.mark.parametrize(
    "starts",
    [
        "import mrdweb.wsgi",
        CELERY.format("worker_init"),
        CELERY.format("beat_init"),
    ],
    ids=["web", "worker", "beat"],
)
def test_no_process_of_an_unsigned_release_starts(patients: World, starts: str) -> None:
    new_release = f"from monitoring.domain import classify; classify.ENGINE_VERSION = '2'; {starts}"
    run = subprocess.run(
        [sys.executable, "-c", new_release], cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "mrdweb.settings"},
    )  # fmt: skip
    assert run.returncode == 1, run.stderr
    assert "New editions are not signed: ENGINE 2" in run.stderr
