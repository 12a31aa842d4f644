"""Taking in the instrument's file: whole or not at all, and never twice."""

import hashlib
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from monitoring.actions.run_files import DroppedFile, FileNotRead
from monitoring.actions.runs import FileTakenBefore, discard, take_in
from monitoring.models import AuditEntry, QpcrRun, RunReaction, RunSample, RunTarget
from monitoring.readers.refusal import FileProblem
from tests.integration.bench_runs import Bench, accessions, plate_file
from tests.world import World


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world)


def test_every_reaction_is_kept_as_it_was_written(bench: Bench) -> None:
    file = plate_file()
    run = bench.taken_in(file)
    assert bytes(QpcrRun.objects.get(pk=run.pk).file_content) == file.content
    assert (run.format, run.file_sha256) == ("QUANTSTUDIO_TEXT", hashlib.sha256(file.content).hexdigest())
    assert RunReaction.objects.filter(run=run).count() > 60
    assert set(RunSample.objects.filter(run=run).values_list("sample_name", flat=True)) == set(accessions())


def test_only_a_target_that_is_certain_is_settled(bench: Bench) -> None:
    run = bench.taken_in()
    assert list(RunTarget.objects.filter(run=run).values_list("target_name", "kind")) == [("ABL1", "CONTROL_GENE")]


def test_a_target_that_was_said_once_is_known_the_next_time(bench: Bench) -> None:
    bench.with_targets(bench.taken_in())
    second = bench.taken_in(plate_file(seed=8))
    assert RunTarget.objects.get(run=second, target_name="NPM1mutA").assay == bench.world.assay


def test_the_same_file_is_refused_and_the_first_run_named(bench: Bench) -> None:
    first = bench.taken_in()
    with pytest.raises(FileTakenBefore) as refused:
        bench.taken_in(replace(plate_file(), name="another name.txt"))
    assert refused.value.run_id == first.pk
    assert QpcrRun.objects.count() == 1


def test_a_discarded_file_may_be_taken_in_again(bench: Bench) -> None:
    first = bench.taken_in()
    discard(by=bench.world.technician, run=first, reason="wrong plate", revision=1, now=bench.world.now)
    assert bench.taken_in().pk != first.pk


def test_a_file_that_cannot_be_read_leaves_nothing(bench: Bench) -> None:
    broken = DroppedFile("plate.txt", plate_file().content.replace(b"\r\nA1\t", b"\r\nZ99\t", 1)[:4000])
    with pytest.raises(FileNotRead) as refused:
        bench.taken_in(broken)
    assert refused.value.name == "plate.txt"
    assert (QpcrRun.objects.count(), RunReaction.objects.count(), RunSample.objects.count()) == (0, 0, 0)


def test_files_of_one_plate_become_one_run(bench: Bench) -> None:
    run = bench.taken_in(*lightcycler_files())
    assert run.file_name.endswith("+1.zip")
    assert set(RunReaction.objects.filter(run=run).values_list("target_name", flat=True)) == {"NPM1mutA", "ABL1"}


def test_one_of_several_files_is_refused_alone_later(bench: Bench) -> None:
    bench.taken_in(*lightcycler_files())
    with pytest.raises(FileTakenBefore):
        bench.taken_in(lightcycler_files()[0])


def test_a_file_taken_in_alone_is_refused_among_others(bench: Bench) -> None:
    one, other = lightcycler_files()
    bench.taken_in(one)
    with pytest.raises(FileTakenBefore):
        bench.taken_in(one, other)


def test_two_plates_do_not_become_one_run(bench: Bench) -> None:
    with pytest.raises(FileNotRead) as refused:
        bench.taken_in(plate_file(name="first"), plate_file(seed=8, name="second"))
    assert refused.value.refused.problem is FileProblem.WELL_TWICE
    assert QpcrRun.objects.count() == 0


def test_the_audit_tells_who_took_it_in_without_the_file(bench: Bench) -> None:
    run = bench.taken_in()
    entry = AuditEntry.objects.get(action="run.take_in", subject_id=run.pk)
    assert entry.actor_id == bench.world.technician.pk
    assert entry.after is not None
    assert "file_content" not in entry.after


def test_only_people_of_the_laboratory_take_files_in(bench: Bench) -> None:
    with pytest.raises(PermissionDenied):
        take_in(by=bench.world.clinician, laboratory=bench.world.laboratory, files=[plate_file()], now=bench.world.now)


def lightcycler_files() -> list[DroppedFile]:
    from random import Random

    from monitoring.studies.plates.ready_plates import relapse_plate
    from monitoring.studies.plates.simulated_cq import measure_plate
    from monitoring.studies.plates.writing import lightcycler_text
    from monitoring.studies.plates.writing.export_settings import ExportSettings

    plate = measure_plate(relapse_plate(accessions()), Random(7))
    return [DroppedFile(each.name, each.content) for each in lightcycler_text.write_plate(plate, ExportSettings())]
