"""A laboratory sends its results as Observations: taken in once, corrected, retracted, and current at once."""

from datetime import date
from typing import Any

import pytest
import time_machine

from monitoring.actions import sent_results
from monitoring.models import Alert, ExternalIdentifier, MrdResult, MrdSeries, ReceivedResource, Sample, StoredVerdict
from tests.fhir_sender import LAB, Fhir, caller, component, interpreted, observation, quantity, specimen
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db
NAME = f"identifier={LAB}|L-1/NPM1"


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def sender(world: World) -> Fhir:
    return caller(world)


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def state(world: World, series: MrdSeries) -> str:
    world.as_person(world.clinician)
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


def test_a_result_counts_at_once_and_raises_the_alert(world: World, sender: Fhir) -> None:
    series = suspected(world)
    answer = sender.post("/Observation", observation(series))
    told = answer.json()
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"/fhir/Observation/{told['id']}/_history/1")
    assert answer["ETag"] == 'W/"1"'
    assert (told["valueQuantity"]["value"], told["status"]) == (0.093, "final")
    assert state(world, series) == "CONFIRMED"
    assert Alert.objects.filter(series=series, code="EPISODE", state="RAISED").exists()
    result = MrdResult.objects.get(pk=told["id"])
    assert (str(result.pct_abl1), result.authorisation_basis) == ("0.093", "SENDING_LABORATORY")
    assert result.sample.collected_on == date(2026, 11, 16)


def test_what_came_is_kept_to_the_letter(world: World, sender: Fhir) -> None:
    import json

    series = suspected(world)
    text = json.dumps(observation(series), indent=3).replace("0.093", "0.0930")
    answer = sender.post("/Observation", text)
    assert '"value":0.0930' in answer.content.decode()
    world.as_person(world.clinician)
    assert ReceivedResource.objects.get(resource_type="Observation").body == text
    assert str(MrdResult.objects.get(pk=answer.json()["id"]).pct_abl1) == "0.0930"


def test_the_same_again_is_no_new_version_and_another_content_is_a_conflict(world: World, sender: Fhir) -> None:
    series = suspected(world)
    first = sender.post("/Observation", observation(series)).json()
    again = sender.post("/Observation", observation(series))
    assert (again.status_code, again.json()["id"], again["ETag"]) == (200, first["id"], 'W/"1"')
    other = sender.post("/Observation", observation(series, "0.5"))
    assert (other.status_code, other.json()["issue"][0]["code"]) == (409, "duplicate")
    world.as_person(world.clinician)
    assert MrdResult.objects.filter(series=series).count() == 3


@pytest.mark.parametrize("form", ["header", "query", "typed header", "whole address"])
def test_a_conditional_create_makes_one_row(world: World, sender: Fhir, form: str) -> None:
    series = suspected(world)
    told = {"header": NAME, "typed header": f"Observation?{NAME}", "query": "",
            "whole address": f"http://testserver/fhir/Observation?{NAME}"}[form]  # fmt: skip
    statuses, ids = [], set()
    for value in ("0.093", "0.5"):
        path = f"/Observation?{NAME}" if form == "query" else "/Observation"
        headers = {} if form == "query" else {"If_None_Exist": told}
        answer = sender.post(path, observation(series, value), **headers)
        statuses.append(answer.status_code)
        ids.add(answer.json()["id"])
        assert "Location" in answer
    assert statuses == [201, 200]
    assert len(ids) == 1


def test_a_correction_is_a_new_version_and_takes_the_alert_back(world: World, sender: Fhir) -> None:
    series = suspected(world)
    first = sender.post("/Observation", observation(series)).json()
    negative = observation(series, valueQuantity=quantity(0.0025, "%", "<"), interpretation=interpreted("ND"),
                           status="corrected", issued="2026-11-19T10:00:00+01:00")  # fmt: skip
    corrected = sender.put(f"/Observation?{NAME}", negative)
    assert (corrected.status_code, corrected["ETag"], corrected.json()["id"]) == (200, 'W/"2"', first["id"])
    assert corrected.json()["status"] == "corrected"
    assert state(world, series) == "NEGATIVE"
    assert not Alert.objects.filter(series=series, code="EPISODE", state="RAISED").exists()
    same = sender.put(f"/Observation?{NAME}", negative)
    assert (same.status_code, same["ETag"]) == (200, 'W/"2"')
    world.as_person(world.clinician)
    reasons = list(MrdResult.objects.filter(series=series, version=2).values_list("reason", flat=True))
    assert reasons == ["corrected by the sender"]


