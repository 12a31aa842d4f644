"""What people do in the browser, in the words of the pages."""

from dataclasses import dataclass, field
from datetime import date

from playwright.sync_api import Browser, BrowserContext, Page

from tests.functional.story.site import Site
from tests.world import PASSWORD

COLLECT_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective));
"""
# A newer answer takes the place of one on its way, and a page that is left drops it: htmx writes both as errors.
# A request that fails (htmx:sendError, htmx:responseError) still counts.
ANSWER_NO_LONGER_WANTED = ("htmx:afterRequest", "htmx:sendAbort")


@dataclass
class Person:
    """Somebody who signed in, with everything the browser complained of."""

    site: Site
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def signing_in(cls, browser: Browser, site: Site, username: str, **options: object) -> "Person":
        """Open a browser of their own and sign in."""
        context = browser.new_context(locale="en", **options)  # type: ignore[arg-type]
        context.add_init_script(COLLECT_VIOLATIONS)
        page = context.new_page()
        person = cls(site, context, page)
        page.on("console", lambda message: person.hear(message.type, message.text))
        page.on("pageerror", lambda error: person.complaints.append(str(error)))
        person.open("/sign-in")
        page.fill("#id_username", username)
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return person

    def hear(self, kind: str, text: str) -> None:
        """Keep what the browser complains of."""
        if kind == "error" and not text.startswith(ANSWER_NO_LONGER_WANTED):
            self.complaints.append(text)

    def open(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.site.address + path)

    def text(self) -> str:
        """Return what the page says."""
        return self.page.inner_text("body")

    def enter_result(self, pseudonym: str, accession: str, on: date, value: str) -> None:
        """Enter a reported marrow value in per cent of ABL1, read it back and submit it."""
        self.open(f"/laboratory/results/new/?pseudonym={pseudonym}")
        page = self.page
        page.fill("[name=accession_number]", accession)
        page.check("[name=tissue][value=BM]")
        page.fill("[name=collected_on]", on.isoformat())
        page.select_option("[name=assay]", page.locator("[name=assay] option").last.get_attribute("value"))
        page.check("[name=way][value=reported]")
        page.select_option("[name=call]", "DETECTED")
        page.fill("[name=value]", value)
        page.select_option("[name=scale]", "PCT_ABL1")
        page.fill("[name=abl1_copies]", "38000")
        page.click("button[value=read]")
        page.click("button[value=submit]")
        page.wait_for_load_state()

    def authorise(self, result_id: int) -> None:
        """Sign a result as the second person, having ticked that it was checked where that is asked."""
        self.open(f"/laboratory/results/{result_id}/authorise/")
        tick = self.page.locator("[name=checked]")
        if tick.count():
            tick.check()
        self.page.click("section.would form button:has-text('Authorise')")
        self.page.wait_for_load_state()
