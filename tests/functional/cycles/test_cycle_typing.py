"""A cycle and its counts typed in a real browser: by the keyboard, from a spreadsheet, answered while typing."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from monitoring.models import BloodCount, MrdSeries, VenetoclaxCycle
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.machine import browser as path_of_browser
from tests.world import World, detected, not_detected

pytestmark = [
    pytest.mark.skipif(path_of_browser() is None, reason="no browser on this machine"),
    pytest.mark.timeout(400),
]
PASTE = """text => {
  const data = new DataTransfer();
  data.setData('text', text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def relapsed(committed: World) -> MrdSeries:
    committed.now = timezone.now()
    series, today = committed.patient(), timezone.localdate()
    committed.authorised(series, today - timedelta(days=200), not_detected())
    committed.authorised(series, today - timedelta(days=80), detected("0.05"))
    committed.as_person(committed.clinician)
    return series


def type_cycle(page: Page, day_1: str, last: str) -> None:
    """Everything from the first field on, by the keyboard alone."""
    page.focus("[name=starts_on]")
    page.keyboard.type(day_1)
    page.keyboard.press("Tab")
    page.keyboard.type(last)
    page.keyboard.press("Tab")
    page.keyboard.type("400")
    page.keyboard.press("Tab")
    page.keyboard.type("14")
    page.focus("[name=cyp3a4_drug]")
    page.keyboard.type("posaconazole")
    page.keyboard.press("Tab")


def test_a_cycle_beside_posaconazole_is_answered_read_back_and_recorded(
    site: Site, browser: Browser, relapsed: MrdSeries, committed: World
) -> None:
    clinician = Person.signing_in(browser, site, "clinician")
    page, day_1 = clinician.page, timezone.localdate() - timedelta(days=40)
    clinician.open(f"/patients/{relapsed.patient_id}/cycles/add/")
    type_cycle(page, day_1.isoformat(), (day_1 + timedelta(days=27)).isoformat())
    page.wait_for_selector("#dose-notes .say")
    assert "at most 100 mg beside a strong CYP3A4 inhibitor" in page.inner_text("#dose-notes")
    assert page.input_value("[name=cyp3a4]") == "POSACONAZOLE"
    assert page.evaluate("document.activeElement.name") == "cyp3a4"
    assert Axe().run(page).response["violations"] == []
    page.click("text=Record the cycle")
    page.wait_for_selector("text=Read this before it is recorded")
    page.click("text=Record it as it is prescribed")
    page.wait_for_url(lambda url: "#cycles" in url)
    committed.as_person(committed.clinician)
    assert list(VenetoclaxCycle.objects.values_list("dose_mg", "cyp3a4")) == [(400, "POSACONAZOLE")]
    page.click("#cycles summary:has-text('dose note')")
    page.click("#cycles summary:has-text('Source')")
    assert "EU summary of product characteristics" in page.inner_text("#cycles")
    assert clinician.complaints == []


def test_counts_from_a_spreadsheet_are_asked_about_read_back_and_recorded(
    site: Site, browser: Browser, relapsed: MrdSeries, committed: World
) -> None:
    clinician = Person.signing_in(browser, site, "clinician")
    page, first = clinician.page, timezone.localdate() - timedelta(days=20)
    clinician.open(f"/patients/{relapsed.patient_id}/counts/")
    rows = [(0, "1500", "60", "9,8"), (4, "0,4", "24", "7.9"), (9, "0.6", "51", "8.4")]
    lines = ["\t".join([(first + timedelta(days=after)).isoformat(), *values]) for after, *values in rows]
    page.focus("[name=row-1-measured_on]")
    page.evaluate(PASTE, "\r\n".join(lines) + "\r\n")
    page.wait_for_selector("#say-row-1 .choice")
    assert "Do you mean 1.5 × 10⁹/L (1500 /µL)?" in page.inner_text("#say-row-1")
    assert "neutrophils 0.4 × 10⁹/L, G4" in page.inner_text("#out-row-2")
    assert Axe().run(page).response["violations"] == []
    page.check("#say-row-1 input[value='1.5']")
    page.wait_for_selector("#out-row-1 output:has-text('1.5')")
    page.click("button[value=read]")
    page.click("button[value=record]")
    page.wait_for_url(lambda url: "#cycles" in url)
    committed.as_person(committed.clinician)
    values = BloodCount.objects.order_by("measured_on").values_list("neutrophils", flat=True)
    assert [str(value.normalize()) for value in values if value is not None] == ["1.5", "0.4", "0.6"]
    assert clinician.complaints == []