def test_a_conditional_update_of_nothing_creates(world: World, sender: Fhir) -> None:
    assert sender.put(f"/Observation?{NAME}", observation(suspected(world))).status_code == 201


def test_an_older_content_does_not_replace_a_newer_one(world: World, sender: Fhir) -> None:
    series = suspected(world)
    sender.post("/Observation", observation(series))
    older = sender.put(f"/Observation?{NAME}", observation(series, "9.9", issued="2026-11-17T10:00:00+01:00"))
    assert older.status_code == 409


def test_a_retraction_takes_the_result_out_and_stays_on_record(world: World, sender: Fhir) -> None:
    series = suspected(world)
    first = sender.post("/Observation", observation(series)).json()
    taken_back = sender.put(f"/Observation/{first['id']}", observation(series, status="entered-in-error"))
    assert (taken_back.status_code, taken_back.json()["status"]) == (200, "entered-in-error")
    assert state(world, series) == "SUSPECTED"
    assert sender.get(f"/Observation/{first['id']}/_history/1").json()["status"] == "final"


def test_a_retraction_before_its_original_is_a_tombstone(world: World, sender: Fhir) -> None:
    series = suspected(world)
    early = sender.put(f"/Observation?{NAME}", observation(series, status="entered-in-error"))
    assert (early.status_code, early.json()["id"][:5]) == (201, "kept-")
    late = sender.post("/Observation", observation(series))
    assert late.status_code == 409
    assert state(world, series) == "SUSPECTED"


def test_a_preliminary_value_gives_no_result_and_the_final_one_does(world: World, sender: Fhir) -> None:
    series = suspected(world)
    early = sender.post("/Observation", observation(series, status="preliminary"))
    address = f"/Observation/{early.json()['id']}"
    assert (early.status_code, early.json()["status"]) == (201, "preliminary")
    assert sender.get(address).json()["status"] == "preliminary"
    assert state(world, series) == "SUSPECTED"
    final = sender.post("/Observation", observation(series))
    assert final.status_code == 201
    assert state(world, series) == "CONFIRMED"
    gone = sender.get(address)
    assert (gone.status_code, gone.json()["issue"][0]["code"]) == (410, "deleted")
    assert sender.post("/Observation", observation(series, status="preliminary")).status_code == 409


def test_the_same_identifier_for_another_patient_is_a_conflict(world: World, sender: Fhir) -> None:
    series, other = suspected(world), world.patient()
    sender.post("/Observation", observation(series))
    answer = sender.put(f"/Observation?{NAME}", observation(other))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (409, "duplicate")


def test_the_same_accession_number_for_another_patient_is_a_conflict(world: World, sender: Fhir) -> None:
    series, other = suspected(world), world.patient()
    sender.post("/Observation", observation(series))
    told = observation(other, identifier=[{"system": LAB, "value": "another"}])
    assert sender.post("/Observation", told).status_code == 409


def test_a_second_identifier_for_the_same_tube_and_assay_is_a_conflict(world: World, sender: Fhir) -> None:
    series = suspected(world)
    sender.post("/Observation", observation(series))
    told = observation(series, "0.4", identifier=[{"system": LAB, "value": "another"}])
    assert sender.post("/Observation", told).status_code == 409


def test_an_old_collection_date_that_arrives_late_is_set_in_its_place(world: World, sender: Fhir) -> None:
    series = suspected(world)
    sender.post("/Observation", observation(series))
    late = observation(series, "0.05", "L-2", effectiveDateTime="2026-11-05T09:30:00+01:00")
    assert sender.post("/Observation", late).status_code == 201
    assert state(world, series) == "CONFIRMED"
    episode = StoredVerdict.objects.get(series=series, ruleset="ELN2021").content["episodes"][-1]
    assert "2026-11-05" in str(episode)


def test_the_day_is_that_of_the_centre(world: World, sender: Fhir) -> None:
    series = suspected(world)
    told = observation(series, effectiveDateTime="2026-11-15T23:30:00+00:00")
    answer = sender.post("/Observation", told)
    assert answer.json()["effectiveDateTime"] == "2026-11-16T00:30:00+01:00"
    world.as_person(world.clinician)
    assert Sample.objects.get(accession_number="L-1").collected_on == date(2026, 11, 16)


