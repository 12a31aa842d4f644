"""The short way to the stored figure: every check of the long way bites on it too, and the reading is on record."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from monitoring.actions import figures, ready_figures
from monitoring.domain.terms import RuleSetId
from monitoring.models import CareRelation, ClinicalEvent, Membership, MrdSeries, ReadEntry, StoredFigure
from tests.world import World, detected

LONG_WAY = "SELECT s.id, s.patient_id, s.revision"  # the inputs of the series, which only the long way reads
LONGEST_SHORT_WAY = 9  # statements, with those of session, person and scope

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.authorised(found, date(2026, 11, 16), detected("0.093"))
    world.as_person(world.clinician)
    figures.refresh([found.pk], now=world.now)
    return found


def asked(client: Client, series: MrdSeries, **query: str) -> tuple[Any, list[str]]:
    """Return the answer and the statements it took."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/patients/{series.patient_id}/figure/", query)
    return answer, [query["sql"].strip() for query in captured]


def goes_the_long_way(statements: list[str]) -> bool:
    return any(LONG_WAY in statement for statement in statements)


def ready(world: World, series: MrdSeries, **changes: Any) -> Any:
    told = {"by": world.clinician, "series_id": series.pk, "ruleset": "", "channel": "web", "now": world.now}
    return ready_figures.read_of_series(**(told | changes))  # type: ignore[arg-type] # each of its own type


def test_it_is_the_same_figure_in_few_statements(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    answer, statements = asked(client, series)
    assert not goes_the_long_way(statements)
    assert len(statements) <= LONGEST_SHORT_WAY, statements
    world.as_person(world.clinician)
    whole = figures.current(series, RuleSetId.ELN2021, now=world.now)
    assert (answer["ETag"], ready(world, series).content) == (whole.etag, whole.content)


def test_the_reading_is_noted_once_in_a_quarter_of_an_hour(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    for minutes in (0, 1, 16):
        with time_machine.travel(world.now + timedelta(minutes=minutes), tick=False):
            assert asked(client, series)[0].status_code == 200
    world.as_person(world.clinician)
    assert list(ReadEntry.objects.values_list("patient_id", "actor_id", "channel")) == [
        (series.patient_id, world.clinician.pk, "web")
    ] * 2  # fmt: skip


def test_the_long_way_is_noted_too(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    assert asked(client, series, as_of="2026-11-10")[0].status_code == 200
    world.as_person(world.clinician)
    assert ReadEntry.objects.count() == 1


def test_who_is_signed_out_signs_in_first(client: Client, world: World, series: MrdSeries) -> None:
    assert asked(client, series)[0].status_code == 302
    client.force_login(world.clinician)
    client.logout()
    assert asked(client, series)[0].status_code == 302
    world.as_person(world.clinician)
    assert not ReadEntry.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("technician", 403)])
def test_others_get_none(client: Client, world: World, series: MrdSeries, who: str, status: int) -> None:
    client.force_login(getattr(world, who))
    assert asked(client, series)[0].status_code == status
    world.as_person(world.clinician)
    assert not ReadEntry.objects.exists()


def test_a_membership_that_has_ended_opens_nothing(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    Membership.objects.filter(user=world.clinician).update(ends_on=world.now.date() - timedelta(days=1))
    assert asked(client, series)[0].status_code == 404


def test_a_care_relation_that_has_ended_opens_nothing(client: Client, world: World, series: MrdSeries) -> None:
    CareRelation.objects.filter(patient_id=series.patient_id).update(
        ends_on=date(2020, 1, 1), starts_on=date(2019, 1, 1)
    )
    assert ready(world, series) is None
    client.force_login(world.clinician)
    assert asked(client, series)[0].status_code in {403, 404}


def test_measuring_a_sample_is_not_caring(world: World, series: MrdSeries) -> None:
    CareRelation.objects.filter(patient_id=series.patient_id).update(role="LABORATORY")
    assert ready(world, series) is None


def test_a_stale_figure_is_never_given(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    before, _ = asked(client, series)
    world.as_person(world.clinician)
    ClinicalEvent.objects.create(patient=series.patient, kind="HSCT", happened_on=date(2026, 11, 18))
    assert ready(world, series) is None
    after, statements = asked(client, series)
    assert goes_the_long_way(statements)
    assert after["ETag"] != before["ETag"]


def test_one_of_yesterday_or_of_another_edition_is_none(world: World, series: MrdSeries) -> None:
    assert ready(world, series, now=world.now + timedelta(days=1)) is None
    StoredFigure.objects.filter(series=series).update(chart_version="0")
    assert ready(world, series) is None


@pytest.mark.parametrize("changes", [{"ruleset": "ELN1999"}, {"series_id": 2**70}, {"ruleset": "\x00"}])
def test_what_cannot_be_asked_for_is_none(world: World, series: MrdSeries, changes: dict[str, Any]) -> None:
    assert ready(world, series, **changes) is None


def test_a_token_that_was_taken_back_opens_nothing(client: Client, world: World, series: MrdSeries) -> None:
    token = AuthToken.objects.create(user=world.clinician)[1]
    headers, address = {"authorization": f"Bearer {token}"}, f"/api/v1/series/{series.pk}/figure/"
    assert client.get(address, headers=headers).status_code == 200
    AuthToken.objects.all().delete()
    assert client.get(address, headers=headers).status_code == 401
