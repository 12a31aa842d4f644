"""Results that a laboratory signed in its own house: one door, and who may not use it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from monitoring.actions import clients, results, sent_results
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.sent_results import OpenVersion, SentResult, SignedHere
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import Scale
from monitoring.models import Alert, MrdResult, MrdSeries, StoredVerdict, User
from monitoring.models.choices import ClientKindChoice as Kind
from tests.machines import Machine, administrator, machine
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db
LEVEL = ReportedReading(Call.DETECTED, Decimal("0.093"), Scale.PCT_ABL1, Decimal(40000))


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def sender(world: World) -> Machine:
    world.laboratory.responsible_person = "Dr P. Keller"
    world.laboratory.save()
    return machine(world, Kind.LABORATORY)


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def sent(world: World, series: MrdSeries, on: date = date(2026, 11, 16)) -> SentResult:
    return SentResult(series, world.sample(series, on), world.assay, LEVEL)


def take(world: World, by: User, told: SentResult) -> MrdResult:
    world.as_person(by)
    return sent_results.take(by=by, sent=told, now=world.now)


def state(world: World, series: MrdSeries) -> str:
    world.as_person(world.clinician)
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


def test_it_counts_at_once_and_says_who_signed(world: World, sender: Machine) -> None:
    series = suspected(world)
    taken = take(world, sender.client.user, sent(world, series))
    assert (taken.state, taken.authorisation_basis) == ("AUTHORISED", "SENDING_LABORATORY")
    assert state(world, series) == "CONFIRMED"
    assert Alert.objects.filter(series=series, code="EPISODE", state="RAISED").exists()


def test_a_correction_is_a_new_version_and_a_retraction_takes_the_alert_back(world: World, sender: Machine) -> None:
    series = suspected(world)
    told = sent(world, series)
    take(world, sender.client.user, told)
    corrected = take(
        world, sender.client.user, replace(told, reading=ReportedReading(Call.NOT_DETECTED, abl1_copies=Decimal(40000)))
    )
    assert corrected.version == 2
    assert state(world, series) == "NEGATIVE"
    world.as_person(sender.client.user)
    sent_results.retract(by=sender.client.user, result=corrected, reason="", now=world.now)
    assert state(world, series) == "SUSPECTED"


def test_nobody_else_sends_signed_results(world: World, sender: Machine) -> None:
    series = suspected(world)
    told = sent(world, series)
    reading = machine(world, Kind.HOSPITAL).client.user
    for person in (world.technician, world.authoriser, world.clinician, reading):
        with pytest.raises(PermissionDenied):
            take(world, person, told)
    clients.revoke(by=administrator(world), client=sender.client, reason="replaced", now=world.now)
    with pytest.raises(PermissionDenied):
        take(world, User.objects.get(pk=sender.client.user_id), told)


def test_a_version_in_writing_here_is_not_run_over(world: World, sender: Machine) -> None:
    series = suspected(world)
    told = sent(world, series)
    world.as_person(world.technician)
    results.enter(by=world.technician, series=series, sample=told.sample, assay=world.assay, reading=LEVEL)
    with pytest.raises(OpenVersion):
        take(world, sender.client.user, told)


def test_what_two_people_signed_here_is_not_superseded_by_a_machine(world: World, sender: Machine) -> None:
    series = suspected(world)
    world.as_person(sender.client.user)
    signed = MrdResult.objects.select_related("sample").filter(series=series).earliest("pk")
    with pytest.raises(SignedHere):
        take(world, sender.client.user, SentResult(series, signed.sample, world.assay, LEVEL))


def test_what_two_people_signed_here_is_not_retracted_by_a_machine(world: World, sender: Machine) -> None:
    series = suspected(world)
    world.as_person(sender.client.user)
    signed = MrdResult.objects.filter(series=series).earliest("pk")
    with pytest.raises(ActionRefused):
        sent_results.retract(by=sender.client.user, result=signed, reason="x", now=world.now)


def test_the_database_refuses_a_signature_of_a_laboratory_by_a_person(world: World, sender: Machine) -> None:
    series = suspected(world)
    taken = take(world, sender.client.user, sent(world, series))
    world.as_person(world.technician)
    columns = [str(field.column) for field in MrdResult._meta.concrete_fields if field.column not in {"id", "version"}]
    values = ", ".join(
        str(world.technician.pk) if name in {"entered_by_id", "submitted_by_id", "authorised_by_id"}
        else "2" if name == "determination" else name
        for name in columns
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="registered system"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO monitoring_mrdresult (version, {', '.join(columns)}) "
            f"SELECT 1, {values} FROM monitoring_mrdresult WHERE id = %s",
            [taken.pk],
        )
