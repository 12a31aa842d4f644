"""What stands beside the file of a run and changes its results: patients, lots, ranges, names of one tube."""

from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from django.db import connection

from monitoring.actions import markers, results, run_matching, runs
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.run_files import DroppedFile
from monitoring.domain.plate import WellRole
from monitoring.models import (
    MrdResult,
    MrdSeries,
    QpcrRun,
    QualityPoint,
    QualityTarget,
    ReagentLot,
    RunReaction,
    RunSample,
)  # fmt: skip
from monitoring.models.choices import MarkerChoice
from monitoring.studies.plates.ready_plates import relapse_plate
from monitoring.studies.plates.simulated_cq import measure_plate
from monitoring.studies.plates.writing import quantstudio_text
from monitoring.studies.plates.writing.export_settings import ExportSettings
from tests.integration.bench_runs import SEED, Bench, accessions
from tests.world import World


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench.make(world)


def by_sample(written: list[MrdResult]) -> dict[str, MrdResult]:
    return {each.sample.accession_number: each for each in written}


def test_an_assay_for_another_mutation_type_gives_no_negative(world: World) -> None:
    bench = Bench.make(world, mutation_type="B")
    written = bench.submitted(bench.ready())
    assert {each.call for each in written} == {"NOT_EVALUABLE"}


def test_nothing_of_a_run_is_seen_from_another_centre(bench: Bench) -> None:
    run = bench.ready()
    bench.world.as_person(bench.world.stranger)
    assert QpcrRun.objects.count() == RunReaction.objects.filter(run=run).count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM monitoring_runsample")
        assert cursor.fetchone() == (0,)


def test_two_names_of_one_tube_are_one_sample(bench: Bench) -> None:
    """A laboratory that writes the gene into the name: 26-00001 NPM1, 26-00001 ABL1."""
    run = bench.with_targets(bench.taken_in(named_by_gene()))
    names = RunSample.objects.filter(run=run, sample_name__startswith="26-00001")
    matches = {name.pk: bench.samples[0].pk for name in names}
    run = run_matching.match(
        by=bench.world.technician, run=run, matches=matches, revision=run.revision, now=bench.world.now
    )
    (result,) = bench.submitted(run)
    assert result.abl1_copies is not None
    assert Counter(result.wells.values_list("target", flat=True)) == {"MARKER": 3, "CONTROL": 2}


def test_each_marker_of_a_patient_has_its_own_mutation_type(bench: Bench) -> None:
    """NPM1 type A and CBFB::MYH11 without a type recorded: the assay of NPM1 A is made for this patient."""
    bench.world.as_person(bench.world.clinician)
    markers.follow(
        by=bench.world.clinician, patient=bench.series[0].patient, marker=MarkerChoice.CBFB_MYH11, mutation_type=""
    )
    bench.world.as_person(bench.world.technician)
    written = by_sample(bench.submitted(bench.ready()))
    assert written["26-00001"].call == "DETECTED"


def test_what_was_handed_on_is_told_apart_from_what_the_run_would_say_now(bench: Bench) -> None:
    run = bench.ready()
    bench.submitted(run)
    assert not any(row.differs for row in bench.review(run).rows)
    MrdSeries.objects.filter(pk=bench.series[0].pk).update(mutation_type="B")
    assert [row.tube.accession_number for row in bench.review(run).rows if row.differs and row.tube] == ["26-00001"]


def test_the_lots_of_a_run_are_written_down_and_stand_behind_its_points(bench: Bench) -> None:
    world = bench.world
    run = bench.ready()
    lots = [
        ReagentLot.objects.create(
            laboratory=world.laboratory, kind=kind, product=kind, lot_number="1", recorded_by=world.technician
        )
        for kind in ("STANDARD", "CONTROL_MATERIAL")
    ]
    run = runs.describe(
        by=world.technician, run=run, run_on=date(2026, 11, 19), comment="new pipette",
        lot_ids=[lot.pk for lot in lots], revision=run.revision,
    )  # fmt: skip
    bench.submitted(run)
    points = QualityPoint.objects.filter(run=run, target_name="NPM1mutA").values_list("quantity", "lot", "measured_on")
    assert ("SLOPE", lots[0].pk, date(2026, 11, 19)) in points
    assert ("POSITIVE_CONTROL_CQ", lots[1].pk, date(2026, 11, 19)) in points


