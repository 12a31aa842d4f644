"""A part that is not there: stopped, failed, waiting for a worker, left by a dead one; and a cohort put away."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from monitoring.actions import cohort_computing, cohorts
from monitoring.actions.cohort_computing import GIVEN_UP_AFTER
from monitoring.domain.cohorts import part_answers
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.domain.terms import Marker
from monitoring.models import Cohort, CohortAnswer
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.wording.cohort_waiting_words import LATE_AFTER
from tests.integration.rest_api import Api
from tests.integration.told_world import as_worker
from tests.world import NOW, World

CHOSEN = "endpoint=OS&origin=CYCLE_1&grouping=NONE"
OTHER = {"name": "", "ruleset": "ELN2021", "markers": ["NPM1"], "transplanted": "ALL", "age_from": "60"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cohort(client: Client, committed: World) -> Cohort:
    committed.patient()
    committed.as_person(committed.clinician)
    client.force_login(committed.clinician)
    definition = CohortDefinition(markers=frozenset({Marker.NPM1}))
    return cohorts.define(
        by=committed.clinician, centre=committed.centre, name="Our NPM1", definition=definition
    ).cohort


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def part_of(cohort: Cohort, more: str = "") -> str:
    return f"/cohorts/{cohort.pk}/parts/SURVIVAL/?{CHOSEN}{more}"


def asked(client: Client, world: World, cohort: Cohort, more: str = "") -> CohortAnswer:
    """Survival by a question of one's own, as it waits."""
    shown(client, part_of(cohort, more))
    world.as_person(world.clinician)
    return CohortAnswer.objects.get(part="SURVIVAL")


def computed(world: World) -> None:
    with as_worker():
        cohort_computing.compute_waiting(clock=lambda: NOW)
    world.as_person(world.clinician)


