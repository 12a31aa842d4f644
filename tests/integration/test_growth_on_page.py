"""The numbers under the curve of the patient page: how fast it doubles, when it reaches a level, from which samples."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from tests.patient_page import relapsed, shown
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def test_growth_is_told_with_interval_median_samples_and_forecast(client: Client, world: World) -> None:
    page = shown(client, world, relapsed(world))
    told = page[page.index("Doubling time, marrow") :]
    assert "; published median 11; 3 samples, 1 by limit, 1 Jul 2026 to 16 Nov 2026" in told
    assert told.index("1 % of ABL1 about") < told.index("10 % of ABL1 about")
    assert told.count("an estimate, never an alert") == 2


def test_as_of_a_day_with_too_few_samples_it_says_so(client: Client, world: World) -> None:
    page = shown(client, world, relapsed(world), as_of="2026-11-10")
    assert "Doubling time, marrow not estimable fewer than three samples of one assay since then" in page
    assert "ABL1 about" not in page


def test_under_treatment_the_fall_is_told_from_the_value_before_it(client: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 3, 1), not_detected())
    world.authorised(series, date(2026, 6, 1), detected("0.2"))
    world.authorised(series, date(2026, 6, 20), detected("0.9"))
    world.authorised(series, date(2026, 8, 1), detected("0.08"))
    world.authorised(series, date(2026, 9, 1), detected("0.009"))
    world.authorised(series, date(2026, 10, 1), not_detected())
    world.as_person(world.clinician)
    series.patient.treatments.create(kind="PRE_EMPTIVE", regimen="VEN-AZA", starts_on=date(2026, 6, 25))
    page = shown(client, world, series)
    assert "Below pre-treatment, marrow at least" in page
    assert "1 Oct 2026, against 0.9 %, 20 Jun 2026" in page
    halving = page[page.index("Halving time, marrow") :]
    assert "4 samples, 1 by limit, 20 Jun 2026 to 1 Oct 2026" in halving
