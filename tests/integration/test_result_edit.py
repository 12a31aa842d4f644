"""Editing a draft: one that was kept, or one that came back."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from monitoring.actions import results
from monitoring.models import MrdResult, ResultWell
from tests.integration.typed_entry import REPORTED, WELLS, hidden, post, submit, text_of, typed
from tests.world import World, detected, wells

DAY = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def draft(world: World) -> MrdResult:
    series = world.patient()
    sample = world.sample(series, DAY)
    return results.enter(
        by=world.technician, series=series, sample=sample, assay=world.assay,
        reading=wells([30, 0, 31], [33_000, 32_000]), comment="first try",
    )  # fmt: skip


@pytest.fixture
def lab(client: Client, world: World, draft: MrdResult) -> Client:
    client.force_login(world.authoriser)
    return client


def address(result: MrdResult) -> str:
    return f"/laboratory/results/{result.pk}/edit/"


def form(lab: Client, world: World, draft: MrdResult, *parts: dict[str, str], **changes: str) -> dict[str, str]:
    content = hidden(lab.get(address(draft)))["content"]
    return typed(world.assay, *(parts or (WELLS,)), content=content) | changes


def now_of(world: World, draft: MrdResult) -> MrdResult:
    world.as_person(world.technician)
    draft.refresh_from_db()
    return draft


def test_the_fields_hold_what_was_typed(lab: Client, draft: MrdResult) -> None:
    html = lab.get(address(draft)).content.decode()
    values = [
        html.split(f'name="{name}"')[1].split('value="')[1].split('"')[0] for name in ("target_1", "target_2", "abl1_2")
    ]
    assert values == ["30", "0", "32000"]
    assert 'value="first try"' in html


def test_a_reported_value_is_shown_as_it_was_entered(client: Client, world: World) -> None:
    series = world.patient()
    sample = world.sample(series, DAY)
    draft = results.enter(
        by=world.technician, series=series, sample=sample, assay=world.assay, reading=detected("0.0930", 32_000)
    )
    client.force_login(world.technician)
    html = client.get(address(draft)).content.decode()
    assert 'value="0.0930"' in html
    assert '<option value="PCT_ABL1" selected>' in html
    assert html.split('name="limit"')[1].split(">")[0].count("value=") == 0


def test_a_draft_is_edited_and_submitted(lab: Client, world: World, draft: MrdResult) -> None:
    answer = submit(lab, address(draft), form(lab, world, draft, abl1_3="32712"))
    assert answer["Location"] == f"/laboratory/results/{draft.pk}/"
    edited = now_of(world, draft)
    assert (edited.state, edited.submitted_by) == ("SUBMITTED", world.authoriser)
    assert ResultWell.objects.filter(result=edited, target="CONTROL").count() == 3


def test_whoever_edits_cannot_sign(lab: Client, world: World, draft: MrdResult) -> None:
    submit(lab, address(draft), form(lab, world, draft))
    page = lab.get(f"/laboratory/results/{draft.pk}/authorise/")
    assert "Entered by you: another person signs." in text_of(page)


def test_a_draft_may_change_from_wells_to_a_reported_value(lab: Client, world: World, draft: MrdResult) -> None:
    post(lab, address(draft), form(lab, world, draft, REPORTED), "keep")
    edited = now_of(world, draft)
    assert (str(edited.pct_abl1), edited.wells.count()) == ("0.093", 0)


def test_an_edit_behind_ones_back_is_a_conflict_and_nothing_typed_is_lost(
    lab: Client, world: World, draft: MrdResult
) -> None:
    mine = form(lab, world, draft, comment="mine")
    world.as_person(world.technician)
    results.edit(by=world.technician, result=draft, reading=detected("0.7"), seen=results.Seen(1, None))
    for step in ("read", "keep"):
        answer = post(lab, address(draft), mine, step)
        assert answer.status_code == 409
        assert "Somebody else has edited this draft since you opened it." in text_of(answer)
        assert 'value="mine"' in answer.content.decode()
    assert str(now_of(world, draft).pct_abl1) == "0.7"


def test_a_form_that_does_not_say_what_was_seen_is_a_conflict(lab: Client, world: World, draft: MrdResult) -> None:
    assert post(lab, address(draft), typed(world.assay, WELLS), "keep").status_code == 409


def test_a_draft_that_was_submitted_meanwhile_is_a_conflict(lab: Client, world: World, draft: MrdResult) -> None:
    mine = form(lab, world, draft)
    world.as_person(world.technician)
    results.submit(by=world.technician, result=draft, now=world.now)
    assert post(lab, address(draft), mine, "keep").status_code == 409
    assert lab.get(address(draft))["Location"] == f"/laboratory/results/{draft.pk}/"


def test_a_returned_draft_says_by_whom_and_why(lab: Client, world: World, draft: MrdResult) -> None:
    world.as_person(world.technician)
    submitted = results.submit(by=world.technician, result=draft, now=world.now)
    results.reject(
        by=world.second_authoriser, result=submitted, reason="look at well 2",
        seen=results.Seen(1, submitted.submitted_at),
    )  # fmt: skip
    said = text_of(lab.get(address(draft)))
    assert "Second Authoriser returned version 1" in said
    assert "look at well 2" in said


def test_a_draft_of_an_instrument_is_not_typed_over(lab: Client, world: World, draft: MrdResult) -> None:
    world.as_person(world.technician)
    ResultWell.objects.create(result=draft, patient=draft.patient, target="MARKER", position=4, cq="34.8", copies=30)
    assert lab.get(address(draft))["Location"] == f"/laboratory/results/{draft.pk}/"


def test_bad_input_leaves_the_draft_as_it_was(lab: Client, world: World, draft: MrdResult) -> None:
    answer = post(lab, address(draft), form(lab, world, draft, target_1="30.000"), "keep")
    assert answer.status_code == 422
    assert now_of(world, draft).comment == "first try"


@pytest.mark.parametrize(("person", "status"), [("clinician", 403), ("stranger", 403)])
def test_only_its_laboratory_edits(client: Client, world: World, draft: MrdResult, person: str, status: int) -> None:
    client.force_login(getattr(world, person))
    assert client.get(address(draft)).status_code == status


def test_a_draft_is_discarded_with_a_reason(lab: Client, world: World, draft: MrdResult) -> None:
    path = f"/laboratory/results/{draft.pk}/withdraw/"
    assert "Discard the draft" in text_of(lab.get(path))
    lab.post(path, {"reason": "entered twice"})
    assert now_of(world, draft).state == "WITHDRAWN"
