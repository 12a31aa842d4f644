"""Who the patient is and the disease, corrected: each refusal at its field, what it was stays on record."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from monitoring.actions import diseases, messages_inbox, messages_quarantine, messages_taking, patient_facts
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import AuditEntry, Disease, InboundMessage, MrdSeries, Patient, RowHistory
from monitoring.queries.patient_facts import as_known
from tests.hl7_messages import report, sender
from tests.known_record import KnownRecord
from tests.world import World, detected


@pytest.fixture
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World, today: None) -> MrdSeries:
    return world.patient()


def correct(world: World, patient: Patient, *, who: str = "clinician", **changes: Any) -> Patient:
    person = getattr(world, who)
    world.as_person(person)
    return patient_facts.correct(by=person, patient=patient, changes=changes, now=world.now, reason="Slip of the pen")


def test_a_fact_is_corrected_with_its_reason_and_the_one_before_stays_in_the_audit_trail(
    world: World, series: MrdSeries
) -> None:
    patient = correct(world, series.patient, born_on=date(1967, 4, 13), family_name="Keller", hospital_number="H-7")
    assert Patient.objects.get(pk=patient.pk).born_on == date(1967, 4, 13)
    entry = AuditEntry.objects.get(action="patient.correct")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["born_on"], entry.after["born_on"]) == ("1967-03-14", "1967-04-13")
    assert (entry.reason, entry.actor_id) == ("Slip of the pen", world.clinician.pk)


def test_what_is_as_it_was_writes_nothing(world: World, series: MrdSeries) -> None:
    correct(world, series.patient, sex="F")
    assert not AuditEntry.objects.filter(action="patient.correct").exists()


def test_facts_are_told_as_they_were_known(world: World) -> None:
    patient = KnownRecord(world).patient
    before = timezone.now()
    correct(world, patient, born_on=date(1960, 1, 1), pseudonym="P-0777")
    between = timezone.now()
    correct(world, Patient.objects.get(pk=patient.pk), born_on=date(1961, 1, 1))
    current = Patient.objects.get(pk=patient.pk)
    told = [as_known([current], at)[0] for at in (before, between, None)]
    assert [each.born_on.year for each in told] == [1967, 1960, 1961]
    assert [each.pseudonym for each in told] == [patient.pseudonym, "P-0777", "P-0777"]


def test_the_page_as_known_before_a_correction_shows_what_was_known(client: Client, world: World) -> None:
    record = KnownRecord(world)
    before = timezone.now()
    correct(world, record.patient, born_on=date(1960, 1, 1))
    client.force_login(world.clinician)
    assert "1 Jan 1960" in client.get(f"/patients/{record.patient.pk}/").content.decode()
    then = client.get(f"/patients/{record.patient.pk}/", {"known_at": before.isoformat()}).content.decode()
    assert "14 Mar 1967" in then
    assert "1960" not in then


def test_a_birth_date_that_is_entered_is_constructed_no_more(world: World) -> None:
    patient = KnownRecord(world).patient
    Patient.objects.filter(pk=patient.pk).update(constructed=["born_on"])
    moments = [timezone.now()]
    for changes in ({"sex": "M"}, {"born_on": date(1967, 3, 14)}, {"born_on": date(1967, 4, 13)}):
        correct(world, Patient.objects.get(pk=patient.pk), **changes)
        moments.append(timezone.now())
    current = Patient.objects.get(pk=patient.pk)
    marks = [as_known([current], at)[0].constructed for at in moments]
    assert marks == [["born_on"], ["born_on"], ["born_on"], []]
    entry = AuditEntry.objects.filter(action="patient.correct").latest("pk")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["constructed"], entry.after["constructed"]) == (["born_on"], [])


def test_two_people_at_once_the_second_is_told(world: World, series: MrdSeries) -> None:
    seen = patient_facts.recorded_at(series.patient)
    correct(world, series.patient, sex="M")
    with pytest.raises(StaleVersion):
        patient_facts.correct(
            by=world.clinician, patient=series.patient, changes={"sex": "O"}, now=world.now, reason="x", seen=seen
        )
    assert Patient.objects.get(pk=series.patient_id).sex == "M"


@pytest.mark.parametrize(("born_on", "sentence"), [
    (date(2026, 11, 21), "in the future"), (date(2024, 6, 4), "the diagnosis"), (date(2024, 1, 2), "a sample"),
])  # fmt: skip
def test_nobody_is_born_after_what_is_on_record(world: World, series: MrdSeries, born_on: date, sentence: str) -> None:
    if sentence == "a sample":
        world.authorised(series, date(2024, 1, 1), detected("0.5"))
    with pytest.raises(ImpossibleDate, match=sentence) as refused:
        correct(world, series.patient, born_on=born_on)
    assert refused.value.field == "born_on"
    assert Patient.objects.get(pk=series.patient_id).born_on == date(1967, 3, 14)


@pytest.mark.parametrize("field", ["pseudonym", "hospital_number"])
def test_what_is_in_use_at_the_centre_is_refused_and_not_said_whose(
    world: World, series: MrdSeries, field: str
) -> None:
    other = correct(world, world.patient().patient, hospital_number="H-1", family_name="Keller")
    with pytest.raises(ImpossibleDate) as refused:
        correct(world, series.patient, **{field: getattr(other, field)})
    assert refused.value.field == field
    assert "Keller" not in str(refused.value)
    assert other.pseudonym not in str(refused.value)


def test_a_reason_is_asked(world: World, series: MrdSeries) -> None:
    for change in (
        lambda: patient_facts.correct(
            by=world.clinician, patient=series.patient, changes={"sex": "M"}, now=world.now, reason=" "
        ),
        lambda: diseases.change(
            by=world.clinician, disease=Disease.objects.get(), changes={"karyotype": "46,XX[20]"}, now=world.now,
            reason="",
        ),
    ):  # fmt: skip
        with pytest.raises(ActionRefused, match="Say why"):
            change()


@pytest.mark.parametrize("who", ["technician", "authoriser", "stranger"])
def test_others_correct_neither(world: World, series: MrdSeries, who: str) -> None:
    disease = Disease.objects.get()
    with pytest.raises(PermissionDenied):
        correct(world, series.patient, who=who, sex="M")
    with pytest.raises((PermissionDenied, StaleVersion)):
        diseases.change(by=getattr(world, who), disease=disease, changes={"karyotype": "x"}, now=world.now, reason="x")


def test_a_data_manager_corrects_and_the_disease_keeps_its_history(world: World, series: MrdSeries) -> None:
    correct(world, series.patient, who="data_manager", sex="M")
    disease = Disease.objects.get()
    revision = MrdSeries.objects.get(pk=series.pk).revision
    changes = {
        "aml_type": "AML with mutated NPM1 and FLT3-ITD", "diagnosed_on": date(2024, 6, 1), "eln_risk": "INTERMEDIATE",
        "eln_risk_edition": "2022", "remission": "FIRST",
    }  # fmt: skip
    diseases.change(by=world.data_manager, disease=disease, changes=changes, now=world.now, reason="Letter of 3 June")
    assert Disease.objects.get().diagnosed_on == date(2024, 6, 1)
    assert RowHistory.objects.get(table_name="monitoring_disease").row["diagnosed_on"] == "2024-06-03"
    assert MrdSeries.objects.get(pk=series.pk).revision > revision


@pytest.mark.parametrize(("changes", "field"), [
    ({"diagnosed_on": date(1960, 1, 1)}, "diagnosed_on"), ({"diagnosed_on": date(2026, 11, 21)}, "diagnosed_on"),
    ({"diagnosed_on": date(2025, 1, 7)}, "diagnosed_on"), ({"eln_risk": "ADVERSE"}, "eln_risk_edition"),
])  # fmt: skip
def test_a_disease_that_cannot_be_is_refused_at_its_field(
    world: World, series: MrdSeries, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ImpossibleDate) as refused:
        diseases.change(by=world.clinician, disease=Disease.objects.get(), changes=changes, now=world.now, reason="x")
    assert refused.value.field == field


def test_a_risk_taken_away_takes_its_edition_with_it(world: World, series: MrdSeries) -> None:
    for changes in ({"eln_risk": "ADVERSE", "eln_risk_edition": "2017"}, {"eln_risk": ""}):
        diseases.change(by=world.clinician, disease=Disease.objects.get(), changes=changes, now=world.now, reason="x")
    assert Disease.objects.get().eln_risk_edition == ""


def test_the_correction_is_what_lets_a_message_that_was_kept_back_be_taken_in(world: World, series: MrdSeries) -> None:
    """A birth date that differs keeps a result back; nothing overwrites it but the person who looked."""
    correct(world, series.patient, hospital_number="123456", born_on=date(1976, 3, 14))
    sender(world)
    received = messages_inbox.receive(raw=report().encode(), peer="10.0.0.7")
    messages_taking.take_waiting(now=world.now)
    world.as_person(world.clinician)
    message = InboundMessage.objects.get(pk=received.message_id)
    assert [each["code"] for each in message.problems] == ["BIRTH_DATE_DIFFERS"]
    correct(world, Patient.objects.get(pk=series.patient_id), born_on=date(1967, 3, 14))
    world.as_person(world.authoriser)
    messages_quarantine.read_again(by=world.authoriser, message=message)
    messages_taking.take_waiting(now=world.now)
    world.as_person(world.clinician)
    assert InboundMessage.objects.get(pk=message.pk).state == "DONE"


def test_of_two_who_take_one_pseudonym_at_the_same_moment_the_second_is_refused(
    world: World, series: MrdSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked before either wrote: the constraint of the database is what is left."""
    other = world.patient().patient
    monkeypatch.setattr(patient_facts, "_check_free", lambda patient: None)
    with pytest.raises(ActionRefused, match="already has a patient"):
        correct(world, series.patient, pseudonym=other.pseudonym)
    assert Patient.objects.get(pk=series.patient_id).pseudonym != other.pseudonym
