"""A run of 96 wells is taken in, quantified and shown in under a second, on one core of a busy machine."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from monitoring.models import QpcrRun, RunReaction
from monitoring.studies.plates.ready_plates import RELAPSE_LEVELS
from tests.integration.bench_runs import Bench, accessions, plate_file
from tests.world import World

BUDGET_SECONDS = 1.0
PATIENTS = 12  # with standards and controls they fill the 96 wells


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench.make(world, tubes=PATIENTS)


def test_ninety_six_wells_in_under_a_second(bench: Bench, client: Client) -> None:
    client.force_login(bench.world.technician)
    bench.ready()  # the target is known, and everything is imported
    client.get(f"/laboratory/runs/{QpcrRun.objects.get().pk}/")
    levels = [RELAPSE_LEVELS[i % len(RELAPSE_LEVELS)] for i in range(PATIENTS)]
    file = plate_file(accessions(PATIENTS), levels, seed=31)
    began = time.perf_counter()
    client.post(
        "/laboratory/runs/",
        {"laboratory": bench.world.laboratory.pk, "files": [SimpleUploadedFile(file.name, file.content)]},
    )
    bench.world.as_person(bench.world.technician)
    run = QpcrRun.objects.latest("pk")
    assert client.get(f"/laboratory/runs/{run.pk}/").status_code == 200
    ended = time.perf_counter()
    bench.world.as_person(bench.world.technician)
    assert RunReaction.objects.filter(run=run).values("well").distinct().count() == 96
    assert ended - began < BUDGET_SECONDS
