"""Two administrators act in the same moment: a centre keeps one, and no account slips between two centres."""

import threading

from django.db import connections
from django.test import Client

from monitoring.models import Membership, User
from monitoring.models.choices import RoleChoice
from tests.people_at_centres import role_of
from tests.world import World, _person


def at_once(*sent: tuple[User, str, dict[str, str]]) -> list[int]:
    """Send every form at the same moment, each on its own connection; return what was answered, in their order."""
    gate, answers = threading.Barrier(len(sent)), dict[int, int]()

    def send(number: int, client: Client, path: str, form: dict[str, str]) -> None:
        try:
            gate.wait(10)
            answers[number] = client.post(path, form).status_code
        finally:
            connections.close_all()

    threads = []
    for number, (person, path, form) in enumerate(sent):
        client = Client()
        client.force_login(person)
        threads.append(threading.Thread(target=send, args=(number, client, path, form)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [answers[number] for number in range(len(sent))]


def test_two_administrators_who_end_each_other_leave_one(committed: World) -> None:
    first, second = (_person(name, RoleChoice.ADMINISTRATOR, committed.centre) for name in ("first", "second"))
    reason = {"reason": "left"}
    answers = at_once(
        (first, f"/people/roles/{role_of(second).pk}/end/", reason),
        (second, f"/people/roles/{role_of(first).pk}/end/", reason),
    )
    assert answers.count(302) == 1, answers
    assert Membership.objects.filter(role="ADMINISTRATOR", ends_on__isnull=True).count() == 1


def test_a_new_password_here_and_a_role_elsewhere_do_not_meet(committed: World) -> None:
    keeper = _person("keeper", RoleChoice.ADMINISTRATOR, committed.centre)
    theirs = _person("theirs", RoleChoice.ADMINISTRATOR, committed.elsewhere)
    told = {"username": "clinician", "role": "CLINICIAN", "centre": str(committed.elsewhere.pk)}
    renewed, given = at_once(
        (keeper, f"/people/{committed.clinician.pk}/password/", {"reason": "lost"}),
        (theirs, "/people/roles/give/", told),
    )
    assert (renewed, given) in {(200, 422), (403, 302)}
