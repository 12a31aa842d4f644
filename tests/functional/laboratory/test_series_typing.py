"""A whole series typed in a real browser: by the keyboard, from a spreadsheet, lost by no reload."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from monitoring.models import MrdResult, MrdSeries
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.machine import browser as path_of_browser
from tests.world import World

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
def followed(committed: World) -> list[MrdSeries]:
    many = [committed.patient() for _ in range(2)]
    for series in many:
        committed.sample(series, timezone.localdate() - timedelta(days=90))
    committed.as_person(committed.technician)
    return many


def line(series: MrdSeries, number: int, wells: str) -> str:
    day = timezone.localdate() - timedelta(days=1)
    return "\t".join([f"26-9000{number}", series.patient.pseudonym, "BM", day.isoformat(), *wells.split()])


def paste(page: Page, text: str) -> None:
    page.focus("[name=row-1-accession_number]")
    page.evaluate(PASTE, text)


def value(page: Page, name: str) -> str:
    return page.input_value(f"[name={name}]")


def test_a_block_from_a_spreadsheet_is_answered_read_back_and_submitted(
    site: Site, browser: Browser, followed: list[MrdSeries]
) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open("/laboratory/series/new/")
    first = line(followed[0], 1, "34 28 30 31000 32000 33000")
    second = line(followed[1], 2, "u u u 38000 39000 30.000")
    paste(page, f"{first}\r\n{second}\r\n")
    page.wait_for_selector("#out-row-1 output")
    assert "0.0958" in page.inner_text("#out-row-1")
    page.wait_for_selector("#say-row-2 .choice")
    assert Axe().run(page).response["violations"] == []
    page.check("#say-row-2 input[value='30000']")
    page.wait_for_selector("#out-row-2 output")
    assert "not detected" in page.inner_text("#out-row-2")
    page.click("button[value=read]")
    page.wait_for_selector("#said")
    page.click("button[value=submit]")
    page.wait_for_url(lambda url: url.endswith("/laboratory/"))
    assert list(MrdResult.objects.order_by("pk").values_list("state", flat=True)) == ["SUBMITTED", "SUBMITTED"]
    assert technician.complaints == []


def test_keys_move_between_rows_and_more_rows_come_by_themselves(
    site: Site, browser: Browser, followed: list[MrdSeries]
) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open("/laboratory/series/new/")
    page.focus("[name=row-1-target_2]")
    for _ in range(8):
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "row-9-target_2"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "row-8-target_2"
    page.keyboard.type("12")
    page.keyboard.press("Escape")
    assert value(page, "row-8-target_2") == ""
    paste(page, "\n".join(line(followed[0], n, "1 2 3 4 5 6") for n in range(1, 10)))
    assert value(page, "row-9-abl1_3") == "6"
    assert value(page, "rows") == "9"
    page.wait_for_selector("#say-row-2 .say, #say-row-2 .problems")
    page.focus("[name=row-1-accession_number]")
    page.keyboard.press("F8")
    assert page.evaluate("document.activeElement.name").startswith("row-2-")


def test_a_reload_loses_nothing_of_the_first_rows(site: Site, browser: Browser, followed: list[MrdSeries]) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open("/laboratory/series/new/")
    paste(page, line(followed[0], 1, "34 28 30 31000 32000 33000") + "\n")
    page.wait_for_selector("#out-row-1 output")
    page.reload()
    page.wait_for_selector("[data-kept-note]:not([hidden])")
    assert value(page, "row-1-abl1_3") == "33000"
