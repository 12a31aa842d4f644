"""Broken files at the laboratory's door: a run or a sentence, never half of a run and never an error of the server."""

from random import Random

import pytest
from django.db import transaction

from monitoring.actions.run_files import DroppedFile, FileNotRead
from monitoring.actions.runs import FileTakenBefore, take_in
from monitoring.models import QpcrRun, RunReaction, RunSample, RunTarget
from monitoring.studies.plates.ready_plates import relapse_plate
from monitoring.studies.plates.simulated_cq import measure_plate
from monitoring.studies.plates.writing import cfx_csv, lightcycler_text, plain_csv, quantstudio_text, rotor_gene_csv
from monitoring.studies.plates.writing.export_settings import ExportSettings
from monitoring.wording.file_refusals import refusal
from tests.endurance import tried
from tests.integration.bench_runs import accessions
from tests.world import World

INPUTS = tried(120)  # of each format; the readers alone are tried with thousands (tests of monitoring.readers)
FORMATS = [quantstudio_text, cfx_csv, plain_csv, rotor_gene_csv, lightcycler_text]
TABLES = (QpcrRun, RunReaction, RunSample, RunTarget)
SPLICES = [
    b"0",
    b"-1",
    b"1e400",
    b"NaN",
    b"1.234,5",
    b"\x00",
    b"\xff\xfe",
    "é🧬".encode(),
    b"A1",
    b"x" * 300,
    b'"',
    b"\n",
]


def broken(content: bytes, rng: Random) -> bytes:
    """Cut it, flip a bit, or put something in the place of a few bytes."""
    at = rng.randrange(len(content))
    way = rng.randrange(3)
    if way == 0:
        return content[:at]
    if way == 1:
        return content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]
    return content[:at] + rng.choice(SPLICES) + content[at + rng.randrange(12) :]


@pytest.mark.parametrize("written", FORMATS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_broken_file_is_a_run_or_a_sentence(world: World, written: object) -> None:
    world.as_person(world.technician)
    plate = measure_plate(relapse_plate(accessions()), Random(3))
    whole = written.write_plate(plate, ExportSettings())[0]  # type: ignore[attr-defined]
    rng = Random(17)
    refused = 0
    for _number in range(INPUTS):
        before = counts()
        sentence = taken_in_or_why_not(world, broken(whole.content, rng))
        if sentence is not None:
            refused += 1
            assert sentence.startswith(("plate", "This file was taken in before"))
            assert counts() == before
    assert refused > INPUTS // 10


def taken_in_or_why_not(world: World, content: bytes) -> str | None:
    """Send a file as the page does; return the sentence of a refusal."""
    file = DroppedFile("plate", content)
    try:
        with transaction.atomic():
            take_in(by=world.technician, laboratory=world.laboratory, files=[file], now=world.now)
    except FileNotRead as error:
        return refusal(error.refused, error.name)
    except FileTakenBefore as refused:
        return str(refused)
    return None


def counts() -> list[int]:
    return [table.objects.count() for table in TABLES]
