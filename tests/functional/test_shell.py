"""The shell of every page in a real browser: its policy, its colours, typed dates, answers that fail, accessibility."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from csp.utils import build_policy
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.machine import browser as path_of_browser

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://mrd.example"
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
WHITE, NEARLY_WHITE, DARK = "rgb(255, 255, 255)", "rgb(252, 252, 250)", "rgb(18, 23, 27)"
PAGE = """{% extends "base.html" %}{% load mrd %}{% block title %}Parts{% endblock %}{% block main %}
<h1>Parts</h1>{% include "components/pending.html" with pending=3 %}
{% include "components/errors.html" with forms=form %}
<form method="post" action="/sent" class="fields" novalidate>{% csrf_token %}
{% include "components/field.html" with field=form.collected_on echo=True %}
{% include "components/field.html" with field=form.level unit="% of ABL1" %}
{% include "components/field.html" with field=form.action %}
<p class="acts"><button>Submit</button>
<button type="button" class="plain" id="refused" hx-post="/refused" hx-target="#answer">Check</button>
<button type="button" class="plain" id="failing" hx-post="/failing" hx-target="#answer">Fail</button></p></form>
<div id="answer">as it was</div>
{% include "components/empty.html" with title="Nothing to authorise" text="All signed." where="/" go="Back" %}
{% state "CONFIRMED" %} {% state "LIMITED_NEGATIVE" %} {% tissue_mark "PB" %}
{% endblock %}"""

pytestmark = pytest.mark.skipif(path_of_browser() is None, reason="no browser on this machine")


class Parts(forms.Form):
    collected_on = forms.CharField(label="Collected on", help_text="year-month-day")
    level = forms.CharField(label="Level")
    action = forms.ChoiceField(label="Action", widget=forms.RadioSelect, choices=[("a", "Order"), ("b", "Watch")])


def rendered(language: str) -> str:
    """Return the page as the server would send it."""
    request = RequestFactory().get("/parts")
    request.user = AnonymousUser()
    with translation.override(language):
        form = Parts({"level": ""}, label_suffix="")
        return str(Template(PAGE).render(RequestContext(request, {"form": form})))


class Server:
    """Answers the browser with pages and static files; keeps what was sent."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.sent: list[tuple[str, str, str]] = []

    def answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = ROOT / path.removeprefix("/")
            route.fulfill(body=file.read_bytes(), content_type=CONTENT_TYPES[file.suffix])
        elif path == "/parts":
            headers = {"Content-Security-Policy": build_policy(), "Set-Cookie": "csrftoken=fresh; path=/"}
            route.fulfill(body=self.page, content_type="text/html", headers=headers)
        else:
            self._take(route, path)

    def _take(self, route: Route, path: str) -> None:
        request = route.request
        self.sent.append((path, request.headers.get("x-csrftoken", ""), request.post_data or ""))
        status = {"/refused": 422, "/failing": 500}.get(path, 200)
        route.fulfill(status=status, body=f"<p>answer {status}</p>", content_type="text/html")


def opened(browser: Browser, server: Server, **options: object) -> Page:
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    context.route(f"{ORIGIN}/**", server.answer)
    page = context.new_page()
    page.goto(f"{ORIGIN}/parts")
    return page


@pytest.fixture
def server() -> Server:
    return Server(rendered("en"))


@pytest.fixture
def french() -> Server:
    return Server(rendered("fr"))


