"""The people of a centre: added, given roles, ended and taken up again by its administrators alone."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from monitoring.actions import memberships
from monitoring.actions.refusals import ActionRefused
from monitoring.models import AuditEntry, Membership, User
from monitoring.models.choices import RoleChoice
from tests.integration.typed_entry import text_of
from tests.machines import machine
from tests.people_at_centres import Desk, give, is_inside, role_of, sign_in, told_once
from tests.world import World, _person


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk.at(world)


def test_the_list_names_the_people_of_the_centre_and_no_machine(desk: Desk) -> None:
    machine(desk.world, responsible_person="Dr P. Keller")
    page = text_of(desk.client.get("/people/"))
    assert "Clinician clinician clinician · Northfield centre from 1 Jan 2020 never can sign in" in page
    assert "Stranger" not in page
    assert "machine-" not in page
    assert 'href="/people/"' in desk.client.get("/people/").content.decode()


@pytest.mark.parametrize("who", ["clinician", "technician", "authoriser", "data_manager"])
def test_nobody_else_comes_to_these_pages(client: Client, world: World, who: str) -> None:
    client.force_login(getattr(world, who))
    role = role_of(world.technician)
    assert client.get("/people/").status_code == 403
    assert client.get("/people/add/").status_code == 403
    assert client.post("/people/roles/give/", {"username": who}).status_code == 403
    assert client.post(f"/people/roles/{role.pk}/end/", {"reason": "x"}).status_code == 404
    for address in ("", "password/", "unlock/"):
        assert client.post(f"/people/{world.technician.pk}/{address}", {"reason": "x"}).status_code == 403
    assert 'href="/people/"' not in client.get("/me/").content.decode()


def test_a_person_is_added_with_a_password_that_is_shown_once(desk: Desk) -> None:
    answer = desk.add(email="p.marten@example.org")
    password = told_once(answer)
    assert answer["Cache-Control"] == "no-store"
    made = User.objects.get(username="pmarten")
    assert (made.check_password(password), made.must_change_password, made.email) == (
        True,
        True,
        "p.marten@example.org",
    )
    assert role_of(made).role == "CLINICIAN"
    page = text_of(desk.client.get(f"/people/{made.pk}/"))
    assert "one-time password, until" in page
    assert password not in page
    acts = AuditEntry.objects.filter(actor_id=desk.keeper.pk).order_by("id")
    assert [each.action for each in acts] == ["user.add", "membership.add"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "clinician"}, "This user name is taken."),
        ({"username": "CLINICIAN"}, "This user name is taken."),
        ({"username": "p marten"}, "Enter a valid username."),
        ({"username": "clini\u0441ian"}, "Enter a valid username."),  # a Cyrillic letter that looks like c
        ({"username": "p\x00"}, "Null characters are not allowed."),
        ({"email": "nowhere"}, "Enter a valid email address."),
        ({"role": "KING"}, "Select a valid choice."),
        ({"full_name": ""}, "This field is required."),
    ],
)
def test_what_will_not_do_is_said(desk: Desk, changes: dict[str, str], said: str) -> None:
    answer = desk.add(**changes)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not User.objects.filter(username__startswith="p").exists()


def test_somebody_of_another_centre_is_given_a_role_by_user_name(desk: Desk) -> None:
    assert desk.give("stranger").status_code == 302
    found = desk.world.stranger.memberships.get(centre=desk.world.centre)
    assert (found.role, found.ends_on) == ("AUDITOR", None)
    again = desk.give("stranger")
    assert (again.status_code, "has this role already" in text_of(again)) == (422, True)


def test_an_unknown_name_a_machine_and_somebody_switched_off_are_one_answer(desk: Desk) -> None:
    gone = _person("gone", RoleChoice.CLINICIAN, desk.world.elsewhere)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    names = ["nosuchname", machine(desk.world, responsible_person="x").client.user.username, "gone"]
    answers = {text_of(desk.give(name)).replace(name, "") for name in names}
    assert len(answers) == 1
    assert "Nobody of this user name can be given a role." in answers.pop()


def test_a_role_that_ends_closes_the_next_page_and_the_next_stream(desk: Desk, client: Client) -> None:
    series, clinician = desk.world.patient(), desk.world.clinician
    client.force_login(clinician)
    where = f"/patients/{series.patient_id}/"
    assert client.get(where).status_code == 200
    role = role_of(clinician)
    assert desk.end(role, " ").status_code == 422
    assert desk.end(role).status_code == 302
    assert client.get(where).status_code in {302, 403, 404}
    assert client.get("/live/since").status_code == 401
    entry = AuditEntry.objects.get(action="membership.end")
    assert (entry.reason, entry.actor_id) == ("left the hospital", desk.keeper.pk)
    assert "no role any more" in text_of(desk.client.get("/people/"))


def test_one_of_two_roles_ends_and_the_row_wall_moves_with_it(desk: Desk, client: Client) -> None:
    desk.world.patient()
    clinician = desk.world.clinician
    give(clinician, RoleChoice.AUDITOR, desk.world.elsewhere)
    client.force_login(clinician)
    assert "P-0001" in text_of(client.get("/patients/"))
    desk.end(role_of(clinician, "CLINICIAN"))
    assert "P-0001" not in text_of(client.get("/patients/"))
    assert client.get("/live/since").status_code == 200
    desk.world.as_person(User.objects.get(pk=clinician.pk))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM monitoring_patient")
        assert cursor.fetchone() == (0,)


def test_with_the_last_role_everything_ends_that_opened_something(desk: Desk) -> None:
    inside, _answer = sign_in("technician")
    AuthToken.objects.create(user=desk.world.technician)
    assert is_inside(inside)
    desk.end(role_of(desk.world.technician))
    assert inside.get("/me/")["Location"] == "/sign-in?next=/me/"
    assert not AuthToken.objects.exists()
    assert AuditEntry.objects.get(action="membership.end").after["ended"]["sessions"] == 1  # type: ignore[index]


def test_a_role_is_taken_up_again_and_holds_at_once(desk: Desk, client: Client) -> None:
    role = role_of(desk.world.clinician)
    desk.end(role)
    assert desk.client.post(f"/people/roles/{role.pk}/take-up/").status_code == 302
    client.force_login(desk.world.clinician)
    assert client.get("/").status_code == 200
    assert desk.client.post(f"/people/roles/{role.pk}/take-up/").status_code == 302
    acts = AuditEntry.objects.filter(subject_type="membership").order_by("id")
    assert [each.action for each in acts] == ["membership.end", "membership.take_up"]


@pytest.mark.parametrize("hour", [0, 12, 23])  # in Paris it is the next day already at 23:30 UTC
def test_a_role_ends_and_begins_at_once_at_any_hour(desk: Desk, hour: int) -> None:
    now = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    role, centre = role_of(desk.world.technician), desk.world.centre
    with time_machine.travel(now):
        memberships.end(by=desk.keeper, membership=role, reason="x", now=now)
    role.refresh_from_db()
    assert role.ends_on == now.date()
    made = memberships.give(by=desk.keeper, username="clinician", centre=centre, role="AUDITOR", now=now)
    assert made.starts_on == now.date()


def test_the_last_administrator_stays(desk: Desk) -> None:
    own = role_of(desk.keeper)
    refused = desk.end(own)
    assert (refused.status_code, "no other administrator" in text_of(refused)) == (422, True)
    second = _person("second_keeper", RoleChoice.ADMINISTRATOR, desk.world.centre)
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert desk.end(own).status_code == 422
    User.objects.filter(pk=second.pk).update(is_active=True)
    assert desk.end(own)["Location"] == "/me/"
    assert not is_inside(desk.client)


def test_who_is_still_named_is_told_before_the_role_ends(desk: Desk) -> None:
    series, clinician = desk.world.patient(), desk.world.clinician
    series.patient.clinician = clinician
    desk.world.as_person(clinician)
    series.patient.save()
    desk.world.centre.lead = clinician
    desk.world.centre.save()
    page = text_of(desk.client.get(f"/people/roles/{role_of(clinician).pk}/end/"))
    assert "named as the clinician of 1 patient" in page
    assert "leads the centre" in page


def test_name_and_address_are_corrected_and_two_people_do_not_overwrite_each_other(desk: Desk) -> None:
    told = {"full_name": "Dr C. Linic", "email": "c@example.org", "seen_full_name": "Clinician", "seen_email": ""}
    where = f"/people/{desk.world.clinician.pk}/"
    assert desk.client.post(where, told).status_code == 302
    late = desk.client.post(where, {**told, "full_name": "Somebody else"})
    assert (late.status_code, "changed this meanwhile" in text_of(late)) == (422, True)
    assert User.objects.get(pk=desk.world.clinician.pk).full_name == "Dr C. Linic"


def test_an_authoriser_may_be_technician_too_because_a_result_keeps_its_two_people(desk: Desk) -> None:
    assert desk.give("authoriser", "LABORATORY_TECHNICIAN").status_code == 302
    assert Membership.objects.filter(user=desk.world.authoriser).count() == 2


def test_an_ended_role_does_not_end_twice(desk: Desk) -> None:
    role = role_of(desk.world.clinician)
    desk.end(role)
    with pytest.raises(ActionRefused, match="ended already"):
        memberships.end(by=desk.keeper, membership=role, reason="x", now=desk.world.now)


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999999"])
def test_numbers_that_nobody_has_lead_nowhere(desk: Desk, number: str) -> None:
    for address in (f"/people/{number}/", f"/people/{number}/password/", f"/people/roles/{number}/end/"):
        assert desk.client.get(address).status_code == 404
