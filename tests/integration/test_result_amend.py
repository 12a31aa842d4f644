"""Changing what was signed: the next version, and taking a result back."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from monitoring.actions import results
from monitoring.models import MrdResult, MrdSeries, StoredVerdict
from tests.integration.typed_entry import REPORTED, WELLS, post, submit, text_of, typed
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def lab(client: Client, world: World) -> Client:
    client.force_login(world.authoriser)
    return client


def relapsed(world: World) -> MrdResult:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return world.authorised(series, date(2026, 11, 16), detected("0.09"))


def address(result: MrdResult, what: str) -> str:
    return f"/laboratory/results/{result.pk}/{what}/"


def versions(world: World, result: MrdResult) -> list[tuple[int, str]]:
    world.as_person(world.authoriser)
    return list(MrdResult.objects.filter(sample=result.sample).order_by("version").values_list("version", "state"))


def state_of(series: MrdSeries) -> str:
    return StoredVerdict.objects.get(series=series, ruleset="ELN2021").state


# amending


def test_the_next_version_begins_empty_beside_the_signed_one(lab: Client, world: World) -> None:
    page = lab.get(address(relapsed(world), "amend"))
    html = page.content.decode()
    assert "Signed, version 1" in text_of(page)
    assert "0.09 % of ABL1, that is 90 copies per 100,000 ABL1" in text_of(page)
    assert html.split('name="value"')[1].split(">")[0].count("value=") == 0
    assert html.split('name="limit"')[1].split(">")[0].count("value=") == 0


def test_the_signed_version_stays_until_the_next_is_signed(lab: Client, world: World) -> None:
    signed = relapsed(world)
    submit(lab, address(signed, "amend"), typed(world.assay, REPORTED, reason="dilution missed"))
    assert versions(world, signed) == [(1, "AUTHORISED"), (2, "SUBMITTED")]
    assert state_of(signed.series) == "CONFIRMED"
    amended = MrdResult.objects.get(sample=signed.sample, version=2)
    world.as_person(world.second_authoriser)
    results.authorise(
        by=world.second_authoriser, result=amended, seen=results.Seen(2, amended.submitted_at), now=world.now
    )
    assert versions(world, signed) == [(1, "SUPERSEDED"), (2, "AUTHORISED")]


def test_an_amendment_is_read_back_with_its_reason(lab: Client, world: World) -> None:
    form = typed(world.assay, WELLS, reason="dilution missed")
    said = text_of(post(lab, address(relapsed(world), "amend"), form, "read"))
    assert "Amended because: dilution missed" in said
    assert "marrow, Monday 16 November 2026" in said


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_amendment_without_reason_is_refused(lab: Client, world: World, reason: str) -> None:
    signed = relapsed(world)
    answer = post(lab, address(signed, "amend"), typed(world.assay, WELLS, reason=reason), "keep")
    assert answer.status_code == 422
    assert "Say why. The reason stays with the result." in text_of(answer)
    assert versions(world, signed) == [(1, "AUTHORISED")]


def test_a_second_amendment_at_the_same_time_is_a_conflict(lab: Client, world: World) -> None:
    signed = relapsed(world)
    form = typed(world.assay, WELLS, reason="dilution missed")
    post(lab, address(signed, "amend"), form, "keep")
    answer = post(lab, address(signed, "amend"), form | {"comment": "mine"}, "keep")
    assert answer.status_code == 409
    assert "A next version of this result is already being written." in text_of(answer)
    assert 'value="mine"' in answer.content.decode()


def test_what_is_not_signed_is_not_amended(lab: Client, world: World) -> None:
    waiting = world.submitted(world.patient(), date(2026, 11, 1), not_detected())
    assert lab.get(address(waiting, "amend"))["Location"] == f"/laboratory/results/{waiting.pk}/"
    form = typed(world.assay, WELLS, reason="x")
    assert post(lab, address(waiting, "amend"), form, "keep").status_code == 409


def test_while_a_next_version_is_open_amending_leads_to_it(lab: Client, world: World) -> None:
    signed = relapsed(world)
    post(lab, address(signed, "amend"), typed(world.assay, WELLS, reason="dilution missed"), "keep")
    world.as_person(world.authoriser)
    following = MrdResult.objects.get(sample=signed.sample, version=2)
    assert lab.get(address(signed, "amend"))["Location"] == f"/laboratory/results/{following.pk}/"
    assert address(signed, "amend") not in lab.get(f"/laboratory/results/{signed.pk}/").content.decode()


# withdrawing


def test_the_page_says_what_withdrawing_would_change(lab: Client, world: World) -> None:
    said = text_of(lab.get(address(relapsed(world), "withdraw")))
    assert "Withdrawing it would take back the molecular relapse of 29 Oct 2026." in said


def test_a_withdrawn_result_counts_for_nothing(lab: Client, world: World) -> None:
    signed = relapsed(world)
    answer = lab.post(address(signed, "withdraw"), {"reason": "tubes exchanged"})
    assert answer["Location"] == f"/laboratory/results/{signed.pk}/"
    assert versions(world, signed) == [(1, "WITHDRAWN")]
    assert state_of(signed.series) == "SUSPECTED"


def test_a_withdrawal_without_reason_is_refused(lab: Client, world: World) -> None:
    signed = relapsed(world)
    assert lab.post(address(signed, "withdraw"), {"reason": ""}).status_code == 422
    assert versions(world, signed) == [(1, "AUTHORISED")]


def test_a_technician_withdraws_nothing_that_was_signed(client: Client, world: World) -> None:
    signed = relapsed(world)
    client.force_login(world.technician)
    assert client.get(address(signed, "withdraw")).status_code == 403
    assert client.post(address(signed, "withdraw"), {"reason": "x"}).status_code == 403
    assert versions(world, signed) == [(1, "AUTHORISED")]


def test_a_result_withdrawn_meanwhile_is_a_conflict(lab: Client, world: World) -> None:
    signed = relapsed(world)
    results.withdraw(by=world.authoriser, result=signed, reason="first", now=world.now)
    answer = lab.post(address(signed, "withdraw"), {"reason": "second"})
    assert answer.status_code == 409
    assert 'value="second"' in answer.content.decode()
