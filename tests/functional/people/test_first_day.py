"""The first day of somebody at a centre, in a browser without JavaScript; and a telephone held in the hand."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from monitoring.models.choices import RoleChoice
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.world import World, _person

pytestmark = pytest.mark.timeout(400)
OWN = "seven quiet herons at dusk"


def send(page: Page) -> None:
    page.click("main form button:not(.plain)")


def told_once(page: Page) -> str:
    return page.locator("code.key").nth(1).inner_text()


def newcomer(browser: Browser, site: Site, password: str) -> Page:
    """Sign in for the first time."""
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(site.address + "/sign-in")
    page.fill("#id_username", "pmarten")
    page.fill("#id_password", password)
    send(page)
    return page


def test_from_the_administrators_form_to_the_newcomers_own_password(
    browser: Browser, site: Site, committed: World
) -> None:
    _person("keeper", RoleChoice.ADMINISTRATOR, committed.centre)
    keeper = Person.signing_in(browser, site, "keeper", java_script_enabled=False)
    keeper.page.click("summary")
    keeper.page.click("a:text-is('People')")
    keeper.page.click("text=Add a person")
    keeper.page.fill("#id_username", "pmarten")
    keeper.page.fill("#id_full_name", "P. Marten")
    keeper.page.check("[value=CLINICIAN]")
    send(keeper.page)
    page = newcomer(browser, site, told_once(keeper.page))
    assert page.url.endswith("/me/password/")
    page.fill("#id_old", told_once(keeper.page))
    page.fill("#id_new", OWN)
    page.fill("#id_again", OWN)
    send(page)
    assert page.url == f"{site.address}/"
    keeper.page.click("text=I have told it")
    keeper.page.click("table a:has-text('End')")
    keeper.page.fill("#id_reason", "came by mistake")
    send(keeper.page)
    page.goto(site.address + "/patients/")
    assert "/sign-in" in page.url
    assert keeper.complaints == []


def test_every_page_of_people_is_read_by_everybody_and_fits_a_telephone(
    browser: Browser, site: Site, committed: World
) -> None:
    _person("keeper", RoleChoice.ADMINISTRATOR, committed.centre)
    keeper = Person.signing_in(browser, site, "keeper", viewport={"width": 360, "height": 740})
    person = committed.clinician
    role = person.memberships.get()
    for path in (
        "/people/", "/people/add/", "/people/roles/give/", f"/people/{person.pk}/", f"/people/{person.pk}/password/",
        f"/people/roles/{role.pk}/end/", "/me/", "/me/password/",
    ):  # fmt: skip
        keeper.open(path)
        assert keeper.page.evaluate("document.documentElement.scrollWidth") <= 360, path
        found = Axe().run(keeper.page)
        assert found.response["violations"] == [], (path, found.generate_report())
    assert keeper.complaints == []
