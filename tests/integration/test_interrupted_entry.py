"""The session ends while somebody types: nothing typed is lost, and nobody else sees it."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from monitoring.models import MrdResult, MrdSeries, User
from monitoring.views.interrupted import LONGEST
from tests.integration.typed_entry import address, hidden, post, text_of, typed
from tests.world import PASSWORD, World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient()


def session_ends(client: Client) -> None:
    """The session is gone on the server; the browser still has the page."""
    Session.objects.all().delete()
    client.cookies.pop("sessionid", None)


def typing(client: Client, world: World, series: MrdSeries) -> dict[str, str]:
    """What stands in the form of the technician, whose session then ends."""
    client.force_login(world.technician)
    proof = hidden(client.get(address(series)))["typed_by"]
    session_ends(client)
    return typed(world.assay, typed_by=proof, comment="typed with care")


def sign_in(client: Client, person: User, page: str) -> None:
    answer = client.post("/sign-in", {"username": person.username, "password": PASSWORD, "next": page})
    assert answer.status_code == 302


@pytest.mark.parametrize("step", ["read", "keep", "submit"])
def test_what_was_typed_is_there_again_after_signing_in(
    client: Client, world: World, series: MrdSeries, step: str
) -> None:
    answer = post(client, address(series), typing(client, world, series), step)
    assert answer["Location"].startswith("/sign-in?next=")
    sign_in(client, world.technician, address(series))
    page = client.get(address(series))
    said, html = text_of(page), page.content.decode()
    assert "You were signed out before this was sent" in said
    assert all(f'value="{value}"' in html for value in ("33839", "34", "2026-11-16", "26-99001", "typed with care"))
    assert not MrdResult.objects.exists()


def test_it_is_shown_once(client: Client, world: World, series: MrdSeries) -> None:
    post(client, address(series), typing(client, world, series), "read")
    sign_in(client, world.technician, address(series))
    client.get(address(series))
    assert "typed with care" not in client.get(address(series)).content.decode()


def test_another_person_at_the_same_browser_does_not_see_it(client: Client, world: World, series: MrdSeries) -> None:
    post(client, address(series), typing(client, world, series), "read")
    sign_in(client, world.authoriser, address(series))
    assert "typed with care" not in client.get(address(series)).content.decode()
    sign_in(client, world.technician, address(series))
    assert "typed with care" not in client.get(address(series)).content.decode()


@pytest.mark.parametrize("proof", ["", "forged", "1:abc:def"])
def test_a_stranger_fills_no_session(client: Client, world: World, series: MrdSeries, proof: str) -> None:
    post(client, address(series), typed(world.assay, typed_by=proof), "read")
    assert not Session.objects.exists()


def test_a_form_that_is_too_long_is_not_kept(client: Client, world: World, series: MrdSeries) -> None:
    form = typing(client, world, series) | {"comment": "x" * (LONGEST + 1)}
    post(client, address(series), form, "read")
    assert not Session.objects.exists()


@pytest.mark.parametrize("button", ["authorise", "reject"])
def test_the_reason_of_a_return_survives_and_the_tick_does_not(
    client: Client, world: World, series: MrdSeries, button: str
) -> None:
    world.authorised(series, date(2026, 7, 1), not_detected())
    result = world.submitted(series, date(2026, 11, 1), detected("0.05"))
    page = f"/laboratory/results/{result.pk}/authorise/"
    client.force_login(world.authoriser)
    form = hidden(client.get(page)) | {"reason": "wrong plate", "checked": "on"}
    session_ends(client)
    answer = client.post(page.replace("authorise", button), form)
    assert answer["Location"] == f"/sign-in?next={page}"
    sign_in(client, world.authoriser, page)
    html = client.get(page).content.decode()
    assert 'value="wrong plate"' in html
    assert " checked" not in html.split('name="checked"')[1].split(">")[0]
