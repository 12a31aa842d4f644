"""The first page of the laboratory: what waits, what is unfinished, what was signed lately, search."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import results
from monitoring.models import CareRelation, MrdResult, MrdSeries, Patient, Sample
from monitoring.queries import laboratory
from tests.integration.typed_entry import text_of
from tests.world import World, detected, not_detected, wells


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def lab(client: Client, world: World) -> Client:
    client.force_login(world.authoriser)
    return client


def page(lab: Client, **query: str) -> str:
    return text_of(lab.get("/laboratory/", query))


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def stays_negative(world: World) -> MrdResult:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    return world.submitted(series, date(2026, 11, 1), not_detected())


def test_what_would_confirm_a_relapse_stands_first_in_words(lab: Client, world: World) -> None:
    stays_negative(world)
    world.submitted(suspected(world), date(2026, 11, 16), wells([34, 28, 30], [33_839, 31_623, 32_712]))
    said = page(lab)
    assert "2 results wait for a second person" in said
    assert "1 of these would change a verdict and is signed alone" in said
    assert said.index("would confirm molecular relapse") < said.index("none: stays negative")
    assert "3 of 3 30.7 32,725 0.0937 0.00306" in said


def test_inert_results_are_told_as_counting_for_nothing(lab: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.submitted(series, date(2026, 11, 1), wells([0, 0, 0], [850, 850, 850]))
    world.submitted(series, date(2026, 11, 3), wells([0, 0, 0], [6_396, 6_396, 6_396]))
    said = page(lab)
    assert said.count("none: counts for nothing, to be repeated") == 2
    assert "850 too low no value –" in said
    assert "6,396 limited not detected" in said


def test_a_target_seen_in_a_poor_sample_would_raise_an_alert(lab: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.submitted(series, date(2026, 11, 1), wells([12, 10, 9], [400, 410, 390]))
    assert "would raise an alert: transcript seen in an inadequate sample" in page(lab)


def test_only_results_that_change_no_verdict_can_be_selected(lab: Client, world: World) -> None:
    calm = stays_negative(world)
    world.submitted(suspected(world), date(2026, 11, 16), detected("0.09"))
    html = lab.get("/laboratory/").content.decode()
    assert html.count('name="result"') == 1
    assert f'value="{calm.pk}|1|' in html


def test_nothing_is_selected_beforehand(lab: Client, world: World) -> None:
    stays_negative(world)
    assert "checked" not in lab.get("/laboratory/").content.decode().split("<main")[1]


def test_whoever_entered_is_told_that_another_person_signs(client: Client, world: World) -> None:
    series = world.patient()
    sample = world.sample(series, date(2026, 11, 1))
    world.as_person(world.authoriser)
    draft = results.enter(by=world.authoriser, series=series, sample=sample, assay=world.assay, reading=not_detected())
    results.submit(by=world.authoriser, result=draft, now=world.now)
    client.force_login(world.authoriser)
    html = client.get("/laboratory/").content.decode()
    assert "entered by you: another person signs" in html
    assert 'name="result"' not in html


def test_a_technician_is_offered_no_signature(client: Client, world: World) -> None:
    stays_negative(world)
    client.force_login(world.technician)
    html = client.get("/laboratory/").content.decode()
    assert "entered by you: another person signs" in html
    assert "Authorise selected" not in html


def test_returned_drafts_say_by_whom_and_why(lab: Client, world: World) -> None:
    submitted = stays_negative(world)
    world.as_person(world.authoriser)
    results.reject(
        by=world.authoriser, result=submitted, reason="wrong plate",
        seen=results.Seen(submitted.version, submitted.submitted_at),
    )  # fmt: skip
    assert "returned by Authoriser: wrong plate" in page(lab)


def test_results_signed_lately_name_both_people(lab: Client, world: World) -> None:
    world.authorised(world.patient(), date(2026, 11, 1), not_detected())
    assert "not detected, limit 0.0025 % Technician Authoriser, 20 Nov 2026" in page(lab)


def test_search_is_by_the_exact_accession_number(lab: Client, world: World) -> None:
    result = stays_negative(world)
    assert "Results of sample 26-00002" in page(lab, accession=result.sample.accession_number)
    assert "No result of a sample 26-0000 in your laboratories." in page(lab, accession="26-0000")


def test_an_empty_laboratory_says_so(lab: Client, world: World) -> None:
    assert "Nothing waits: no signature is missing, no draft is open." in page(lab)


@pytest.mark.parametrize("person", ["clinician", "data_manager", "stranger"])
def test_only_people_of_a_laboratory_see_the_page(client: Client, world: World, person: str) -> None:
    client.force_login(getattr(world, person))
    assert client.get("/laboratory/").status_code == 403


def test_a_signed_out_person_is_asked_to_sign_in(client: Client, world: World) -> None:
    assert client.get("/laboratory/")["Location"].startswith("/sign-in?next=/laboratory/")


def test_results_of_another_centres_laboratory_are_not_listed(client: Client, world: World) -> None:
    from tests.world import _person

    stays_negative(world)
    client.force_login(_person("elsewhere", "LABORATORY_AUTHORISER", world.elsewhere))  # type: ignore[arg-type]
    assert "P-0001" not in client.get("/laboratory/").content.decode()


def test_the_list_goes_on_behind_its_first_page(lab: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laboratory, "WAITING_ON_A_PAGE", 2)
    series = world.patient()
    for day in (1, 2, 3):
        world.submitted(series, date(2026, 11, day), not_detected())
    world.as_person(world.authoriser)
    first = laboratory.waiting(world.authoriser, now=world.now)
    second = laboratory.waiting(world.authoriser, now=world.now, after=first.after)
    days = [each.listed.collected_on.day for each in (*first.results, *second.results)]
    assert (sorted(days), first.total, second.after) == ([1, 2, 3], 3, "")


@pytest.mark.parametrize("after", ["nonsense", "2026-11-20T10:00:00+00:00_x", "_"])
def test_an_unreadable_place_in_the_list_is_its_beginning(lab: Client, world: World, after: str) -> None:
    stays_negative(world)
    assert "P-0001" in page(lab, after=after)


def queries(lab: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert lab.get("/laboratory/").status_code == 200
    return len(captured)


def test_as_many_queries_for_two_hundred_results_as_for_one(lab: Client, world: World) -> None:
    fill(world, 1)
    one = queries(lab)
    fill(world, 199)
    assert queries(lab) == one


def fill(world: World, count: int) -> None:
    """Add `count` patients, each with one signed, one waiting and one kept result, past the actions for speed."""
    world.as_person(world.clinician)
    number = Patient.objects.count()
    patients = Patient.objects.bulk_create(
        Patient(centre=world.centre, pseudonym=f"F-{number + at:04}", born_on=date(1960, 1, 1), sex="M")
        for at in range(count)
    )
    CareRelation.objects.bulk_create(
        CareRelation(patient=patient, centre=world.centre, role="TREATING", starts_on=date(2020, 1, 1))
        for patient in patients
    )
    everyone = MrdSeries.objects.bulk_create(
        MrdSeries(patient=patient, marker="NPM1", mutation_type="A") for patient in patients
    )
    for state, on in (("AUTHORISED", date(2026, 7, 1)), ("SUBMITTED", date(2026, 11, 1)), ("DRAFT", date(2026, 11, 2))):
        rows = Sample.objects.bulk_create(
            Sample(
                patient=series.patient, laboratory=world.laboratory, tissue="BM", collected_on=on,
                accession_number=f"{state}-{series.pk}",
            )
            for series in everyone
        )  # fmt: skip
        world.made_up(*everyone)
        MrdResult.objects.bulk_create(
            unsigned(world, series, sample, state) for series, sample in zip(everyone, rows, strict=True)
        )


def unsigned(world: World, series: MrdSeries, sample: Sample, state: str) -> MrdResult:
    """A negative result in a state, with the people that the state needs."""
    result = MrdResult(
        patient=series.patient, series=series, sample=sample, assay=world.assay, state=state,
        collected_on=sample.collected_on, tissue="BM", assay_key=world.assay.assay_key, call="NOT_DETECTED",
        abl1_copies=40_000, lod_pct_abl1="0.0025", entered_by=world.technician,
    )  # fmt: skip
    if state != "DRAFT":
        result.submitted_by, result.submitted_at = world.technician, world.now
    if state == "AUTHORISED":
        result.authorised_by, result.authorised_at = world.authoriser, world.now
        result.authorisation_basis = "TWO_PEOPLE"
    return result
