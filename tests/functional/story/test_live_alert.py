"""A colleague's open worklist shows a new alert at once: directly, through a proxy, and where only asking is left."""

import contextlib
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser

from monitoring.models import MrdResult
from tests.functional.story.people import Person
from tests.functional.story.reverse_proxy import proxy_before
from tests.functional.story.site import Site
from tests.world import World, detected, not_detected

WIDE_MARGIN = 5_000.0  # ms; the promise is a second, and what was measured is printed
WIDE_MARGIN_ASKING = 15_000.0  # ms; asked every five seconds
ALERTED = "tbody[data-group=suspected]:has-text('{}')"

WATCH = """pseudonym => {
  const rows = () => [...document.querySelectorAll('tbody[data-group=suspected]')];
  const seen = () => rows().some((row) => row.textContent.includes(pseudonym));
  window.seenAt = seen() ? 'before' : null;
  new MutationObserver(() => { if (!window.seenAt && seen()) window.seenAt = Date.now(); })
    .observe(document.body, { childList: true, subtree: true });
}"""

pytestmark = pytest.mark.timeout(400)


@contextlib.contextmanager
def site_with(**more: str) -> Iterator[Site]:
    """A web server and nothing else: no worker, no beat."""
    site = Site()
    site.environment |= more
    try:
        site.start_web()
        yield site
    finally:
        site.stop()


def submitted(world: World, on: date = date(2026, 11, 16)) -> tuple[MrdResult, str]:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    return world.submitted(series, on, detected("0.5")), series.patient.pseudonym


def milliseconds_until_seen(
    site: Site, colleague: Person, browser: Browser, result: MrdResult, pseudonym: str
) -> float:
    """Let the second person sign; return the time from the server's answer to the row on the colleague's list."""
    authoriser = Person.signing_in(browser, site, "authoriser")
    colleague.page.evaluate(WATCH, pseudonym)
    authoriser.open(f"/laboratory/results/{result.pk}/authorise/")
    tick = authoriser.page.locator("[name=checked]")
    if tick.count():
        tick.check()
    with authoriser.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        authoriser.page.click("section.would form button:has-text('Authorise')")
    timing = sent.value.request.timing
    colleague.page.wait_for_selector(ALERTED.format(pseudonym), timeout=60_000)
    seen_at = float(colleague.page.evaluate("window.seenAt"))
    authoriser.context.close()
    return seen_at - (timing["startTime"] + timing["responseStart"])


def told_by_stream(person: Person) -> None:
    person.page.wait_for_selector("[data-live-by=stream]", state="attached", timeout=20_000)


def test_a_second_browser_sees_a_new_alert_at_once(
    committed: World, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    result, pseudonym = submitted(committed)
    with site_with() as site:
        colleague = Person.signing_in(browser, site, "clinician")
        told_by_stream(colleague)
        took = milliseconds_until_seen(site, colleague, browser, result, pseudonym)
        with capsys.disabled():
            print(f"\nseen {took:.0f} ms after the answer to the signature, directly")  # noqa: T201
        assert took < WIDE_MARGIN
        page = colleague.page
        assert page.inner_text("[data-live-number]") == "1"
        assert page.title().startswith("(1) ")
        assert page.text_content("[data-live-told]") == "1 alert waits"
        assert colleague.complaints == []


def test_through_a_proxy_as_well(committed: World, browser: Browser, capsys: pytest.CaptureFixture[str]) -> None:
    result, pseudonym = submitted(committed)
    with site_with() as site, proxy_before(site.port) as address:
        site.address = address
        colleague = Person.signing_in(browser, site, "clinician")
        told_by_stream(colleague)
        took = milliseconds_until_seen(site, colleague, browser, result, pseudonym)
        with capsys.disabled():
            print(f"\nseen {took:.0f} ms after the answer to the signature, through a proxy")  # noqa: T201
        assert took < WIDE_MARGIN
        assert colleague.complaints == []
        colleague.context.close()


def test_asking_does_the_work_where_every_place_for_a_stream_is_taken(
    committed: World, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page is refused its stream (503) and asks, and nobody sees anything of it; the same code asks after 204."""
    result, pseudonym = submitted(committed)
    with site_with(MRD_LIVE_STREAMS="1") as site:
        told_by_stream(Person.signing_in(browser, site, "data_manager"))  # takes the only place
        colleague = Person.signing_in(browser, site, "clinician")
        took = milliseconds_until_seen(site, colleague, browser, result, pseudonym)
        with capsys.disabled():
            print(f"\nseen {took:.0f} ms after the answer to the signature, by asking alone")  # noqa: T201
        assert took < WIDE_MARGIN_ASKING
        assert colleague.page.locator("[data-live-by=stream]").count() == 0
        assert all("503" in each for each in colleague.complaints)  # the browser's own line about the refusal


def test_what_is_open_or_typed_is_never_taken_away(committed: World, browser: Browser) -> None:
    result, pseudonym = submitted(committed)
    with site_with() as site:
        colleague = Person.signing_in(browser, site, "clinician")
        told_by_stream(colleague)
        page = colleague.page
        page.evaluate("""() => {
          const list = document.getElementById('list');
          list.insertAdjacentHTML('beforeend', '<form><label>Comment <textarea id="typing"></textarea></label></form>');
        }""")
        page.fill("#typing", "the transplant team was called")
        authoriser = Person.signing_in(browser, site, "authoriser")
        authoriser.authorise(result.pk)
        page.wait_for_selector("#live-news")
        assert "1 new" in page.inner_text("#live-news")
        assert page.input_value("#typing") == "the transplant team was called"
        assert page.locator(ALERTED.format(pseudonym)).count() == 0
        page.click("#live-news button")
        page.wait_for_selector(ALERTED.format(pseudonym))
        assert page.locator("#live-news").count() == 0
        assert colleague.complaints == []


def test_the_focus_stays_where_it_was(committed: World, browser: Browser) -> None:
    first, pseudonym = submitted(committed, date(2026, 11, 10))
    second, newcomer = submitted(committed)
    with site_with() as site:
        authoriser = Person.signing_in(browser, site, "authoriser")
        authoriser.authorise(first.pk)
        colleague = Person.signing_in(browser, site, "clinician")
        told_by_stream(colleague)
        colleague.page.focus(f"#list a:has-text('{pseudonym}')")
        authoriser.authorise(second.pk)
        colleague.page.wait_for_selector(ALERTED.format(newcomer))
        assert pseudonym in colleague.page.evaluate("document.activeElement.textContent")
