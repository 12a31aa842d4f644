"""The tubes at the bench: what waits, what comes first, what is measured again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monitoring.actions import markers, patients, repeats, results, sharing
from monitoring.actions.refusals import ActionRefused
from monitoring.models import AuditEntry, CareRelation, Disease, MrdResult, MrdSeries, Patient, RepeatRequest, Sample
from monitoring.models.choices import MarkerChoice
from monitoring.queries import bench_samples
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    world.now = timezone.now()  # the days of this file are counted back from today
    return world


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def at_the_bench(client: Client, world: World) -> str:
    client.force_login(world.technician)
    return client.get(reverse("samples")).content.decode()


def test_a_sample_waits_until_it_has_a_result(client: Client, world: World) -> None:
    series = world.patient()
    waiting = world.sample(series, ago(3))
    assert waiting.accession_number in at_the_bench(client, world)
    world.submitted(series, ago(4), detected("0.01"))
    world.as_person(world.technician)
    shown = bench_samples.waiting_samples(world.technician, today=timezone.localdate())
    assert [each.accession_number for each in shown.samples] == [waiting.accession_number]
    assert shown.samples[0].age_days == 3


def test_a_sample_that_may_confirm_a_relapse_comes_first(client: Client, world: World) -> None:
    ordinary = world.sample(world.patient(), ago(20))
    series = world.patient()
    world.authorised(series, ago(60), not_detected())
    world.authorised(series, ago(12), detected("0.02"))
    confirming = world.sample(series, ago(1))
    shown = bench_samples.waiting_samples(world.technician, today=timezone.localdate())
    assert [each.accession_number for each in shown.samples] == [
        confirming.accession_number, ordinary.accession_number
    ]  # fmt: skip
    assert shown.samples[0].confirm_by == ago(12) + timedelta(days=28)
    assert "may confirm or refute" in at_the_bench(client, world)


def test_another_laboratory_sees_none_of_them(world: World) -> None:
    world.sample(world.patient(), ago(3))
    world.as_person(world.stranger)
    assert bench_samples.waiting_samples(world.stranger, today=timezone.localdate()).total == 0


def test_a_tube_is_taken_in_before_it_is_measured(client: Client, world: World) -> None:
    series = world.patient()
    world.sample(series, ago(40))  # the laboratory sees the patient since then
    client.force_login(world.technician)
    address = f"{reverse('sample-receive')}?pseudonym={series.patient.pseudonym}"
    typed = {"laboratory": world.laboratory.pk, "accession_number": "26-90001", "tissue": "BM", "collected_on": ago(2)}
    answer = client.post(address, typed)
    assert answer.status_code == 302
    world.as_person(world.technician)
    assert Sample.objects.get(accession_number="26-90001").patient_id == series.patient_id
    again = client.post(address, typed)
    assert again.status_code == 422
    assert "already has a sample with this accession number" in again.content.decode()


def test_an_unknown_pseudonym_is_told_and_nothing_is_guessed(client: Client, world: World) -> None:
    client.force_login(world.technician)
    answer = client.get(reverse("sample-receive"), {"pseudonym": "P-9999"})
    assert answer.status_code == 404
    assert "No patient with exactly this pseudonym" in answer.content.decode()


def test_of_two_patients_with_one_pseudonym_the_one_who_is_chosen_gets_the_tube(client: Client, world: World) -> None:
    here, there = world.patient().patient, namesake_of_another_centre(world)
    assert here.pseudonym == there.pseudonym
    client.force_login(world.technician)
    address = f"{reverse('sample-receive')}?pseudonym={here.pseudonym}"
    asked = client.get(address)
    assert asked.status_code == 200
    page = " ".join(asked.content.decode().split())
    for each in (here, there):
        assert f"{here.pseudonym}&amp;patient={each.pk}" in page
    typed = {"laboratory": world.laboratory.pk, "accession_number": "26-90003", "tissue": "BM", "collected_on": ago(2)}
    assert client.post(address, typed).status_code == 200  # nobody was chosen: the question again, nothing written
    assert client.post(f"{address}&patient={there.pk}", typed).status_code == 302
    world.as_person(world.technician)
    assert Sample.objects.get(accession_number="26-90003").patient_id == there.pk


def namesake_of_another_centre(world: World) -> Patient:
    """A patient of the second centre, shared with the first one, under a pseudonym that both have given."""
    world.as_person(world.stranger)
    there = patients.register(
        by=world.stranger,
        patient=Patient(centre=world.elsewhere, pseudonym="P-0001", born_on=date(1951, 5, 2), sex="M"),
        disease=Disease(aml_type="AML with mutated NPM1", diagnosed_on=date(2025, 2, 3)),
        now=world.now,
    )
    markers.follow(by=world.stranger, patient=there, marker=MarkerChoice.NPM1, mutation_type="A")
    sharing.begin(
        by=world.stranger, patient=there, now=world.now, reason="Measured there",
        relation=CareRelation(centre=world.centre, role="TREATING", starts_on=date(2025, 2, 3)),
    )  # fmt: skip
    return there


def test_a_tube_collected_in_the_future_is_refused_at_the_field(client: Client, world: World) -> None:
    series = world.patient()
    world.sample(series, ago(40))
    client.force_login(world.technician)
    typed = {"laboratory": world.laboratory.pk, "accession_number": "26-90002", "tissue": "BM", "collected_on": ago(-3)}
    answer = client.post(f"{reverse('sample-receive')}?pseudonym={series.patient.pseudonym}", typed)
    assert answer.status_code == 422
    assert "26-90002" in answer.content.decode()
    world.as_person(world.technician)
    assert not Sample.objects.filter(accession_number="26-90002").exists()


def test_a_tube_is_set_aside_with_a_reason_and_taken_up_again(client: Client, world: World) -> None:
    tube = world.sample(world.patient(), ago(3))
    client.force_login(world.technician)
    address = reverse("sample-set-aside", args=[tube.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    client.post(address, {"reason": "clotted"})
    world.as_person(world.technician)
    tube.refresh_from_db()
    assert tube.not_measured_because == "clotted"
    assert bench_samples.waiting_samples(world.technician, today=timezone.localdate()).total == 0
    client.post(address)
    world.as_person(world.technician)
    assert bench_samples.waiting_samples(world.technician, today=timezone.localdate()).total == 1
    acts = AuditEntry.objects.filter(subject_type="sample", subject_id=tube.pk).values_list("action", flat=True)
    assert {"sample.set_aside", "sample.take_up"} <= set(acts)


def test_correcting_a_tube_that_nobody_signed_needs_a_reason_and_one_person(client: Client, world: World) -> None:
    tube = world.sample(world.patient(), ago(30))
    client.force_login(world.technician)
    address = reverse("sample-correct", args=[tube.pk])
    facts = {"tissue": "BM", "collected_on": ago(31)}
    refused = client.post(address, facts)
    assert refused.status_code == 422
    assert "The reason stays with the sample" in refused.content.decode()
    assert client.post(address, {**facts, "reason": "label misread"}).status_code == 302
    world.as_person(world.technician)
    assert Sample.objects.get(pk=tube.pk).collected_on == ago(31)
    entry = AuditEntry.objects.filter(action="sample.correct").latest("pk")
    assert entry.reason == "label misread"


def repeat_of(world: World, series: MrdSeries) -> RepeatRequest:
    result = world.authorised(series, ago(10), not_detected(600))
    world.as_person(world.technician)
    return repeats.ask(by=world.technician, result=result, reason="ABL1 600", now=world.now)


def test_a_repeat_is_asked_for_once_and_stands_on_the_list(client: Client, world: World) -> None:
    asked = repeat_of(world, world.patient())
    page = at_the_bench(client, world)
    world.as_person(world.technician)
    assert "ABL1 600" in page
    assert reverse("result-amend", args=[MrdResult.objects.get(sample=asked.sample).pk]) in page
    with pytest.raises(ActionRefused, match="asked for already"):
        repeats.ask(
            by=world.technician, result=MrdResult.objects.get(sample=asked.sample), reason="again", now=world.now
        )


def test_a_repeat_is_closed_with_a_reason_only(client: Client, world: World) -> None:
    asked = repeat_of(world, world.patient())
    client.force_login(world.technician)
    address = reverse("repeat-close", args=[asked.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "no material left"}).status_code == 302
    world.as_person(world.technician)
    asked.refresh_from_db()
    assert (asked.closed_because, asked.closed_by) == ("no material left", world.technician)
    assert client.post(address, {"reason": "twice"}).status_code == 422


def test_the_signed_repeat_closes_its_question(world: World) -> None:
    asked = repeat_of(world, world.patient())
    standing = MrdResult.objects.get(sample=asked.sample)
    draft = results.amend(by=world.technician, result=standing, reading=not_detected(30_000), reason="repeat")
    sent = results.submit(by=world.technician, result=draft, now=timezone.now())
    world.as_person(world.authoriser)
    results.authorise(
        by=world.authoriser, result=sent, seen=results.Seen(sent.version, sent.submitted_at), now=timezone.now()
    )
    asked.refresh_from_db()
    assert asked.closed_by == world.authoriser


def test_the_page_asks_the_database_as_often_for_many_as_for_one(client: Client, world: World) -> None:
    series = world.patient()
    world.sample(series, ago(2))
    at_the_bench(client, world)
    with CaptureQueriesContext(connection) as few:
        at_the_bench(client, world)
    for day in range(3, 15):
        world.sample(series, ago(day))
    with CaptureQueriesContext(connection) as many:
        at_the_bench(client, world)
    assert len(many) == len(few)
