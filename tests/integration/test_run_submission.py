"""Handing a run to a second person: every result with its wells, once, and never over a signed one."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from monitoring.actions import results, runs
from monitoring.actions.refusals import StaleVersion
from monitoring.actions.results import Seen
from monitoring.actions.run_submission import NothingToSubmit, RunFailed
from monitoring.models import (
    Alert,
    MrdResult,
    QpcrRun,
    QualityPoint,
    ResultContributor,
    ResultWell,
    RunReaction,
)  # fmt: skip
from monitoring.queries.run_fates import Fate
from tests.integration.bench_runs import Bench, accessions, spoilt_file
from tests.world import World, detected


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench.make(world)


def by_sample(written: list[MrdResult]) -> dict[str, MrdResult]:
    return {each.sample.accession_number: each for each in written}


def sign(bench: Bench, result: MrdResult) -> MrdResult:
    bench.world.as_person(bench.world.authoriser)
    seen = Seen(result.version, result.submitted_at)
    return results.authorise(by=bench.world.authoriser, result=result, seen=seen, now=bench.world.now)


def test_each_matched_sample_gets_one_submitted_result(bench: Bench) -> None:
    written = bench.submitted(bench.ready())
    assert sorted(by_sample(written)) == accessions()
    assert {each.state for each in written} == {"SUBMITTED"}
    assert QpcrRun.objects.get().state == "SUBMITTED"


def test_a_result_is_what_the_run_says_and_keeps_its_wells(bench: Bench) -> None:
    run = bench.ready()
    row = bench.review(run).rows[0]
    result = by_sample(bench.submitted(run))["26-00001"]
    assert result.pct_abl1 == row.pair.quantification.pct_abl1
    wells = ResultWell.objects.filter(result=result).order_by("target", "position")
    assert Counter(wells.values_list("target", flat=True)) == {"MARKER": 3, "CONTROL": 2}
    assert all(well.cq and well.copies and well.plate_well for well in wells)
    assert result.run_id == run.pk


def test_a_well_left_out_is_kept_with_its_reason_and_takes_no_part(bench: Bench) -> None:
    run = bench.ready()
    reaction = RunReaction.objects.filter(run=run, sample_name="26-00001", target_name="NPM1mutA").first()
    assert reaction is not None
    before = bench.review(run).rows[0].pair.quantification.pct_abl1
    run = runs.leave_out(
        by=bench.world.technician, run=run, reaction_id=reaction.pk, because="bubble", revision=run.revision,
        now=bench.world.now,
    )  # fmt: skip
    result = by_sample(bench.submitted(run))["26-00001"]
    assert result.pct_abl1 != before
    left = ResultWell.objects.get(result=result, excluded_because="bubble")
    assert (left.plate_well, left.cq) == (reaction.well, reaction.cq)


def test_whoever_submits_a_run_cannot_sign_its_results(bench: Bench) -> None:
    (result, *_rest) = bench.submitted(bench.ready())
    assert set(ResultContributor.objects.filter(result=result).values_list("user", flat=True)) == {
        bench.world.technician.pk
    }


def test_sent_twice_it_writes_nothing_twice(bench: Bench) -> None:
    run = bench.ready()
    bench.submitted(run)
    assert bench.submitted(run) == []
    assert MrdResult.objects.count() == len(accessions())


def test_a_page_that_is_out_of_date_submits_nothing(bench: Bench) -> None:
    run = bench.ready()
    with pytest.raises(StaleVersion):
        bench.submitted(run, revision=run.revision - 1)
    assert MrdResult.objects.count() == 0


def test_without_a_matched_sample_there_is_nothing_to_submit(bench: Bench) -> None:
    with pytest.raises(NothingToSubmit):
        bench.submitted(bench.with_targets(bench.taken_in()))


def test_an_authorised_result_is_left_alone(bench: Bench) -> None:
    earlier = sign(bench, entered(bench, 0, "0.5"))
    written = bench.submitted(bench.ready())
    assert "26-00001" not in by_sample(written)
    assert MrdResult.objects.get(pk=earlier.pk).state == "AUTHORISED"


def test_an_authorised_result_is_amended_with_a_reason(bench: Bench) -> None:
    earlier = sign(bench, entered(bench, 0, "0.5"))
    run = bench.ready()
    (row,) = [row for row in bench.review(run).rows if row.fate is Fate.AMENDABLE]
    written = bench.submitted(run, amend_because={row.key: "measured again"})
    amended = by_sample(written)["26-00001"]
    assert (amended.version, amended.reason, amended.run_id) == (2, "measured again", run.pk)
    assert MrdResult.objects.get(pk=earlier.pk).state == "AUTHORISED"


def test_a_draft_of_somebody_else_is_not_overwritten(bench: Bench) -> None:
    entered(bench, 0, "0.5", submit=False)
    run = bench.ready()
    assert bench.review(run).rows[0].fate is Fate.OPEN_ELSEWHERE
    assert "26-00001" not in by_sample(bench.submitted(run))


def test_a_returned_result_is_corrected_in_the_run_and_submitted_again(bench: Bench) -> None:
    run = bench.ready()
    first = by_sample(bench.submitted(run))["26-00001"]
    returned(bench, first)
    run = QpcrRun.objects.get(pk=run.pk)
    assert [row.fate for row in bench.review(run).rows].count(Fate.CORRECTED) == 1
    reaction = RunReaction.objects.filter(run=run, sample_name="26-00001", target_name="NPM1mutA").first()
    assert reaction is not None
    run = runs.leave_out(
        by=bench.world.technician, run=run, reaction_id=reaction.pk, because="drop at the wall",
        revision=run.revision, now=bench.world.now,
    )  # fmt: skip
    (again,) = bench.submitted(run)
    assert (again.pk, again.version, again.state) == (first.pk, 1, "SUBMITTED")
    assert again.pct_abl1 != first.pct_abl1


def test_the_wells_of_a_handed_on_result_stay_as_they_are(bench: Bench) -> None:
    run = bench.ready()
    returned(bench, by_sample(bench.submitted(run))["26-00001"])
    run = QpcrRun.objects.get(pk=run.pk)
    for name in ("26-00002", "NTC"):
        reaction = RunReaction.objects.filter(run=run, sample_name=name).first()
        assert reaction is not None
        with pytest.raises(runs.WellNotEditable):
            runs.leave_out(
                by=bench.world.technician, run=run, reaction_id=reaction.pk, because="bubble", revision=run.revision,
                now=bench.world.now,
            )  # fmt: skip


def test_a_failed_run_is_handed_on_only_when_that_was_said(bench: Bench) -> None:
    run = bench.ready(spoilt_file("NTC", "NPM1mutA", 500))
    with pytest.raises(RunFailed):
        bench.submitted(run)
    written = bench.submitted(run, although_failed=True)
    assert {each.call for each in written} == {"NOT_EVALUABLE"}
    assert all("NEGATIVE_CONTROL_POSITIVE" in {found["code"] for found in each.problems} for each in written)


def test_a_run_leaves_its_points_for_quality_control_once(bench: Bench) -> None:
    run = bench.ready()
    first = by_sample(bench.submitted(run))["26-00001"]
    returned(bench, first)
    bench.submitted(QpcrRun.objects.get(pk=run.pk))
    points = Counter(QualityPoint.objects.filter(run=run).values_list("quantity", flat=True))
    assert points == {
        "SLOPE": 2, "INTERCEPT": 2, "EFFICIENCY_PCT": 2, "R2": 2, "POSITIVE_CONTROL_CQ": 2, "ABL1_LOG10_COPIES": 1,
    }  # fmt: skip
    slope = QualityPoint.objects.get(run=run, quantity="SLOPE", target_name="NPM1mutA")
    assert Decimal("-3.6") < slope.value < Decimal("-3.2")
    assert (slope.assay, slope.measured_on) == (bench.world.assay, date(2026, 2, 3))


def test_a_target_seen_in_a_poor_sample_is_an_alert_once_signed(bench: Bench) -> None:
    poor = by_sample(bench.submitted(bench.ready()))["26-00007"]
    assert (poor.call, poor.abl1_copies is not None and poor.abl1_copies < 1000) == ("DETECTED", True)
    sign(bench, poor)
    bench.world.as_person(bench.world.clinician)
    assert Alert.objects.filter(series=poor.series, code="TARGET_SEEN_INADEQUATE", state="RAISED").exists()


def test_a_sample_matched_after_submission_is_submitted_later(world: World) -> None:
    bench = Bench.make(world, tubes=7)
    run = bench.ready()
    assert len(bench.submitted(run)) == 7
    bench.add(date(2026, 11, 17))
    run = bench.matched(QpcrRun.objects.get(pk=run.pk))
    assert list(by_sample(bench.submitted(run))) == ["26-00008"]


def test_results_of_a_run_stay_with_the_run_until_they_are_typed_over(bench: Bench) -> None:
    run = bench.ready()
    first = by_sample(bench.submitted(run))["26-00001"]
    returned(bench, first)
    bench.world.as_person(bench.world.technician)
    seen = Seen(1, None)
    results.edit(by=bench.world.technician, result=first, reading=detected("0.5"), seen=seen)
    assert MrdResult.objects.get(pk=first.pk).run_id is None
    assert Fate.OPEN_ELSEWHERE in {row.fate for row in bench.review(run).rows}


def entered(bench: Bench, place: int, value: str, *, submit: bool = True) -> MrdResult:
    world = bench.world
    world.as_person(world.technician)
    draft = results.enter(
        by=world.technician, series=bench.series[place], sample=bench.samples[place], assay=world.assay,
        reading=detected(value),
    )  # fmt: skip
    return results.submit(by=world.technician, result=draft, now=world.now) if submit else draft


def returned(bench: Bench, result: MrdResult) -> None:
    bench.world.as_person(bench.world.authoriser)
    seen = Seen(result.version, result.submitted_at)
    results.reject(by=bench.world.authoriser, result=result, reason="look at A3", seen=seen)
    bench.world.as_person(bench.world.technician)
