"""The pages of published studies where no study is loaded: nothing is shown in place of what was not computed."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.world import World

pytestmark = pytest.mark.django_db


def opened(client: Client, world: World, url: str) -> str:
    client.force_login(world.clinician)
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize("name", ["tiong2020", "filo2025"])
def test_the_page_says_how_the_study_is_loaded(client: Client, world: World, name: str) -> None:
    told = opened(client, world, reverse("study", args=[name]))
    assert "Not loaded here." in told
    assert f"manage.py load_study {name}" in told
    assert "by the code that serves every cohort" not in told
    assert "Differs" not in told


def test_the_list_says_it_of_both(client: Client, world: World) -> None:
    told = opened(client, world, reverse("studies"))
    assert "manage.py load_study tiong2020" in told
    assert "manage.py load_study filo2025" in told


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_there_is_no_file(client: Client, world: World, kind: str) -> None:
    client.force_login(world.clinician)
    assert client.get(reverse("study-statements", args=["filo2025", kind])).status_code == 404


def test_a_centre_of_that_name_with_real_patients_is_no_study(client: Client, world: World) -> None:
    world.centre.code = "FILO2025"
    world.centre.save(update_fields=["code"])
    world.patient()
    assert "Not loaded here." in opened(client, world, reverse("study", args=["filo2025"]))
