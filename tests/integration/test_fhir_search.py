"""Reading and searching: what is asked is what answers, page by page, and nobody else's."""

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from api.cds_hooks.cards import _reasons
from api.fhir import searching
from monitoring.actions import results
from monitoring.models import MrdResult, MrdSeries, Patient, ReadEntry, Sample
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import LAB, LOCAL, Fhir, caller, observation
from tests.machines import MRN
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def reader(world: World) -> Fhir:
    return caller(world, Kind.HOSPITAL)


def series_with_results(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), detected("0.093"), tissue="PB")
    return series


def ids(answer: Any) -> list[str]:
    told = answer.json()
    assert answer.status_code == 200, told
    return [entry["resource"]["effectiveDateTime"] for entry in told.get("entry", [])]


JULY, OCTOBER, NOVEMBER = "2026-07-01", "2026-10-29", "2026-11-16"
SEARCHES = [
    ({}, [NOVEMBER, OCTOBER, JULY]),
    ({"_sort": "date"}, [JULY, OCTOBER, NOVEMBER]),
    ({"_sort": "-date,_lastUpdated", "_count": "1"}, [NOVEMBER]),
    ({"date": "ge2026-10"}, [NOVEMBER, OCTOBER]),
    ({"date": "lt2026-10-29"}, [JULY]),
    ({"date": ["ge2026-07-02", "le2026-10-29"]}, [OCTOBER]),
    ({"date": "2026"}, [NOVEMBER, OCTOBER, JULY]),
    ({"date": "ne2026-11"}, [OCTOBER, JULY]),
    ({"date": "sa2026-10-29"}, [NOVEMBER]),
    ({"date": "eb2026-10-29T10:00:00Z"}, [JULY]),
    ({"date": "2026-07-01,2026-11-16"}, [NOVEMBER, JULY]),
    ({"code": f"{LOCAL}|NPM1-ABL1-RATIO"}, [NOVEMBER, OCTOBER, JULY]),
    ({"code": "INV16-ABL1-RATIO"}, []),
    ({"code": "http://loinc.org|72209-0"}, []),
    ({"category": "laboratory"}, [NOVEMBER, OCTOBER, JULY]),
    ({"category": "vital-signs"}, []),
    ({"status": "final"}, [NOVEMBER, OCTOBER, JULY]),
    ({"status": "corrected,entered-in-error"}, []),
    ({"value-quantity": "0.093|http://unitsofmeasure.org|%"}, [NOVEMBER]),
    ({"value-quantity": "lt0.05|http://unitsofmeasure.org|%"}, [OCTOBER, JULY]),
    ({"value-quantity": "gt0.0005|http://unitsofmeasure.org|{ratio}"}, [NOVEMBER]),
    ({"value-quantity": "ge0.0025||%"}, [NOVEMBER, OCTOBER]),
    ({"value-quantity": "0.0025||%"}, []),
    ({"component-code": "ABL1-COPIES"}, [NOVEMBER, OCTOBER, JULY]),
    ({"_lastUpdated": "gt2027"}, []),
    ({"_id": "999999"}, []),
    ({"nonsense": "x"}, [NOVEMBER, OCTOBER, JULY]),
]


