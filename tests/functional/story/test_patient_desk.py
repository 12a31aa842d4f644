"""The patient page in a browser: notes and findings on the curve, several markers, the keyboard, one sheet of paper."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from monitoring.actions import curve_notes, markers
from monitoring.models import MrdSeries, MutationFinding
from monitoring.models.choices import MarkerChoice
from tests.functional.story.people import Person
from tests.functional.story.site import Site, running
from tests.patient_page import cycle, relapsed
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.timeout(400)
EVIL = "<b>two</b> </script><img src=x onerror=alert(1)> days after & before"


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[Site]:
    """A web server and a worker for all tests here."""
    with running() as started:
        yield started


@pytest.fixture
def followed(committed: World) -> MrdSeries:
    """A patient with twenty samples, four cycles, a gained mutation and two notes."""
    series = relapsed(committed)
    for number in range(1, 5):
        cycle(committed, series, number, date(2025, 1 + number, 3), dose_mg=400, given_days=14, planned_days=14)
    for month in range(1, 13):
        committed.authorised(series, date(2025, month, 20), not_detected(), "PB")
    for month in range(1, 6):
        committed.authorised(series, date(2026, month, 20), detected("0.005"), "PB")
    committed.as_person(committed.clinician)
    MutationFinding.objects.create(
        patient=series.patient, gene="FLT3-ITD", status="GAINED", found_on=date(2026, 10, 29), vaf_pct=Decimal("12.5")
    )
    for on, text in ((date(2026, 7, 1), EVIL), (date(2026, 10, 29), "Ciclosporin stopped")):
        curve_notes.add(by=committed.clinician, patient=series.patient, on=on, text=text, now=committed.now)
    return series


def opened(browser: Browser, site: Site, path: str, **options: object) -> Person:
    person = Person.signing_in(browser, site, "clinician", **options)
    person.open(path)
    return person


def drawn(person: Person) -> list[str]:
    """Every text of the first figure, once it is drawn."""
    person.page.wait_for_selector("[data-trajectory][data-state=drawn]")
    texts = person.page.locator("[data-plot=whole]").first.locator("text")
    return [" ".join(text.split()) for text in texts.all_text_contents()]


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_notes_and_findings_stand_on_the_curve_and_the_sheet_is_one(
    site: Site, followed: MrdSeries, browser: Browser
) -> None:
    person = opened(browser, site, f"/patients/{followed.patient_id}/")
    texts = drawn(person)
    assert {"1", "2", "FLT3-ITD 12.5 % gained 29 Oct"} <= set(texts)
    assert EVIL in " ".join(person.page.inner_text("#notes").split())
    assert person.page.locator("#notes img").count() == 0
    number = person.page.locator(".annotation-text-g", has_text=re.compile("^1$")).first
    number.hover(force=True)
    person.page.wait_for_selector(".hoverlayer text")
    assert "<b>two</b>" in " ".join(person.page.locator(".hoverlayer text").all_text_contents())
    assert Axe().run(person.page).violations_count == 0
    assert pages_of(person.page.pdf(prefer_css_page_size=True, print_background=True)) == 1
    person.open(f"/patients/{followed.patient_id}/compare/?origin=DIAGNOSIS")
    assert person.page.locator("svg.comparison .mark").count() == 4
    assert Axe().run(person.page).violations_count == 0
    assert person.complaints == []


def test_letters_are_shortcuts_unless_something_is_typed_or_they_are_off(
    site: Site, followed: MrdSeries, browser: Browser
) -> None:
    person = opened(browser, site, f"/patients/{followed.patient_id}/", color_scheme="dark")
    drawn(person)
    page = person.page
    pressed = page.locator("button[data-scale][aria-pressed=true]").first
    first = pressed.inner_text()
    page.keyboard.press("s")
    assert pressed.inner_text() != first
    second = pressed.inner_text()
    page.focus("#as_of")
    page.keyboard.press("s")
    assert (pressed.inner_text(), page.input_value("#as_of")) == (second, "s")
    page.click("#v")
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.className") == "samples"
    page.keyboard.press("?")
    page.uncheck("[data-shortcuts-on]")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert pressed.inner_text() == second
    assert person.complaints == []


def test_every_marker_has_its_sentence_and_all_curves_share_one_axis(
    committed: World, site: Site, followed: MrdSeries, browser: Browser
) -> None:
    committed.as_person(committed.clinician)
    markers.follow(
        by=committed.clinician, patient=followed.patient, marker=MarkerChoice.RUNX1_RUNX1T1, mutation_type=""
    )
    person = opened(browser, site, f"/patients/{followed.patient_id}/")
    drawn(person)
    assert person.page.locator(".markers .beside li").count() == 1
    person.page.click("text=All curves on one time axis")
    person.page.locator("[data-trajectory][data-state=drawn]").nth(1).wait_for()
    ranges = person.page.evaluate(
        "[...document.querySelectorAll('[data-plot=whole]')].map(one => [...one.layout.xaxis.range,"
        " one.layout.margin.l, one.layout.margin.r].join())"
    )
    assert len(ranges) == 2
    assert len(set(ranges)) == 1
    assert person.complaints == []
