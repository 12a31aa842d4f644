"""The pages about messages in a real browser: without a fault for assistive technology, and within a narrow screen."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from monitoring.models import Centre, Notification, WebhookEndpoint
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.integration.told_world import relapse
from tests.world import World

PAGES = ("/me/notifications/", "/centre/deliveries/", "/centre/webhooks/")
NARROW = {"width": 360, "height": 740}

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def kept(committed: World) -> World:
    """A lead with a message that failed and an endpoint."""
    alert = relapse(committed)
    Centre.objects.filter(pk=committed.centre.pk).update(lead=committed.clinician)
    WebhookEndpoint.objects.create(
        centre=committed.centre, name="Hospital record", url="https://ehr.example/a/rather/long/path/to/the/hook",
        created_by=committed.clinician,
    )  # fmt: skip
    Notification.objects.create(
        alert=alert, change=alert.changes.get(kind="RAISED"), patient_id=alert.patient_id, channel="EMAIL",
        user=committed.clinician, message_id=uuid4(), state="FAILED", last_error="SMTP [550]",
    )  # fmt: skip
    return committed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_everybody(kept: World, site: Site, browser: Browser, scheme: str) -> None:
    for viewport in (None, NARROW):
        options = {"viewport": viewport} if viewport else {}
        person = Person.signing_in(browser, site, "clinician", color_scheme=scheme, **options)
        for path in PAGES:
            person.open(path)
            found = Axe().run(person.page)
            assert found.violations_count == 0, found.generate_report()
            width = person.page.evaluate("document.documentElement.scrollWidth")
            assert width <= person.page.viewport_size["width"]  # type: ignore[index]
        assert person.complaints == []
        person.context.close()