def test_a_failed_lot_cannot_be_chosen(bench: Bench) -> None:
    world = bench.world
    run = bench.ready()
    lot = ReagentLot.objects.create(
        laboratory=world.laboratory, kind="STANDARD", product="plasmid", lot_number="2", recorded_by=world.technician,
        state="FAILED", failed_by=world.technician, failed_at=world.now, failed_because="degraded",
    )  # fmt: skip
    with pytest.raises(ActionRefused, match="A lot that failed"):
        runs.describe(by=world.technician, run=run, run_on=None, comment="", lot_ids=[lot.pk], revision=run.revision)


def with_lot(bench: Bench, run: QpcrRun) -> ReagentLot:
    world = bench.world
    lot = ReagentLot.objects.create(
        laboratory=world.laboratory, kind="STANDARD", product="plasmid", lot_number="3", recorded_by=world.technician
    )
    runs.describe(by=world.technician, run=run, run_on=None, comment="", lot_ids=[lot.pk], revision=run.revision)
    return lot


def test_a_lot_that_failed_later_stays_with_the_run_while_results_of_it_wait(bench: Bench) -> None:
    world, run = bench.world, bench.ready()
    lot = with_lot(bench, run)
    bench.submitted(QpcrRun.objects.get(pk=run.pk))
    ReagentLot.objects.filter(pk=lot.pk).update(
        state="FAILED", failed_by=world.technician, failed_at=world.now, failed_because="degraded"
    )
    now_is = QpcrRun.objects.get(pk=run.pk)
    with pytest.raises(ActionRefused, match="stays with the run"):
        runs.describe(by=world.technician, run=now_is, run_on=None, comment="", lot_ids=[], revision=now_is.revision)


def test_a_point_left_out_stays_out_when_the_run_is_submitted_again(bench: Bench) -> None:
    run = bench.ready()
    (first, *_rest) = bench.submitted(run)
    QualityPoint.objects.filter(run=run, quantity="SLOPE", target_name="NPM1mutA").update(
        left_out_because="new pipette"
    )
    world = bench.world
    world.as_person(world.authoriser)
    results.reject(
        by=world.authoriser, result=first, reason="look again", seen=results.Seen(first.version, first.submitted_at)
    )
    bench.submitted(QpcrRun.objects.get(pk=run.pk))
    (point,) = QualityPoint.objects.filter(run=run, quantity="SLOPE", target_name="NPM1mutA")
    assert point.left_out_because == "new pipette"


def test_a_positive_control_outside_the_laboratorys_range_fails_the_run(bench: Bench) -> None:
    QualityTarget.objects.create(
        laboratory=bench.world.laboratory, quantity="POSITIVE_CONTROL_CQ", target_name="NPM1mutA", mean=30, sd="0.2",
        valid_from=date(2025, 1, 1), set_by=bench.world.authoriser,
    )  # fmt: skip
    run = bench.ready()
    assert {row.pair.quantification.call for row in bench.review(run).rows} == {"NOT_EVALUABLE"}


def named_by_gene() -> DroppedFile:
    plate = measure_plate(relapse_plate(accessions()), Random(SEED))
    reactions = tuple(
        replace(each, sample=f"{each.sample} {each.target}") if each.role is WellRole.SAMPLE else each
        for each in plate.reactions
    )
    (written,) = quantstudio_text.write_plate(replace(plate, reactions=reactions), ExportSettings())
    return DroppedFile(written.name, written.content)
