"""In the first hours of a day in Europe, which is the day before in UTC: what begins today holds at once.

Who may see what is asked of the database in days of UTC.
"""

from datetime import UTC, date, datetime

import pytest

from monitoring.actions import patients, sender_profiles, sharing
from monitoring.models import CareRelation, Disease, Membership, Patient, SenderProfile
from monitoring.models.choices import ClientKindChoice
from tests.hl7_messages import CODES, UNITS, WORDS
from tests.machines import administrator, machine
from tests.world import World

UTC_DAY, DAY_IN_PARIS = date(2026, 7, 1), date(2026, 7, 2)


@pytest.fixture
def world(world: World) -> World:
    world.now = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    return world


def newcomer(world: World, diagnosed_on: date) -> Patient:
    world.as_person(world.clinician)
    return patients.register(
        by=world.clinician,
        patient=Patient(
            centre=world.centre, pseudonym=f"P-{world.next('patient'):04}", born_on=date(1967, 3, 14), sex="F"
        ),
        disease=Disease(aml_type="AML with mutated NPM1", diagnosed_on=diagnosed_on),
        now=world.now,
    )


def test_a_machine_sends_at_once(world: World) -> None:
    made = machine(world, ClientKindChoice.HOSPITAL)
    assert Membership.objects.get(user=made.client.user).starts_on == UTC_DAY


def test_a_sender_of_messages_sends_at_once(world: World) -> None:
    keeper = administrator(world)
    world.as_person(keeper)
    profile = sender_profiles.register(
        by=keeper, responsible_person="Dr P. Keller", now=world.now,
        profile=SenderProfile(
            name="MOLIS", sending_application="MOLIS", sending_facility="HAEMLAB", laboratory=world.laboratory,
            identifier_authority="HOSP", codes=dict(CODES), units=UNITS, words=WORDS, time_zone="Europe/Paris",
        ),
    )  # fmt: skip
    assert Membership.objects.get(user=profile.user).starts_on == UTC_DAY


@pytest.mark.parametrize(
    ("diagnosed_on", "seen_from"),
    [(DAY_IN_PARIS, UTC_DAY), (UTC_DAY, UTC_DAY), (date(2026, 6, 3), date(2026, 6, 3))],
)
def test_a_patient_diagnosed_today_is_seen_at_once(world: World, diagnosed_on: date, seen_from: date) -> None:
    patient = newcomer(world, diagnosed_on)
    assert CareRelation.objects.get(patient=patient).starts_on == seen_from
    assert Disease.objects.get(patient=patient).diagnosed_on == diagnosed_on


def test_the_laboratory_sees_the_sample_of_today_at_once(world: World) -> None:
    sample = world.sample(world.patient(), DAY_IN_PARIS)
    relation = CareRelation.objects.get(patient=sample.patient, role="LABORATORY")
    assert (relation.starts_on, sample.collected_on) == (UTC_DAY, DAY_IN_PARIS)


def test_the_other_centre_sees_a_patient_who_is_shared_from_today_at_once(world: World) -> None:
    patient = newcomer(world, date(2026, 6, 3))
    relation = sharing.begin(
        by=world.clinician, patient=patient, now=world.now, reason="Donor found",
        relation=CareRelation(centre=world.elsewhere, role="TRANSPLANT", starts_on=DAY_IN_PARIS),
    )  # fmt: skip
    assert relation.starts_on == UTC_DAY
