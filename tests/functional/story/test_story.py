"""The main job on real input: a result entered by one person, authorised by another, an alert on list and curve."""

import json
import urllib.request
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from knox.models import AuthToken
from playwright.sync_api import Browser

from monitoring.models import Alert, MrdResult, MrdSeries, Patient, StoredFigure, StoredVerdict, User
from tests.functional.story.people import Person
from tests.functional.story.site import Site, running, wait_until
from tests.servers import start_queue
from tests.world import World

CASE = "TIONG-06"  # negative on venetoclax-azacitidine, not transplanted

pytestmark = pytest.mark.timeout(400)


def series() -> MrdSeries:
    return MrdSeries.objects.get(patient__pseudonym=CASE)


def waiting_result() -> int:
    return MrdResult.objects.get(series=series(), state="SUBMITTED").pk


def days_ago(days: int) -> date:
    return timezone.now().date() - timedelta(days=days)


def figure_is_fresh() -> bool:
    row = StoredFigure.objects.filter(series=series(), ruleset="TIONG2020").first()
    return row is not None and row.revision == series().revision


def answer_of_the_api(site: Site, path: str) -> Any:
    """What a hospital system reads with the clinician's token."""
    _, token = AuthToken.objects.create(user=User.objects.get(username="tiong-2020-clinician"))
    asked = urllib.request.Request(f"{site.address}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def test_from_the_bench_to_a_confirmed_relapse_on_screen(tiong: World, browser: Browser) -> None:
    patient = Patient.objects.get(pseudonym=CASE)
    with running() as site:
        technician = Person.signing_in(browser, site, "tiong-2020-technician")
        authoriser = Person.signing_in(browser, site, "tiong-2020-authoriser")
        clinician = Person.signing_in(browser, site, "tiong-2020-clinician")

        technician.enter_result(CASE, "NEW-1", days_ago(20), "0.5")
        technician.open(f"/laboratory/results/{waiting_result()}/authorise/")
        assert "another person signs" in technician.text()
        authoriser.authorise(waiting_result())
        clinician.open("/")
        assert "Suspected" in clinician.page.inner_text(f"tr:has-text('{CASE}')")

        technician.enter_result(CASE, "NEW-2", days_ago(4), "1.25")
        authoriser.authorise(waiting_result())
        assert StoredVerdict.objects.get(series=series(), ruleset="TIONG2020").state == "CONFIRMED"
        wait_until(figure_is_fresh, "the worker has drawn the curve")

        clinician.open("/")
        urgent = f"tbody[data-group=urgent]:has-text('{CASE}')"
        assert "Confirmed molecular relapse" in clinician.page.inner_text(urgent)
        clinician.page.click(f"a:has-text('{CASE}')")
        clinician.page.wait_for_selector("svg.main-svg")
        assert clinician.page.inner_text("#v").startswith("Confirmed molecular relapse")
        assert "1.25" in clinician.page.inner_text("#samples")
        assert Alert.objects.get(series=series(), code="EPISODE", state="RAISED").urgency == 1
        assert clinician.page.url.endswith(f"/patients/{patient.pk}/")
        for person in (technician, authoriser, clinician):
            assert person.complaints == []


def test_dead_worker_and_dead_queue_hide_nothing(tiong: World, browser: Browser) -> None:
    servers = start_queue()
    try:
        with running(servers.addresses.queue) as site:
            technician = Person.signing_in(browser, site, "tiong-2020-technician")
            authoriser = Person.signing_in(browser, site, "tiong-2020-authoriser")
            clinician = Person.signing_in(browser, site, "tiong-2020-clinician")
            technician.enter_result(CASE, "NEW-1", days_ago(20), "0.5")
            authoriser.authorise(waiting_result())
            wait_until(figure_is_fresh, "the worker has drawn the curve")

            site.kill("worker")
            servers.stop_valkey()
            technician.enter_result(CASE, "NEW-2", days_ago(4), "1.25")
            authoriser.authorise(waiting_result())
            clinician.open("/")
            assert "Confirmed molecular relapse" in clinician.page.inner_text(f"tr:has-text('{CASE}')")
            clinician.open(f"/patients/?q={CASE}")
            assert clinician.page.inner_text("#v").startswith("Confirmed molecular relapse")
            clinician.open("/patients/")
            assert "Confirmed" in clinician.page.inner_text(f"tr:has-text('{CASE}')")
            told = answer_of_the_api(site, f"series/{series().pk}/verdicts/")
            assert told["verdicts"]["TIONG2020"]["state"] == "CONFIRMED"
            assert [each["code"] for each in answer_of_the_api(site, "alerts/")["results"]].count("EPISODE") >= 1

            servers.start_valkey()
            site.start_worker()
            wait_until(figure_is_fresh, "the worker has caught up")
            assert Alert.objects.filter(series=series(), code="EPISODE", state="RAISED").count() == 1
            assert StoredVerdict.objects.filter(series=series()).count() == 4
    finally:
        servers.stop()
