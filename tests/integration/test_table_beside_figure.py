"""The table beside the curve and the curve say the same: every sample, its value or its limit, its class."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


def test_every_sample_stands_in_both_with_the_same_value_limit_and_class(client: Client, world: World) -> None:
    world.now = timezone.now()
    series = world.patient()
    for on, reading, tissue in (
        (date(2025, 3, 3), not_detected(), "BM"),
        (date(2025, 3, 3), not_detected(600), "PB"),
        (date(2025, 6, 2), not_detected(4_000), "PB"),
        (date(2025, 9, 1), detected("0.02"), "BM"),
        (date(2025, 10, 1), detected("0.093"), "BM"),
        (date(2025, 11, 3), detected("12.5"), "PB"),
    ):
        world.authorised(series, on, reading, tissue)
    client.force_login(world.clinician)
    page = client.get(f"/patients/{series.patient_id}/")
    told = json.loads(client.get(f"/patients/{series.patient_id}/figure/").content)["layout"]["meta"]["points"]
    table = page.context["page"].marker.samples
    rows = [row for course in table.courses for row in course.rows]
    assert sorted(
        (row.result_id, row.collected_on.isoformat(), row.tissue, row.call, row.sample_class, row.pct_abl1)
        for row in rows
    ) == sorted(
        (
            point["id"], point["on"], point["tissue"], point["call"], point["class"],
            Decimal(point["pct_abl1"]) if "pct_abl1" in point else None,
        )
        for point in told if point["class"]
    )  # fmt: skip
    heights = {point["id"]: point["y"]["PCT_ABL1"] for point in told if point["y"]}
    limits = {row.result_id: float(row.limit_pct_abl1) for row in rows if row.pct_abl1 is None and row.limit_pct_abl1}
    at_their_limits = limits.keys() & heights.keys()
    assert len(at_their_limits) == 2  # the one with too few ABL1 copies has no height
    for result in at_their_limits:
        assert heights[result] == pytest.approx(limits[result], rel=1e-6)
    assert {row.sample_class for row in rows} >= {"NEGATIVE", "LIMITED_NEGATIVE", "NOT_EVALUABLE", "LOW_LEVEL"}
    (diagnosis,) = table.baselines
    (drawn,) = (point for point in told if not point["class"])
    assert (drawn["on"], Decimal(drawn["pct_abl1"])) == (diagnosis.collected_on.isoformat(), diagnosis.pct_abl1)
    said = page.content.decode()
    for value in ("0.02", "0.093", "12.5"):
        assert value in said