@pytest.mark.parametrize(("query", "expected"), SEARCHES)
def test_a_search_finds_what_it_asks_for(
    world: World, reader: Fhir, query: dict[str, Any], expected: list[str]
) -> None:
    series_with_results(world)
    assert ids(reader.get("/Observation", {"_sort": "-date"} | query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"date": "yesterday"}, {"date": "2026-13"}, {"date": "ap2026"}, {"patient:missing": "true"}, {"_count": "-1"},
        {"value-quantity": "0.01"}, {"value-quantity": "lt0||%"}, {"_sort": "value"}, {"_cursor": "nonsense"},
        {"_cursor": "WzEsMV0"}, {"_cursor": "WyIyMDI2LTAxLTAxIl0"}, {"_sort": "date", "_cursor": "WzEsMV0"},
        {"_sort": "date", "_cursor": "WzEsIjIwMjYtMDEtMDEiXQ"}, {"_sort": "date", "_cursor": "WzFd"},
        {"_include": "Observation:everything"}, {"patient": ""}, {"patient": "1,"},
        {"patient": "1", "nonsense": "x"}, {"patient.name": "x"}, {"subjekt": "1", "subject.identifier": "x"},
        {"_summary": "text"}, {"identifier": "a|"}, {"_has:x": "y"}, {"date": "2026-01-01T99:00:00Z"},
        {"identifier": "\x00"}, {"_count": "²"},
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_and_never_widened(reader: Fhir, query: dict[str, str]) -> None:
    answer = reader.get("/Observation", query)
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_an_unknown_parameter_is_dropped_from_the_link_or_refused_when_asked_strictly(reader: Fhir) -> None:
    lenient = reader.get("/Observation", {"nonsense": "x", "date": "2026"})
    assert lenient.json()["link"][0]["url"].endswith("/fhir/Observation?date=2026")
    assert reader.get("/Observation", {"nonsense": "x"}, Prefer="handling=strict").status_code == 400


def test_pages_hold_every_result_once_while_new_ones_arrive(world: World, reader: Fhir) -> None:
    series = series_with_results(world)
    first = reader.get("/Observation", {"_count": "2", "patient": f"Patient/{series.patient_id}"})
    assert first.json()["total"] == 3
    world.authorised(series, date(2026, 11, 18), detected("0.2"))
    following = first.json()["link"][1]
    assert following["relation"] == "next"
    second = reader.client.get(following["url"], headers={"Authorization": f"Bearer {reader.token}"})
    assert ids(first) + ids(second) == [NOVEMBER, OCTOBER, JULY]
    assert len(second.json()["link"]) == 1


def test_a_search_by_a_form_and_one_that_only_counts(world: World, reader: Fhir) -> None:
    series = series_with_results(world)
    headers = {"Authorization": f"Bearer {reader.token}"}
    posted = reader.client.post("/fhir/Observation/_search", {"patient": series.patient_id}, headers=headers)
    assert posted.status_code == 415  # a form with parts is not what FHIR posts
    form = f"patient={series.patient_id}&date=ge2026-10"
    posted = reader.client.post(
        "/fhir/Observation/_search", form, content_type="application/x-www-form-urlencoded", headers=headers
    )
    assert ids(posted) == [NOVEMBER, OCTOBER]
    counted = reader.get("/Observation", {"_summary": "count"}).json()
    assert (counted["total"], "entry" in counted) == (3, False)


def test_tubes_and_who_answers_come_along(world: World, reader: Fhir) -> None:
    series_with_results(world)
    told = reader.get("/Observation", {"_include": "Observation:specimen", "_revinclude": "Provenance:target"}).json()
    modes = [(entry["resource"]["resourceType"], entry["search"]["mode"]) for entry in told["entry"]]
    assert modes.count(("Specimen", "include")) == 3
    assert modes.count(("Provenance", "include")) == 3
    basis = {e["resource"]["policy"][0] for e in told["entry"] if e["resource"]["resourceType"] == "Provenance"}
    assert {each.rpartition("/")[2] for each in basis} == {"TWO_PEOPLE"}


def test_who_answers_for_a_result_of_a_sender_is_its_laboratory(world: World) -> None:
    sender = caller(world)
    series = world.patient()
    told = sender.post("/Observation", observation(series)).json()
    found = sender.get("/Provenance", {"target": f"Observation/{told['id']}"}).json()["entry"][0]["resource"]
    assert found["policy"] == ["http://testserver/fhir/authorisation-basis/SENDING_LABORATORY"]
    assert found["target"] == [{"reference": f"Observation/{told['id']}/_history/1"}]
    assert "Dr P. Keller" in found["agent"][0]["who"]["display"]


def test_a_draft_is_nothing_that_is_read(world: World, reader: Fhir) -> None:
    world.submitted(world.patient(), date(2026, 11, 16), detected("0.4"))
    assert reader.get("/Observation").json()["total"] == 0
    assert reader.get(f"/Observation/{MrdResult.objects.all().count()}").status_code == 404


def test_versions_are_read_as_they_were_and_held_ones_are_not_sent_again(world: World, reader: Fhir) -> None:
    series = world.patient()
    signed = world.authorised(series, date(2026, 10, 29), detected("0.02"))
    path = f"/Observation/{signed.pk}"
    first = reader.get(path)
    assert reader.get(path, If_None_Match=first["ETag"]).status_code == 304
    world.as_person(world.technician)
    with time_machine.travel(world.now.replace(hour=11), tick=False):
        draft = results.amend(by=world.technician, result=signed, reading=detected("0.4"), reason="typing error")
        draft = results.submit(by=world.technician, result=draft, now=world.now.replace(hour=11))
        world.as_person(world.authoriser)
        results.authorise(by=world.authoriser, result=draft, seen=results.Seen(2, draft.submitted_at),
                          now=world.now.replace(hour=11))  # fmt: skip
    now_is = reader.get(path, If_None_Match=first["ETag"])
    assert (now_is.status_code, now_is["ETag"], now_is.json()["status"]) == (200, 'W/"2"', "corrected")
    assert reader.get(f"{path}/_history/1").json() == first.json()
    assert reader.get(f"{path}/_history/3").status_code == 404
    history = reader.get(f"{path}/_history").json()
    assert [entry["resource"]["meta"]["versionId"] for entry in history["entry"]] == ["2", "1"]


@pytest.mark.parametrize(
    ("asked", "versions"),
    [
        ({"_at": "2026-11-20T10:30:00Z"}, ["1"]),  # known then: what was signed at ten
        ({"_at": "2026-11-20T12:00:00+01:00"}, ["2"]),
        ({"_at": "2026-11-20T09:59:59Z"}, []),
        ({"_at": "2026-11-20"}, ["2", "1"]),
        ({"_at": "2026-11-21"}, ["2"]),
        ({"_at": "2026-10"}, []),
        ({"_since": "2026-11-20T10:00:00Z"}, ["2", "1"]),
        ({"_since": "2026-11-20T10:00:01Z"}, ["2"]),
        ({"_since": "2026-11-20T09:00:00Z", "_at": "2026-11-20T10:30:00Z", "_count": "1"}, ["1"]),
        ({"_at": "ge2026-11-20"}, 400),
        ({"_since": "2026-11-20"}, 400),
        ({"_at": "then"}, 400),
        ({"known_at": "2026-11-20"}, 400),
        ([("_at", "2026-11-20"), ("_at", "2026-11-21")], 400),
    ],
)
def test_a_history_tells_what_was_on_record_at_a_time(world: World, reader: Fhir, asked: Any, versions: Any) -> None:
    signed = world.authorised(world.patient(), date(2026, 10, 29), detected("0.02"))
    world.as_person(world.technician)
    later = world.now.replace(hour=11)
    with time_machine.travel(later, tick=False):
        draft = results.amend(by=world.technician, result=signed, reading=detected("0.4"), reason="typing error")
        draft = results.submit(by=world.technician, result=draft, now=later)
        world.as_person(world.authoriser)
        results.authorise(by=world.authoriser, result=draft, seen=results.Seen(2, draft.submitted_at), now=later)
    query = "&".join(f"{name}={quote(value)}" for name, value in (asked.items() if isinstance(asked, dict) else asked))
    answer = reader.get(f"/Observation/{signed.pk}/_history?{query}")
    if isinstance(versions, int):
        assert (answer.status_code, answer.json()["resourceType"]) == (versions, "OperationOutcome")
        return
    told = [entry["resource"]["meta"]["versionId"] for entry in answer.json().get("entry", [])]
    assert (told, answer.json()["total"]) == (versions, len(versions))


def test_a_tube_that_is_put_right_makes_a_new_version(world: World, reader: Fhir) -> None:
    signed = world.authorised(world.patient(), date(2026, 10, 29), detected("0.02"))
    tag = reader.get(f"/Observation/{signed.pk}")["ETag"]
    world.as_person(world.technician)
    world.corrected(Sample.objects.get(pk=signed.sample_id), collected_on=date(2026, 10, 22))
    answer = reader.get(f"/Observation/{signed.pk}", If_None_Match=tag)
    assert (answer.status_code, answer.json()["effectiveDateTime"]) == (200, "2026-10-22")
    assert reader.get(f"/Observation/{signed.pk}/_history/1").json()["effectiveDateTime"] == "2026-10-29"


def test_a_patient_is_found_by_the_hospitals_number_and_reading_is_noted(world: World, reader: Fhir) -> None:
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="123456")
    told = reader.get("/Patient", {"identifier": f"{MRN}|123456"}).json()
    patient = told["entry"][0]["resource"]
    assert (told["total"], patient["id"], patient["birthDate"]) == (1, str(series.patient_id), "1967-03-14")
    assert "name" not in patient
    assert reader.get("/Patient", {"identifier": "https://elsewhere.example.org|123456"}).json()["total"] == 0
    assert reader.get("/Patient", {"name": "x"}, Prefer="handling=strict").status_code == 400
    world.as_person(world.clinician)
    assert ReadEntry.objects.filter(channel="fhir", patient_id=series.patient_id).count() == 1


