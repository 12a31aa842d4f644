"""A mutation finding names the sample in which it was made, or a day: day and tissue of a sample are said once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client

from monitoring.actions import sample_patients, samples
from monitoring.actions.refusals import WrongState
from monitoring.models import MrdSeries, MutationFinding, RowHistory, Sample
from tests.integration.rest_api import Api
from tests.patient_page import shown, words_of
from tests.world import World, not_detected

TYPED = {"gene": "FLT3-ITD", "status": "GAINED", "method": "NGS", "allelic_ratio": "0.31"}
DAY = date(2026, 10, 22)


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=True):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


@pytest.fixture
def tube(world: World, series: MrdSeries) -> Sample:
    return world.sample(series, DAY)


def sent(client: Client, world: World, address: str, typed: dict[str, str]) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(address, typed)
    world.as_person(world.clinician)
    return answer


def recorded(client: Client, world: World, tube: Sample) -> MutationFinding:
    address = f"/patients/{tube.patient_id}/findings/add/"
    assert sent(client, world, address, TYPED | {"sample": str(tube.pk)}).status_code == 302
    return MutationFinding.objects.get()


def test_day_and_tissue_are_those_of_the_sample_that_was_chosen(
    client: Client, world: World, series: MrdSeries, tube: Sample
) -> None:
    client.force_login(world.clinician)
    asked = words_of(client.get(f"/patients/{series.patient_id}/findings/add/"))
    assert f"22 Oct 2026, marrow, {tube.accession_number}, Northfield laboratory" in asked
    finding = recorded(client, world, tube)
    assert (finding.sample_id, finding.found_on, finding.tissue) == (tube.pk, DAY, "BM")
    assert f"marrow; NGS; sample {tube.accession_number}" in shown(client, world, series)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Understood: VAF 12.5 %, Allelic ratio 0.31."), ("fr", "Compris : VAF 12,5 %, Ratio allélique 0,31.")],
)
def test_what_was_understood_of_the_numbers_is_said_while_one_types(
    client: Client, world: World, series: MrdSeries, language: str, said: str
) -> None:
    client.cookies["django_language"] = language
    client.force_login(world.clinician)
    typed = TYPED | {"vaf_pct": "12,50"}
    answer = client.post(f"/patients/{series.patient_id}/findings/add/", typed, headers={"HX-Request": "true"})
    assert said in words_of(answer)
    asked = client.post(
        f"/patients/{series.patient_id}/findings/add/", TYPED | {"vaf_pct": "x"}, headers={"HX-Request": "true"}
    )
    assert "VAF" not in words_of(asked)
    world.as_person(world.clinician)
    assert not MutationFinding.objects.exists()


def test_without_a_sample_a_day_is_needed(client: Client, world: World, series: MrdSeries) -> None:
    address = f"/patients/{series.patient_id}/findings/add/"
    refused = sent(client, world, address, TYPED)
    assert (refused.status_code, "or say on which day it was found." in words_of(refused)) == (422, True)
    assert sent(client, world, address, TYPED | {"found_on": "2026-10-22"}).status_code == 302
    assert MutationFinding.objects.get().sample_id is None


@pytest.mark.parametrize(("typed", "field"), [({"found_on": "2026-10-23"}, "found_on"), ({"tissue": "PB"}, "tissue")])
def test_what_contradicts_the_sample_is_refused_at_its_field(
    client: Client, world: World, tube: Sample, typed: dict[str, str], field: str
) -> None:
    address = f"/patients/{tube.patient_id}/findings/add/"
    refused = sent(client, world, address, TYPED | {"sample": str(tube.pk)} | typed)
    assert (refused.status_code, "The sample says otherwise" in words_of(refused)) == (422, True)
    over_rest = Api(world, world.clinician).post(
        f"patients/{tube.patient_id}/findings/", TYPED | {"sample": tube.pk} | typed
    )
    assert (over_rest.status_code, over_rest.json()["errors"][0]["path"]) == (422, field)
    same = {"found_on": "2026-10-22", "tissue": "BM"}
    assert sent(client, world, address, TYPED | {"sample": str(tube.pk)} | same).status_code == 302


def test_the_sample_of_another_patient_is_not_offered_and_not_taken(
    client: Client, world: World, series: MrdSeries
) -> None:
    other = world.sample(world.patient(), DAY)
    world.as_person(world.clinician)
    refused = sent(client, world, f"/patients/{series.patient_id}/findings/add/", TYPED | {"sample": str(other.pk)})
    assert refused.status_code == 422
    over_rest = Api(world, world.clinician).post(
        f"patients/{series.patient_id}/findings/", TYPED | {"sample": other.pk}
    )
    assert (over_rest.status_code, over_rest.json()["errors"][0]["path"]) == (422, "sample")
    wrong = MutationFinding(
        patient=series.patient, gene="FLT3-ITD", status="GAINED", sample=other, tissue="BM", found_on=DAY
    )
    with pytest.raises(IntegrityError, match="finding_repeats_sample"), transaction.atomic():
        wrong.save()
    assert not MutationFinding.objects.exists()


def test_another_sample_is_chosen_and_none(client: Client, world: World, series: MrdSeries, tube: Sample) -> None:
    finding, blood = recorded(client, world, tube), world.sample(series, date(2026, 11, 2), "PB")
    standing = {
        "found_on": "2026-10-22",
        "tissue": "BM",
        "reason": "Report",
        "sample": str(blood.pk),
    }  # as the form had it
    world.as_person(world.clinician)
    assert sent(client, world, f"/findings/{finding.pk}/", TYPED | standing).status_code == 302
    finding.refresh_from_db()
    assert (finding.sample_id, finding.found_on, finding.tissue) == (blood.pk, date(2026, 11, 2), "PB")
    api = Api(world, world.clinician)
    left = api.send("patch", f"findings/{finding.pk}/", {"sample": None, "reason": "Not known"}).json()
    assert (left["sample"], left["found_on"], left["tissue"]) == (None, "2026-11-02", "PB")
    no_day = api.send("patch", f"findings/{finding.pk}/", {"found_on": None, "reason": "x"})
    assert (no_day.status_code, no_day.json()["errors"][0]["path"]) == (422, "found_on")


def test_a_day_that_was_typed_by_hand_is_not_replaced_by_that_of_a_sample(
    client: Client, world: World, tube: Sample
) -> None:
    typed = {"found_on": "2026-10-22", "tissue": "BM"}
    assert sent(client, world, f"/patients/{tube.patient_id}/findings/add/", TYPED | typed).status_code == 302
    finding = MutationFinding.objects.get()
    blood = world.sample(tube.patient.mrd_series.get(), date(2026, 11, 2), "PB")
    world.as_person(world.clinician)
    wrong = TYPED | typed | {"sample": str(blood.pk), "reason": "Report"}
    refused = sent(client, world, f"/findings/{finding.pk}/", wrong)
    assert (refused.status_code, "The sample says otherwise" in words_of(refused)) == (422, True)
    right = wrong | {"sample": str(tube.pk)}
    assert sent(client, world, f"/findings/{finding.pk}/", right).status_code == 302
    finding.refresh_from_db()
    assert (finding.sample_id, finding.found_on) == (tube.pk, DAY)


def test_the_number_of_the_sample_is_that_of_the_moment(client: Client, world: World, tube: Sample) -> None:
    finding, number = recorded(client, world, tube), tube.accession_number
    world.as_person(world.technician)
    samples.correct(by=world.technician, sample=tube, changes={"accession_number": "NEW-1"}, reason="x", now=world.now)
    world.as_person(world.clinician)
    series = tube.patient.mrd_series.get()
    with time_machine.travel(finding.recorded_at + timedelta(minutes=1)):  # the clock of the database is never set
        assert "sample NEW-1" in shown(client, world, series)
        assert f"sample {number}" in shown(client, world, series, known_at=finding.recorded_at.isoformat())


def test_a_tube_that_is_not_measured_says_why_where_it_is_offered(client: Client, world: World, tube: Sample) -> None:
    world.as_person(world.technician)
    Sample.objects.filter(pk=tube.pk).update(not_measured_because="belongs to another patient")
    client.force_login(world.clinician)
    asked = words_of(client.get(f"/patients/{tube.patient_id}/findings/add/"))
    assert "Northfield laboratory (belongs to another patient)" in asked


def test_a_sample_that_is_corrected_takes_its_findings_with_it(client: Client, world: World, tube: Sample) -> None:
    finding = recorded(client, world, tube)
    world.as_person(world.technician)
    samples.correct(
        by=world.technician, sample=tube, changes={"collected_on": date(2026, 10, 21), "tissue": "PB"},
        reason="label misread", now=world.now,
    )  # fmt: skip
    world.as_person(world.clinician)
    finding.refresh_from_db()
    assert (finding.found_on, finding.tissue) == (date(2026, 10, 21), "PB")
    kept = RowHistory.objects.get(table_name="monitoring_mutationfinding", row_id=finding.pk)
    assert (kept.row["found_on"], kept.row["tissue"]) == ("2026-10-22", "BM")


def test_a_correction_that_two_people_sign_takes_them_with_it(client: Client, world: World, series: MrdSeries) -> None:
    tube = world.authorised(series, DAY, not_detected()).sample
    world.as_person(world.clinician)
    finding = recorded(client, world, tube)
    world.corrected(tube, collected_on=date(2026, 10, 20))
    world.as_person(world.clinician)
    finding.refresh_from_db()
    assert finding.found_on == date(2026, 10, 20)


def test_a_tube_in_which_something_was_found_goes_to_no_other_patient(
    client: Client, world: World, tube: Sample
) -> None:
    recorded(client, world, tube)
    other = world.patient().patient
    world.as_person(world.technician)
    with pytest.raises(WrongState, match="names this sample in a finding"):
        sample_patients.give(
            by=world.technician, sample=tube, patient=other, reason="label", seen=tube.recorded_at, now=world.now
        )


def test_rest_tells_the_sample_and_corrects_it_as_seen(world: World, tube: Sample) -> None:
    api = Api(world, world.clinician)
    made = api.post(f"patients/{tube.patient_id}/findings/", TYPED | {"sample": tube.pk})
    told = made.json()
    assert (made.status_code, told["sample"], told["found_on"], told["tissue"]) == (201, tube.pk, "2026-10-22", "BM")
    refused = api.post(f"patients/{tube.patient_id}/findings/", TYPED | {"sample": 2**63})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "sample")
    neither = api.post(f"patients/{tube.patient_id}/findings/", TYPED)
    assert (neither.status_code, neither.json()["errors"][0]["path"]) == (422, "found_on")