def test_a_value_that_its_copies_deny_is_taken_with_a_warning(world: World, sender: Fhir) -> None:
    series = suspected(world)
    parts = [
        component("ABL1-COPIES", quantity(40000, "{copies}")),
        component("TARGET-COPIES", quantity(340, "{copies}")),
    ]
    answer = sender.post("/Observation", observation(series, component=parts), Prefer="return=OperationOutcome")
    assert answer.status_code == 201
    assert "VALUE_MISMATCH" in answer.content.decode()
    assert state(world, series) == "CONFIRMED"
    agreeing = observation(series, "0.85", "L-2", component=parts)
    shown = sender.post("/Observation", agreeing, Prefer="return=OperationOutcome")
    assert "VALUE_MISMATCH" not in shown.content.decode()


def test_an_assay_that_is_not_told_apart_is_asked_for(world: World, sender: Fhir) -> None:
    series = suspected(world)
    world.assay.pk, world.assay.name = None, "NPM1 mut A new"
    world.assay.save()
    answer = sender.post("/Observation", observation(series))
    assert answer.status_code == 422
    assert "NPM1 mut A new" in answer.json()["issue"][0]["details"]["text"]
    named = sender.post("/Observation", observation(series, method={"text": "NPM1 mut A new"}))
    assert (named.status_code, named.json()["method"]["text"]) == (201, "NPM1 mut A new 4")


def test_a_mistake_in_the_house_is_all_or_nothing(world: World, sender: Fhir, monkeypatch: Any) -> None:
    series = suspected(world)

    def breaks(**_told: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(sent_results, "take", breaks)
    answer = sender.post("/Observation", observation(series))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (500, "exception")
    assert "broken" not in answer.content.decode()
    world.as_person(world.clinician)
    assert not Sample.objects.filter(accession_number="L-1").exists()
    assert not ExternalIdentifier.objects.exists()


@pytest.mark.parametrize("form", ["header", "query"])
def test_a_preliminary_value_does_not_keep_the_final_one_out(world: World, sender: Fhir, form: str) -> None:
    series = suspected(world)
    path = f"/Observation?{NAME}" if form == "query" else "/Observation"
    headers = {} if form == "query" else {"If_None_Exist": NAME}
    assert sender.post(path, observation(series, status="preliminary"), **headers).status_code == 201
    final = sender.post(path, observation(series), **headers)
    assert (final.status_code, final.json()["status"]) == (201, "final")
    assert state(world, series) == "CONFIRMED"


def test_a_moment_that_cannot_be_read_is_refused_before_it_stands_in_the_way(world: World, sender: Fhir) -> None:
    series = suspected(world)
    for issued in ("yesterday", "2026-11-18", 7):
        assert sender.post("/Observation", observation(series, issued=issued)).status_code == 422
    assert sender.post("/Observation", observation(series)).status_code == 201


@pytest.mark.parametrize("contained", [7, "x", {"id": "tube"}, [7]])
def test_what_is_contained_is_a_list_of_resources(world: World, sender: Fhir, contained: Any) -> None:
    answer = sender.post("/Observation", observation(suspected(world), contained=contained))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "structure")


def test_a_tube_is_taken_in_once_and_never_changed_from_outside(world: World, sender: Fhir) -> None:
    series = suspected(world)
    first = sender.post("/Specimen", specimen(series))
    again = sender.post("/Specimen", specimen(series))
    assert (first.status_code, again.status_code) == (201, 200)
    told = again.json()
    assert (told["id"], told["collection"]["collectedDateTime"]) == (first.json()["id"], "2026-11-16T09:30:00+01:00")
    assert sender.post("/Specimen", specimen(series, on="2026-11-15T09:30:00+01:00")).status_code == 409
    assert sender.post("/Specimen", specimen(world.patient())).status_code == 409
    result = observation(series, contained=None, specimen={"reference": f"Specimen/{told['id']}"})
    assert sender.post("/Observation", result).status_code == 201
    unfit = sender.post("/Specimen", specimen(series, "L-9", status="unsatisfactory"))
    assert unfit.json()["status"] == "unsatisfactory"
