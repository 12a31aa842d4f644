"""What a person types into the pages of the laboratory, and how it is sent."""

import re
from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING

from django.test import Client

from monitoring.models import Assay, MrdResult, MrdSeries, Sample
from tests.world import World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

NEW_SAMPLE = {
    "accession_number": "26-99001",
    "tissue": "BM",
    "collected_on": "2026-11-16",
    "received_on": "2026-11-17",
}
WELLS = {
    "way": "copies",
    "target_1": "34",
    "target_2": "28",
    "target_3": "30",
    "abl1_1": "33839",
    "abl1_2": "31623",
    "abl1_3": "32712",
}
REPORTED = {"way": "reported", "call": "DETECTED", "value": "0,093", "scale": "PCT_ABL1", "abl1_copies": "32724"}


def address(series: MrdSeries) -> str:
    """The page on which a result of this series is entered."""
    return f"/laboratory/results/new/?series={series.pk}"


def typed(assay: Assay, *parts: Mapping[str, str], **changes: str) -> dict[str, str]:
    """A whole form: a new sample and its wells, unless other parts are given; then single fields."""
    form: dict[str, str] = {"assay": str(assay.pk)}
    for part in parts or (NEW_SAMPLE, WELLS):
        form |= part
    return form | changes


def post(client: Client, path: str, form: Mapping[str, str], step: str) -> "Answer":
    """Send a form by one of its buttons."""
    return client.post(path, {**form, "step": step})


def submit(client: Client, path: str, form: Mapping[str, str]) -> "Answer":
    """Read back, then submit what was read back."""
    page = post(client, path, form, "read")
    assert page.status_code == 200, text_of(page)
    return post(client, path, {**form, **hidden(page)}, "submit")


def hidden(page: "Answer") -> dict[str, str]:
    """Every hidden value of a page, except the token against forged requests."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in inputs if name != "csrfmiddlewaretoken"}


def written(world: World) -> list[MrdResult]:
    """Every result that the laboratory sees, in the order of writing."""
    world.as_person(world.technician)
    return list(MrdResult.objects.order_by("pk"))


def nothing_was_written(world: World) -> bool:
    """Whether there is neither a result nor a sample."""
    return not written(world) and not Sample.objects.exists()


def text_of(page: "Answer") -> str:
    """The words of a page, without markup."""
    without = re.sub(r"<(script|style|template|svg)\b.*?</\1>", " ", page.content.decode(), flags=re.S)
    inline = re.sub(r"</?(a|b|span|small|i)\b[^>]*>", "", without)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", inline))).replace("\u00a0", " ")
