"""Single rows over REST from a standpoint, and that nothing which has none ever passes one over."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from monitoring.models import MrdSeries, QpcrRun, Sample, VenetoclaxCycle
from tests.integration.rest_api import Api
from tests.integration.test_rest_cycles import CYCLE
from tests.world import World, detected

LONG_AGO = "2020-01-01T00:00:00Z"

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.authorised(found, date(2026, 10, 22), detected("0.018"))
    return found


def test_a_row_is_read_as_it_was_on_record(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    made = api.post(f"patients/{series.patient_id}/cycles/", CYCLE).json()
    one = f"cycles/{made['id']}/"
    recorded = VenetoclaxCycle.objects.get().recorded_at
    with time_machine.travel(recorded + timedelta(hours=1), tick=False):
        assert api.get(one, {"known_at": recorded.isoformat()}).json()["dose_mg"] == 400
        assert api.get(one, {"known_at": (recorded - timedelta(hours=1)).isoformat()}).status_code == 404
        assert api.get(one, {"as_of": "2026-10-04"}).status_code == 404
        assert api.get(one, {"as_of": "2026-10-05"}).json() == api.get(one).json()
    assert api.get(one, {"known_at": "yesterday"}).status_code == 422


@pytest.mark.parametrize("path", ["cycles", "treatments"])
def test_what_was_not_yet_on_record_is_not_told(world: World, series: MrdSeries, path: str) -> None:
    api = Api(world, world.clinician)
    if path == "cycles":
        assert api.post(f"patients/{series.patient_id}/cycles/", CYCLE).status_code == 201
    row = api.get(f"patients/{series.patient_id}/{path}/").json()["results"][0]
    assert api.get(f"{path}/{row['id']}/", {"known_at": LONG_AGO}).status_code == 404


def test_a_sample_is_read_from_a_standpoint(world: World, series: MrdSeries) -> None:
    sample, api = Sample.objects.get(), Api(world, world.technician)
    one = f"samples/{sample.pk}/"
    assert api.get(one, {"as_of": "2026-10-22"}).json() == api.get(one).json()
    assert api.get(one, {"as_of": "2026-10-21"}).status_code == 404
    assert api.get(one, {"known_at": LONG_AGO}).status_code == 404


@pytest.mark.parametrize("query", [{"known_at": LONG_AGO}, {"as_of": "2020-01-01"}])
def test_what_has_no_past_refuses_to_tell_one(world: World, series: MrdSeries, query: dict[str, Any]) -> None:
    run = QpcrRun.objects.create(
        laboratory=world.laboratory, name="Plate 7", format="PLAIN_CSV", file_name="p7.csv", file_sha256="0" * 64,
        file_content=b"", uploaded_by=world.technician,
    )  # fmt: skip
    api = Api(world, world.technician)
    for path in ("runs/", f"runs/{run.pk}/", "samples/"):
        answer = api.get(path, query)
        assert (answer.status_code, "errors" in answer.json()) == (422, True), path
    name = next(iter(query))
    asked = f"results/bulk?mode=per-item&{name}={query[name]}"
    assert api.post(asked, {"results": []}).status_code == 422
