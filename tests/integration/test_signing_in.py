"""Coming in, going out, being locked out, and coming back where one was."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from monitoring.models import Centre
from tests.world import PASSWORD, World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

HERE = "/livez"  # a page that needs nobody


def sign_in(
    client: Client, name: str = "clinician", password: str = PASSWORD, page: str = HERE
) -> "_MonkeyPatchedWSGIResponse":
    return client.post("/sign-in", {"username": name, "password": password, "next": page})


def test_a_person_comes_in_and_arrives_where_they_wanted(client: Client, world: World) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, HERE)
    assert client.session["_auth_user_id"] == str(world.clinician.pk)


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_host(client: Client, world: World, page: str) -> None:
    shown = client.get("/sign-in", {"next": page})
    assert shown.context["next"] == ""
    assert '<input type="hidden" name="next" value="">' in shown.content.decode()


@pytest.mark.parametrize(("name", "password"), [("clinician", "wrong"), ("nobody", PASSWORD)])
def test_a_refusal_tells_nothing(client: Client, world: World, name: str, password: str) -> None:
    response = sign_in(client, name, password)
    assert response.status_code == 422
    assert "User name and password do not belong together." in response.content.decode()
    assert f'value="{name}"' in response.content.decode()


def test_an_inactive_person_gets_the_same_refusal(client: Client, world: World) -> None:
    world.clinician.is_active = False
    world.clinician.save()
    assert "do not belong together" in sign_in(client).content.decode()


def test_after_five_failures_the_name_is_locked_and_the_time_is_told(client: Client, world: World) -> None:
    for _attempt in range(4):
        assert sign_in(client, password="wrong").status_code == 422
    locked = sign_in(client, password="wrong")
    assert locked.status_code == 429
    assert "After 5 failed attempts this user name is locked for 15 minutes." in locked.content.decode()
    assert sign_in(client).status_code == 429


def test_a_lock_out_concerns_one_person(client: Client, world: World) -> None:
    for _attempt in range(5):
        sign_in(client, password="wrong")
    assert sign_in(client, "technician").status_code == 302


def test_a_lock_out_ends(client: Client, world: World) -> None:
    with time_machine.travel(world.now, tick=False) as now:
        for _attempt in range(5):
            sign_in(client, password="wrong")
        now.shift(timedelta(minutes=16))
        assert sign_in(client).status_code == 302


def test_an_ended_session_is_told(client: Client, world: World) -> None:
    sign_in(client)
    Session.objects.all().delete()
    shown = client.get("/sign-in", {"next": HERE}).content.decode()
    assert "Your session has ended" in shown
    assert "you come back to the page where you were" in shown


def test_who_signed_out_is_not_told_that_a_session_ended(client: Client, world: World) -> None:
    sign_in(client)
    assert client.post("/sign-out").status_code == 302
    assert "_auth_user_id" not in client.session
    assert "Your session has ended" not in client.get("/sign-in").content.decode()


def test_a_link_signs_nobody_out(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    assert client.get("/sign-out").status_code == 405
    assert "_auth_user_id" in client.session


def test_signing_in_needs_the_token_of_this_site(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client)
    assert response.status_code == 403
    assert "Please send it again" in response.content.decode()


def test_a_part_of_a_page_brings_the_whole_page_to_the_door(client: Client, world: World) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/patients/P-0007?as_of=2026-11-20"}
    response = client.get("/sign-in", headers=headers)
    assert response["HX-Redirect"] == "/sign-in?next=%2Fpatients%2FP-0007%3Fas_of%3D2026-11-20"


def test_a_part_of_a_foreign_page_does_not(client: Client, world: World) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/"}
    assert client.get("/sign-in", headers=headers)["HX-Redirect"] == "/sign-in"


def test_the_language_is_changed_on_the_page_where_one_is(client: Client, world: World) -> None:
    response = client.post("/language", {"language": "fr", "next": "/sign-in?next=/livez"})
    assert response["Location"] == "/sign-in?next=/livez"
    shown = client.get("/sign-in").content.decode()
    assert '<html lang="fr">' in shown
    assert "Se connecter" in shown


def test_the_language_switch_leads_to_no_other_host(client: Client, world: World) -> None:
    response = client.post("/language", {"language": "fr", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_a_person_begins_in_their_own_language(client: Client, world: World) -> None:
    world.clinician.language = "fr"
    world.clinician.save()
    sign_in(client)
    assert client.cookies["django_language"].value == "fr"


def test_a_language_chosen_at_the_door_outranks_it(client: Client, world: World) -> None:
    world.clinician.language = "fr"
    world.clinician.save()
    client.post("/language", {"language": "en", "next": "/sign-in"})
    sign_in(client)
    assert client.cookies["django_language"].value == "en"


@pytest.mark.parametrize(("made_up", "told"), [(True, True), (False, False)])
def test_the_door_says_when_all_data_are_made_up(client: Client, world: World, made_up: bool, told: bool) -> None:
    Centre.objects.update(is_synthetic=made_up)
    shown = client.get("/sign-in").content.decode()
    assert ("Demonstration data: published cases and invented records, no patient of this centre." in shown) is told


def test_no_page_is_kept_by_a_cache_and_none_has_inline_style_or_script(client: Client, world: World) -> None:
    response = client.get("/sign-in")
    shown = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert " style=" not in shown
    assert "<style" not in shown
    assert "<script>" not in shown
