"""One's own account: the password changed by its owner, the first sign-in, sessions and tokens ended."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from knox.models import AuthToken

from monitoring.models import AuditEntry, User
from tests.integration.typed_entry import text_of
from tests.people_at_centres import Desk, is_inside, sign_in, told_once
from tests.world import PASSWORD, World

OWN = "seven quiet herons at dusk"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk.at(world)


@pytest.fixture
def inside(world: World) -> Client:
    return sign_in("clinician")[0]


def choose(client: Client, old: str = PASSWORD, new: str = OWN, again: str | None = None) -> int:
    return client.post("/me/password/", {"old": old, "new": new, "again": new if again is None else again}).status_code


def test_the_first_sign_in_leads_to_a_password_of_ones_own(desk: Desk) -> None:
    password = told_once(desk.add())
    client, answer = sign_in("pmarten", password)
    assert answer.status_code == 302
    for page in ("/", "/patients/", "/me/", "/people/", "/calendar/", "/api/v1/docs/", "/live/since"):
        assert client.get(page)["Location"] == "/me/password/", page
    assert client.post("/me/sign-out-elsewhere/")["Location"] == "/me/password/"
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/me/password/"
    assert "somebody else has seen" in text_of(client.get("/me/password/"))
    assert choose(client, password, password) == 422  # the same again
    assert choose(client, password) == 302
    assert client.get("/").status_code == 200
    assert sign_in("pmarten", password)[1].status_code == 422
    assert not User.objects.get(username="pmarten").must_change_password


def test_who_must_choose_can_leave_and_change_the_language(desk: Desk) -> None:
    client, _answer = sign_in("pmarten", told_once(desk.add()))
    assert client.post("/language", {"language": "fr", "next": "/me/password/"}).status_code == 302
    assert client.post("/sign-out").status_code == 302
    assert client.get("/")["Location"].startswith("/sign-in")


def test_a_one_time_password_opens_for_72_hours(desk: Desk) -> None:
    with time_machine.travel(desk.world.now, tick=False) as clock:
        desk.client.force_login(desk.keeper)
        password = told_once(desk.add())
        clock.shift(timedelta(hours=71))
        assert sign_in("pmarten", password)[1].status_code == 302
        clock.shift(timedelta(hours=2))
        late = sign_in("pmarten", password)[1]
    assert (late.status_code, "has expired" in text_of(late)) == (422, True)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(inside: Client) -> None:
    other, _answer = sign_in("clinician")
    assert choose(inside) == 302
    assert is_inside(inside)
    assert other.get("/")["Location"] == "/sign-in?next=/"
    assert sign_in("clinician")[1].status_code == 422
    assert sign_in("clinician", OWN)[1].status_code == 302
    assert AuditEntry.objects.get(action="password.choose").after["ended"] == {"sessions": 1}  # type: ignore[index]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "wrong"}, "This is not your password."),
        ({"new": "short"}, "too short"),
        ({"new": "q1w2e3r4t5y6", "again": "q1w2e3r4t5y6"}, "too common"),
        ({"new": "271828182845", "again": "271828182845"}, "entirely numeric"),
        ({"new": "the clinician", "again": "the clinician"}, "too similar"),
        ({"again": "another one altogether"}, "The two are not the same."),
        ({"new": PASSWORD, "again": PASSWORD}, "that you have already"),
        ({"old": ""}, "This field is required."),
    ],
)
def test_what_will_not_do_changes_nothing_and_is_not_shown_again(
    inside: Client, typed: dict[str, str], said: str
) -> None:
    sent = {"old": PASSWORD, "new": OWN, "again": OWN, **typed}
    answer = inside.post("/me/password/", sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not [each for each in sent.values() if each and f'value="{each}"' in answer.content.decode()]
    assert sign_in("clinician")[1].status_code == 302


def test_guessing_the_old_password_at_an_open_desk_locks_as_at_the_door(inside: Client) -> None:
    assert [choose(inside, old="guess") for _n in range(5)] == [422, 422, 422, 422, 429]
    assert choose(inside) == 429
    assert sign_in("clinician")[1].status_code == 429


def test_signed_in_at_two_places_one_signs_the_other_out(inside: Client) -> None:
    other, _answer = sign_in("clinician")
    colleague, _answer = sign_in("technician")
    assert text_of(inside.get("/me/")).count("since ") == 2
    assert inside.post("/me/sign-out-elsewhere/").status_code == 302
    assert (is_inside(inside), is_inside(other), is_inside(colleague)) == (True, False, True)


def test_ones_own_tokens_are_listed_and_ended_and_nobody_elses(inside: Client, world: World) -> None:
    own, _token = AuthToken.objects.create(user=world.clinician)
    other, _token = AuthToken.objects.create(user=world.technician)
    page = text_of(inside.get("/me/"))
    assert own.token_key[:8] in page
    assert other.token_key[:8] not in page
    assert inside.post(f"/me/tokens/{other.pk}/revoke/", {"reason": "x"}).status_code == 404
    assert inside.post(f"/me/tokens/{own.pk}/revoke/", {"reason": ""}).status_code == 422
    assert inside.post(f"/me/tokens/{own.pk}/revoke/", {"reason": "laptop lost"}).status_code == 302
    assert list(AuthToken.objects.values_list("user_id", flat=True)) == [world.technician.pk]


def test_the_pages_need_a_session(client: Client, world: World) -> None:
    for page in ("/me/", "/me/password/", "/people/"):
        assert client.get(page)["Location"] == f"/sign-in?next={page}"
