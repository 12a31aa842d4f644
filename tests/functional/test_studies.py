"""The page of a published study in a real browser: readable in both widths and colours, its links lead on."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from monitoring.studies import tiong2020_loading
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.machine import browser as path_of_browser
from tests.world import NOW, World

pytestmark = [
    pytest.mark.skipif(path_of_browser() is None, reason="no browser on this machine"),
    pytest.mark.timeout(400),
]
NARROW = ViewportSize(width=360, height=780)


def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_study_is_read_by_eye_keyboard_and_screen_reader(committed: World, site: Site, browser: Browser) -> None:
    assert tiong2020_loading.load(today=date(2026, 11, 20), now=NOW)
    clinician = Person.signing_in(browser, site, committed.clinician.username)
    page = clinician.page
    clinician.open("/cohorts/studies/")
    page.get_by_role("main").get_by_role("link", name="Tiong 2020").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Tiong 2020"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="Differs", exact=True).click()
    assert page.url.endswith("#DIFFERS")
    page.get_by_role("link", name="Cohort 1", exact=True).click()
    assert page.locator("#curve h2").inner_text() == "RFS, cohort 1, molecular persistence"
    page.set_viewport_size(NARROW)
    assert is_as_wide_as_the_screen(page)
    assert Axe().run(page).response["violations"] == []
    assert page.locator("#tiong2020-019 .co").inner_text().startswith("Computed 0.0206")
    assert clinician.complaints == []
