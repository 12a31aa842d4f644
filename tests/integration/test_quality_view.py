"""Charts of quality control: read against the mean of their time, points left out, who decides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.actions import quality
from monitoring.actions.refusals import ImpossibleDate
from monitoring.domain.levey_jennings import Quantity
from monitoring.models import AuditEntry, QualityPoint, QualityTarget, ReagentLot
from monitoring.models.choices import QualityQuantityChoice, RoleChoice
from monitoring.queries.quality import ChartKey, quality_chart
from tests.bench_rows import FIRST_RUN, lot_of, points_of
from tests.world import World, _person

pytestmark = pytest.mark.django_db

STEADY = ["26.4", "26.5", "26.3", "26.6", "26.2"] * 4
CQ = "POSITIVE_CONTROL_CQ"


def address(world: World, quantity: str = CQ, target: str = "NPM1mutA") -> str:
    return f"{reverse('quality-chart')}?laboratory={world.laboratory.pk}&quantity={quantity}&target={target}"


def key(world: World, quantity: str = CQ) -> ChartKey:
    return ChartKey(world.laboratory.pk, quantity, "NPM1mutA")


def set_mean(world: World, lot: ReagentLot | None = None, mean: str = "26.4", sd: str = "0.1") -> QualityTarget:
    world.as_person(world.authoriser)
    return quality.set_target(
        by=world.authoriser, key=key(world), lot=str(lot.pk) if lot else "", valid_from=FIRST_RUN,
        today=date(2026, 11, 20), typed=quality.TypedTarget(Decimal(mean), Decimal(sd)),
    )  # fmt: skip


def opened(client: Client, world: World, quantity: str = CQ) -> str:
    client.force_login(world.technician)
    return client.get(address(world, quantity)).content.decode()


def test_quantities_of_the_charts_are_those_of_the_tables() -> None:
    assert set(Quantity) == set(QualityQuantityChoice.values)


def test_the_list_shows_the_last_run_of_every_chart(client: Client, world: World) -> None:
    set_mean(world)
    points_of(world, ["26.4", "26.72"])
    client.force_login(world.technician)
    page = client.get(reverse("quality")).content.decode()
    assert "Cq of the positive control" in page
    assert "26.72" in page
    assert "+3.20 SD" in page
    assert "run rejected" in page
    assert "1 control asks for attention" in page


def test_the_chart_says_which_rule_is_broken_and_what_it_asks_for(client: Client, world: World) -> None:
    set_mean(world)
    points_of(world, ["26.4", "26.62", "26.63"])
    page = opened(client, world)
    assert "Two runs in a row lie beyond 2 SD on the same side." in page
    assert "something has shifted" in page
    assert '<path class="m m-square"' in page
    assert '<path class="m m-triangle"' in page


def test_figure_and_table_hold_the_same_runs(client: Client, world: World) -> None:
    points = points_of(world, STEADY)
    page = opened(client, world)
    assert page.count('<path class="m m-ring"') == len(points) + 1  # one in the legend
    assert all(point.run.name in page for point in points)


def test_without_a_mean_nothing_is_judged_and_the_page_says_so(client: Client, world: World) -> None:
    points_of(world, ["26.4", "29.9"])
    page = opened(client, world)
    assert "No mean and SD hold for the lot in use" in page
    assert "run rejected" not in page


def test_a_mean_is_set_from_twenty_points(client: Client, world: World) -> None:
    points_of(world, STEADY)
    client.force_login(world.authoriser)
    page = client.get(address(world))
    assert "from the 20 points of this lot: mean 26.40, SD 0.145" in page.content.decode()
    fields = {"way": "points", "lot": "", "seen_points": 20, "valid_from": FIRST_RUN.isoformat()}
    assert client.post(address(world), fields).status_code == 302
    world.as_person(world.authoriser)
    made = QualityTarget.objects.get()
    assert (made.mean, made.points, made.set_by) == (Decimal("26.4"), 20, world.authoriser)
    assert AuditEntry.objects.filter(action="quality.set_target").exists()


def test_a_mean_from_fewer_points_is_provisional_and_says_so(client: Client, world: World) -> None:
    points_of(world, STEADY[:7])
    client.force_login(world.authoriser)
    fields = {"way": "points", "lot": "", "seen_points": 7, "valid_from": FIRST_RUN.isoformat()}
    assert client.post(address(world), fields).status_code == 302
    assert "provisional: from 7 points, 20 are needed" in client.get(address(world)).content.decode()


def test_points_that_came_meanwhile_answer_409(client: Client, world: World) -> None:
    points_of(world, STEADY)
    client.force_login(world.authoriser)
    fields = {"way": "points", "lot": "", "seen_points": 19, "valid_from": FIRST_RUN.isoformat()}
    assert client.post(address(world), fields).status_code == 409
    world.as_person(world.authoriser)
    assert not QualityTarget.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mean": ""}, "Type a number"),
        ({"sd": "0"}, "above 0"),
        ({"sd": "0,1,2"}, "separator"),
        ({"mean": "26400"}, "outside of what can be measured"),
        ({"way": ""}, "required"),
        ({"valid_from": "5.1.2026"}, "year-month-day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, world: World, change: dict[str, str], sentence: str
) -> None:
    points_of(world, STEADY)
    client.force_login(world.authoriser)
    fields = {"way": "typed", "mean": "26,4", "sd": "0,15", "lot": "", "valid_from": FIRST_RUN.isoformat()}
    answer = client.post(address(world), fields | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    world.as_person(world.authoriser)
    assert not QualityTarget.objects.exists()


def test_a_technician_does_not_set_the_mean(client: Client, world: World) -> None:
    points_of(world, STEADY)
    client.force_login(world.technician)
    fields = {"way": "typed", "mean": "26.4", "sd": "0.15", "lot": "", "valid_from": FIRST_RUN.isoformat()}
    assert "Set mean and SD" not in client.get(address(world)).content.decode()
    assert client.post(address(world), fields).status_code == 403


def test_points_before_a_new_mean_keep_the_one_of_their_time(world: World) -> None:
    points_of(world, ["26.4", "26.5"])
    set_mean(world)
    today = FIRST_RUN + timedelta(weeks=1)
    with pytest.raises(ImpossibleDate):
        quality.set_target(
            by=world.authoriser, key=key(world), lot="", valid_from=FIRST_RUN, today=today,
            typed=quality.TypedTarget(Decimal(27), Decimal(1)),
        )  # fmt: skip
    quality.set_target(
        by=world.authoriser, key=key(world), lot="", valid_from=today, today=today,
        typed=quality.TypedTarget(Decimal(27), Decimal(1)),
    )  # fmt: skip
    shown = quality_chart(world.authoriser, key(world))
    assert shown is not None
    held = [each.read.target.mean for each in reversed(shown.points) if each.read.target]
    assert held == [Decimal("26.4"), Decimal(27)]


def test_a_new_lot_is_marked_and_begins_anew(client: Client, world: World) -> None:
    old, new = lot_of(world, "7", "CONTROL_MATERIAL"), lot_of(world, "8", "CONTROL_MATERIAL")
    set_mean(world, old)
    set_mean(world, new, mean="27.0")
    points_of(world, ["26.62"], lot=old)
    points_of(world, ["27.22"], lot=new, begins=FIRST_RUN + timedelta(weeks=1))
    page = opened(client, world)
    assert '<line class="lot-change"' in page
    assert "new lot" in page
    assert "2-2s:" not in page


def test_a_point_is_left_out_with_a_reason_and_taken_in_again(client: Client, world: World) -> None:
    point = points_of(world, ["26.4", "29.9"])[1]
    client.force_login(world.technician)
    where = reverse("quality-point", args=[point.pk])
    assert client.post(where, {"step": "leave_out", "because": " "}).status_code == 422
    assert client.post(where, {"step": "leave_out", "because": "Wrong tube"}).status_code == 302
    assert "Wrong tube" in client.get(address(world)).content.decode()
    assert client.post(where, {"step": "leave_out", "because": "Twice"}).status_code == 409
    world.as_person(world.technician)
    assert AuditEntry.objects.filter(action="quality.leave_out", reason="Wrong tube").exists()
    assert client.post(where, {"step": "take_in"}).status_code == 302
    world.as_person(world.technician)
    assert QualityPoint.objects.get(pk=point.pk).left_out_because == ""


def test_slopes_outside_the_limits_of_the_assay_are_told(client: Client, world: World) -> None:
    points_of(world, ["-3.4", "-3.95"], quantity="SLOPE")
    page = opened(client, world, "SLOPE")
    assert "outside the assay&#x27;s limits" in page
    assert "not evaluable. Repeat the run" in page
    assert "−3.950" in page


def test_r2_is_read_against_the_assay_and_never_rounded_across_its_limit(client: Client, world: World) -> None:
    points_of(world, ["0.9799999", "0.9499999"], quantity="R2")
    page = opened(client, world, "R2")
    assert "0.9799999" in page
    assert "accepted with a warning" in page
    assert "0.9499999" in page
    assert "Set mean and SD" not in page


def test_copies_of_the_control_gene_are_shown_beside_their_logarithm(client: Client, world: World) -> None:
    points_of(world, ["4.5"], quantity="ABL1_LOG10_COPIES")
    assert "31,623" in opened(client, world, "ABL1_LOG10_COPIES")


def test_a_long_chart_is_read_page_by_page_with_the_same_judgements(client: Client, world: World) -> None:
    set_mean(world)
    points_of(world, ["26.62"] * 61)
    client.force_login(world.technician)
    first = client.get(address(world))
    assert len(first.context["chart"].points) == 60
    assert "2-2s" in first.content.decode()
    earlier = client.get(f"{address(world)}&before={first.context['chart'].earlier}")
    assert len(earlier.context["chart"].points) == 1


def test_another_laboratory_sees_none_of_it(client: Client, world: World) -> None:
    point = points_of(world, ["26.4"])[0]
    client.force_login(_person("far", RoleChoice.LABORATORY_AUTHORISER, world.elsewhere))
    assert client.get(address(world)).status_code == 404
    assert client.get(reverse("quality-point", args=[point.pk])).status_code == 404
    assert "NPM1mutA" not in client.get(reverse("quality")).content.decode()
    client.force_login(world.clinician)
    assert client.get(reverse("quality")).status_code == 403


def test_addresses_that_name_no_chart_are_not_there(client: Client, world: World) -> None:
    client.force_login(world.technician)
    for where in (address(world), address(world, "NONSENSE"), reverse("quality-chart")):
        assert client.get(where).status_code == 404


def test_the_list_asks_the_database_as_often_for_many_charts_as_for_one(client: Client, world: World) -> None:
    points_of(world, ["26.4"])
    client.force_login(world.technician)

    def asked(where: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(where)
        return len(queries)

    before = asked(reverse("quality")), asked(address(world))
    points_of(world, STEADY * 4)
    for number in range(12):
        points_of(world, ["26.4", "26.5"], target=f"target {number}")
    assert (asked(reverse("quality")), asked(address(world))) == before
