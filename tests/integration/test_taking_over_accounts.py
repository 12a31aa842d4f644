"""Attacks: an administrator reaches for accounts and rights that are not theirs to give; secrets stay secret."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from monitoring.actions import calendar_feeds, memberships, passwords, people
from monitoring.actions.refusals import StaleVersion
from monitoring.models import AuditEntry, CalendarFeed, LaunchIssuer, LaunchPerson, User
from monitoring.models.choices import RoleChoice
from monitoring.permissions import memberships_of
from tests.integration.launch_world import Launching, launching
from tests.integration.typed_entry import text_of
from tests.machines import machine
from tests.people_at_centres import Desk, give, is_inside, role_of, sign_in, told_once
from tests.world import PASSWORD, World, _person

__all__ = ["launching"]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk.at(world)


def hash_of(person: User) -> str:
    return User.objects.get(pk=person.pk).password


def test_who_lost_a_password_gets_one_and_every_other_way_in_dies(desk: Desk) -> None:
    clinician, world = desk.world.clinician, desk.world
    thief, _answer = sign_in("clinician")
    AuthToken.objects.create(user=clinician)
    world.as_person(clinician)
    calendar_feeds.create(by=clinician, centre=world.centre, now=world.now)
    issuer = LaunchIssuer.objects.create(
        name="Record", centre=world.centre, issuer="https://x", client_id="x", patient_system="x", created_by=clinician
    )
    LaunchPerson.objects.create(issuer=issuer, subject="s", user=clinician, linked_by=clinician)
    password = told_once(desk.renew(clinician))
    assert thief.get("/")["Location"] == "/sign-in?next=/"
    assert sign_in("clinician")[1].status_code == 422
    assert not AuthToken.objects.exists()
    assert not LaunchPerson.objects.filter(unlinked_at__isnull=True).exists()
    world.as_person(clinician)
    assert not CalendarFeed.objects.filter(revoked_at__isnull=True).exists()
    assert AuditEntry.objects.get(action="password.renew").after["ended"] == {  # type: ignore[index]
        "sessions": 1, "tokens": 1, "calendars": 1, "launches": 1,
    }  # fmt: skip
    client, answer = sign_in("clinician", password)
    assert (answer.status_code, client.get("/")["Location"]) == (302, "/me/password/")


def test_an_account_with_a_role_at_another_centre_is_not_taken_over(desk: Desk) -> None:
    shared, world = desk.world.clinician, desk.world
    give(shared, RoleChoice.CLINICIAN, world.elsewhere)
    before = hash_of(shared)
    refused = desk.renew(shared)
    assert refused.status_code == 403
    assert "Southbank centre too, and nobody administers all these centres" in text_of(refused)
    assert (
        desk.client.post(f"/people/{shared.pk}/", {"full_name": "X", "email": "thief@example.org"}).status_code == 403
    )
    give(_person("both", RoleChoice.ADMINISTRATOR, world.centre), RoleChoice.ADMINISTRATOR, world.elsewhere)
    assert "Who administers them all does it: Both." in text_of(desk.renew(shared))
    assert hash_of(shared) == before


def test_who_works_elsewhere_is_not_taken_over_by_giving_them_a_role_here_first(desk: Desk) -> None:
    stranger, before = desk.world.stranger, hash_of(desk.world.stranger)
    assert desk.renew(stranger).status_code == 404
    assert desk.client.get(f"/people/{stranger.pk}/").status_code == 404
    desk.give("stranger", "CLINICIAN")
    assert desk.renew(stranger).status_code == 403
    assert hash_of(stranger) == before


def test_no_rights_elsewhere_come_to_a_password_that_an_administrator_has_just_seen(desk: Desk, client: Client) -> None:
    world = desk.world
    client.force_login(_person("their_keeper", RoleChoice.ADMINISTRATOR, world.elsewhere))
    theirs = Desk(world, desk.keeper, client)
    told_once(desk.renew(world.clinician))
    refused = theirs.give("clinician", "CLINICIAN", world.elsewhere)
    assert (refused.status_code, "choose a password of their own first" in text_of(refused)) == (422, True)
    assert desk.give("clinician", "AUDITOR").status_code == 302  # one's own centre knows what it did
    User.objects.filter(pk=world.clinician.pk).update(one_time_password_until=None)
    assert theirs.give("clinician", "CLINICIAN", world.elsewhere).status_code == 302


def test_who_left_here_and_works_elsewhere_is_not_taken_over(desk: Desk) -> None:
    shared = desk.world.clinician
    here = role_of(shared)
    give(shared, RoleChoice.CLINICIAN, desk.world.elsewhere)
    desk.end(here)
    assert desk.renew(shared).status_code == 403
    assert desk.client.post(f"/people/{shared.pk}/unlock/").status_code == 403


def test_roles_at_another_centre_are_not_given_nor_ended(desk: Desk) -> None:
    world = desk.world
    assert desk.give("clinician", "CLINICIAN", world.elsewhere).status_code == 422
    assert desk.add(centre=str(world.elsewhere.pk)).status_code == 422
    assert desk.end(role_of(world.stranger)).status_code == 404
    assert desk.client.post(f"/people/roles/{role_of(world.stranger).pk}/take-up/").status_code == 404
    for attempt in (
        lambda: memberships.give(
            by=desk.keeper, username="clinician", centre=world.elsewhere, role="CLINICIAN", now=world.now
        ),
        lambda: memberships.end(by=desk.keeper, membership=role_of(world.stranger), reason="x", now=world.now),
        lambda: people.add(
            by=desk.keeper, username="x", facts=people.Facts("X", ""), centre=world.elsewhere, role="CLINICIAN",
            now=world.now,
        ),
        lambda: passwords.renew(by=desk.keeper, person=world.stranger, reason="x", now=world.now),
        lambda: passwords.renew(by=world.clinician, person=world.technician, reason="x", now=world.now),
        lambda: people.lift_lock_out(by=world.clinician, person=world.technician, now=world.now),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            attempt()


def test_nobody_raises_themselves(desk: Desk) -> None:
    assert "Nobody gives themselves a role" in text_of(desk.give("keeper", "CLINICIAN"))
    ended = give(desk.keeper, RoleChoice.CLINICIAN, desk.world.centre)
    memberships.end(by=None, membership=ended, reason="x", now=desk.world.now)
    assert desk.client.post(f"/people/roles/{ended.pk}/take-up/").status_code == 403
    assert desk.keeper.memberships.filter(ends_on__isnull=True).count() == 1


def test_two_administrators_cannot_end_each_other_at_once(desk: Desk) -> None:
    second = _person("second_keeper", RoleChoice.ADMINISTRATOR, desk.world.centre)
    for each in (desk.keeper, second):
        memberships_of(each)  # both requests have begun, and know who they are
    memberships.end(by=desk.keeper, membership=role_of(second), reason="x", now=desk.world.now)
    with pytest.raises(memberships.LastAdministrator):
        memberships.end(by=second, membership=role_of(desk.keeper), reason="x", now=desk.world.now)


def test_machines_and_people_who_run_the_service_are_not_taken_over(desk: Desk) -> None:
    sender = machine(desk.world, responsible_person="x").client.user
    assert desk.renew(sender).status_code == 404
    assert desk.end(role_of(sender)).status_code == 404
    with pytest.raises(PermissionDenied):
        passwords.renew(by=desk.keeper, person=sender, reason="x", now=desk.world.now)
    User.objects.filter(pk=desk.world.clinician.pk).update(is_superuser=True)
    assert desk.renew(desk.world.clinician).status_code == 403


def test_a_form_of_another_site_does_nothing(desk: Desk) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(desk.keeper)
    role = role_of(desk.world.clinician)
    for address in (
        "/people/add/", "/people/roles/give/", f"/people/roles/{role.pk}/end/", f"/people/roles/{role.pk}/take-up/",
        f"/people/{role.user_id}/", f"/people/{role.user_id}/password/", f"/people/{role.user_id}/unlock/",
        "/me/password/", "/me/sign-out-elsewhere/",
    ):  # fmt: skip
        assert browser.post(address, {"reason": "x", "old": PASSWORD}).status_code == 403, address


def test_a_link_changes_nothing(desk: Desk) -> None:
    role = role_of(desk.world.clinician)
    for address in (f"/people/roles/{role.pk}/take-up/", f"/people/{role.user_id}/unlock/", "/me/sign-out-elsewhere/"):
        assert desk.client.get(address).status_code == 405


def test_a_lock_out_is_lifted_on_the_page(desk: Desk) -> None:
    for _n in range(5):
        sign_in("clinician", "wrong")
    assert sign_in("clinician")[1].status_code == 429
    assert "locked after failed attempts" in text_of(desk.client.get("/people/"))
    where = f"/people/{desk.world.clinician.pk}/unlock/"
    assert desk.client.post(where).status_code == 302
    assert sign_in("clinician")[1].status_code == 302
    assert "is not locked" in text_of(desk.client.post(where, follow=True))
    assert AuditEntry.objects.filter(action="user.unlock").count() == 1


def test_a_session_that_races_a_new_one_time_password_loses(desk: Desk) -> None:
    clinician = User.objects.get(pk=desk.world.clinician.pk)
    told_once(desk.renew(clinician))
    with pytest.raises(StaleVersion):
        passwords.choose(
            by=clinician, verified=clinician.password, password="seven quiet herons", here="", now=desk.world.now
        )


def test_no_password_and_no_hash_is_kept_anywhere_but_in_the_account(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        first = told_once(desk.add())
        client, _answer = sign_in("pmarten", first)
        client.post("/me/password/", {"old": first, "new": "seven quiet herons", "again": "seven quiet herons"})
        second = told_once(desk.renew(User.objects.get(username="pmarten")))
        sign_in("pmarten", "wrong secret typed")
    secrets = [first, second, "seven quiet herons", "wrong secret typed", hash_of(User.objects.get(username="pmarten"))]
    hashes = "argon2"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if name != "monitoring_user"]
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'public."{table}"'])
            if cursor.fetchone() != (True,):
                continue
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t")
            [kept] = cursor.fetchone() or [""]
            assert not [each for each in [*secrets, hashes] if each in (kept or "")], table
    assert not [each for each in secrets if each in caplog.text]


def test_nothing_of_a_password_is_in_a_session_or_a_message(desk: Desk) -> None:
    password = told_once(desk.add())
    assert password not in str(dict(desk.client.session))
    assert password not in str(desk.client.cookies)
    assert password not in desk.client.get("/people/").content.decode()
    assert is_inside(desk.client)


def test_a_launch_is_not_linked_by_a_one_time_password(launching: Launching) -> None:
    """Else pages would go on opening for whoever made the password, after the person chose their own."""
    clinician = launching.world.clinician
    User.objects.filter(pk=clinician.pk).update(one_time_password_until=launching.world.now)
    assert launching.go()["Location"] == "/smart/link"
    refused = launching.client.post("/smart/link", {"username": "clinician", "password": PASSWORD})
    assert (refused.status_code, "choose a password of your own" in text_of(refused)) == (422, True)
    assert not LaunchPerson.objects.exists()
