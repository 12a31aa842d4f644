"""The figure in a real browser, under the strict policy: what a person sees and does."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from monitoring.charts.inputs import OtherTreatment
from tests import machine
from tests.functional.trajectory.page import Served, served
from tests.unit.trajectory_series import (
    BM,
    PB,
    day,
    detected,
    figure,
    inputs,
    relapsed_after_hsct,
    undetected,
)

WATCH = "addEventListener('securitypolicyviolation', e => (window.refused ??= []).push(e.violatedDirective), true)"
DRAWN = "[data-trajectory][data-state=drawn]"
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('[data-plot=whole] .annotation-text')]
    .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() })).filter(({ box }) => box.width);
  const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meets(a.box, b.box)).map((b) => [a.text, b.text]));
}"""
STROKES = "() => [...document.querySelectorAll('[data-plot=whole] .js-line')].map((l) => getComputedStyle(l).stroke)"

WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 1000}, "color_scheme": "light"}

pytestmark = pytest.mark.skipif(machine.browser() is None, reason="no browser on this machine")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def place() -> Iterator[Served]:
    with served() as place:
        place.figures["relapse"] = figure(relapsed_after_hsct())
        yield place


@pytest.fixture(scope="module")
def wide(browser: Browser) -> Iterator[BrowserContext]:
    """A window of 1440 px in light colours: one for all tests, so that scripts are fetched and compiled once."""
    context = browser.new_context(**WIDE)
    yield context
    context.close()


