"""What the product promises everywhere holds at each door by which other systems come in (docs/api.md, "One door")."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from monitoring import scope
from monitoring.actions import results
from monitoring.models import (
    Alert,
    AuditEntry,
    CareRelation,
    CdsCard,
    CdsFeedback,
    InboundMessage,
    MrdResult,
    MrdSeries,
    Patient,
    ReadEntry,
    RecomputeRequest,
    Sample,
    StoredVerdict,
)
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import caller, observation
from tests.hl7_messages import report, sender
from tests.integration.rest_api import Api, laboratory_machine
from tests.integration.rest_api import sent as by_rest
from tests.integration.test_cds_hooks import NUMBER, relapsed, view
from tests.integration.test_hl7_taking import codes, send
from tests.machines import MRN, machine
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db
DOORS = ["REST", "FHIR", "HL7"]
Door = Callable[[str], Any]


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    """A patient in molecular remission, with a hospital number."""
    found = world.patient()
    Patient.objects.filter(pk=found.patient_id).update(hospital_number=NUMBER)
    world.authorised(found, date(2026, 7, 1), not_detected())
    world.authorised(found, date(2026, 10, 19), detected("0.02"))
    return found


def door(world: World, series: MrdSeries, name: str) -> Door:
    """How a laboratory's machine sends the level of one tube by this door; sent again, it is a correction."""
    if name == "REST":
        _made, api = laboratory_machine(world)
        path = "results/bulk?mode=per-item"
        return lambda value: api.post(path, {"results": [by_rest(world, series, "L-1", value=value)]})
    if name == "FHIR":
        fhir = caller(world)
        where = "/Observation?identifier=https://haemlab.example.org/ids/result|L-1/NPM1"
        return lambda value: fhir.put(where, observation(series, value))
    sender(world)
    count = iter(range(1, 10))

    def told(value: str) -> InboundMessage:
        place = next(count)
        status, clock = ("F" if place == 1 else "C"), f"202611{17 + place}101500+0100"
        return send(world, report(f"M{place}", value=f"^{value}", copies="", status=status, clock=clock,
                                  accession="L-1", number=NUMBER))  # fmt: skip

    return told


def at(world: World, moment: datetime) -> Any:
    """The clock of the product and of this world, later on."""
    world.now = moment
    return time_machine.travel(moment, tick=False)


