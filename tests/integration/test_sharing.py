"""Sharing a patient: another centre sees the record for its time, everywhere at once, and somebody always cares."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from monitoring.actions import recompute, sharing
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.actions.sharing import Seen
from monitoring.models import AuditEntry, CareRelation, MrdResult, MrdSeries, Patient, StoredVerdict, User
from tests.integration.rest_api import Api
from tests.world import World, detected

TOLD_OF_A_PATIENT = ("alerts", "results", "samples", "series")  # lists of the API over all patients
YESTERDAY = timezone.now().date() - timedelta(days=1)


@pytest.fixture
def series(world: World) -> MrdSeries:
    world.now = timezone.now()  # the database asks its own clock who cares
    found = world.patient()
    world.authorised(found, date(2026, 7, 1), detected("0.5"))
    return found


def share(world: World, series: MrdSeries, **told: Any) -> CareRelation:
    given = {"centre": world.elsewhere, "role": "TRANSPLANT", "starts_on": YESTERDAY} | told
    world.as_person(world.clinician)
    return sharing.begin(
        by=world.clinician, patient=series.patient, relation=CareRelation(**given), now=world.now, reason="Donor found"
    )


def end(world: World, relation: CareRelation, by: User | None = None, **told: Any) -> CareRelation:
    person = by or world.clinician
    world.as_person(person)
    row = CareRelation.objects.select_related("patient__centre").get(pk=relation.pk)
    return sharing.end(by=person, relation=row, now=world.now, reason="Back to the home centre", **told)


def home(world: World, series: MrdSeries) -> CareRelation:
    world.as_person(world.clinician)
    return CareRelation.objects.get(patient=series.patient, centre=world.centre, role="TREATING")


def doors(client: Client, world: World, series: MrdSeries) -> dict[str, bool]:
    """Which doors the clinician of the other centre finds open."""
    client.force_login(world.stranger)
    api, pk = Api(world, world.stranger), series.patient_id
    found = {
        "page": client.get(f"/patients/{pk}/").status_code == 200,
        "search": f"/patients/{pk}/" in client.get("/patients/", {"q": series.patient.pseudonym[:-1]}).content.decode(),
        "worklist": f"/patients/{pk}/" in client.get("/").content.decode(),
        "figure": client.get(f"/patients/{pk}/figure/").status_code == 200,
        "api": api.get(f"patients/{pk}/").status_code == 200,
        "api list": bool(api.get("patients/").json()["results"]),
        "verdicts": api.get(f"series/{series.pk}/verdicts/").status_code == 200,
        **{f"api {name}": bool(api.get(f"{name}/").json()["results"]) for name in TOLD_OF_A_PATIENT},
    }
    world.as_person(world.stranger)
    tables = (Patient, MrdResult, StoredVerdict)
    return found | {table.__name__: table.objects.filter(**_of(table, pk)).exists() for table in tables}


def _of(table: type, pk: int) -> dict[str, int]:
    return {"pk": pk} if table is Patient else {"patient_id": pk}


@pytest.mark.parametrize("days_ago", [0, 1, 40])  # the wrong centre is noticed on the same day
def test_every_door_opens_with_the_share_and_closes_at_once_with_its_end(
    client: Client, world: World, series: MrdSeries, days_ago: int
) -> None:
    recompute.drain_patient(series.patient_id, now=world.now)
    before = doors(client, world, series)
    assert not any(before.values()), before
    relation = share(world, series, starts_on=world.now.date() - timedelta(days=days_ago))
    during = doors(client, world, series)
    assert all(during.values()), during
    end(world, relation)
    after = doors(client, world, series)
    assert not any(after.values()), after


def test_a_planned_end_closes_every_door_on_its_day_and_none_before(
    client: Client, world: World, series: MrdSeries
) -> None:
    recompute.drain_patient(series.patient_id, now=world.now)
    relation = share(world, series, ends_on=world.now.date() + timedelta(days=1))
    during = doors(client, world, series)
    assert all(during.values()), during
    world.as_person(world.clinician)
    CareRelation.objects.filter(pk=relation.pk).update(ends_on=world.now.date())  # that day has come
    after = doors(client, world, series)
    assert not any(after.values()), after


def test_each_change_stands_in_the_audit_trail_with_its_reason(world: World, series: MrdSeries) -> None:
    end(world, share(world, series))
    told = AuditEntry.objects.filter(action__startswith="carerelation.").exclude(reason="").order_by("pk")
    assert [(each.action, each.reason) for each in told] == [
        ("carerelation.add", "Donor found"), ("carerelation.end", "Back to the home centre"),
    ]  # fmt: skip
    assert told[1].before
    assert told[1].before["ends_on"] is None


def test_the_home_centre_goes_on_caring_until_another_does(world: World, series: MrdSeries) -> None:
    with pytest.raises(ActionRefused, match="Nobody would care"):
        end(world, home(world, series))
    measuring = share(world, series, role="LABORATORY")
    planned = share(world, series, role="REFERRING", ends_on=YESTERDAY + timedelta(days=30))
    with pytest.raises(ActionRefused, match="Nobody would care"):  # measuring is not caring, and a guest leaves
        end(world, home(world, series))
    assert {measuring.role, planned.role} == {"LABORATORY", "REFERRING"}
    share(world, series, role="TREATING")
    end(world, home(world, series))
    world.as_person(world.stranger)
    with pytest.raises(ActionRefused, match="Nobody would care"):
        end(world, CareRelation.objects.get(centre=world.elsewhere, role="TREATING"), by=world.stranger)


def test_the_home_centre_that_ended_its_care_sees_no_more_than_any_other(
    client: Client, world: World, series: MrdSeries
) -> None:
    share(world, series, role="TREATING")
    api, path = Api(world, world.clinician), f"patients/{series.patient_id}/"
    assert [each["id"] for each in api.get("patients/").json()["results"]] == [series.patient_id]
    details = {f"{name}/{row['id']}/" for name in TOLD_OF_A_PATIENT for row in api.get(f"{name}/").json()["results"]}
    assert len({name.split("/")[0] for name in details}) == len(TOLD_OF_A_PATIENT)
    end(world, home(world, series))
    assert {each: api.get(each).status_code for each in details} == dict.fromkeys(details, 404)
    assert {name: api.get(f"{name}/").json()["results"] for name in TOLD_OF_A_PATIENT} == {
        name: [] for name in TOLD_OF_A_PATIENT
    }
    assert api.get("patients/").json()["results"] == []
    assert api.get(path).status_code == 404
    assert api.send("patch", path, {"sex": "M", "reason": "x"}).status_code == 404
    client.force_login(world.clinician)
    assert client.get(f"/patients/{series.patient_id}/").status_code == 404
    assert client.get(f"/patients/{series.patient_id}/record/").status_code == 404


def test_a_centre_steps_out_by_itself_and_ends_nobody_elses_care(world: World, series: MrdSeries) -> None:
    relation = share(world, series)
    world.as_person(world.stranger)
    theirs = home(world, series)
    with pytest.raises(PermissionDenied):
        end(world, theirs, by=world.stranger)
    end(world, relation, by=world.stranger)
    world.as_person(world.clinician)
    assert CareRelation.objects.get(pk=relation.pk).ends_on == world.now.date()


@pytest.mark.parametrize("who", ["technician", "authoriser", "stranger"])
def test_nobody_else_shares(world: World, series: MrdSeries, who: str) -> None:
    person = getattr(world, who)
    world.as_person(person)
    relation = CareRelation(centre=world.elsewhere, role="TREATING", starts_on=YESTERDAY)
    with pytest.raises(PermissionDenied):
        sharing.begin(by=person, patient=series.patient, relation=relation, now=world.now, reason="x")


def test_two_people_at_once_the_second_is_told(world: World, series: MrdSeries) -> None:
    relation = share(world, series)
    end(world, relation, ends_on=YESTERDAY + timedelta(days=10), seen=Seen(None))
    with pytest.raises(StaleVersion):
        end(world, relation, seen=Seen(None))
    end(world, relation, seen=Seen(YESTERDAY + timedelta(days=10)))
    with pytest.raises(StaleVersion):
        end(world, relation)


@pytest.mark.parametrize(("told", "field"), [
    ({"starts_on": YESTERDAY + timedelta(days=3)}, "starts_on"), ({"starts_on": date(1960, 1, 1)}, "starts_on"),
    ({"ends_on": YESTERDAY - timedelta(days=1)}, "ends_on"), ({"ends_on": date(9999, 12, 31)}, "ends_on"),
])  # fmt: skip
def test_a_share_that_cannot_be_is_refused_at_its_field(
    world: World, series: MrdSeries, told: dict[str, Any], field: str
) -> None:
    with pytest.raises(ImpossibleDate) as refused:
        share(world, series, **told)
    assert refused.value.field == field


def test_a_centre_cares_in_one_role_once(world: World, series: MrdSeries) -> None:
    first = share(world, series)
    with pytest.raises(ImpossibleDate, match="already"):
        share(world, series)
    end(world, first)
    assert share(world, series).pk == first.pk  # of the same first day: taken up again
    assert CareRelation.objects.get(pk=first.pk).ends_on is None


def test_what_began_and_ended_today_can_begin_again_today(world: World, series: MrdSeries) -> None:
    for _ in range(2):
        end(world, share(world, series, starts_on=world.now.date()))
    share(world, series, starts_on=world.now.date())
    assert CareRelation.objects.get(centre=world.elsewhere).ends_on is None
    told = AuditEntry.objects.filter(action__startswith="carerelation.").exclude(reason="").order_by("pk")
    assert [each.action.rpartition(".")[2] for each in told] == ["add", "end", "change", "end", "change"]


def test_demonstration_stays_apart_from_patients(world: World, series: MrdSeries) -> None:
    world.elsewhere.is_synthetic = True
    world.elsewhere.save()
    with pytest.raises(ImpossibleDate, match="Demonstration"):
        share(world, series)


def test_a_laboratory_goes_on_seeing_the_samples_it_holds(world: World, series: MrdSeries) -> None:
    holding = CareRelation.objects.get(role="LABORATORY", centre=world.centre)
    with pytest.raises(ActionRefused, match="holds samples"):
        end(world, holding)


def test_a_clinician_who_is_named_does_not_lose_the_patient(world: World, series: MrdSeries) -> None:
    relation = share(world, series)
    Patient.objects.filter(pk=series.patient_id).update(clinician=world.stranger)
    with pytest.raises(ActionRefused, match="named"):
        end(world, relation)
    Patient.objects.filter(pk=series.patient_id).update(clinician=world.clinician)
    end(world, relation)
