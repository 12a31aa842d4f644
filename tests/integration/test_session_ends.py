"""A session: for a working day at most, gone with the browser, and no script reads its cookie."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
WORKING_DAY = timedelta(hours=10)


@pytest.mark.parametrize(("after", "status"), [(WORKING_DAY - timedelta(minutes=5), 200), (WORKING_DAY, 302)])
def test_whoever_signed_in_in_the_morning_signs_in_again_the_next(
    client: Client, world: World, after: timedelta, status: int
) -> None:
    morning = timezone.now()
    with time_machine.travel(morning, tick=False) as clock:
        client.force_login(world.clinician)
        clock.move_to(morning + after, tick=False)
        answer = client.get("/")
    assert answer.status_code == status
    if status == 302:
        assert answer["Location"].startswith("/sign-in")


def test_the_cookie_is_gone_with_the_browser_and_is_not_read_by_scripts(client: Client, world: World) -> None:
    typed = {"username": world.clinician.username, "password": PASSWORD}
    cookie = client.post("/sign-in", typed).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] in {"Lax", "Strict"}
    assert not cookie["max-age"]
    assert not cookie["expires"]
