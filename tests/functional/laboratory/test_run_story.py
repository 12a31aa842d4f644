"""A plate of eight patients in a real browser: dropped, matched, reviewed, signed, and the relapse it confirms told."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from monitoring.models import Alert, MrdResult, MrdSeries, QpcrRun, RunReaction
from tests.functional.story.people import Person
from tests.functional.story.site import Site
from tests.integration.bench_runs import Bench, accessions, plate_file
from tests.machine import browser as path_of_browser
from tests.world import World, detected, not_detected

pytestmark = [
    pytest.mark.skipif(path_of_browser() is None, reason="no browser on this machine"),
    pytest.mark.timeout(400),
]
DROP = """([form, name, text]) => {
  const given = new DataTransfer();
  given.items.add(new File([text], name, {type: 'text/plain'}));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    form.dispatchEvent(new DragEvent(kind, {dataTransfer: given, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def bench(committed: World) -> Bench:
    """Eight tubes of yesterday; the first patient was negative and has been suspected since three weeks."""
    committed.now = timezone.now()
    bench = Bench(committed)
    for _number in accessions():
        bench.add(days_ago(1))
    committed.authorised(bench.series[0], days_ago(200), not_detected())
    committed.authorised(bench.series[0], days_ago(21), detected("0.5"))
    return bench


def days_ago(days: int) -> date:
    return timezone.now().date() - timedelta(days=days)


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the form, as a hand with a mouse does."""
    page.wait_for_load_state("networkidle")
    page.evaluate(DROP, [page.query_selector("form[data-drop]"), name, content.decode()])
    page.wait_for_url("**/samples/")


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_from_the_instruments_file_to_the_alert(site: Site, browser: Browser, bench: Bench) -> None:
    technician = Person.signing_in(browser, site, "technician")
    page = technician.page
    technician.open("/laboratory/")
    page.click("nav.rooms >> text=Runs")
    assert violations(page) == []
    file = plate_file()
    drop(page, file.name, file.content)
    assert violations(page) == []
    page.click("text=Settle the targets")
    page.click("text=Confirm the ticked samples")
    page.wait_for_selector("text=Submit 8 results")
    assert "Curves are accepted, controls pass. 8 results" in technician.text()
    assert violations(page) == []

    leave_out_a_well(technician, bench)
    page.click("text=Submit 8 results")
    page.wait_for_selector("text=8 results are submitted. Another person authorises them.")
    assert technician.complaints == []

    authoriser = Person.signing_in(browser, site, "authoriser")
    authoriser.authorise(confirming(bench).pk)
    clinician = Person.signing_in(browser, site, "clinician")
    clinician.open("/")
    assert "Confirmed molecular relapse" in clinician.page.inner_text("tbody[data-group=urgent]:has-text('P-0001')")
    bench.world.as_person(bench.world.clinician)
    assert Alert.objects.get(series=first(bench), code="EPISODE", state="RAISED").urgency == 1
    assert (authoriser.complaints, clinician.complaints) == ([], [])


def leave_out_a_well(technician: Person, bench: Bench) -> None:
    """Open a well of the plate, say why it is left out, and see the numbers follow without a new page."""
    page, world = technician.page, bench.world
    world.as_person(world.technician)
    reaction = RunReaction.objects.filter(sample_name="26-00001", target_name="NPM1mutA").first()
    assert reaction is not None
    level = page.inner_text("tbody:has-text('P-0001') >> nth=0 >> td:nth-child(6)")
    page.click(f".plate a[href^='?well={reaction.well}#']")
    page.fill("#well input[name=because]", "bubble in the well")
    page.click("#well >> text=Leave it out")
    page.wait_for_selector("text=1 well was left out")
    assert page.inner_text("tbody:has-text('P-0001') >> nth=0 >> td:nth-child(6)") != level
    assert "Left out by Technician" in page.inner_text("#well")
    assert page.url.endswith(f"/laboratory/runs/{QpcrRun.objects.get().pk}/")


def first(bench: Bench) -> MrdSeries:
    return bench.series[0]


def confirming(bench: Bench) -> MrdResult:
    bench.world.as_person(bench.world.technician)
    return MrdResult.objects.get(series=first(bench), state="SUBMITTED")


def test_it_works_without_javascript(site: Site, browser: Browser, bench: Bench, tmp_path: Path) -> None:
    technician = Person.signing_in(browser, site, "technician", java_script_enabled=False)
    page = technician.page
    file = plate_file()
    (tmp_path / "plate.txt").write_bytes(file.content)
    technician.open("/laboratory/runs/")
    page.set_input_files("#files", tmp_path / "plate.txt")
    page.click("text=Read it")
    page.click("text=Settle the targets")
    page.click("text=Confirm the ticked samples")
    page.click(".plate a >> nth=40")
    page.fill("#well input[name=because]", "bubble in the well")
    page.click("#well >> text=Leave it out")
    assert "1 well was left out" in technician.text()
    page.click("text=Submit 8 results")
    bench.world.as_person(bench.world.technician)
    assert MrdResult.objects.filter(state="SUBMITTED").count() == 8