@pytest.fixture
def look(browser: Browser, wide: BrowserContext, place: Served) -> Iterator[Open]:
    """Open a figure; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(name: str = "relapse", language: str = "en", **more: Any) -> Page:
        page = browser.new_context(**(WIDE | more)).new_page() if more else wide.new_page()
        pages.append(page)
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.goto(place.page(name, language))
        page.wait_for_selector(DRAWN)
        return page

    yield opened
    for page in pages:
        complaints += page.evaluate("window.refused ?? []")
        page.close() if page.context is wide else page.context.close()
    assert complaints == []


def words(page: Page, plot: str = "whole") -> list[str]:
    return page.locator(f"[data-plot={plot}] .annotation-text").all_text_contents()


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(1440, "light", "en"), (1440, "dark", "fr"), (360, "light", "fr"), (360, "dark", "en"), (1920, "light", "fr")],
)
def test_it_draws_under_the_policy_and_no_labels_overlap(look: Open, width: int, scheme: str, language: str) -> None:
    page = look(language=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    assert page.evaluate(OVERLAPS) == []


def test_it_says_in_english_what_is_drawn(look: Open) -> None:
    said = words(look())
    assert {"bone marrow 640", "blood 410", "0.018 index", "0.058 confirming", "limited, ABL1 6,800"} <= set(said)
    assert {"MRD relapse 22 Oct 2026", "HSCT 25 Jun 2026", "course 2 begins", "C1", "400", "7"} <= set(said)
    assert {"2 %", "ELN 2021", "0.1 % marrow", "ELN 2025", "not evaluable, ABL1 720", "today 20 Nov"} <= set(said)


def test_it_says_in_french_with_french_numbers(look: Open) -> None:
    said = words(look(language="fr"))
    assert {"moelle 640", "sang 410"} <= set(said)
    assert any(re.fullmatch(r"0,018 index", text) for text in said)
    assert any("22 oct. 2026" in text for text in said)


def test_one_switches_the_scale(look: Open) -> None:
    page = look()
    page.click("button[data-scale=LOG10_REDUCTION]")
    expect(page.locator("button[data-scale=LOG10_REDUCTION]")).to_have_attribute("aria-pressed", "true")
    assert "4.04 confirming" in words(page)
    assert "2 % of ABL1, marrow" in words(page)
    page.click("button[data-scale=PER_1E5_ABL1]")
    assert "58 confirming" in words(page)


def test_a_tissue_without_a_diagnosis_sample_is_named_on_the_scales_of_diagnosis(look: Open, place: Served) -> None:
    place.figures["no-blood-at-diagnosis"] = figure(
        inputs([detected("a", "2026-01-05", "0.5"), detected("b", "2026-01-05", "0.05", PB)], {BM: "640"})
    )
    page = look("no-blood-at-diagnosis")
    expect(page.locator("[data-missing]")).to_be_hidden()
    page.click("button[data-scale=PCT_BASELINE]")
    expect(page.locator("[data-missing]")).to_contain_text("No diagnosis sample in blood")


def test_a_scale_on_which_nothing_stands_is_not_offered(look: Open, place: Served) -> None:
    place.figures["no-diagnosis"] = figure(inputs([detected("a", "2026-01-05", "0.5")]))
    offered = look("no-diagnosis").locator("button[data-scale]").all_text_contents()
    assert offered == ["% of ABL1", "copies per 10⁵"]


def test_one_jumps_to_the_time_since_the_transplant_and_back(look: Open) -> None:
    page = look()
    page.click("button[data-window=SINCE_HSCT]")
    assert "MRD relapse 19 Jan 2026" not in words(page)
    page.click("button[data-window=ALL]")
    assert "MRD relapse 19 Jan 2026" in words(page)


def test_months_count_from_where_one_asks(look: Open) -> None:
    page = look()
    assert "0 from diagnosis" in words(page)
    page.click("button[data-origin=CYCLE_1]")
    assert "0 from cycle 1" in words(page)


def test_dragging_zooms_and_a_double_click_shows_everything(look: Open) -> None:
    page = look()
    box = page.locator("[data-plot=whole]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 600, box["y"] + 250)
    page.mouse.down()
    page.mouse.move(box["x"] + 900, box["y"] + 250, steps=5)
    page.mouse.up()
    expect(page.locator("button[data-window=ALL]")).to_have_attribute("aria-pressed", "false")
    assert "bone marrow 640" not in words(page)
    page.mouse.dblclick(box["x"] + 400, box["y"] + 250)
    expect(page.locator("button[data-window=ALL]")).to_have_attribute("aria-pressed", "true")


def test_arrow_keys_go_from_sample_to_sample_and_read_everything(look: Open) -> None:
    page = look()
    page.focus(".trajectory .whole")
    page.keyboard.press("ArrowLeft")
    spoken = page.locator("[data-spoken]")
    expect(spoken).to_contain_text("12 Nov 2026, bone marrow. 0.058 % of ABL1. 0.00906 % of diagnosis.")
    expect(spoken).to_contain_text("confirming sample, molecular relapse 2")
    expect(page.locator("[data-plot=whole] .hoverlayer")).to_contain_text("0.058 % of ABL1")


def test_an_undetected_sample_is_told_with_its_limit(look: Open, place: Served) -> None:
    place.figures["negative"] = figure(inputs([undetected("a", "2026-01-05", 41300)]))
    page = look("negative")
    page.focus(".trajectory .whole")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-spoken]")).to_contain_text("not detected. limit 0.00242 % of ABL1: one copy")


def test_the_theme_changes_the_colours_without_a_reload(look: Open) -> None:
    page = look()
    light = page.evaluate(STROKES)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        f"(light) => JSON.stringify(({STROKES})()) !== light", arg=json.dumps(light, separators=(",", ":"))
    )
    assert not set(light) & set(page.evaluate(STROKES))


def test_paper_is_light_whatever_the_screen_is(look: Open) -> None:
    on_screen = look(color_scheme="light").evaluate(STROKES)
    page = look(color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(STROKES) == on_screen
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(STROKES) != on_screen


def test_a_past_episode_that_nobody_acknowledged_keeps_its_flag(look: Open, place: Served) -> None:
    place.figures["waiting"] = place.figures["relapse"]
    place.unacknowledged["waiting"] = ["r6"]
    red = "[data-plot=whole] .annotation-text[style*='rgb(143, 29, 34)'], [data-plot=whole] .annotation-text"
    said = (
        look("waiting")
        .locator(red)
        .evaluate_all(
            "texts => texts.filter((t) => getComputedStyle(t).fill === 'rgb(143, 29, 34)').map((t) => t.textContent)"
        )
    )
    assert "MRD relapse 19 Jan 2026" in said


def test_what_people_typed_is_text(look: Open, place: Served) -> None:
    typed = (OtherTreatment("<b>FLAG</b> & Ida", day("2025-06-10"), day("2025-11-09")),)
    place.figures["typed"] = figure(replace(relapsed_after_hsct(), treatments=typed))
    assert "<b>FLAG</b> & Ida" in words(look("typed"))


def test_a_narrow_screen_shows_the_current_course_readably_and_the_newest_end_of_the_whole(look: Open) -> None:
    page = look(viewport={"width": 360, "height": 800}, has_touch=True)
    current = page.locator("[data-plot=current]")
    expect(current).to_be_visible()
    assert "0.018 index" in words(page, "current")
    assert "bone marrow 640" not in words(page, "current")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    left, width, seen = page.locator(".whole").evaluate("e => [e.scrollLeft, e.scrollWidth, e.clientWidth]")
    assert left + seen >= width - 1 > seen


def test_an_empty_series_says_so(look: Open, place: Served) -> None:
    place.figures["empty"] = figure(inputs([]))
    expect(look("empty").locator("[data-message]")).to_have_text("No authorised result yet.")


def test_a_figure_that_does_not_come_says_where_the_values_are(browser: Browser, place: Served) -> None:
    page = browser.new_page()
    page.goto(place.page("nowhere"))
    expect(page.locator("[data-message]")).to_contain_text("The table holds every value")
    page.close()


def test_without_javascript_the_page_points_to_the_table(browser: Browser, place: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place.page("relapse"))
    expect(page.locator("noscript a")).to_have_attribute("href", "#samples")
    context.close()


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_one_takes_it_away(look: Open, kind: str, tmp_path: Path) -> None:
    page = look(color_scheme="dark")
    with page.expect_download() as waiting:
        page.click(f"button[data-download={kind}]")
    assert waiting.value.suggested_filename == f"P-0007_NPM1_ELN2021_2026-11-20.{kind}"
    waiting.value.save_as(tmp_path / "taken")
    CHECKS[kind]((tmp_path / "taken").read_bytes())


def check_png(content: bytes) -> None:
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 2160


def check_svg(content: bytes) -> None:
    text = content.decode()
    assert "P-0007 · NPM1 type A · % of ABL1" in text
    assert "By ELN 2021, as of 20 Nov 2026" in text
    assert 'paint-order="stroke" stroke="#ffffff"' in text
    assert "#12171b" not in text


def check_csv(content: bytes) -> None:
    rows = content.decode("utf-8-sig").splitlines()
    columns = rows[0].split(",")
    told = {row.split(",")[0]: dict(zip(columns, row.split(","), strict=True)) for row in rows[1:]}
    assert len(told) == 15
    assert (told["r12"]["pct_abl1"], told["r12"]["comparator"], told["r12"]["role"]) == ("0.018", "", "INDEX")
    assert (told["r4"]["pct_abl1"], told["r4"]["lod_pct_abl1"], told["r4"]["comparator"]) == ("", "0.0024", "<")
    assert told["r10"]["comparator"] == ""


CHECKS: dict[str, Callable[[bytes], None]] = {"png": check_png, "svg": check_svg, "csv": check_csv}