def test_a_result_is_found_by_the_name_that_its_sender_gave(world: World) -> None:
    sender = caller(world)
    told = sender.post("/Observation", observation(world.patient())).json()
    for name in (f"{LAB}|L-1/NPM1", "L-1/NPM1", f"http://testserver/fhir/ids/result|{told['id']}"):
        assert sender.get("/Observation", {"identifier": name}).json()["total"] == 1
    tube = told["specimen"]["reference"]
    assert sender.get("/Observation", {"specimen": tube}).json()["total"] == 1
    assert sender.get("/Specimen", {"accession": "L-1"}).json()["total"] == 1
    report = sender.get("/DiagnosticReport", {"result": f"Observation/{told['id']}"}).json()
    assert report["entry"][0]["resource"]["result"] == [{"reference": f"Observation/{told['id']}"}]


def test_every_number_of_a_page_costs_the_same_queries(world: World, django_assert_max_num_queries: Any) -> None:
    world.crowd(12, [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02")])
    _, token = AuthToken.objects.create(user=world.clinician)
    person = Fhir(token, Client())
    with django_assert_max_num_queries(24):
        assert len(person.get("/Observation", {"_include": "Observation:specimen"}).json()["entry"]) == 48


def test_more_than_anybody_counts_are_counted_when_asked(reader: Fhir, world: World, monkeypatch: Any) -> None:
    series_with_results(world)
    assert reader.get("/Observation").json()["total"] == 3
    monkeypatch.setattr(searching, "MOST_COUNTED", 2)
    told = reader.get("/Observation").json()
    assert ("total" in told, len(told["entry"])) == (False, 3)
    for counted in ({"_total": "accurate"}, {"_summary": "count"}, {"_count": "0"}):
        assert reader.get("/Observation", counted).json()["total"] == 3
    assert reader.get("/Observation", {"date": OCTOBER}).json()["total"] == 1
    assert "total" not in reader.get("/Observation", {"date": OCTOBER, "_total": "none"}).json()
    assert reader.get("/Observation", {"_total": "all"}).status_code == 400


def test_what_is_somebodys_comes_by_date_and_what_is_everybodys_as_it_was_recorded(world: World, reader: Fhir) -> None:
    series = series_with_results(world)
    world.authorised(series, date(2026, 8, 1), not_detected())
    assert ids(reader.get("/Observation", {"patient": series.patient_id})) == [NOVEMBER, OCTOBER, "2026-08-01", JULY]
    assert ids(reader.get("/Observation")) == [JULY, OCTOBER, NOVEMBER, "2026-08-01"]


def test_what_is_corrected_while_everybodys_pages_are_read_is_still_to_come(world: World, reader: Fhir) -> None:
    series_with_results(world)
    [*_, november] = MrdResult.objects.order_by("pk")
    first = reader.get("/Observation", {"_count": "2"})
    world.amended(november, detected("0.4"))
    following = next(link["url"] for link in first.json()["link"] if link["relation"] == "next")
    second = reader.client.get(following, headers={"Authorization": f"Bearer {reader.token}"})
    assert ids(first) + ids(second) == [JULY, OCTOBER, NOVEMBER]
    assert second.json()["entry"][0]["resource"]["status"] == "corrected"


def test_many_results_are_found_by_their_ids_with_the_queries_of_one(world: World) -> None:
    """A condition for each id, with a subquery of its own, took half a minute for a hundred of them."""
    world.crowd(12, [(date(2026, 7, 1), None), (date(2026, 10, 29), "0.02")])
    _, token = AuthToken.objects.create(user=world.clinician)
    person = Fhir(token, Client())
    every = [each["resource"]["id"] for each in person.get("/Observation").json()["entry"]]
    length: dict[int, list[int]] = {}
    for count in (1, len(every)):
        with CaptureQueriesContext(connection) as asked:
            told = person.get("/Observation", {"_id": ",".join(every[:count])}).json()
        assert {each["resource"]["id"] for each in told["entry"]} == set(every[:count])
        length[count] = [len(query["sql"]) for query in asked.captured_queries]
    one, many = length.values()
    assert len(many) == len(one)
    assert max(many) - max(one) < 20 * len(every)


def test_an_id_is_that_of_the_first_version_alone(world: World) -> None:
    series = world.patient()
    first = world.authorised(series, date(2026, 10, 29), detected("0.02"))
    second = world.amended(first, detected("0.03"))
    world.as_person(world.clinician)
    _, token = AuthToken.objects.create(user=world.clinician)
    person = Fhir(token, Client())
    for asked, found in ((str(first.pk), 1), (str(second.pk), 0), (f"{first.pk},{second.pk},x,{'9' * 30}", 1)):
        assert person.get("/Observation", {"_id": asked}).json()["total"] == found


def test_what_is_open_is_open_and_says_the_version_of_fhir() -> None:
    told = Client().get("/fhir/metadata").json()
    assert (told["resourceType"], told["fhirVersion"], told["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
    assert "Observation" in {each["type"] for each in told["rest"][0]["resource"]}
    assert Client().get("/fhir/CodeSystem/mrd").json()["count"] > 20
    assert {"CodeSystem", "SearchParameter", "AuditEvent"} <= {each["type"] for each in told["rest"][0]["resource"]}
    found = Client().get("/fhir/.well-known/smart-configuration").json()
    assert found["token_endpoint"] == "http://testserver/auth/token"
    assert {"system/Observation.crus", "system/Subscription.cruds"} <= set(found["scopes_supported"])


def test_a_search_is_posted_to_both_forms_of_the_base(world: World) -> None:
    sender = caller(world)
    for path in ("", "/"):
        answer = sender.post(path, {"resourceType": "Bundle", "type": "batch", "entry": []})
        assert (answer.status_code, answer.json()["type"]) == (200, "batch-response")


def test_what_the_statement_and_the_cards_refer_to_is_there_to_be_read(world: World) -> None:
    told = Client().get("/fhir/metadata").json()
    issue = next(each for each in told["rest"][0]["resource"] if each["type"] == "DetectedIssue")
    status = next(each for each in issue["searchParam"] if each["name"] == "status")
    defined = Client().get(status["definition"].removeprefix("http://testserver")).json()
    assert (defined["url"], defined["base"], defined["code"]) == (status["definition"], ["DetectedIssue"], "status")
    overrides = Client().get("/fhir/CodeSystem/override").json()
    offered = {(each["system"], each["code"]) for each in _reasons("http://testserver")}
    assert {(overrides["url"], each["code"]) for each in overrides["concept"]} == offered
    assert Client().get("/fhir/CodeSystem/other").status_code == 401
