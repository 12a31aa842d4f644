"""What a sample is, where its results are signed, is two people's word: by no action, page or SQL one person's."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import DatabaseError, ProgrammingError

from monitoring.actions import results, sample_corrections, samples
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion, WrongState
from monitoring.actions.sent_results import SentResult, take
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call
from monitoring.models import (
    Alert,
    AuditEntry,
    MrdResult,
    MrdSeries,
    RowHistory,
    Sample,
    SampleCorrection,
    StoredVerdict,
    User,
)
from monitoring.queries.sample_corrections import effects_of, fingerprint_of
from tests.integration.rest_api import laboratory_machine
from tests.world import World, detected, not_detected

DECIDING: list[dict[str, Any]] = [
    {"tissue": "PB"}, {"collected_on": date(2026, 10, 1)}, {"timepoint": "END_OF_TREATMENT"},
]  # fmt: skip
CORRECT = "UPDATE monitoring_samplecorrection SET"
SIGN = f"{CORRECT} state = 'SIGNED', signed_by_id = %s, signed_at = now() WHERE id = %s"
SET_TISSUE = "UPDATE monitoring_sample SET tissue = 'PB' WHERE id = %s"


def confirmed(world: World) -> MrdResult:
    """A relapse that two samples confirm; return the second result."""
    series = world.patient()
    world.authorised(series, date(2026, 6, 1), not_detected())
    world.authorised(series, date(2026, 10, 1), detected("0.5"))
    return world.authorised(series, date(2026, 10, 20), detected("5"))


def state_of(series_id: int) -> str:
    return StoredVerdict.objects.get(series_id=series_id, ruleset="ELN2021").state


def alerts_of(result: MrdResult) -> dict[str, str]:
    raised = Alert.objects.filter(series_id=result.series_id, state="RAISED")
    return dict(raised.values_list("code", "fingerprint"))


def proposed(world: World, sample: Sample, by: User | None = None, **changes: Any) -> SampleCorrection:
    by = by or world.technician
    world.as_person(by)
    return sample_corrections.propose(by=by, sample=sample, changes=changes, reason="label misread", now=world.now)


def sign(world: World, proposal: SampleCorrection, by: User) -> Sample:
    world.as_person(by)
    effect = fingerprint_of(effects_of(proposal, now=world.now))
    return sample_corrections.sign(by=by, correction=proposal, effect=effect, now=world.now)


def execute(sql: str, *parameters: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.parametrize("changes", DECIDING)
def test_one_person_alone_corrects_none_of_the_deciding_facts(world: World, changes: dict[str, Any]) -> None:
    signed = confirmed(world)
    for person in (world.technician, world.second_authoriser):
        world.as_person(person)
        with pytest.raises(samples.FactsAreSigned, match="second person"):
            samples.correct(
                by=person, sample=Sample.objects.get(pk=signed.sample_id), changes=changes, reason="label",
                now=world.now,
            )  # fmt: skip
    assert state_of(signed.series_id) == "CONFIRMED"


def test_a_result_that_waits_for_its_signature_holds_its_sample_too(world: World) -> None:
    waiting = world.submitted(world.patient(), date(2026, 10, 1), detected("0.5"))
    with pytest.raises(samples.FactsAreSigned):
        samples.correct(
            by=world.technician, sample=waiting.sample, changes={"tissue": "PB"}, reason="label", now=world.now
        )
    with pytest.raises(IntegrityError, match="second person signs"):
        execute(SET_TISSUE, waiting.sample_id)


def test_what_decides_nothing_and_what_nobody_signed_stay_one_persons_act(world: World) -> None:
    signed = world.authorised(world.patient(), date(2026, 10, 1), detected("0.5"))
    world.as_person(world.technician)
    changes = {"received_on": date(2026, 10, 2), "quality_note": "clot", "tissue": "BM"}
    samples.correct(by=world.technician, sample=signed.sample, changes=changes, reason="seen", now=world.now)
    tube = world.sample(signed.series, date(2026, 10, 3))
    results.enter(by=world.technician, series=signed.series, sample=tube, assay=world.assay, reading=detected("1"))
    samples.correct(by=world.technician, sample=tube, changes={"tissue": "PB"}, reason="seen", now=world.now)
    assert MrdResult.objects.get(sample=tube).tissue == "PB"
    with pytest.raises(ActionRefused, match="correct it directly"):
        proposed(world, tube, tissue="BM")


@pytest.mark.parametrize("change", [
    "tissue = 'PB'", "collected_on = '2026-10-01'", "timepoint = 'AFTER_CYCLE_2'",
])  # fmt: skip
def test_sql_changes_no_signed_fact(world: World, change: str) -> None:
    signed = confirmed(world)
    with pytest.raises(IntegrityError, match="second person signs"):
        execute(f"UPDATE monitoring_sample SET {change} WHERE id = %s", signed.sample_id)


def test_sql_signs_no_correction_for_one_person(world: World) -> None:
    proposal = proposed(world, confirmed(world).sample, tissue="PB")
    for person in (world.technician, world.second_authoriser):  # the second signs in the name of another
        with pytest.raises(IntegrityError, match="second person signs a correction"):
            execute(SIGN, person.pk, proposal.pk)
    for sql, refusal in [
        (f"{CORRECT} tissue = 'BM', timepoint = 'AFTER_CYCLE_2' WHERE id = %s", "never changed"),
        (f"{CORRECT} proposed_by_id = proposed_by_id + 1 WHERE id = %s", "never changed"),
        (f"{CORRECT} applied_at = now() WHERE id = %s", "never changed"),
    ]:  # fmt: skip
        with pytest.raises(IntegrityError, match=refusal):
            execute(sql, proposal.pk)
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("DELETE FROM monitoring_samplecorrection WHERE id = %s", proposal.pk)


def test_sql_brings_no_correction_that_is_signed_already_or_in_anothers_name(world: World) -> None:
    sample = confirmed(world).sample
    world.as_person(world.technician)
    told: dict[str, Any] = {
        "sample": sample, "patient": sample.patient, "was_tissue": "BM", "was_collected_on": sample.collected_on,
        "tissue": "PB", "collected_on": sample.collected_on, "reason": "label",
    }  # fmt: skip
    for wrong in (
        {"proposed_by": world.technician, "state": "SIGNED", "signed_by": world.authoriser, "signed_at": world.now},
        {"proposed_by": world.authoriser},
        {"proposed_by": world.technician, "was_tissue": "PB", "tissue": "BM"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SampleCorrection.objects.create(**{**told, **wrong})


def test_the_check_itself_refuses_one_person_for_both(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'correction_signed_by_another'"
        )
        [told] = cursor.fetchone() or [""]
    assert "signed_by_id = proposed_by_id" in told
    assert "signed_by_id IS NOT NULL" in told


def test_even_the_owner_changes_no_signed_fact(committed: World) -> None:
    signed = committed.authorised(committed.patient(), date(2026, 10, 1), detected("0.5"))
    with connections["owner"].cursor() as cursor, pytest.raises(DatabaseError, match="second person signs"):
        cursor.execute(SET_TISSUE, [signed.sample_id])


def test_a_signed_correction_moves_result_verdict_and_alert_together(world: World) -> None:
    signed = confirmed(world)
    world.as_person(world.clinician)
    before = alerts_of(signed)
    proposal = proposed(world, signed.sample, tissue="PB", collected_on=date(2026, 5, 20))
    assert state_of(signed.series_id) == "CONFIRMED"
    sign(world, proposal, world.authoriser)
    assert state_of(signed.series_id) == "SUSPECTED"
    world.as_person(world.clinician)
    after = alerts_of(signed)
    assert ("CONFIRMED" in before["EPISODE"], "SUSPECTED" in after["EPISODE"]) == (True, True)
    assert MrdResult.objects.get(pk=signed.pk).tissue == "PB"
    kept = SampleCorrection.objects.get()
    assert (kept.state, kept.signed_by, kept.applied_at is not None) == ("SIGNED", world.authoriser, True)
    assert RowHistory.objects.get(table_name="monitoring_sample").row["tissue"] == "BM"
    entry = AuditEntry.objects.get(action="sample.correct")
    assert (entry.actor_id, entry.before["tissue"], entry.after["tissue"]) == (world.authoriser.pk, "BM", "PB")  # type: ignore[index]
    acts = set(AuditEntry.objects.filter(subject_type="samplecorrection").values_list("action", flat=True))
    assert acts == {"sample.propose_correction", "sample.sign_correction"}


def test_what_is_told_before_signing_is_what_signing_does(world: World) -> None:
    signed = confirmed(world)
    proposal = proposed(world, signed.sample, collected_on=date(2026, 10, 2), timepoint="END_OF_TREATMENT")
    told = {each.ruleset.value: each.then.state for each in effects_of(proposal, now=world.now)}
    sign(world, proposal, world.authoriser)
    stored = StoredVerdict.objects.filter(series_id=signed.series_id).values_list("ruleset", "state")
    assert dict(stored) == told


def test_only_another_authoriser_signs_or_returns(world: World) -> None:
    proposal = proposed(world, confirmed(world).sample, by=world.authoriser, tissue="PB")
    for person, why in ((world.authoriser, "second person"), (world.technician, "authoriser")):
        with pytest.raises(PermissionDenied, match=why):
            sign(world, proposal, person)
        with pytest.raises(PermissionDenied):
            sample_corrections.send_back(by=person, correction=proposal, reason="no", now=world.now)
    sign(world, proposal, world.second_authoriser)
    with pytest.raises(WrongState):
        sign(world, proposal, world.second_authoriser)


def test_one_proposal_at_a_time_and_its_author_withdraws_it(world: World) -> None:
    sample = confirmed(world).sample
    proposal = proposed(world, sample, tissue="PB")
    with pytest.raises(WrongState, match="waits for a signature already"):
        proposed(world, sample, by=world.authoriser, timepoint="END_OF_TREATMENT")
    with pytest.raises(PermissionDenied):
        sample_corrections.withdraw(by=world.authoriser, correction=proposal, reason="no", now=world.now)
    world.as_person(world.technician)
    with pytest.raises(ActionRefused, match="Say why"):
        sample_corrections.withdraw(by=world.technician, correction=proposal, reason=" ", now=world.now)
    sample_corrections.withdraw(by=world.technician, correction=proposal, reason="it was right", now=world.now)
    again = proposed(world, sample, timepoint="END_OF_TREATMENT")
    world.as_person(world.authoriser)
    sample_corrections.send_back(by=world.authoriser, correction=again, reason="see the form", now=world.now)
    assert Sample.objects.get(pk=sample.pk).tissue == "BM"
    assert set(SampleCorrection.objects.values_list("state", "comment")) == {
        ("WITHDRAWN", "it was right"), ("RETURNED", "see the form"),
    }  # fmt: skip


def test_the_signature_is_for_what_was_shown(world: World) -> None:
    signed = confirmed(world)
    proposal = proposed(world, signed.sample, tissue="PB")
    shown = fingerprint_of(effects_of(proposal, now=world.now))
    world.authorised(signed.series, date(2026, 10, 25), detected("7"))
    world.as_person(world.authoriser)
    with pytest.raises(StaleVersion, match="something else"):
        sample_corrections.sign(by=world.authoriser, correction=proposal, effect=shown, now=world.now)
    assert Sample.objects.get(pk=signed.sample_id).tissue == "BM"


def test_a_sample_that_changed_since_is_not_signed(world: World) -> None:
    waiting = world.submitted(world.patient(), date(2026, 10, 1), detected("0.5"))
    proposal = proposed(world, waiting.sample, tissue="PB")
    world.as_person(world.authoriser)
    seen = results.Seen(waiting.version, waiting.submitted_at)
    results.reject(by=world.authoriser, result=waiting, reason="again", seen=seen)
    world.as_person(world.technician)
    sample = Sample.objects.get(pk=waiting.sample_id)
    samples.correct(
        by=world.technician, sample=sample, changes={"timepoint": "AFTER_CYCLE_2"}, reason="x", now=world.now
    )
    with pytest.raises(StaleVersion, match="changed since"):
        sign(world, proposal, world.authoriser)
    with pytest.raises(IntegrityError, match="changed since"):
        execute(SIGN, world.authoriser.pk, proposal.pk)


def test_a_day_that_cannot_be_is_not_even_proposed(world: World) -> None:
    with pytest.raises(ImpossibleDate):
        proposed(world, confirmed(world).sample, collected_on=date(2027, 1, 1))


def test_a_sending_laboratory_corrects_what_it_signed_itself_and_nothing_else(world: World) -> None:
    series: MrdSeries = world.patient()
    two_people = world.authorised(series, date(2026, 10, 1), detected("0.5"))
    tube = world.sample(series, date(2026, 10, 10))
    machine = laboratory_machine(world)[0].client.user
    world.as_person(machine)
    take(by=machine, sent=SentResult(series, tube, world.assay, ReportedReading(Call.NOT_DETECTED)), now=world.now)
    for person in (world.technician, world.authoriser):
        world.as_person(person)
        with pytest.raises(samples.FactsAreSigned):
            samples.correct(by=person, sample=tube, changes={"tissue": "PB"}, reason="x", now=world.now)
        with pytest.raises(IntegrityError):
            execute(SET_TISSUE, tube.pk)
    world.as_person(machine)
    samples.correct(by=machine, sample=tube, changes={"tissue": "PB"}, reason="told wrongly", now=world.now)
    assert MrdResult.objects.get(sample=tube).tissue == "PB"
    with pytest.raises(samples.FactsAreSigned):
        samples.correct(by=machine, sample=two_people.sample, changes={"tissue": "PB"}, reason="x", now=world.now)
    with pytest.raises(IntegrityError):
        execute(SET_TISSUE, two_people.sample_id)
