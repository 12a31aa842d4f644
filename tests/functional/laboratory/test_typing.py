"""Typing a result in a real browser: answered as one types, lost by no reload and by no ended session."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from monitoring.models import MrdResult, MrdSeries
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.machine import browser as path_of_browser
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.skipif(path_of_browser() is None, reason="no browser on this machine"),
    pytest.mark.timeout(400),
]
WELLS = {"target_1": "34", "target_2": "28", "target_3": "30", "abl1_1": "30.000", "abl1_2": "31623"}
REFUSED_AS_IT_SHOULD = "422 (Unprocessable"  # the browser writes every answer of 4xx on its console


@pytest.fixture
def series(committed: World) -> MrdSeries:
    return committed.patient()


def yesterday() -> date:
    return timezone.now().date() - timedelta(days=1)


def page_of(series: MrdSeries) -> str:
    return f"/laboratory/results/new/?series={series.pk}"


def type_everything(page: Page) -> None:
    page.fill("[name=accession_number]", "26-77001")
    page.check("[name=tissue][value=BM]")
    page.fill("[name=collected_on]", yesterday().isoformat())
    for name, copies in WELLS.items():
        page.fill(f"[name={name}]", copies)
    page.keyboard.press("Tab")


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def sign_in_again(page: Page, username: str) -> None:
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def session_ends(person: Person) -> None:
    person.context.clear_cookies(name="sessionid")


def test_the_server_answers_as_one_types_and_asks_what_a_number_means(
    site: Site, browser: Browser, series: MrdSeries
) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open(page_of(series))
    type_everything(page)
    page.wait_for_selector("#say-abl1_1 .choice")
    assert "30000, or 30?" in page.inner_text("#say-abl1_1")
    assert not page.is_checked("[name=meant-abl1_1][value='30000']")
    assert violations(page) == []
    page.check("[name=meant-abl1_1][value='30000']")
    page.wait_for_selector("#preview:has-text('% of ABL1, that is')")
    assert "Low level" in page.inner_text("#preview")
    page.click("button[value=read]")
    page.wait_for_selector("button[value=submit]")
    assert "ABL1: 30,000; 31,623; mean 30,812 copies" in technician.text()
    assert violations(page) == []
    page.click("button[value=submit]")
    page.wait_for_selector("text=Another person authorises it.")
    assert technician.complaints == []


def test_a_reload_and_an_ended_session_lose_nothing(site: Site, browser: Browser, series: MrdSeries) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open(page_of(series))
    type_everything(page)
    page.reload()
    assert (page.input_value("[name=abl1_1]"), page.is_checked("[name=tissue][value=BM]")) == ("30.000", True)
    assert page.is_visible("text=What you had typed here is back")
    session_ends(technician)
    page.click("button[value=read]")
    sign_in_again(page, "technician")
    assert page.input_value("[name=abl1_2]") == "31623"
    assert "You were signed out before this was sent" in technician.text()


def test_what_one_person_typed_is_not_shown_to_the_next(site: Site, browser: Browser, series: MrdSeries) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open(page_of(series))
    type_everything(page)
    session_ends(technician)
    technician.open(page_of(series))
    sign_in_again(page, "authoriser")
    page.wait_for_load_state("networkidle")
    assert page.input_value("[name=abl1_1]") == ""
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typed:'))") == []


def test_it_works_without_javascript(site: Site, browser: Browser, series: MrdSeries, committed: World) -> None:
    technician = Person.signing_in(browser, site, "technician", java_script_enabled=False)
    page = technician.page
    technician.open(page_of(series))
    type_everything(page)
    page.click("button[value=read]")
    page.check("[name=meant-abl1_1][value='30000']")
    page.click("button[value=read]")
    page.click("button[value=submit]")
    committed.as_person(committed.technician)
    assert MrdResult.objects.get(series=series).state == "SUBMITTED"
    assert all(REFUSED_AS_IT_SHOULD in complaint for complaint in technician.complaints)
