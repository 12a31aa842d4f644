"""As of, twice: what was on record at a moment gives the verdict of that moment, whatever was corrected since."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connections
from django.utils import timezone

from monitoring.actions import baselines, events, markers, patients, results, treatments
from monitoring.domain.classify import classify_all
from monitoring.domain.terms import RuleSetId, Tissue
from monitoring.models import Baseline, ClinicalEvent, DoseChange, MrdResult, MutationFinding, VenetoclaxCycle
from monitoring.models.choices import MarkerChoice, TreatmentKindChoice
from monitoring.queries import known_inputs, treatment_courses
from monitoring.queries.known_results import waiting
from monitoring.queries.known_rows import on_record
from monitoring.queries.patient_record import Standpoint, read_record
from monitoring.queries.series_inputs import SeriesInputs
from tests.known_record import KnownRecord, transplanted_between
from tests.world import World, detected


def state(inputs: SeriesInputs, at: datetime) -> str:
    return classify_all(inputs.series, as_of=inputs.today(at))[RuleSetId.ELN2021].state


def known(record: KnownRecord, at: datetime | None = None) -> SeriesInputs:
    record.world.as_person(record.world.clinician)
    [inputs] = known_inputs.read_inputs([record.series.pk], at)
    return inputs


def correct(record: KnownRecord, event: ClinicalEvent, **changes: object) -> None:
    record.world.as_person(record.world.clinician)
    events.change(
        by=record.world.clinician, event=event, changes=changes, reason="wrong day", now=record.world.now
    )  # fmt: skip


def test_a_transplant_corrected_today_leaves_the_verdict_of_yesterday(world: World) -> None:
    record, transplant = transplanted_between(world)
    yesterday = record.ago(1)
    assert state(known(record), record.now) == "LOW_LEVEL"
    correct(record, transplant, happened_on=record.day(130))
    assert state(known(record), record.now) == "CONFIRMED"
    assert state(known(record, yesterday), yesterday) == "LOW_LEVEL"
    assert state(known(record, timezone.now()), record.now) == "CONFIRMED"


def test_what_was_recorded_after_the_moment_is_not_there(world: World) -> None:
    record, _ = transplanted_between(world)
    assert known(record, record.ago(4)).series.results == ()
    assert known(record, record.ago(4)).series.course_starts == ()
    assert known(record, record.ago(4)).series.baseline_pct_abl1 == {Tissue.BONE_MARROW: Decimal(1000)}


def test_what_was_removed_later_is_still_there(world: World) -> None:
    record, transplant = transplanted_between(world)
    world.as_person(world.clinician)
    events.remove(by=world.clinician, event=transplant, reason="another patient")
    assert known(record).series.course_starts == ()
    [start] = known(record, record.ago(1)).series.course_starts
    assert start.on == record.day(50)


def test_of_a_row_corrected_twice_each_state_stands_in_its_time(world: World) -> None:
    record, transplant = transplanted_between(world)
    moments = [timezone.now()]
    for days_ago in (49, 48):
        correct(record, transplant, happened_on=record.day(days_ago))
        moments.append(timezone.now())
    shown = [known(record, at).series.course_starts[0].on for at in moments]
    assert shown == [record.day(50), record.day(49), record.day(48)]


def test_the_moment_of_a_correction_belongs_to_what_was_corrected(world: World) -> None:
    record, transplant = transplanted_between(world)
    correct(record, transplant, happened_on=record.day(49))
    transplant.refresh_from_db()
    at = transplant.recorded_at
    assert known(record, at).series.course_starts[0].on == record.day(49)
    assert known(record, at - timedelta(microseconds=1)).series.course_starts[0].on == record.day(50)


def test_a_withdrawn_result_counts_before_its_withdrawal(world: World) -> None:
    record, _ = transplanted_between(world)
    last = MrdResult.objects.get(collected_on=record.day(40))
    world.as_person(world.authoriser)
    results.withdraw(by=world.authoriser, result=last, reason="mix-up", now=record.ago(0.5))
    assert len(known(record, record.ago(1)).series.results) == 3
    assert len(known(record, record.ago(0.4)).series.results) == 2


def test_an_amended_result_has_its_former_value_until_the_new_one_is_signed(world: World) -> None:
    record, _ = transplanted_between(world)
    last = MrdResult.objects.get(collected_on=record.day(40))
    world.as_person(world.technician)
    draft = results.amend(by=world.technician, result=last, reading=detected("0.7"), reason="repeat")
    second = results.submit(by=world.technician, result=draft, now=record.ago(0.6))
    world.as_person(world.authoriser)
    seen = results.Seen(second.version, second.submitted_at)
    results.authorise(by=world.authoriser, result=second, seen=seen, now=record.ago(0.5))
    assert known(record, record.ago(0.55)).series.results[-1].pct_abl1 == Decimal("0.3")
    assert known(record, record.ago(0.45)).series.results[-1].pct_abl1 == Decimal("0.7")


def test_a_sample_whose_day_was_corrected_shows_its_former_day(world: World) -> None:
    record, _ = transplanted_between(world)
    last = MrdResult.objects.get(collected_on=record.day(40))
    world.corrected(last.sample, collected_on=record.day(55), timepoint="END_OF_TREATMENT", now=record.now)
    assert [one.collected_on for one in known(record, record.ago(1)).series.results][-1] == record.day(40)
    assert [one.timepoint for one in known(record, record.ago(1)).series.results] == [None] * 3
    assert [one.collected_on for one in known(record).series.results][-1] == record.day(55)


def test_the_results_of_a_moment_stand_in_the_order_of_their_days_of_then(world: World) -> None:
    record = KnownRecord(world)
    first = record.result(record.day(90), "0.5", days_ago=3)
    record.result(record.day(80), "0.6", days_ago=3)
    world.corrected(first.sample, collected_on=record.day(70), now=record.now)
    assert [str(one.pct_abl1) for one in known(record).series.results] == ["0.6", "0.5"]
    assert [str(one.pct_abl1) for one in known(record, record.ago(1)).series.results] == ["0.5", "0.6"]


def test_a_new_level_at_diagnosis_keeps_the_former_one_exactly(world: World) -> None:
    record = KnownRecord(world)
    world.as_person(world.clinician)
    for value in ("640.10", "641"):
        before = timezone.now()
        baselines.change(
            by=world.clinician, baseline=Baseline.objects.get(series=record.series), now=record.now, reason="scale",
            changes={"pct_abl1": Decimal(value), "collected_on": record.day(500)}, sure=True,
        )  # fmt: skip
    assert str(known(record, before).series.baseline_pct_abl1[Tissue.BONE_MARROW]) == "640.10"


def test_the_end_of_treatment_and_the_pre_emptive_courses_are_those_of_the_moment(world: World) -> None:
    record = KnownRecord(world)
    world.as_person(world.clinician)
    before = timezone.now()
    treatments.start(
        by=world.clinician, patient=record.patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="7+3",
        starts_on=record.day(480), ends_on=record.day(400), now=record.now,
    )  # fmt: skip
    day = record.day(30)
    row = VenetoclaxCycle(number=1, starts_on=day, ends_on=day + timedelta(days=27), given_days=14)
    cycle = treatments.record_cycle(
        by=world.clinician, patient=record.patient, cycle=row, regimen="VEN-AZA", now=record.now
    )
    DoseChange.objects.create(
        cycle=cycle, patient=record.patient, kind="HOLD", starts_on=day, because="neutropenia"
    )  # fmt: skip
    between = timezone.now()
    VenetoclaxCycle.objects.get(pk=cycle.pk).delete()
    assert known(record, before).series.end_of_treatment is None
    assert known(record, between).series.end_of_treatment == record.day(400)
    assert known(record, between).series.treatment_starts == (day,)
    [course] = treatment_courses.read([record.patient.pk], between)[record.patient.pk]
    assert [one.venetoclax_days for one in course.cycles] == [14]
    [told] = read_record(record.patient.pk, Standpoint(record.day(0), record.day(0), between)).cycles
    assert [one.because for one in told.holds] == ["neutropenia"]
    assert read_record(record.patient.pk, Standpoint(record.day(0), record.day(0))).cycles == ()


def test_the_loss_of_the_marker_is_known_from_its_recording_on(world: World) -> None:
    record = KnownRecord(world)
    world.as_person(world.clinician)
    finding = MutationFinding(gene="NPM1", status="LOST", found_on=record.day(20))
    patients.record_finding(by=world.clinician, patient=record.patient, finding=finding, now=record.now)
    assert known(record).series.marker_lost
    assert not known(record, record.now).series.marker_lost


def test_a_marker_is_followed_from_its_recording_on(world: World) -> None:
    record = KnownRecord(world)
    world.as_person(world.clinician)
    before = timezone.now()
    markers.follow(by=world.clinician, patient=record.patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
    after = timezone.now()
    followed = [
        [row.marker for row in known_inputs.followed_series(record.patient, at)]
        for at in (record.ago(31), before, after, None)
    ]
    assert followed == [[], ["NPM1"], ["NPM1", "CBFB::MYH11"], ["NPM1", "CBFB::MYH11"]]


def test_results_that_waited_at_a_moment_are_counted(world: World) -> None:
    record = KnownRecord(world)
    signed = record.result(record.day(30), "0.1", days_ago=3)
    everything = MrdResult.objects.filter(series=record.series)
    assert waiting(everything, record.ago(2)).count() == 0
    world.as_person(world.technician)
    draft = results.amend(by=world.technician, result=signed, reading=detected("0.2"), reason="repeat")
    assert waiting(everything, timezone.now()).count() == 1
    results.withdraw(by=world.technician, result=draft, reason="slip", now=timezone.now())
    assert waiting(everything, timezone.now()).count() == 0


def test_a_column_that_an_old_row_did_not_have_holds_its_default(committed: World) -> None:
    """The history keeps rows as they were, also those of an earlier edition of the tables."""
    record = KnownRecord(committed)
    old = {"id": 7, "patient_id": record.patient.pk, "kind": "DLI", "happened_on": "2026-01-05", "of_then": 1}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO monitoring_rowhistory (table_name, row_id, patient_id, recorded_at, superseded_at, row) "
            "VALUES ('monitoring_clinicalevent', 7, %s, %s, %s, %s)",
            [record.patient.pk, record.ago(10), record.ago(9), json.dumps(old)],
        )
    connections["owner"].close()
    [event] = on_record(ClinicalEvent, [record.patient.pk], record.ago(9.5))
    assert (event.kind, event.happened_on, event.detail, event.constructed) == ("DLI", date(2026, 1, 5), "", [])
    assert on_record(ClinicalEvent, [record.patient.pk], record.ago(9)) == []


def test_of_another_centre_nothing_is_read(world: World) -> None:
    record, transplant = transplanted_between(world)
    correct(record, transplant, happened_on=record.day(49))
    world.as_person(world.stranger)
    assert on_record(ClinicalEvent, [record.patient.pk], record.ago(1)) == []
    assert known_inputs.read_inputs([record.series.pk], record.ago(1)) == []
