"""The verdict explained on the patient page: what would change it, the response by ELN 2025, as of an earlier day."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from monitoring.actions import events
from monitoring.models import MrdSeries
from tests.known_record import transplanted_between
from tests.patient_page import event, shown, suspected
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


def rising(world: World) -> MrdSeries:
    series = world.patient(end_of_treatment=date(2026, 2, 1))
    world.authorised(series, date(2026, 2, 3), detected("0.010"))
    world.authorised(series, date(2026, 11, 3), detected("0.15"))
    return series


def section(page: str, first: str, last: str) -> str:
    return page[page.index(first) : page.index(last, page.index(first))]


def test_a_suspected_rise_is_explained_with_its_own_numbers_and_days(client: Client, world: World) -> None:
    page = shown(client, world, rising(world))
    why = section(page, "Why % of ABL1", "By each rule set")
    assert "3 Feb 2026 Marrow, lowest 0.01 %" in why
    assert "Index / lowest 0.15 / 0.01 15-fold, +1.18 log" in why
    assert (
        "0.1 % or more in the marrow (ten times 0.01 % on 3 Feb 2026) would confirm it: up to 1 December 2026 in time, "
        "later as a late confirmation."
    ) in why
    assert "A marrow negative or less than 0.1 % in the marrow would close it as not confirmed." in why
    assert "Negative: not detected with 10,000 ABL1 copies or more" in why
    assert "Heuser M" in why
    assert "edition 2021" in why


def test_the_response_by_eln_2025_is_told_at_its_time_points_with_the_reason(client: Client, world: World) -> None:
    page = shown(client, world, rising(world))
    response = section(page, "Response by ELN 2025", "Schedule")
    assert "After cycle 2 blood – no sample Not evaluable No sample is marked as taken after cycle 2" in response
    assert "End of treatment marrow 3 Feb 2026 0.01 % Warning 0.01 % < 0.1 %" in response
    assert "Follow-up marrow 3 Nov 2026 0.15 % Level of an MRD relapse 0.15 % ≥ 0.1 %" in response
    assert "Follow-up blood – no sample Not evaluable No sample" in response
    assert "Blood 2026;147:1147" in response
    assert "not advice of this product" in response


def test_one_per_cent_at_the_end_of_treatment_is_told_in_the_words_of_the_guideline(
    client: Client, world: World
) -> None:
    series = world.patient(end_of_treatment=date(2026, 11, 1))
    world.authorised(series, date(2026, 11, 3), detected("1.0"))
    response = section(shown(client, world, series), "Response by ELN 2025", "Schedule")
    assert "High risk of treatment failure 1 % ≥ 0.1 %" in response
    assert "From 1 %: alloHSCT urgently indicated if eligible (ELN 2025)." in response


def test_as_of_an_earlier_day_nothing_later_is_told(client: Client, world: World) -> None:
    page = shown(client, world, rising(world), as_of="2026-03-01")
    assert "0.1 % or more in the marrow (ten times 0.01 % on 3 Feb 2026) would be a suspected relapse." in page
    assert "0.15" not in section(page, "Why % of ABL1", "Schedule")
    assert "Follow-up marrow – no sample Not evaluable No sample" in page


def test_as_known_at_an_earlier_moment_the_later_entry_takes_no_part(client: Client, world: World) -> None:
    record, transplant = transplanted_between(world)
    world.as_person(world.clinician)
    events.change(
        by=world.clinician, event=transplant, changes={"happened_on": record.day(130)}, reason="wrong day",
        now=world.now,
    )  # fmt: skip
    series = MrdSeries.objects.get(patient=record.patient)
    now, then = (
        shown(client, world, series),
        shown(client, world, series, known_at=record.ago(1).astimezone(world.centre.zone).isoformat()),
    )
    changes = [section(page, "What would change it", "Negative: not detected") for page in (now, then)]
    assert "resolved without treatment" in changes[0]
    assert "resolved without treatment" not in changes[1]


def test_nothing_would_change_after_death(client: Client, world: World) -> None:
    series = suspected(world)
    world.as_person(world.clinician)
    event(world, series, "DEATH", date(2026, 11, 10))
    assert "What would change it" not in shown(client, world, series)


def test_a_poor_sample_says_why_it_has_no_category(client: Client, world: World) -> None:
    series = world.patient(end_of_treatment=date(2026, 8, 1))
    world.authorised(series, date(2026, 8, 3), not_detected(4_000))
    response = section(shown(client, world, series), "Response by ELN 2025", "Schedule")
    assert "End of treatment marrow 3 Aug 2026" in response
    assert "Not evaluable Inert sample, ABL1 4,000: below 10,000" in response
