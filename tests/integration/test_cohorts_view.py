"""The pages of cohorts: built with the flow in sight, kept, defined anew, seen by the centre's own people only."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.actions import cohort_computing, cohorts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.terms import Marker
from monitoring.models import Centre, Cohort, CohortAnswer, CohortVersion, Membership, User
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.models.choices import RoleChoice
from tests.integration.told_world import as_worker
from tests.world import NOW, World

NPM1 = CohortDefinition(markers=frozenset({Marker.NPM1}))
CHOSEN = {"name": "Our NPM1", "ruleset": "ELN2021", "markers": ["NPM1"], "transplanted": "ALL"}


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(client: Client, address: str, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def a_cohort(world: World) -> Cohort:
    world.as_person(world.clinician)
    return cohorts.define(by=world.clinician, centre=world.centre, name="Our NPM1", definition=NPM1).cohort


def computed(world: World) -> None:
    with as_worker():
        cohort_computing.compute_waiting(clock=lambda: NOW)
    world.as_person(world.clinician)


def test_an_empty_centre_is_told_what_a_cohort_is(client: Client, world: World) -> None:
    assert "No cohort is defined yet." in text(signed_in(client, world.clinician), "/cohorts/")


def test_the_flow_stands_beside_the_criteria_and_a_name_is_asked_for_only_when_it_is_kept(
    client: Client, world: World
) -> None:
    signed_in(client, world.clinician)
    answer = client.post("/cohorts/new/", {**CHOSEN, "name": "", "preview": "yes"})
    assert answer.status_code == 200
    assert "in the cohort" in answer.content.decode()
    answer = client.post("/cohorts/new/", {**CHOSEN, "name": ""})
    assert answer.status_code == 422
    assert not Cohort.objects.exists()


def test_a_cohort_is_kept_and_its_page_opens(client: Client, world: World) -> None:
    signed_in(client, world.data_manager)
    answer = client.post("/cohorts/new/", CHOSEN)
    world.as_person(world.clinician)
    version = CohortVersion.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cohorts/{version.cohort_id}/")
    assert version.definition == {"ruleset": "ELN2021", "markers": ["NPM1"], "transplanted": "ALL"}
    page = text(client, f"/cohorts/{version.cohort_id}/")
    assert "Patients followed for NPM1." in page
    assert "Being computed" in page


def test_the_builder_proposes_where_one_asked_last_else_where_most_patients_are(
    client: Client, committed: World
) -> None:
    committed.crowd(3, [])
    first = Centre.objects.create(code="AAA", name="Aachen")  # the first by name, without a patient
    Membership.objects.create(
        user=committed.clinician, centre=first, role=RoleChoice.CLINICIAN, starts_on=date(2024, 1, 1)
    )
    signed_in(client, committed.clinician)
    proposed = '<input type="hidden" name="centre" value="{}">'
    assert proposed.format(committed.centre.pk) in text(client, "/cohorts/new/")
    committed.as_person(committed.clinician)
    cohorts.define(by=committed.clinician, centre=first, name="Our NPM1", definition=NPM1)
    assert proposed.format(first.pk) in text(client, "/cohorts/new/")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"age_from": "70", "age_until": "60"}, "This age is below the one from which patients are counted."),
        ({"failed_from": "2026-02-01", "failed_until": "2025-01-01"}, "This day is before the one from which"),
        ({"genes": ["DNMT3A"], "genes_without": ["DNMT3A"]}, "Nobody can meet this together with the rest."),
    ],
)
def test_criteria_that_contradict_are_refused_at_their_field(
    client: Client, world: World, chosen: dict[str, Any], words: str
) -> None:
    signed_in(client, world.clinician)
    answer = client.post("/cohorts/new/", {**CHOSEN, **chosen})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Cohort.objects.exists()


@pytest.mark.parametrize("start", ["filo2025", "tiong2020-persistence", "tiong2020-relapse"])
def test_a_published_inclusion_is_a_start(client: Client, world: World, start: str) -> None:
    page = text(signed_in(client, world.clinician), f"/cohorts/new/?start={start}")
    assert page.count("checked") >= 2


def test_a_change_is_a_new_version_and_the_one_before_can_be_looked_at(client: Client, world: World) -> None:
    cohort = a_cohort(world)
    signed_in(client, world.clinician)
    changed = {**CHOSEN, "age_from": "60", "because": "the elderly", "seen_version": "1"}
    assert client.post(f"/cohorts/{cohort.pk}/change/", changed).status_code == 302
    world.as_person(world.clinician)
    assert cohort.versions.count() == 2
    assert "60 years or more" in text(client, f"/cohorts/{cohort.pk}/")
    assert "This is an earlier version; version 2 holds." in text(client, f"/cohorts/{cohort.pk}/?version=1")
    assert client.get(f"/cohorts/{cohort.pk}/?version=9").status_code == 404


def test_two_who_change_at_once_are_told(client: Client, world: World) -> None:
    cohort = a_cohort(world)
    signed_in(client, world.clinician)
    first = {**CHOSEN, "age_from": "60", "seen_version": "1"}
    second = {**CHOSEN, "age_from": "70", "seen_version": "1"}
    assert client.post(f"/cohorts/{cohort.pk}/change/", first).status_code == 302
    late = client.post(f"/cohorts/{cohort.pk}/change/", second)
    assert late.status_code == 409
    page = late.content.decode()
    assert 'value="70"' in page  # nothing typed is lost
    assert "Version 2 by Clinician holds now" in page
    assert "Patients of 60 years or more followed for NPM1." in page
    assert client.post(f"/cohorts/{cohort.pk}/change/", {**second, "seen_version": "2"}).status_code == 302


def test_a_cohort_put_away_leaves_the_list_and_its_name_is_free(client: Client, world: World) -> None:
    cohort = a_cohort(world)
    signed_in(client, world.clinician)
    assert client.post(f"/cohorts/{cohort.pk}/archive/").status_code == 302
    assert "Our NPM1</a>" not in text(client, "/cohorts/")
    assert client.post("/cohorts/new/", CHOSEN).status_code == 302
    world.as_person(world.clinician)
    assert Cohort.objects.filter(name="Our NPM1").count() == 2


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/cohorts/{}/"),
        ("get", "/cohorts/{}/parts/SURVIVAL/"),
        ("get", "/cohorts/{}/change/"),
        ("post", "/cohorts/{}/change/"),
        ("post", "/cohorts/{}/archive/"),
        ("post", "/cohorts/{}/parts/SURVIVAL/again/"),
    ],
)
def test_nobody_of_another_centre_finds_it(client: Client, world: World, method: str, address: str) -> None:
    cohort = a_cohort(world)
    signed_in(client, world.stranger)
    assert getattr(client, method)(address.format(cohort.pk)).status_code == 404


def test_a_technician_reads_no_cohort_and_an_address_is_no_way_round(client: Client, world: World) -> None:
    cohort = a_cohort(world)
    signed_in(client, world.technician)
    assert client.get("/cohorts/").status_code == 403
    assert client.get(f"/cohorts/{cohort.pk}/").status_code == 403


@pytest.mark.parametrize(
    "part", ["COLOUR/", "SURVIVAL/?endpoint=LUCK", "TRANSPLANT/?landmark_days=-1", "SWIMMER/?pooled=yes"]
)
def test_what_no_part_answers_is_not_found(client: Client, world: World, part: str) -> None:
    cohort = a_cohort(world)
    assert signed_in(client, world.clinician).get(f"/cohorts/{cohort.pk}/parts/{part}").status_code == 404


def test_every_part_is_there_when_it_was_computed(client: Client, committed: World) -> None:
    committed.patient()
    cohort = a_cohort(committed)
    signed_in(client, committed.clinician)
    waiting = text(client, f"/cohorts/{cohort.pk}/")
    assert "waits for the worker" in waiting
    computed(committed)
    page = text(client, f"/cohorts/{cohort.pk}/")
    assert "Being computed" not in page
    assert page.count('class="cohort-part') == 12
    assert not CohortAnswer.objects.exclude(state=State.DONE).exists()


def test_a_part_can_be_stopped_and_asked_for_again(client: Client, committed: World) -> None:
    cohort = a_cohort(committed)
    signed_in(client, committed.clinician)
    text(client, f"/cohorts/{cohort.pk}/parts/RESPONSE/")
    committed.as_person(committed.clinician)
    waiting = CohortAnswer.objects.get(part="RESPONSE")
    assert client.post(f"/cohorts/{cohort.pk}/stop/{waiting.pk}/").status_code == 302
    assert "Stopped before it was computed." in text(client, f"/cohorts/{cohort.pk}/parts/RESPONSE/")
    assert client.post(f"/cohorts/{cohort.pk}/parts/RESPONSE/again/").status_code == 302
    computed(committed)
    assert "Stopped" not in text(client, f"/cohorts/{cohort.pk}/parts/RESPONSE/")


def test_the_number_of_queries_does_not_depend_on_the_number_of_patients(client: Client, committed: World) -> None:
    cohort = a_cohort(committed)
    signed_in(client, committed.clinician)
    counts = []
    for more in (1, 40):
        committed.crowd(more, [])
        text(client, f"/cohorts/{cohort.pk}/")
        computed(committed)
        with CaptureQueriesContext(connection) as asked:
            text(client, f"/cohorts/{cohort.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