def after_everything_on_record(world: World) -> datetime:
    """A moment after that at which the database wrote these rows, by its own clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        written: datetime = cursor.fetchone()[0]
    return max(written, world.now) + timedelta(seconds=1)


def elsewhere(world: World, series: MrdSeries) -> None:
    """Let only another centre care for the patient."""
    scope.enter_all_centres()
    CareRelation.objects.filter(patient_id=series.patient_id).update(centre=world.elsewhere)
    Patient.objects.filter(pk=series.patient_id).update(centre=world.elsewhere)


def verdict(series: MrdSeries) -> str:
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


# 2: nobody reads a stale verdict


@pytest.mark.parametrize("name", DOORS)
def test_what_comes_in_has_its_verdict_and_alert_when_the_sender_is_answered(
    world: World, series: MrdSeries, name: str
) -> None:
    door(world, series, name)("0.93")
    world.as_person(world.clinician)
    assert verdict(series) == "CONFIRMED"
    assert Alert.objects.filter(series=series, code="EPISODE", state="RAISED").exists()
    assert not RecomputeRequest.objects.exists()


def test_a_card_is_brought_up_to_date_before_it_is_shown(world: World, client: Client) -> None:
    series, record = relapsed(world), machine(world, Kind.RECORD)
    world.as_person(world.clinician)
    StoredVerdict.objects.filter(series=series).update(computed_for=date(2026, 11, 1))
    assert view(client, record, world).json()["cards"]
    world.as_person(world.clinician)
    assert set(StoredVerdict.objects.filter(series=series).values_list("computed_for", flat=True)) == {
        date(2026, 11, 20)
    }


# 4: two people for every result, and no way around it


@pytest.mark.parametrize("name", DOORS)
def test_what_two_people_signed_here_no_machine_runs_over(world: World, series: MrdSeries, name: str) -> None:
    signed = world.authorised(series, date(2026, 11, 16), detected("0.05"))
    world.as_person(world.technician)
    Sample.objects.filter(pk=signed.sample_id).update(accession_number="L-1")
    answer = door(world, series, name)("0.93")
    world.as_person(world.clinician)
    signed.refresh_from_db()
    assert (signed.state, signed.authorisation_basis) == ("AUTHORISED", "TWO_PEOPLE")
    assert not MrdResult.objects.filter(sample=signed.sample_id).exclude(pk=signed.pk).exists()
    if name == "HL7":
        assert answer.state == "QUARANTINED"
    else:
        statuses = {answer.status_code} | {each["status"] for each in answer.json().get("results", [])}
        assert 409 in statuses


@pytest.mark.parametrize("kind", list(Kind))
def test_no_machine_signs_what_a_person_entered(world: World, series: MrdSeries, kind: Kind) -> None:
    waiting = world.submitted(series, date(2026, 11, 16), detected("0.05"))
    user = (caller(world).machine or machine(world)).client.user if kind is Kind.LABORATORY else machine(
        world, kind).client.user  # fmt: skip
    world.as_person(user)
    with pytest.raises(PermissionDenied):
        results.authorise(
            by=user, result=waiting, seen=results.Seen(waiting.version, waiting.submitted_at), now=world.now
        )


# 5: nothing is overwritten; who, when, before, after and why; reading is logged


@pytest.mark.parametrize("name", DOORS)
def test_a_correction_leaves_what_it_corrects_and_the_trail_says_who(
    world: World, series: MrdSeries, name: str
) -> None:
    send_it = door(world, series, name)
    send_it("0.93")
    send_it("0.095")
    world.as_person(world.clinician)
    told = MrdResult.objects.filter(sample__accession_number="L-1").order_by("version")
    assert [(row.version, row.state, str(row.pct_abl1)) for row in told.all()] == [
        (1, "SUPERSEDED", "0.93"), (2, "AUTHORISED", "0.095")
    ]  # fmt: skip
    row = told[1]
    trail = AuditEntry.objects.filter(subject_type="mrdresult", subject_id__in=[each.pk for each in told.all()])
    assert {(each.action, each.actor_id) for each in trail} >= {
        ("result.sent", row.authorised_by_id), ("result.supersede", row.authorised_by_id)
    }  # fmt: skip


def test_what_a_record_was_shown_stays_on_record_and_is_a_reading(world: World, client: Client) -> None:
    series, record = relapsed(world), machine(world, Kind.RECORD)
    view(client, record, world)
    world.as_person(world.clinician)
    first = set(CdsCard.objects.values_list("card", "shown_at"))
    view(client, record, world)
    world.as_person(world.clinician)
    assert len(set(CdsCard.objects.values_list("card", "shown_at")) - first) == len(first) > 0
    assert first < set(CdsCard.objects.values_list("card", "shown_at"))
    assert ReadEntry.objects.filter(patient_id=series.patient_id, channel="cds-hooks").count() == 1
    assert not CdsFeedback.objects.exists()


# 6: as of a day, and as known at a moment


@pytest.mark.parametrize("name", DOORS)
def test_what_came_in_is_told_as_it_was_known_and_by_its_day(world: World, series: MrdSeries, name: str) -> None:
    first = after_everything_on_record(world)
    between, second = first + timedelta(seconds=1), first + timedelta(seconds=2)
    with at(world, first):
        send_it = door(world, series, name)
        send_it("0.93")
    with at(world, second):
        send_it("0.005")
        for standpoint, level in (
            ({}, "0.005"),
            ({"known_at": between.isoformat()}, "0.93"),
            ({"known_at": (first - timedelta(minutes=1)).isoformat()}, None),
            ({"as_of": "2026-11-16"}, "0.005"),
            ({"as_of": "2026-11-15"}, None),
        ):
            told = Api(world, world.clinician).get(f"series/{series.pk}/results/", standpoint).json()["results"]
            found = [row["pct_abl1"] for row in told if row["collected_on"] == "2026-11-16"]
            assert found == ([level] if level else []), standpoint


# 7: the patients of the centres that care for them, only


@pytest.mark.parametrize("name", ["FHIR", "HL7"])
def test_a_patient_of_another_centre_is_answered_as_one_who_is_not_there(
    world: World, series: MrdSeries, name: str
) -> None:
    """The laboratory measures nothing of them: the same words as for a number that nobody has."""
    elsewhere(world, series)
    if name == "HL7":
        sender(world)
        theirs, nobodys = (send(world, report(f"M{number}", number=number)) for number in (NUMBER, "999"))
        assert (theirs.state, codes(theirs), theirs.ack_code) == (nobodys.state, codes(nobodys), nobodys.ack_code)
        assert codes(theirs) == ["PATIENT_UNKNOWN"]
        return
    fhir = caller(world)
    answers = []
    for number in (series.patient_id, 999_999):
        told = fhir.post(
            "/Observation", observation(series, subject={"reference": f"Patient/{number}"}, contained=None)
        )
        answers.append((told.status_code, told.json()["issue"]))
    assert answers[0] == answers[1]
    assert answers[0][0] in {404, 422}


def test_a_record_is_not_shown_a_patient_of_another_centre(world: World, client: Client) -> None:
    series, record = relapsed(world), machine(world, Kind.RECORD)
    elsewhere(world, series)
    theirs = view(client, record, world)
    nobodys = view(client, record, world, identifier=[{"system": MRN, "value": "999"}])
    assert (theirs.status_code, theirs.json()) == (nobodys.status_code, nobodys.json())
    assert theirs.status_code == 412


def test_a_machine_of_another_laboratory_sends_nothing_by_rest(world: World, series: MrdSeries) -> None:
    _made, api = laboratory_machine(world)
    elsewhere(world, series)
    one = by_rest(world, series, "L-1")
    told = [
        api.post("results/bulk?mode=all-or-nothing", {"results": [body]}) for body in (one, {**one, "series": 999_999})
    ]
    assert told[0].json() == told[1].json()
    assert [each["path"] for each in told[0].json()["errors"]] == ["results[0].series"]
    world.as_person(world.clinician)
    assert not MrdResult.objects.filter(sample__accession_number="L-1").exists()
