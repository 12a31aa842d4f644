"""The shell helps in whoever locked themselves out: a role ended and taken up, a password set anew; on record."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from knox.models import AuthToken

from monitoring.models import AuditEntry, User
from tests.machines import administrator, machine
from tests.people_at_centres import is_inside, role_of, sign_in
from tests.world import World


def told(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_who_locked_themselves_out_comes_in_with_a_new_password(world: World) -> None:
    for _n in range(5):
        sign_in("clinician", "wrong")
    said = told("new_password", "clinician", "--reason", "asked in person")
    assert "It opens for 72 hours" in said
    client, answer = sign_in("clinician", said.split("Password of clinician: ")[1].split()[0])
    assert (answer.status_code, client.get("/")["Location"]) == (302, "/me/password/")
    entry = AuditEntry.objects.get(action="password.renew")
    assert (entry.actor_name, entry.reason) == ("worker", "asked in person")


def test_a_generated_password_is_a_one_time_one(world: World) -> None:
    told("add_person", "pmarten", "P. Marten", "CLINICIAN", "NF")
    assert User.objects.get(username="pmarten").must_change_password


def test_the_only_administrator_ends_and_comes_back_by_the_shell(world: World) -> None:
    keeper = administrator(world)
    AuthToken.objects.create(user=keeper)
    inside, _answer = sign_in("keeper")
    said = told("end_role", "keeper", "ADMINISTRATOR", "NF")
    assert said.strip() == "Keeper is no administrator at Northfield centre any more."
    assert not is_inside(inside)
    assert not AuthToken.objects.exists()
    with pytest.raises(CommandError, match="ended already"):
        told("end_role", "keeper", "ADMINISTRATOR", "NF")
    told("add_person", "keeper", "Keeper", "ADMINISTRATOR", "NF")
    assert role_of(keeper).ends_on is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("end_role", "clinician", "AUDITOR", "NF"), "clinician is no AUDITOR at NF"),
        (("new_password", "nobody"), "There is nobody called nobody"),
    ],
)
def test_a_refusal_is_a_sentence(world: World, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        told(*words)


def test_a_machine_gets_no_password(world: World) -> None:
    made = machine(world).client.user
    with pytest.raises(CommandError, match="one of a machine"):
        told("new_password", made.username)
    assert not User.objects.get(pk=made.pk).has_usable_password()
