"""From an empty database to people who can sign in, by commands alone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from monitoring.models import Assay, AuditEntry, Centre, Membership, User

pytestmark = pytest.mark.django_db


def told(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def set_up() -> str:
    told("add_centre", "NF", "Northfield", "--laboratory", "NFL", "--assay", "NPM1:A", "RUNX1::RUNX1T1")
    return told("add_person", "alindqvist", "Dr A. Lindqvist", "CLINICIAN", "NF")


def test_a_centre_with_its_assays_and_a_clinician_who_can_sign_in(client: Client) -> None:
    said = set_up()
    password = said.split("Password of alindqvist: ")[1].split()[0]
    assert set(Assay.objects.values_list("marker", "mutation_type")) == {("NPM1", "A"), ("RUNX1::RUNX1T1", "")}
    answer = client.post("/sign-in", {"username": "alindqvist", "password": password})
    assert answer.status_code == 302
    own = "four words of mine"
    assert client.post("/me/password/", {"old": password, "new": own, "again": own}).status_code == 302
    assert "No patient is followed yet." in client.get("/").content.decode()


def test_the_audit_has_it_without_the_password() -> None:
    set_up()
    # the migration that made the database may have signed its rules
    made = AuditEntry.objects.exclude(action="edition.sign").order_by("id")
    actions = list(made.values_list("action", flat=True))
    assert actions == ["centre.add", "laboratory.add", "assay.add", "assay.add", "user.add", "membership.add"]
    assert "password" not in AuditEntry.objects.get(action="user.add").after  # type: ignore[operator]


def test_a_second_role_for_the_same_person() -> None:
    set_up()
    told("add_person", "alindqvist", "Dr A. Lindqvist", "AUDITOR", "NF")
    assert Membership.objects.filter(user__username="alindqvist").count() == 2
    with pytest.raises(CommandError, match="already"):
        told("add_person", "alindqvist", "Dr A. Lindqvist", "AUDITOR", "NF")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add_centre", "XX", "X", "--time-zone", "Mars/Olympus"), "is not a time zone"),
        (("add_centre", "XX", "X", "--laboratory", "L", "--assay", "BCR::ABL1"), "no marker"),
        (("add_person", "a", "A", "CLINICIAN", "nowhere"), "There is no centre nowhere"),
        (("issue_token", "nobody"), "There is nobody called nobody"),
    ],
)
def test_a_refusal_is_a_sentence_and_writes_nothing(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command(*words)
    assert not Centre.objects.exists()
    assert not User.objects.exists()


def test_a_token_opens_the_api_until_it_is_revoked() -> None:
    set_up()
    token = told("issue_token", "alindqvist").strip()
    headers = {"authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/patients/", headers=headers).status_code == 200
    told("issue_token", "alindqvist", "--revoke")
    assert Client().get("/api/v1/patients/", headers=headers).status_code == 401


def test_a_centre_is_added_once() -> None:
    set_up()
    with pytest.raises(CommandError, match="already"):
        told("add_centre", "NF", "Northfield again")
    assert Centre.objects.get().name == "Northfield"
