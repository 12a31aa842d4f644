"""As of, twice, on paper: an HSCT date corrected today leaves the report of yesterday as it was."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from monitoring.actions import events
from monitoring.forms.typed_moment import write_moment
from monitoring.reports.sheet import Report
from monitoring.wording import dates
from tests.known_record import KnownRecord, transplanted_between
from tests.reports import composing
from tests.world import World


@pytest.fixture
def composed() -> Iterator[list[Report]]:
    with composing() as found:
        yield found


def asked(client: Client, record: KnownRecord, **query: str) -> Any:
    client.force_login(record.world.clinician)
    answer: Any = client.get(f"/patients/{record.patient.pk}/report.pdf", query)
    record.world.as_person(record.world.clinician)
    return answer


def test_an_hsct_date_corrected_today_is_the_old_one_in_the_report_known_yesterday(
    client: Client,
    world: World,
    composed: list[Report],
) -> None:
    record, transplant = transplanted_between(world)
    old, new = record.day(50), record.day(130)
    world.as_person(world.clinician)
    events.change(
        by=world.clinician, event=transplant, changes={"happened_on": new}, reason="wrong day", now=world.now
    )  # fmt: skip
    yesterday = write_moment(record.ago(1), world.centre.zone)
    for query in ({}, {"known_at": yesterday}):
        assert asked(client, record, **query).status_code == 200
    now, then = (report.sheets[0] for report in composed)
    assert now.marker is not None
    assert then.marker is not None
    assert now.band is None
    assert now.marker.verdict.lead == "Confirmed molecular relapse"
    assert then.band is not None
    assert "as recorded by" in then.band.title
    assert then.marker.verdict.lead == "Low level"
    for sheet, day in ((now, new), (then, old)):
        assert [fact.value for fact in sheet.facts if fact.name == "HSCT"] == [
            f"{dates.day(day)}, sibling, MRD at transplant: not recorded"
        ]


def test_before_the_registration_there_is_no_report(client: Client, world: World) -> None:
    record = KnownRecord(world)
    answer = asked(client, record, known_at=write_moment(record.ago(31), world.centre.zone))
    assert answer.status_code == 422
    assert "Before that nothing was on record." in answer.content.decode()