def broken(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Let one part break, as a mistake of ours would."""

    def answer_of(question: PartQuestion, data: CohortData) -> Any:
        if question.part == part:
            raise ZeroDivisionError("no patients at risk")
        return part_answers.answer_of(question, data)

    monkeypatch.setattr(cohort_computing, "answer_of", answer_of)


def test_stopping_keeps_what_was_chosen_and_trying_again_too(client: Client, committed: World, cohort: Cohort) -> None:
    waiting = asked(client, committed, cohort)
    stopped = client.post(f"/cohorts/{cohort.pk}/stop/{waiting.pk}/")
    assert stopped["Location"] == part_of(cohort)
    page = shown(client, stopped["Location"])
    assert "Stopped before it was computed. Somebody stopped this; what was chosen is kept." in words(page)
    assert f"/cohorts/{cohort.pk}/parts/SURVIVAL/again/?{CHOSEN}" in page
    again = client.post(f"/cohorts/{cohort.pk}/parts/SURVIVAL/again/?{CHOSEN}")
    assert again["Location"] == part_of(cohort)
    computed(committed)
    assert "Overall survival" in shown(client, part_of(cohort))


def test_without_leaving_the_page_the_part_takes_its_own_place(
    client: Client, committed: World, cohort: Cohort
) -> None:
    waiting = asked(client, committed, cohort)
    answer = client.post(f"/cohorts/{cohort.pk}/stop/{waiting.pk}/", follow=True, headers={"HX-Request": "true"})
    page = answer.content.decode().strip()
    assert page.startswith('<div class="cohort-part')
    assert "Try again" in page


def test_an_earlier_version_stays_the_one_that_is_asked(client: Client, committed: World, cohort: Cohort) -> None:
    assert client.post(f"/cohorts/{cohort.pk}/change/", {**OTHER, "seen_version": "1"}).status_code == 302
    waiting = asked(client, committed, cohort, "&version=1")
    assert waiting.version.number == 1
    assert f'hx-get="{part_of(cohort, "&version=1")}"' in shown(client, part_of(cohort, "&version=1"))
    assert client.post(f"/cohorts/{cohort.pk}/stop/{waiting.pk}/")["Location"] == part_of(cohort, "&version=1")


def test_what_failed_is_told_in_a_sentence_with_a_number_and_the_cause_is_in_the_log(
    client: Client, committed: World, cohort: Cohort, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken(monkeypatch, "SURVIVAL")
    number = asked(client, committed, cohort).pk
    computed(committed)
    page = shown(client, part_of(cohort))
    assert "This could not be computed." in page
    assert f"tell whoever runs this service the number {number}" in page
    assert "ZeroDivisionError" not in page
    assert "at risk" not in page
    assert f"The answer {number} (SURVIVAL)" in caplog.text
    assert "no patients at risk" in caplog.text


def test_one_part_that_breaks_takes_no_other_with_it(
    client: Client, committed: World, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, "SURVIVAL")
    shown(client, f"/cohorts/{cohort.pk}/")
    computed(committed)
    states = dict(CohortAnswer.objects.values_list("part", "state"))
    assert states.pop("SURVIVAL") == State.FAILED
    assert set(states.values()) == {State.DONE}
    page = shown(client, f"/cohorts/{cohort.pk}/")
    assert page.count("This could not be computed.") == 1


@pytest.mark.parametrize(("part", "title"), [("FLOW", "Patients"), ("ENDPOINTS", "Endpoints")])
def test_what_stands_in_the_head_of_the_page_fails_in_words_too(
    client: Client, committed: World, cohort: Cohort, monkeypatch: pytest.MonkeyPatch, part: str, title: str
) -> None:
    with monkeypatch.context() as during:
        broken(during, part)
        shown(client, f"/cohorts/{cohort.pk}/")
        computed(committed)
    page = shown(client, f"/cohorts/{cohort.pk}/")
    assert f"{title}: This could not be computed." in page
    assert "being counted" not in page
    address = re.search(rf'action="(/cohorts/{cohort.pk}/parts/{part}/again/[^"]*)"', page)
    assert address is not None
    again = client.post(address.group(1))
    assert again["Location"] == f"/cohorts/{cohort.pk}/"
    computed(committed)
    assert "could not be computed" not in shown(client, f"/cohorts/{cohort.pk}/")


def test_where_no_worker_runs_the_page_says_so_and_asks_less_often(
    client: Client, committed: World, cohort: Cohort
) -> None:
    waiting = asked(client, committed, cohort)
    page = shown(client, part_of(cohort))
    assert "waits for the worker" in page
    assert 'hx-trigger="every 1500ms"' in page
    CohortAnswer.objects.filter(pk=waiting.pk).update(asked_at=timezone.now() - 5 * MINUTE)
    page = shown(client, part_of(cohort))
    assert "Not begun yet after 5 minutes" in page
    assert "is busy or does not run" in page
    assert "<progress" not in page
    assert 'hx-trigger="every 10s"' in page


def test_what_a_silent_worker_has_in_hand_is_told_with_when_it_is_taken_over(
    client: Client, committed: World, cohort: Cohort
) -> None:
    waiting = asked(client, committed, cohort)
    seen_at = timezone.now() - LATE_AFTER - MINUTE
    CohortAnswer.objects.filter(pk=waiting.pk).update(state=State.RUNNING, step="READING", share=50, started_at=seen_at)
    page = shown(client, part_of(cohort))
    assert "This takes long" in page
    assert "reading the patients" in page
    taken_over_at = (seen_at + GIVEN_UP_AFTER).astimezone(committed.centre.zone)
    assert f"takes this over after {taken_over_at:%H:%M}" in page


def test_a_cohort_put_away_is_read_by_its_link_and_not_changed(
    client: Client, committed: World, cohort: Cohort
) -> None:
    assert client.post(f"/cohorts/{cohort.pk}/archive/").status_code == 302
    page = shown(client, f"/cohorts/{cohort.pk}/")
    assert "Put away by" in page
    assert "Put this cohort away" not in page
    assert "Change as version" not in page
    for address, sent in (("archive", {}), ("change", {**OTHER, "seen_version": "1"})):
        answer = client.post(f"/cohorts/{cohort.pk}/{address}/", sent, follow=True)
        assert answer.status_code == 200
        assert "This cohort was put away" in answer.content.decode()
    committed.as_person(committed.clinician)
    assert cohort.versions.count() == 1


def words(page: str) -> str:
    """The text of a page in one line."""
    return " ".join("".join(piece.rpartition(">")[2] for piece in page.split("<")).split())


def test_a_script_is_told_the_same_and_nothing_technical(
    committed: World, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(committed, committed.clinician)
    broken(monkeypatch, "TOXICITY")
    assert api.get(f"cohorts/{cohort.pk}/parts/TOXICITY/").status_code == 202
    computed(committed)
    answer = api.get(f"cohorts/{cohort.pk}/parts/TOXICITY/")
    assert answer.status_code == 409
    assert "ZeroDivisionError" not in answer.content.decode()
    assert f"the log has why under {CohortAnswer.objects.get().pk}" in answer.content.decode()
    cohorts.archive(by=committed.clinician, cohort_id=cohort.pk, now=NOW)
    later = {
        "seen_version": 1,
        "because": "",
        "definition": {"ruleset": "ELN2021", "markers": ["NPM1"], "age_from": 60},
    }
    refused = api.post(f"cohorts/{cohort.pk}/versions/", later)
    assert (refused.status_code, "put away" in refused.content.decode()) == (409, True)
