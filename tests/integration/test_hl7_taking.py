"""Messages of a laboratory system, from the bytes to the verdict: corrections, retractions, late ones, repetitions."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from monitoring.actions import messages_inbox, messages_results, messages_taking
from monitoring.models import (
    Alert,
    AuditEntry,
    ExternalIdentifier,
    InboundMessage,
    MrdResult,
    MrdSeries,
    Patient,
    ReportedResult,
    Sample,
    SenderProfile,
    StoredVerdict,
)
from tests.hl7_messages import msh, pid, report, sender
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    """A patient in molecular remission who rose once: one more rise confirms."""
    made = world.patient()
    Patient.objects.filter(pk=made.patient_id).update(hospital_number="123456")
    world.authorised(made, date(2026, 7, 1), not_detected())
    world.authorised(made, date(2026, 10, 19), detected("0.02"))
    sender(world)
    return made


def send(world: World, text: str, encoding: str = "utf-8") -> InboundMessage:
    received = messages_inbox.receive(raw=text.encode(encoding), peer="10.0.0.7")
    messages_taking.take_waiting(now=world.now)
    world.as_person(world.clinician)
    return InboundMessage.objects.get(pk=received.message_id)


def codes(message: InboundMessage) -> list[str]:
    return [each["code"] for each in message.problems]


def current(series: MrdSeries) -> list[MrdResult]:
    return list(MrdResult.objects.filter(series=series, state="AUTHORISED").order_by("collected_on"))


def state(series: MrdSeries) -> str:
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


def alert(series: MrdSeries) -> str:
    return Alert.objects.get(series=series, code="EPISODE").state


def test_a_final_result_is_taken_in_as_its_sender_and_raises_the_alert_at_once(world: World, series: MrdSeries) -> None:
    message = send(world, report())
    assert (message.state, message.problems, message.patient_id) == ("DONE", [], series.patient_id)
    taken = current(series)[-1]
    assert [taken.pct_abl1, taken.abl1_copies, taken.lod_pct_abl1] == [Decimal("0.85"), Decimal(40000), Decimal("0.01")]
    assert (taken.authorisation_basis, taken.authorised_by and taken.authorised_by.username) == (
        "SENDING_LABORATORY",
        "molis",
    )
    assert taken.sample.accession_number == "S26-0042"
    assert taken.comment == "duplicate reactions concordant"
    assert (state(series), alert(series)) == ("CONFIRMED", "RAISED")


def test_an_alert_that_rests_on_a_wrong_result_alone_is_taken_back_by_its_correction(world: World) -> None:
    quiet = world.patient()
    Patient.objects.filter(pk=quiet.patient_id).update(hospital_number="888")
    world.authorised(quiet, date(2026, 7, 1), not_detected())
    sender(world)
    send(world, report(number="888"))
    assert alert(quiet) == "RAISED"
    send(world, report("MSG2", number="888", value="<^0.01", call="ND", copies="0", status="C",
                       clock="20261119090000+0100"))  # fmt: skip
    assert (state(quiet), alert(quiet)) == ("NEGATIVE", "RETRACTED")


def test_a_correction_ends_the_confirmation(world: World, series: MrdSeries) -> None:
    send(world, report())
    send(world, report("MSG2", value="<^0.01", call="ND", copies="0", status="C", clock="20261119090000+0100"))
    assert (state(series), alert(series)) == ("NEGATIVE", "RETRACTED")
    assert [
        row.version for row in MrdResult.objects.filter(sample__accession_number="S26-0042").order_by("version")
    ] == [1, 2]


def test_a_retraction_takes_the_result_out_of_its_series(world: World, series: MrdSeries) -> None:
    send(world, report())
    message = send(world, report("MSG2", value='""', call="", copies='""', abl1='""', status="W",
                                 clock="20261119090000+0100"))  # fmt: skip
    assert message.state == "DONE"
    withdrawn = MrdResult.objects.get(sample__accession_number="S26-0042")
    assert (withdrawn.state, withdrawn.reason) == ("WITHDRAWN", "duplicate reactions concordant")
    assert state(series) == "SUSPECTED"


def test_a_retraction_before_its_original_leaves_a_mark_that_the_late_original_cannot_undo(
    world: World, series: MrdSeries
) -> None:
    early = send(world, report("MSG2", value='""', call="", status="W", clock="20261119090000+0100"))
    assert codes(early) == ["RETRACTION_WITHOUT_ORIGINAL"]
    late = send(world, report())
    assert late.state == "SUPERSEDED"
    written_anew = send(world, report("MSG3", clock="20261120080000+0100"))
    assert (written_anew.state, codes(written_anew)) == ("QUARANTINED", ["AFTER_RETRACTION"])
    assert not MrdResult.objects.filter(sample__accession_number="S26-0042").exists()


def test_a_correction_before_its_original_counts_and_the_original_changes_nothing(
    world: World, series: MrdSeries
) -> None:
    early = send(world, report("MSG2", value="<^0.01", call="ND", copies="0", status="C", clock="20261119090000+0100"))
    assert codes(early) == ["CORRECTION_WITHOUT_ORIGINAL"]
    assert send(world, report()).state == "SUPERSEDED"
    assert state(series) == "NEGATIVE"


def test_below_a_limit_negative_and_detected_are_told_apart(world: World, series: MrdSeries) -> None:
    send(world, report(value="<^0.01", call="ND", copies="0"))
    assert (current(series)[-1].call, current(series)[-1].lod_pct_abl1) == ("NOT_DETECTED", Decimal("0.01"))
    send(world, report("MSG2", value="<^0.02", call="DET", copies="", status="C", clock="20261119090000+0100"))
    assert (current(series)[-1].call, current(series)[-1].pct_abl1) == ("DETECTED", None)
    assert (current(series)[-1].lod_pct_abl1, current(series)[-1].loq_pct_abl1) == (Decimal("0.01"), Decimal("0.02"))
    unknown = send(world, report("MSG3", value="<^0.01", call="", copies="", status="C", clock="20261120000000+0100"))
    assert (unknown.state, codes(unknown)) == ("DONE", ["CALL_UNKNOWN"])
    assert current(series)[-1].call == "UNKNOWN"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"unit": ""}, "UNIT_MISSING"),
        ({"unit": "log10"}, "UNIT_UNKNOWN"),
        ({"code": "NEW^new^99HAEMLAB"}, "CODE_UNKNOWN"),
        ({"number": "999"}, "PATIENT_UNKNOWN"),
        ({"patient": pid(born="19600101")}, "BIRTH_DATE_DIFFERS"),
        ({"patient": pid(sex="M")}, "SEX_DIFFERS"),
        ({"patient": "PID|1||123456^^^OTHER"}, "IDENTIFIER_AUTHORITY"),
        ({"code": "72209-0^inv16^LN"}, "MARKER_NOT_FOLLOWED"),
        ({"code": "72209-0^inv16^LN", "specimen": "BLD"}, "SPECIMEN_CONTRADICTS_CODE"),
        ({"day": "20270101"}, "IMPOSSIBLE_DATE"),
        ({"accession": "S" * 60}, "ACCESSION_TOO_LONG"),
    ],
)
def test_what_only_a_person_can_decide_waits_for_one_and_writes_nothing(
    world: World, series: MrdSeries, changes: dict[str, str], problem: str
) -> None:
    rows = MrdResult.objects.count(), Sample.objects.count(), AuditEntry.objects.count()
    message = send(world, report(**changes))
    assert (message.state, codes(message), message.ack_code) == ("QUARANTINED", [problem], "AA")
    assert (MrdResult.objects.count(), Sample.objects.count(), AuditEntry.objects.count()) == rows
    assert not ReportedResult.objects.exists()


def test_the_same_tube_of_another_patient_waits_for_a_person(world: World, series: MrdSeries) -> None:
    other = world.patient()
    Patient.objects.filter(pk=other.patient_id).update(hospital_number="777")
    send(world, report())
    assert codes(send(world, report("MSG2", number="777", filler="LAB26-0099"))) == ["SAMPLE_OF_OTHER_PATIENT"]
    assert codes(send(world, report("MSG3", number="777", clock="20261119000000"))) == ["RESULT_OF_OTHER_PATIENT"]
    assert codes(send(world, report("MSG4", specimen="BLD", filler="LAB26-0098"))) == ["SAMPLE_DIFFERS"]


def test_a_late_message_about_an_older_sample_runs_the_rules_over_the_whole_series(
    world: World, series: MrdSeries
) -> None:
    before = current(series)
    assert state(series) == "SUSPECTED"
    send(world, report(day="20261005", value="^0.05", copies="20"))
    assert [row.collected_on for row in current(series)] == [
        before[0].collected_on, date(2026, 10, 5), before[1].collected_on,
    ]  # fmt: skip
    assert state(series) == "CONFIRMED"


def test_an_older_message_after_a_newer_one_changes_nothing(world: World, series: MrdSeries) -> None:
    send(world, report("MSG2", clock="20261119090000+0100", value="^0.9", copies="360"))
    assert send(world, report("MSG1")).state == "SUPERSEDED"
    assert current(series)[-1].pct_abl1 == Decimal("0.9")


def test_two_values_of_one_clock_wait_for_a_person_and_a_correction_of_that_clock_holds(
    world: World, series: MrdSeries
) -> None:
    send(world, report())
    assert codes(send(world, report("MSG2", value="^0.7", copies="280"))) == ["EQUAL_CLOCK"]
    assert send(world, report("MSG3")).state == "SUPERSEDED"
    assert send(world, report("MSG4", value="^0.7", copies="280", status="C")).state == "DONE"
    assert current(series)[-1].pct_abl1 == Decimal("0.7")


def test_the_same_message_a_thousand_times_has_one_effect(world: World, series: MrdSeries) -> None:
    send(world, report())
    for second in range(999):
        again = report(at=f"20261120{9 + second // 3600:02}{second // 60 % 60:02}{second % 60:02}+0100")
        assert messages_inbox.receive(raw=again.encode(), peer="10.0.0.7").state == "DUPLICATE"
    assert messages_taking.take_waiting(now=world.now) == 0
    world.as_person(world.clinician)
    assert InboundMessage.objects.count() == 1000
    assert MrdResult.objects.filter(sample__accession_number="S26-0042").count() == 1


def test_a_preliminary_result_feeds_no_rule(world: World, series: MrdSeries) -> None:
    assert codes(send(world, report(status="P"))) == ["PRELIMINARY"]
    assert not Sample.objects.filter(accession_number="S26-0042").exists()
    assert send(world, report("MSG2")).problems == []


def test_test_messages_are_set_aside_and_strangers_are_refused(world: World, series: MrdSeries) -> None:
    assert send(world, report(processing="T")).state == "DISCARDED"
    received = messages_inbox.receive(raw=report("MSG2", sender="NOBODY").encode(), peer="10.0.0.7")
    assert (received.state, received.refusal and received.refusal.reason) == ("REFUSED", "SENDER_UNKNOWN")


def test_a_tube_with_a_result_of_this_house_is_not_run_over(world: World, series: MrdSeries) -> None:
    number = Sample.objects.filter(patient=series.patient).latest("collected_on").accession_number
    assert codes(send(world, report(accession=number, day="20261019"))) == ["ON_RECORD_ALREADY"]


def test_a_level_that_its_copies_deny_is_taken_at_once_with_a_remark(world: World, series: MrdSeries) -> None:
    assert codes(send(world, report(value="^0.95"))) == ["VALUE_MISMATCH"]
    assert "does not agree with the copies" in current(series)[-1].comment
    assert alert(series) == "RAISED"


def test_a_failure_of_ours_is_tried_again_and_then_waits_for_a_person(
    world: World, series: MrdSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(messages_results, "take", broken)
    message = send(world, report())
    assert (message.state, message.attempts) == ("STORED", 1)
    for _ in range(4):
        messages_taking.take_waiting(now=world.now)
    world.as_person(world.clinician)
    message.refresh_from_db()
    assert (message.state, codes(message)) == ("QUARANTINED", ["FAILED"])


def test_a_message_of_a_sender_switched_off_meanwhile_waits_for_a_person(world: World, series: MrdSeries) -> None:
    received = messages_inbox.receive(raw=report().encode(), peer="10.0.0.7")
    world.as_person(world.authoriser)
    SenderProfile.objects.update(is_active=False)
    messages_taking.take_waiting(now=world.now)
    world.as_person(world.clinician)
    assert codes(InboundMessage.objects.get(pk=received.message_id)) == ["SENDER_OFF"]


def adt(control: str, event: str, *lines: str) -> str:
    return "\r".join([msh(control, f"ADT^{event}"), "EVN||20261120", *lines])


def test_facts_about_a_person_are_compared_and_never_overwritten(world: World, series: MrdSeries) -> None:
    assert send(world, adt("A1", "A08", pid())).problems == []
    assert codes(send(world, adt("A2", "A08", pid(born="19600101")))) == ["BIRTH_DATE_DIFFERS"]
    assert codes(send(world, adt("A3", "A08", pid("999")))) == ["PATIENT_NOT_HERE"]
    Patient.objects.filter(pk=series.patient_id).update(family_name="Keller")
    named = "PID|1||123456^^^HOSP||Meier^Anna||19670314|F"
    assert codes(send(world, adt("A4", "A08", named))) == ["NAME_DIFFERS"]
    assert Patient.objects.get(pk=series.patient_id).family_name == "Keller"


def test_after_a_merge_the_old_number_means_the_patient_who_stayed(world: World, series: MrdSeries) -> None:
    merged = send(world, adt("A1", "A40", pid(), "MRG|555^^^HOSP"))
    assert (merged.state, merged.patient_id) == ("DONE", series.patient_id)
    assert ExternalIdentifier.objects.get().value == "555"
    assert send(world, report(number="555")).patient_id == series.patient_id


def test_two_patients_of_ours_become_one_by_a_person_only(world: World, series: MrdSeries) -> None:
    other = world.patient()
    Patient.objects.filter(pk=other.patient_id).update(hospital_number="777")
    assert codes(send(world, adt("A1", "A40", pid(), "MRG|777^^^HOSP"))) == ["MERGE_OF_TWO"]


def test_bytes_without_a_character_set_are_read_as_the_sender_writes(world: World, series: MrdSeries) -> None:
    world.as_person(world.authoriser)
    SenderProfile.objects.update(is_active=False)
    profile = sender(world, "old", sending_application="OLD", encoding="iso8859-1")
    text = report(sender="OLD", charset="").replace("duplicate", "für")
    assert send(world, text, "iso8859-1").profile_id == profile.pk
    world.as_person(world.clinician)
    assert current(series)[-1].comment.startswith("für")
