"""A hospital record opens the patient page in its own window, and a person signs in here once."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import Settings

from monitoring.actions import launch_issuers, launches
from monitoring.models import Alert, AuditEntry, LaunchAttempt, LaunchPerson, ReadEntry
from monitoring.queries.launches import OF_PATIENT, ROWS
from monitoring.urls import urlpatterns
from tests.integration.launch_world import SUBJECT, Launching, launching
from tests.machines import administrator
from tests.world import PASSWORD

__all__ = ["launching"]
pytestmark = pytest.mark.django_db
# where the pages of one row of a record are
ROOMS = {
    "cycles", "dose-changes", "counts", "adverse-events", "transfusions", "findings", "events", "treatments", "markers",
    "diseases", "care", "alerts", "notes",
}  # fmt: skip
LEFT_OUT = {"patient-compare"}  # shows other patients beside this one


def sign_in(launching: Launching, name: str = "clinician", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return launching.client.post("/smart/link", {"username": name, "password": password})


def test_a_person_signs_in_once_and_the_page_opens(launching: Launching) -> None:
    assert launching.go()["Location"] == "/smart/link"
    asked = launching.client.get("/smart/link").content.decode()
    assert "Northfield record" in asked
    assert sign_in(launching)["Location"] == launching.page
    page = launching.client.get(launching.page)
    assert page.status_code == 200
    assert "P-0001" in page.content.decode()
    assert launching.record.complaints == []
    person = LaunchPerson.objects.get()
    assert (person.user, person.subject) == (launching.world.clinician, SUBJECT)
    assert person.fhir_user.endswith("/Practitioner/7")
    launching.world.as_person(launching.world.clinician)
    acts = AuditEntry.objects.filter(action__startswith="launch.").order_by("pk")
    assert [(act.action, act.actor_name) for act in acts] == [
        ("launch.link", "clinician"), ("launch.open", "clinician"),
    ]  # fmt: skip
    assert acts.last().patient_id == launching.series.patient_id  # type: ignore[union-attr]
    assert ReadEntry.objects.filter(patient_id=launching.series.patient_id).exists()


def test_who_is_linked_is_never_asked_again(launching: Launching) -> None:
    launching.link()
    assert launching.go()["Location"] == launching.page
    assert launching.client.get(launching.page).status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "ES256", "ES384"])
def test_each_named_algorithm_of_the_record_is_taken(launching: Launching, algorithm: str) -> None:
    from joserfc import jwk

    launching.link()
    kinds: dict[str, Callable[[], object]] = {
        "RS": lambda: jwk.RSAKey.generate_key(2048, {"kid": "a"}),
        "ES256": lambda: jwk.ECKey.generate_key("P-256", {"kid": "a"}),
        "ES384": lambda: jwk.ECKey.generate_key("P-384", {"kid": "a"}),
    }
    launching.record.key, launching.record.algorithm = kinds.get(algorithm, kinds["RS"])(), algorithm
    assert launching.go()["Location"] == launching.page


def test_a_wrong_password_links_nobody_and_five_lock_the_name(launching: Launching) -> None:
    launching.go()
    for _attempt in range(4):
        assert sign_in(launching, password="wrong").status_code == 422
    assert sign_in(launching, password="wrong").status_code == 429
    assert sign_in(launching).status_code == 429
    assert launching.client.post("/sign-in", {"username": "clinician", "password": PASSWORD}).status_code == 429
    assert not LaunchPerson.objects.exists()


def test_the_token_of_the_record_is_nowhere_afterwards(launching: Launching) -> None:
    launching.link()
    launching.go()
    kept = [json.dumps(row.get_decoded()) for row in Session.objects.all()]
    assert kept
    assert not [one for one in kept if "opaque-token" in one]
    assert "opaque-token" not in str(list(LaunchAttempt.objects.values()))
    assert "opaque-token" not in str(launching.client.cookies)


def test_only_what_was_launched_is_shown(launching: Launching) -> None:
    launching.link()
    launching.go()
    other = launching.world.patient()
    alert = launching.alert()
    shown = {
        launching.page: 200,
        f"{launching.page}figure/": 200,
        f"{launching.page}report.pdf": 200,
        f"/framed/alerts/{alert.pk}/acknowledge/": 200,
        f"{launching.page}compare/": 404,
        f"/framed/patients/{other.patient_id}/": 404,
        f"/framed/patients/{other.patient_id}/events/add/": 404,
        "/framed/patients/": 404,
        "/framed/": 404,
        "/framed/machines/": 404,
        "/framed/fhir/Patient": 404,
        "/framed/smart/jwks.json": 404,
    }
    addresses = {address.replace("figure/", "figure/?marker=NPM1"): status for address, status in shown.items()}
    assert {each: launching.client.get(each).status_code for each in addresses} == addresses


def test_the_window_leads_to_no_other_patient(launching: Launching) -> None:
    launching.link()
    launching.go()
    shown = launching.client.get(launching.page).content.decode()
    links = {part.split('"')[0] for part in shown.split('href="/')[1:]}
    assert {link for link in links if not link.startswith(("static/", "framed/"))} == set()
    assert "Opened from Northfield record; this window keeps to the patient in view there." in shown
    assert 'href="/framed/"' not in shown
    assert 'href="/framed/patients/"' not in shown


def test_every_link_and_form_of_the_page_leads_somewhere_in_the_window(launching: Launching) -> None:
    launching.link()
    launching.alert()
    launching.go()
    shown = launching.client.get(launching.page).content.decode()
    links = {part.split('"')[0].split("#")[0] for part in shown.split('href="/framed/')[1:]}
    forms = {part.split('"')[0] for part in shown.split('action="/framed/')[1:]}
    assert len(links) >= 5
    assert len(forms) >= 3
    found = {each: launching.client.get(f"/framed/{each.replace('&amp;', '&')}").status_code for each in links | forms}
    assert {each: status for each, status in found.items() if status not in {200, 302, 405}} == {}


def test_each_page_of_a_patient_is_in_the_window_or_left_out_on_purpose() -> None:
    of_patient = {
        each.name for each in urlpatterns if str(each.pattern).startswith("patients/<int:pk>/") and each.name
    }  # fmt: skip
    assert of_patient - OF_PATIENT == LEFT_OUT


def test_each_page_of_a_row_of_the_record_is_in_the_window() -> None:
    of_rows = {each.name for each in urlpatterns if str(each.pattern).partition("/<int:pk>/")[0] in ROOMS and each.name}
    assert len(of_rows) > 20
    assert of_rows - set(ROWS) == set()


def test_two_patients_in_two_windows_both_stay_open(launching: Launching) -> None:
    launching.link()
    launching.go()
    other = launching.world.patient()
    from monitoring.models import Patient

    Patient.objects.filter(pk=other.patient_id).update(hospital_number="777")
    launching.record.patient["identifier"] = [{"system": launching.issuer.patient_system, "value": "777"}]
    assert launching.go()["Location"] == f"/framed/patients/{other.patient_id}/"
    assert launching.client.get(launching.page).status_code == 200
    assert "P-0001" in launching.client.get(launching.page).content.decode()


def test_the_alert_of_a_card_is_where_the_page_opens(launching: Launching) -> None:
    launching.link()
    alert = launching.alert()
    launching.record.given = {"appContext": json.dumps({"alert": alert.pk})}
    place = launching.go()["Location"]
    assert place == f"{launching.page}?marker=NPM1#alert-{alert.pk}"
    assert f'id="alert-{alert.pk}"' in launching.client.get(place).content.decode()


@pytest.mark.parametrize(
    "context", ["", "{", "[]", '{"alert":"x"}', '{"alert":true}', '{"alert":9e99}', '{"alert":-1}']
)
def test_what_else_a_record_passes_on_changes_nothing(launching: Launching, context: str) -> None:
    launching.link()
    launching.record.given = {"appContext": context}
    assert launching.go()["Location"] == launching.page


def test_the_alert_of_another_patient_is_no_place_to_open(launching: Launching) -> None:
    launching.link()
    other = launching.world.patient()
    moved = launching.alert()
    Alert.objects.filter(pk=moved.pk).update(series=other, patient_id=other.patient_id)
    launching.record.given = {"appContext": json.dumps({"alert": moved.pk})}
    assert launching.go()["Location"] == launching.page


def test_who_is_unlinked_is_asked_again_and_the_open_window_closes(launching: Launching) -> None:
    person = launching.link()
    launching.go()
    keeper = administrator(launching.world)
    launches.unlink(by=keeper, person=person, reason="left the hospital", now=launching.world.now)
    assert launching.client.get(launching.page).status_code == 401
    part = launching.client.get(launching.page, headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/framed/sign-in"
    assert launching.go()["Location"] == "/smart/link"
    act = AuditEntry.objects.get(action="launch.unlink")
    assert (act.actor_name, act.reason) == ("keeper", "left the hospital")


def test_a_revoked_record_closes_its_windows(launching: Launching) -> None:
    launching.link()
    launching.go()
    keeper = administrator(launching.world)
    launch_issuers.revoke(by=keeper, issuer=launching.issuer, reason="contract ended", now=launching.world.now)
    answer = launching.client.get(launching.page)
    assert answer.status_code == 401
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_signing_out_ends_the_window_only(launching: Launching) -> None:
    launching.client.force_login(launching.world.data_manager)
    launching.link()
    launching.go()
    assert launching.client.post("/framed/sign-out")["Location"] == "/framed/sign-in"
    ended = launching.client.get("/framed/sign-in").content.decode()
    assert "open the page again from the hospital record" in ended
    assert launching.client.get(launching.page).status_code == 401
    assert launching.client.get("/patients/").status_code == 200


def test_a_window_opens_nothing_outside_of_itself(launching: Launching) -> None:
    launching.link()
    launching.go()
    assert launching.client.get(launching.page.removeprefix("/framed")).status_code == 302
    assert launching.client.get("/")["Location"].startswith("/sign-in")


def test_cookies_of_the_window_are_partitioned_and_nothing_else_is(launching: Launching) -> None:
    launching.link()
    cookies = [str(morsel) for morsel in launching.go().cookies.values()]
    assert {cookie.split(": ")[1].split("=")[0] for cookie in cookies} >= {"framed_sessionid", "framed_csrftoken"}
    for cookie in cookies:
        assert "SameSite=None" in cookie
        assert "; Secure" in cookie
        assert cookie.endswith("; Partitioned")
    assert "HttpOnly" in next(cookie for cookie in cookies if "framed_sessionid" in cookie)
    outside = Client().get("/sign-in")
    assert "SameSite=Lax" in str(outside.cookies["csrftoken"])
    assert "Partitioned" not in str(outside.cookies)


def test_only_the_record_that_launched_may_frame(launching: Launching) -> None:
    launching.link()
    launching.go()
    framed = launching.client.get(launching.page)
    assert f"frame-ancestors {launching.record.base};" in framed["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in framed
    outside = launching.client.get("/sign-in")
    assert "frame-ancestors 'none'" in outside["Content-Security-Policy"]
    assert outside["X-Frame-Options"] == "DENY"


def test_a_write_in_the_window_needs_the_token_of_the_window(launching: Launching) -> None:
    launching.link()
    launching.client = strict = Client(enforce_csrf_checks=True)
    launching.go()
    page = strict.get(launching.page).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert strict.post("/framed/sign-out").status_code == 403
    assert strict.post("/framed/sign-out", {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_keys_are_public_and_both_are_there_while_they_change(launching: Launching, settings: Settings) -> None:
    from tests.machines import new_key

    first = launching.client.get("/smart/jwks.json").json()["keys"]
    assert [key["alg"] for key in first] == ["ES384"]
    settings.SMART_KEYS = new_key("RS384").as_pem(private=True).decode() + settings.SMART_KEYS
    both = launching.client.get("/smart/jwks.json").json()["keys"]
    assert [key["alg"] for key in both] == ["RS384", "ES384"]
    assert both[1] == first[0]
    assert not any({"d", "p", "q"} & key.keys() for key in both)
    launching.record.keys_of_app = lambda: {"keys": both}
    launching.link()
    assert launching.go()["Location"] == launching.page


def test_without_a_key_it_is_said_and_nothing_is_asked(launching: Launching, settings: Settings) -> None:
    settings.SMART_KEYS = ""
    answer = launching.begin()
    assert (answer.status_code, launching.record.asked) == (503, [])
    assert "not set up" in answer.content.decode()
    assert launching.client.get("/smart/jwks.json").json() == {"keys": []}


def test_the_browser_is_sent_to_the_record_with_what_the_standard_wants(launching: Launching) -> None:
    address = launching.begin()["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{launching.record.base}/authorize?")
    assert asked["redirect_uri"] == ["http://testserver/smart/callback"]
    attempt = LaunchAttempt.objects.get()
    assert asked["state"][0] not in str(attempt.__dict__)
    assert attempt.code_verifier not in address
