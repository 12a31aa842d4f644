"""Launches that lead nowhere: each says so plainly, opens nothing, and tells nobody whether a patient exists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from monitoring.actions import launch_issuers
from monitoring.models import ExternalIdentifier, LaunchAttempt, LaunchIssuer, LaunchPerson, Patient
from tests import hospital_record
from tests.integration.launch_world import Launching, launching
from tests.machines import MRN, administrator, new_key

__all__ = ["launching"]
pytestmark = pytest.mark.django_db

ELSEWHERE = "https://elsewhere.example/"
Change = Callable[[Launching], Any]


def nothing_opened(launching: Launching) -> bool:
    return (
        "_auth_user_id" not in launching.client.session
        and launching.client.get(launching.page).status_code == 401
        and not launching.client.session.get("launched")
    )


@pytest.mark.parametrize(
    "iss",
    [
        "https://stranger.example.org/fhir", "", "//127.0.0.1", "javascript:alert(1)", "http://169.254.169.254/",
        "\x00",        "{iss}/../other", "{iss}@stranger.example.org", "{iss}?x=1",
    ],
)  # fmt: skip
def test_a_stranger_is_not_answered_and_nothing_is_fetched(launching: Launching, iss: str) -> None:
    answer = launching.begin(iss=iss.format(iss=launching.record.issuer))
    assert answer.status_code == 403
    assert "Location" not in answer
    assert "not registered here" in answer.content.decode()
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert launching.record.asked == []
    assert not LaunchAttempt.objects.exists()


def test_a_revoked_record_is_a_stranger(launching: Launching) -> None:
    back = launching.come_back()
    keeper = administrator(launching.world)
    launch_issuers.revoke(by=keeper, issuer=launching.issuer, reason="contract ended", now=launching.world.now)
    launching.record.asked.clear()
    assert launching.begin().status_code == 403
    assert launching.client.get(back).status_code == 400
    assert launching.record.asked == []


@pytest.mark.parametrize(
    "said",
    [
        (500, {}, {}), (404, {}, {}), (200, "<html>", {}), (200, [], {}), (200, "[" * 9000, {}), (200, "", {}),
        (302, {}, {"Location": "/fhir/elsewhere"}), (301, {}, {"Location": ELSEWHERE}), (200, " " * 300_000, {}),
        (200, b"\xff\xfe", {}), (200, {"code_challenge_methods_supported": "S256"}, {}),
    ],
)  # fmt: skip
def test_discovery_that_is_none_leads_nowhere(launching: Launching, said: hospital_record.Answer) -> None:
    launching.record.instead["/fhir/.well-known/smart-configuration"] = said
    answer = launching.begin()
    assert answer.status_code == 502
    assert "does not answer as it should" in answer.content.decode()
    assert len(launching.record.asked) == 1
    assert not LaunchAttempt.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_methods_supported": ["plain"]}, {"code_challenge_methods_supported": None},
        {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": "http://elsewhere.example/"},
        {"authorization_endpoint": "//elsewhere.example"}, {"authorization_endpoint": 7},
        {"authorization_endpoint": "https://a@elsewhere.example/"}, {"token_endpoint": "http://10.0.0.1/token"},
        {"token_endpoint": None}, {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "https://x.example/\r\nA: b"},
        {"issuer": ""}, {"token_endpoint": "https://x.example/" + "a" * 600},
    ],
)  # fmt: skip
def test_addresses_that_may_not_be_used_lead_nowhere(launching: Launching, changes: dict[str, Any]) -> None:
    launching.record.configuration = changes
    assert launching.begin().status_code == 502
    assert not LaunchAttempt.objects.exists()


def test_a_record_that_is_down_is_told(launching: Launching) -> None:
    back = launching.come_back()
    for path in ("/token", "/fhir/.well-known/smart-configuration"):
        launching.record.instead[path] = (503, {}, {})
    assert launching.begin().status_code == 502
    assert launching.client.get(back).status_code == 502
    LaunchIssuer.objects.update(issuer="http://127.0.0.1:1/fhir")
    assert launching.begin(iss="http://127.0.0.1:1/fhir").status_code == 502
    assert nothing_opened(launching)


def test_a_record_in_a_network_that_is_not_listed_is_not_asked(launching: Launching, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = []
    assert launching.begin().status_code == 502
    assert launching.record.asked == []


def test_a_state_is_taken_once(launching: Launching) -> None:
    launching.link()
    back = launching.come_back()
    kept = {name: morsel.value for name, morsel in launching.client.cookies.items()}
    assert launching.client.get(back).status_code == 302
    for name, value in kept.items():  # a browser that kept what it was told to forget
        launching.client.cookies[name] = value
    launching.record.asked.clear()
    again = launching.client.get(back)
    assert (again.status_code, launching.record.asked) == (400, [])
    assert "no longer good" in again.content.decode()


def test_a_state_ends_after_ten_minutes(launching: Launching) -> None:
    back = launching.come_back()
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert launching.client.get(back).status_code == 400
    LaunchAttempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert launching.client.get(back).status_code == 400


def test_a_state_belongs_to_the_browser_that_was_sent(launching: Launching) -> None:
    back = launching.come_back()
    stranger = Client()
    assert stranger.get(back).status_code == 400
    assert stranger.get("/smart/callback?code=x").status_code == 400
    assert stranger.get("/smart/link").status_code == 400
    assert LaunchAttempt.objects.get().used_at is None


def test_what_the_record_refuses_is_said_plainly(launching: Launching) -> None:
    launching.link()
    launching.record.refuses = {"error": "access_denied", "error_description": "<b>Not for you</b>"}
    answer = launching.go()
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "access_denied" in shown
    assert "&lt;b&gt;Not for you&lt;/b&gt;" in shown
    assert nothing_opened(launching)


def signed_by_another(launching: Launching) -> None:
    published = {"keys": [launching.record.key.as_dict(private=False)]}
    launching.record.instead["/jwks"] = (200, published, {})
    launching.record.key = new_key("ES384")


IDENTITY: dict[str, Change] = {
    "wrong nonce": lambda it: it.record.claims.update(nonce="another"),
    "no nonce": lambda it: it.record.claims.update(nonce=None),
    "wrong audience": lambda it: it.record.claims.update(aud="another-app"),
    "two audiences, for another": lambda it: it.record.claims.update(aud=["mrd-review", "b"], azp="b"),
    "wrong issuer": lambda it: it.record.claims.update(iss="https://stranger.example.org"),
    "FHIR base as issuer": lambda it: it.record.claims.update(iss=it.record.issuer),
    "expired": lambda it: it.record.claims.update(exp=1),
    "expires never": lambda it: it.record.claims.update(exp=None),
    "expires as text": lambda it: it.record.claims.update(exp="never"),
    "issued tomorrow": lambda it: it.record.claims.update(iat=4_000_000_000),
    "nobody": lambda it: it.record.claims.update(sub=None),
    "an empty name": lambda it: it.record.claims.update(sub=""),
    "a name that is none": lambda it: it.record.claims.update(sub="a\x00b"),
    "a number as name": lambda it: it.record.claims.update(sub=7),
    "alg none": lambda it: setattr(it.record, "algorithm", "none"),
    "alg HS256": lambda it: setattr(it.record, "algorithm", "HS256"),
    "alg HS384": lambda it: setattr(it.record, "algorithm", "HS384"),
    "signed by another": signed_by_another,
    "no token": lambda it: it.record.given.update(id_token="a.b.c"),
}


@pytest.mark.parametrize("wrong", IDENTITY)
def test_a_person_who_is_not_proved_is_nobody(launching: Launching, wrong: str) -> None:
    launching.link()
    IDENTITY[wrong](launching)
    answer = launching.go()
    assert answer.status_code == 403
    assert "did not prove who you are" in answer.content.decode()
    assert nothing_opened(launching)
    assert f"/fhir/Patient/{hospital_record.PATIENT['id']}" not in launching.record.asked


GARBAGE: dict[str, Change] = {
    "token: no JSON": lambda it: it.record.instead.update({"/token": (200, "no", {})}),
    "token: refused": lambda it: it.record.instead.update({"/token": (400, {"error": "invalid_grant"}, {})}),
    "token: redirect": lambda it: it.record.instead.update({"/token": (302, {}, {"Location": ELSEWHERE})}),
    "token: of another kind": lambda it: it.record.given.update(token_type="mac"),
    "token: no text": lambda it: it.record.given.update(access_token=["opaque"]),
    "token: lines": lambda it: it.record.given.update(access_token="a\r\nHost: b"),
    "no id_token": lambda it: it.record.given.update(id_token=None),
    "no patient": lambda it: it.record.given.update(patient=None),
    "a path as patient": lambda it: it.record.given.update(patient="../Patient/2"),
    "a query as patient": lambda it: it.record.given.update(patient="1?x=2"),
    "keys: none": lambda it: it.record.instead.update({"/jwks": (404, {}, {})}),
    "patient: another": lambda it: it.record.patient.update(id="2"),
    "patient: no Patient": lambda it: it.record.patient.update(resourceType="Person"),
    "patient: redirect": lambda it: it.record.instead.update(
        {f"/fhir/Patient/{hospital_record.PATIENT['id']}": (302, {}, {"Location": ELSEWHERE})}
    ),
}


@pytest.mark.parametrize("wrong", GARBAGE)
def test_a_record_that_answers_garbage_opens_nothing(launching: Launching, wrong: str) -> None:
    launching.link()
    GARBAGE[wrong](launching)
    answer = launching.go()
    assert answer.status_code == 502
    assert nothing_opened(launching)


def of_another_centre(launching: Launching) -> None:
    person = LaunchPerson.objects.get()
    person.user = launching.world.stranger
    person.save()


def number(launching: Launching, *values: tuple[Any, Any]) -> None:
    launching.record.patient["identifier"] = [{"system": system, "value": value} for system, value in values]


PATIENTS: dict[str, Change] = {
    "unknown number": lambda it: number(it, (MRN, "999")),
    "number of another system": lambda it: number(it, ("https://elsewhere.example.org", hospital_record.NUMBER)),
    "no system": lambda it: number(it, (None, hospital_record.NUMBER)),
    "no number": lambda it: number(it),
    "two numbers": lambda it: number(it, (MRN, hospital_record.NUMBER), (MRN, "2")),
    "an empty number": lambda it: number(it, (MRN, "")),
    "a number that is none": lambda it: number(it, (MRN, "1\x00")),
    "a number of surrogates": lambda it: number(it, (MRN, "\ud800")),
    "another day of birth": lambda it: it.record.patient.update(birthDate="1967-03-15"),
    "a year of birth": lambda it: it.record.patient.update(birthDate="1967"),
    "an impossible day of birth": lambda it: it.record.patient.update(birthDate="1967-02-31"),
    "no day of birth": lambda it: it.record.patient.pop("birthDate"),
    "a number that is no longer theirs": lambda it: it.record.patient["identifier"].__setitem__(
        0, {"system": MRN, "value": hospital_record.NUMBER, "use": "old"}
    ),
    "patient of another centre": of_another_centre,
}


@pytest.mark.parametrize("wrong", PATIENTS)
def test_a_patient_who_is_not_known_for_certain_is_nobody_and_never_somebody_else(
    launching: Launching, wrong: str
) -> None:  # fmt: skip
    launching.record.patient["identifier"] = list(launching.record.patient["identifier"])
    launching.link()
    PATIENTS[wrong](launching)
    answer = launching.go()
    shown = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no page of this patient for you here" in shown
    assert "P-0001" not in shown
    assert nothing_opened(launching)


def test_the_words_are_the_same_whether_the_patient_is_unknown_or_elsewhere(launching: Launching) -> None:
    launching.link()
    of_another_centre(launching)
    elsewhere = launching.go().content.decode()
    number(launching, (MRN, "999"))
    assert launching.go().content.decode() == elsewhere


def test_our_own_ids_are_never_taken_for_theirs(launching: Launching) -> None:
    launching.link()
    Patient.objects.filter(pk=launching.series.patient_id).update(hospital_number="1")
    number(launching, (MRN, str(launching.series.patient_id + 100)))
    launching.record.given["patient"] = hospital_record.PATIENT["id"]
    assert launching.go().status_code == 404


def test_a_number_given_by_a_sender_of_the_centre_counts_and_two_patients_are_nobody(launching: Launching) -> None:
    launching.link()
    patient = launching.series.patient
    for centre, value in ((launching.world.centre, "A-7"), (launching.world.elsewhere, "B-8")):
        ExternalIdentifier.objects.create(
            centre=centre, resource_type="Patient", system=MRN, value=value, patient=patient, row_id=patient.pk
        )
    number(launching, (MRN, "A-7"))
    assert launching.go()["Location"] == launching.page
    other = launching.world.patient()
    Patient.objects.filter(pk=other.patient_id).update(hospital_number="A-7")
    assert launching.go().status_code == 404
    number(launching, (MRN, "B-8"))
    assert launching.go().status_code == 404


def test_who_links_and_may_not_read_is_linked_and_sees_nothing(launching: Launching) -> None:
    from tests.world import PASSWORD

    launching.go()
    answer = launching.client.post("/smart/link", {"username": "technician", "password": PASSWORD})
    assert answer.status_code == 404
    assert nothing_opened(launching)


def test_two_people_of_the_record_are_two_people_here(launching: Launching) -> None:
    launching.link()
    assert launching.go()["Location"] == launching.page
    launching.record.claims = {"sub": "practitioner-8"}
    assert launching.go()["Location"] == "/smart/link"
