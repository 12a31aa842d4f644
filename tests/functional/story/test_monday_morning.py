"""Monday morning with 300 patients: five need somebody, stand first, and are dealt with from the keyboard in place."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitoring.models import Alert, User
from tests.functional.story.monday import AFTER_HSCT, CONFIRMED, IN_ORDER, OVERDUE, POOR, PROGRESSION, Monday
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.world import World

pytestmark = pytest.mark.timeout(400)

SCREEN = {"width": 1440, "height": 900}
MOST_TABS = 60
VERDICTS = {
    CONFIRMED: "Confirmed molecular relapse",
    PROGRESSION: "Progression on pre-emptive treatment",
    AFTER_HSCT: "Detected after transplant",
    OVERDUE: "Suspected molecular relapse",
    POOR: "Transcript seen in an inadequate sample",
}


@pytest.fixture
def monday(committed: World) -> Monday:
    return Monday(committed)


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def shoot(page: Page, path: Path) -> None:
    """Keep a picture; hiding the caret would leave empty style attributes behind, which the policy refuses."""
    page.screenshot(path=path, caret="initial")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"The keyboard does not reach {wanted}.")


def open_row(page: Page, pseudonym: str) -> None:
    """Go to the button of a row by the keyboard and open it."""
    place = page.locator(f"tbody.one:has-text('{pseudonym}') .btn").first.get_attribute("id")
    tab_to(page, f"#{place}")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"tbody.one:has-text('{pseudonym}') .opened")
    page.wait_for_selector(".opened .voice:focus")


def acknowledge(page: Page, comment: str, day: str) -> None:
    """Choose what is done, say why, and when the next sample is taken."""
    tab_to(page, ".opened [name=action_taken]")
    page.keyboard.press("Space")
    tab_to(page, ".opened [name=comment]")
    page.keyboard.type(comment)
    tab_to(page, ".opened [name=next_sample_on]")
    page.keyboard.type(day)
    tab_to(page, ".opened [name=next_sample_tissue]")
    page.keyboard.type("Mar")
    tab_to(page, ".opened form .acts button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-answered]:focus")


def hand_over(page: Page, comment: str) -> None:
    """Hand the first alert over to the colleague."""
    tab_to(page, ".opened details > summary")
    page.keyboard.press("Enter")
    tab_to(page, ".opened [name=to]")
    page.keyboard.type("Dr")
    tab_to(page, ".opened details [name=comment]")
    page.keyboard.type(comment)
    tab_to(page, ".opened details .acts button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-answered]:focus")


def close_row(page: Page, pseudonym: str) -> None:
    place = page.locator(f"tbody.one:has-text('{pseudonym}') [id^=open-]").get_attribute("id")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == place
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#{place}[aria-expanded=false]")


def test_five_who_need_somebody_stand_first_and_are_dealt_with_in_place(
    monday: Monday, site: Site, browser: Browser, tmp_path: Path
) -> None:
    clinician = Person.signing_in(browser, site, "clinician", viewport=SCREEN)
    page = clinician.page
    first = page.locator("tbody.one").all()[:5]
    assert [row.locator(".pid").inner_text() for row in first] == IN_ORDER
    foot = first[-1].bounding_box()
    assert foot is not None
    shoot(page, tmp_path / "list.png")
    assert foot["y"] + foot["height"] <= SCREEN["height"], "the fifth row is seen without scrolling"
    assert "of 300 followed" in page.inner_text("#needing")
    assert violations(page) == []

    page.evaluate("window.neverLeft = true")
    day = (monday.now + timedelta(days=14)).date().isoformat()
    for pseudonym in IN_ORDER:
        open_row(page, pseudonym)
        row = page.locator(f"tbody.one:has-text('{pseudonym}')")
        assert VERDICTS[pseudonym] in row.inner_text(), pseudonym
        shoot(page, tmp_path / f"{pseudonym}.png")
        if pseudonym == CONFIRMED:
            assert violations(page) == []
        if pseudonym == PROGRESSION:
            hand_over(page, "Please see him today, I am in the clinic.")
            assert "with Dr B. Okafor" in row.inner_text()
        else:
            acknowledge(page, "Seen with the board.", day)
            assert "The alert is acknowledged" in row.inner_text()
        close_row(page, pseudonym)
    assert page.evaluate("window.neverLeft")
    assert page.inner_text("#counts").split()[0] == "1", "what was handed over still waits"
    assert violations(page) == []
    monday.world.as_person(monday.world.clinician)
    left = Alert.objects.filter(state="RAISED", urgency__lte=2).exclude(held_by=None)
    assert {alert.patient.pseudonym for alert in left} == {PROGRESSION}
    assert clinician.complaints == []


def test_it_is_the_same_in_french(monday: Monday, site: Site, browser: Browser, tmp_path: Path) -> None:
    User.objects.filter(username="clinician").update(language="fr")
    clinician = Person.signing_in(browser, site, "clinician", viewport=SCREEN)
    page = clinician.page
    assert page.get_attribute("html", "lang") == "fr"
    rows = page.locator("tbody.one").all()[:5]
    assert [row.locator(".pid").inner_text() for row in rows] == IN_ORDER
    foot = rows[-1].bounding_box()
    assert foot is not None
    shoot(page, tmp_path / "liste.png")
    assert foot["y"] + foot["height"] <= SCREEN["height"]
    open_row(page, CONFIRMED)
    shoot(page, tmp_path / "ouverte.png")
    assert "Rechute moléculaire confirmée" in page.inner_text(".opened")
    assert violations(page) == []
    assert clinician.complaints == []