@pytest.fixture
def page(server: Server, browser: Browser) -> Page:
    return opened(browser, server)


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("language", ["server", "french"])
def test_the_shell_is_accessible_and_nothing_sticks_out(
    width: int, colours: str, language: str, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue(language)
    browser = request.getfixturevalue("browser")
    page = opened(browser, server, viewport={"width": width, "height": 800}, color_scheme=colours)
    answer = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert answer.response["passes"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in answer.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_obeys_its_own_policy(server: Server, browser: Browser) -> None:
    context = browser.new_context()
    context.route(f"{ORIGIN}/**", server.answer)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{ORIGIN}/parts")
    page.click("#refused")
    page.wait_for_selector("#answer p")
    assert [text for text in said if "422" not in text] == []


def test_colours_can_be_chosen_without_javascript(server: Server, browser: Browser) -> None:
    page = opened(browser, server, java_script_enabled=False)
    assert ground(page) == NEARLY_WHITE
    page.check("#theme-dark")
    assert ground(page) == DARK


def test_chosen_colours_are_remembered(page: Page) -> None:
    page.check("#theme-dark")
    page.reload()
    assert ground(page) == DARK
    assert page.is_checked("#theme-dark")
    page.check("#theme-auto")
    page.reload()
    assert ground(page) == NEARLY_WHITE


def test_the_readers_light_outranks_a_dark_system(server: Server, browser: Browser) -> None:
    page = opened(browser, server, color_scheme="dark")
    assert ground(page) == DARK
    page.check("#theme-light")
    assert ground(page) == NEARLY_WHITE


def test_paper_is_always_light(server: Server, browser: Browser) -> None:
    page = opened(browser, server, color_scheme="dark")
    page.check("#theme-dark")
    page.emulate_media(media="print")
    assert ground(page) == WHITE
    assert page.is_visible(".print-header")
    assert not page.is_visible(".brand")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-12-03", "Thu 3 Dec 2026"),
        ("2026-12-01", "Tue 1 Dec 2026"),
        ("2026-11-31", "this day does not exist"),
        ("2026-1", ""),
    ],
)
def test_a_typed_date_is_echoed(page: Page, typed: str, said: str) -> None:
    page.fill("#id_collected_on", typed)
    assert page.inner_text("#id_collected_on_echo") == said


def test_the_echo_speaks_french(french: Server, browser: Browser) -> None:
    page = opened(browser, french)
    page.fill("#id_collected_on", "2026-12-01")
    assert page.inner_text("#id_collected_on_echo") == "mar 1er déc. 2026"


def test_a_form_that_was_open_before_signing_in_again_is_sent_with_the_present_token(
    page: Page, server: Server
) -> None:
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'old'")
    page.click("main form > .acts > button:first-child")
    page.wait_for_url("**/sent")
    assert "csrfmiddlewaretoken=fresh" in server.sent[-1][2]


def test_a_refused_form_is_shown_with_what_is_wrong(page: Page, server: Server) -> None:
    page.click("#refused")
    page.wait_for_selector("#answer p")
    assert page.inner_text("#answer") == "answer 422"
    assert server.sent[-1][1] == "fresh"


def test_a_failure_is_told_and_changes_nothing(page: Page) -> None:
    page.fill("#id_level", "0.018")
    page.click("#failing")
    page.wait_for_selector("#messages .no-answer")
    assert "The server did not do what was asked." in page.inner_text("#messages")
    assert page.inner_text("#answer") == "as it was"
    assert page.input_value("#id_level") == "0.018"
    page.click("#refused")
    page.wait_for_selector("#messages .no-answer", state="detached")


def test_the_first_stop_of_the_keyboard_leads_to_the_content(server: Server, browser: Browser) -> None:
    server.page = server.page.replace(" autofocus", "")
    page = opened(browser, server)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_summary_of_what_is_wrong_has_the_focus(page: Page) -> None:
    assert page.evaluate("document.activeElement.className") == "errors"


def test_every_control_can_be_hit_with_a_finger(server: Server, browser: Browser) -> None:
    page = opened(browser, server, viewport={"width": 360, "height": 800})
    targets = "button, .btn, main input:not([type=hidden], [type=radio]), label.opt, .notice a"
    heights = page.eval_on_selector_all(targets, "all => all.map(each => each.offsetHeight)")
    assert heights
    assert min(heights) >= 44
