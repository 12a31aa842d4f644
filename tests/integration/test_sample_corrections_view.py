"""The pages on which a sample with signed results is corrected: proposed, seen in the lists, signed, told."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monitoring.models import MrdResult, MrdSeries, Sample, SampleCorrection, StoredVerdict
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    world.now = timezone.now()  # the days of this file are counted back from today
    return world


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def confirmed(world: World, series: MrdSeries) -> MrdResult:
    """The second sample of a confirmed relapse."""
    world.authorised(series, ago(120), not_detected())
    world.authorised(series, ago(50), detected("0.5"))
    return world.authorised(series, ago(30), detected("5"))


def proposed(lab: Client, world: World, result: MrdResult, **changes: object) -> SampleCorrection:
    typed = {"tissue": "BM", "collected_on": result.collected_on, "reason": "label misread", **changes}
    answer = lab.post(reverse("sample-correct", args=[result.sample_id]), typed)
    world.as_person(world.technician)
    proposal = SampleCorrection.objects.get(sample=result.sample_id, state="PROPOSED")
    assert answer.headers["Location"] == reverse("sample-correction", args=[proposal.pk])
    return proposal


def text(client: Client, name: str, *args: int) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def effect_on(client: Client, proposal: SampleCorrection) -> str:
    page = text(client, "sample-correction", proposal.pk)
    return page.split('name="effect" value="')[1].split('"')[0]


def test_the_page_proposes_and_says_so_before(lab: Client, world: World, confirmed: MrdResult) -> None:
    before = text(lab, "sample-correct", confirmed.sample_id)
    assert "it holds once a second person has signed it" in before
    proposal = proposed(lab, world, confirmed, tissue="PB", quality_note="clot")
    sample = Sample.objects.get(pk=confirmed.sample_id)
    assert (sample.tissue, sample.quality_note) == ("BM", "clot")  # what decides nothing is corrected at once
    assert "another person signs" in text(lab, "sample-correction", proposal.pk)
    assert "1 correction of a sample waits for a second person" in text(lab, "laboratory")
    assert "A correction waits for a second person" in text(lab, "sample", confirmed.sample_id)


def test_the_second_person_sees_what_it_changes_and_signs(
    lab: Client, client: Client, world: World, confirmed: MrdResult
) -> None:
    proposal = proposed(lab, world, confirmed, tissue="PB", collected_on=ago(130))
    client.force_login(world.authoriser)
    assert "material from marrow to blood" in text(client, "laboratory")
    page = text(client, "sample-correction", proposal.pk)
    assert "ELN 2021 would take back the molecular relapse" in page
    address = reverse("sample-correction", args=[proposal.pk])
    assert client.post(address, {"effect": "0" * 16}).status_code == 409
    assert client.post(address, {"effect": effect_on(client, proposal)}).status_code == 302
    world.as_person(world.clinician)
    assert StoredVerdict.objects.get(series_id=confirmed.series_id, ruleset="ELN2021").state == "SUSPECTED"
    client.force_login(world.clinician)
    told = text(client, "patient", confirmed.patient_id)
    assert "corrected: material from marrow to blood" in told
    assert "signed by Authoriser" in told


def test_whoever_proposed_cannot_sign_even_by_the_address(client: Client, world: World, confirmed: MrdResult) -> None:
    client.force_login(world.authoriser)
    proposal = proposed(client, world, confirmed, tissue="PB")
    page = text(client, "sample-correction", proposal.pk)
    assert 'name="effect"' not in page
    assert client.post(reverse("sample-correction", args=[proposal.pk]), {"effect": ""}).status_code == 403
    world.as_person(world.technician)
    assert Sample.objects.get(pk=confirmed.sample_id).tissue == "BM"


def test_it_is_returned_and_withdrawn_with_a_reason_only(client: Client, world: World, confirmed: MrdResult) -> None:
    client.force_login(world.technician)
    proposal = proposed(client, world, confirmed, tissue="PB")
    client.force_login(world.authoriser)
    back = reverse("sample-correction-return", args=[proposal.pk])
    assert client.post(back, {"reason": " "}).status_code == 422
    assert client.post(back, {"reason": "the form says marrow"}).status_code == 302
    assert client.post(back, {"reason": "twice"}).status_code == 409
    client.force_login(world.technician)
    assert "the form says marrow" in text(client, "sample-correction", proposal.pk)
    again = proposed(client, world, confirmed, tissue="PB")
    assert client.post(reverse("sample-correction-withdraw", args=[again.pk]), {"reason": "right"}).status_code == 302
    page = text(client, "sample", confirmed.sample_id)
    assert "waits for a second person" not in page
    assert "material from marrow to blood, withdrawn by Technician" in " ".join(page.split())


def test_nobody_of_another_centre_or_role_finds_it(client: Client, world: World, confirmed: MrdResult) -> None:
    client.force_login(world.technician)
    proposal = proposed(client, world, confirmed, tissue="PB")
    for person in (world.clinician, world.stranger):
        client.force_login(person)
        assert client.get(reverse("sample-correction", args=[proposal.pk])).status_code in {403, 404}


def test_the_laboratory_asks_as_often_for_many_corrections_as_for_one(
    client: Client, world: World, series: MrdSeries
) -> None:
    client.force_login(world.technician)
    found = [world.authorised(series, ago(day), detected("0.5")) for day in (10, 20, 30, 40)]
    proposed(client, world, found[0], tissue="PB")
    text(client, "laboratory")
    with CaptureQueriesContext(connection) as few:
        text(client, "laboratory")
    for each in found[1:]:
        proposed(client, world, each, tissue="PB")
    with CaptureQueriesContext(connection) as many:
        text(client, "laboratory")
    assert len(many) == len(few)
