"""A clinician opens the patient page inside the hospital record: a real browser, the record on another site."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from monitoring.models import Alert, LaunchIssuer, LaunchPerson, MrdSeries
from tests import hospital_record
from tests.functional.story.site import Site, wait_until
from tests.hospital_record import HospitalRecord
from tests.integration.launch_world import registered, relapsed, signing_key
from tests.world import PASSWORD, World

NEXT_SAMPLE = f"{timezone.now() + timedelta(days=20):%Y-%m-%d}"


@dataclass
class Ward:
    """The record at 127.0.0.1, the product at localhost: two sites for a browser."""

    record: HospitalRecord
    series: MrdSeries
    world: World


@pytest.fixture
def ward(committed: World) -> Iterator[Ward]:
    series, site = relapsed(committed), Site()
    with hospital_record.running() as record:
        registered(committed, record)
        site.environment |= {
            "MRD_SMART_KEYS": signing_key(), "MRD_WEBHOOK_ALLOW": f"127.0.0.1:{record.port}", "MRD_PUBLIC_URL": "",
        }  # fmt: skip
        try:
            site.start_web()
            record.app = f"http://localhost:{site.port}"
            with urllib.request.urlopen(f"{site.address}/smart/jwks.json", timeout=10) as answer:
                published = json.load(answer)
            record.keys_of_app = lambda: published
            yield Ward(record, series, committed)
        finally:
            site.stop()


def opened(page: Page, ward: Ward) -> None:
    page.goto(f"{ward.record.base}/page")


def test_the_page_opens_in_the_frame_and_its_forms_work(browser: Browser, ward: Ward) -> None:
    ward.world.as_person(ward.world.clinician)
    alert = Alert.objects.filter(series=ward.series, state="RAISED").earliest("urgency", "pk")
    ward.record.given = {"appContext": json.dumps({"alert": alert.pk})}
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    try:
        opened(page, ward)
        frame = page.frame_locator("#app")
        frame.get_by_label("User name").fill("clinician")
        frame.get_by_label("Password").fill(PASSWORD)
        frame.get_by_role("button", name="Sign in and remember me").click()
        expect(frame.get_by_role("heading", name="P-0001")).to_be_visible()
        expect(frame.get_by_text("Opened from Northfield record")).to_be_visible()
        expect(frame.locator(f"#alert-{alert.pk}:target")).to_be_visible()
        assert ward.record.complaints == []
        card = frame.locator(f"#alert-{alert.pk}")
        card.get_by_role("radio").first.check()
        card.locator("[name=comment]").first.fill("Seen in clinic, marrow planned")
        card.locator("[name=next_sample_on]").first.fill(NEXT_SAMPLE)
        card.locator("[name=next_sample_tissue]").first.select_option(index=1)
        card.get_by_role("button", name="Acknowledge").first.click()
        expect(frame.get_by_text("Seen in clinic, marrow planned").first).to_be_visible()
        opened(page, ward)  # known from now on: no password
        expect(frame.get_by_role("heading", name="P-0001")).to_be_visible()
        frame.get_by_role("button", name="Sign out").click()
        expect(frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
        assert refused == []
        LaunchIssuer.objects.update(frame_origin="https://ehr.example.org")
        opened(page, ward)  # the page of another site than the one registered
        wait_until(lambda: any("frame-ancestors" in each for each in refused), "the browser refuses the frame", 10)
    finally:
        page.close()
    ward.world.as_person(ward.world.clinician)
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == ("ACKNOWLEDGED", ward.world.clinician)
    assert LaunchPerson.objects.get().user == ward.world.clinician
