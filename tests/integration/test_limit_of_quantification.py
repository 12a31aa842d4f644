"""The limit of quantification that a laboratory states: by REST, FHIR or typed; kept when amended, used by rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from monitoring.actions import results
from monitoring.models import MrdResult, MrdSeries, StoredVerdict
from tests.fhir_sender import caller, component, observation, quantity
from tests.integration.rest_api import Api, laboratory_machine, sent
from tests.integration.typed_entry import NEW_SAMPLE, REPORTED, WELLS, address, post, submit, text_of, typed
from tests.world import World, detected

ALL = "results/bulk?mode=all-or-nothing"
SCALES = [("PCT_ABL1", "0.025"), ("RATIO", "0.00025"), ("PER_10_4_ABL1", "2.5"), ("PER_10_5_ABL1", "25")]
LOQ = {"loq": "25", "loq_scale": "PER_10_5_ABL1"}

pytestmark = pytest.mark.usefixtures("today")


def last(world: World) -> MrdResult:
    world.as_person(world.technician)
    row = MrdResult.objects.order_by("pk").last()
    assert row
    return row


def signed(world: World, series: MrdSeries) -> MrdResult:
    """A value with its limit, sent and signed by the laboratory."""
    _, api = laboratory_machine(world)
    answer = api.post(ALL, {"results": [sent(world, series, "26-9", **LOQ)]})
    assert answer.status_code == 201, answer.content
    return MrdResult.objects.get(pk=answer.json()["results"][0]["id"])


# REST


@pytest.mark.parametrize(("scale", "loq"), SCALES)
def test_rest_takes_a_limit_on_its_scale_and_gives_it_back(
    world: World, series: MrdSeries, scale: str, loq: str
) -> None:
    api = Api(world, world.technician)
    made = api.post("results/", sent(world, series, "26-1", loq=loq, loq_scale=scale))
    assert made.status_code == 201, made.content
    assert Decimal(made.json()["loq_pct_abl1"]) == Decimal("0.025")
    assert api.get(f"results/{made.json()['id']}/").json()["loq_pct_abl1"] == made.json()["loq_pct_abl1"]


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ({"loq": "0.025"}, "loq_scale"),
        ({"loq": "0.025", "loq_scale": "PCT_BASELINE"}, "loq_scale"),
        ({"loq": "0", "loq_scale": "PCT_ABL1"}, "loq"),
        ({"loq": "0,025", "loq_scale": "PCT_ABL1"}, "loq"),
        ({"loq": "1,000", "loq_scale": "PER_10_5_ABL1"}, "loq"),
        ({"loq": "<0.01", "loq_scale": "PCT_ABL1"}, "loq"),
        ({"loq": " ", "loq_scale": "PCT_ABL1"}, "loq"),
        ({"lod_pct_abl1": "0"}, "lod_pct_abl1"),
    ],
)
def test_a_limit_that_is_no_level_or_has_no_scale_is_refused_at_its_field(
    world: World, series: MrdSeries, told: dict[str, str], path: str
) -> None:
    api, body = Api(world, world.technician), sent(world, series, "26-1", **told)
    answer = api.post("results/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, f"reported.{path}")
    answer = api.post(ALL, {"results": [body]})
    assert [error["path"] for error in answer.json()["errors"]] == [f"results[0].reported.{path}"]
    assert not MrdResult.objects.exists()


def test_of_many_at_once_another_limit_is_a_correction_and_the_same_on_another_scale_is_not(
    world: World, series: MrdSeries
) -> None:
    _, api = laboratory_machine(world)

    def send(**told: str) -> tuple[int, int]:
        [found] = api.post(ALL, {"results": [sent(world, series, "26-9", **told)]}).json()["results"]
        return found["status"], found["version"]

    assert send(**LOQ) == (201, 1)
    assert send(loq="0.0250", loq_scale="PCT_ABL1") == (200, 1)
    assert send(loq="0.05", loq_scale="PCT_ABL1") == (201, 2)
    assert send() == (201, 3)


def test_a_limit_by_rest_is_read_by_fhir_and_the_other_way_round(world: World, series: MrdSeries) -> None:
    below = {"call": "DETECTED", "abl1_copies": 39600, **LOQ}
    _, api = laboratory_machine(world)
    [told] = api.post(ALL, {"results": [sent(world, series, "26-9") | {"reported": below}]}).json()["results"]
    sender = caller(world)
    shown = sender.get(f"/Observation/{told['id']}").json()
    assert (shown["valueQuantity"]["comparator"], shown["valueQuantity"]["value"]) == ("<", 0.025)
    back = {name: shown[name] for name in ("valueQuantity", "interpretation", "component")}
    again = sender.post("/Observation", observation(series, accession="L-2", **back))
    assert again.status_code == 201, again.content
    read = Api(world, world.clinician).get(f"results/{again.json()['id']}/").json()
    assert (read["call"], read["pct_abl1"], Decimal(read["loq_pct_abl1"])) == ("DETECTED", None, Decimal("0.025"))
    by_component = [component("ABL1-COPIES", quantity(40000, "{copies}")), component("LOQ", quantity(0.03, "%"))]
    with_value = sender.post("/Observation", observation(series, accession="L-3", component=by_component)).json()
    read = Api(world, world.clinician).get(f"results/{with_value['id']}/").json()
    assert (read["pct_abl1"], read["loq_pct_abl1"]) == ("0.093", "0.03")


@pytest.mark.parametrize(
    ("told", "kept"), [({}, "0.025"), ({"loq": None}, None), ({"loq": "0.05", "loq_scale": "PCT_ABL1"}, "0.05")]
)
def test_an_amendment_over_rest_keeps_the_limit_unless_it_says_another(
    world: World, series: MrdSeries, told: dict[str, Any], kept: str | None
) -> None:
    row = signed(world, series)
    body = {"reported": sent(world, series, "26-9", value="0.0850", **told)["reported"], "reason": "Read again"}
    answer = Api(world, world.technician).post(f"results/{row.pk}/amend/", body)
    assert answer.status_code == 201, answer.content
    found = answer.json()["loq_pct_abl1"]
    assert (None if found is None else Decimal(found)) == (None if kept is None else Decimal(kept))


def test_an_amendment_by_wells_computes_its_own_limit(world: World, series: MrdSeries) -> None:
    row = signed(world, series)
    body = {"copies": {"target": [34, 28, 30], "abl1": [33839, 31623, 32712]}, "reason": "Measured again"}
    found = Api(world, world.technician).post(f"results/{row.pk}/amend/", body).json()
    assert Decimal(found["loq_pct_abl1"]) < Decimal("0.025")


# the page


def report(world: World, **changes: str) -> dict[str, str]:
    return typed(world.assay, NEW_SAMPLE, REPORTED, **changes)


@pytest.mark.parametrize(("language", "typed_as"), [("en", "0.025"), ("en", "0,025"), ("fr", "0,025"), ("fr", "0.025")])
def test_a_typed_limit_is_read_back_in_words_and_kept(
    lab: Client, world: World, series: MrdSeries, language: str, typed_as: str
) -> None:
    form = report(world, loq=typed_as, loq_scale="PCT_ABL1")
    lab.cookies["django_language"] = language
    said = text_of(post(lab, address(series), form, "read"))
    assert ("0,025 %" if language == "fr" else "0.025 %") in said
    assert submit(lab, address(series), form).status_code == 302
    assert last(world).loq_pct_abl1 == Decimal("0.025")


def test_a_limit_on_another_scale_is_read_back_on_both(lab: Client, world: World, series: MrdSeries) -> None:
    said = text_of(post(lab, address(series), report(world, **LOQ), "read"))
    assert "Limit of quantification 25 copies per 10⁵ ABL1, that is 0.025 % of ABL1." in said
    submit(lab, address(series), report(world, **LOQ))
    assert last(world).loq_pct_abl1 == Decimal("0.025")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"loq": "0.025"}, "Choose the scale of this limit: a number without its unit is refused."),
        ({"loq": "1.000", "loq_scale": "PER_10_5_ABL1"}, "“1.000”: 1000, or 1? Nothing is computed until you say."),
        ({"loq": "0", "loq_scale": "PCT_ABL1"}, "0 is not a level."),
        ({"loq": "1e-3", "loq_scale": "PCT_ABL1"}, "Write the number out."),
    ],
)
def test_a_typed_limit_is_never_guessed(
    lab: Client, world: World, series: MrdSeries, told: dict[str, str], sentence: str
) -> None:
    answer = post(lab, address(series), report(world, **told), "keep")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    world.as_person(world.technician)
    assert not MrdResult.objects.exists()


def test_the_answer_to_the_question_of_a_limit_is_kept(lab: Client, world: World, series: MrdSeries) -> None:
    form = report(world, **{"loq": "1.000", "loq_scale": "PER_10_5_ABL1", "meant-loq": "1000"})
    submit(lab, address(series), form)
    assert last(world).loq_pct_abl1 == 1


@pytest.mark.parametrize("scale", ["PER_10_5_ABL1", "PCT_ABL1"])
def test_a_number_with_two_separators_is_taken_once_it_was_answered(
    lab: Client, world: World, series: MrdSeries, scale: str
) -> None:
    form = report(world, value="1,234,567", scale=scale, **{"meant-value": "1234567"})
    assert submit(lab, address(series), form).status_code == 302
    assert last(world).entered_value == 1_234_567


def test_a_limit_that_could_be_grouped_is_read_back_with_what_it_is_not(
    lab: Client, world: World, series: MrdSeries
) -> None:
    said = text_of(post(lab, address(series), report(world, loq="1,234", loq_scale="PCT_ABL1"), "read"))
    assert "“1,234” is read as 1.234, not as 1234." in said


def test_no_scale_of_the_limit_is_preselected_and_none_is_of_diagnosis(lab: Client, series: MrdSeries) -> None:
    choices = lab.get(address(series)).content.decode().split('name="loq_scale"')[1].split("</select>")[0]
    assert '<option value="" selected>choose</option>' in choices
    assert "PCT_BASELINE" not in choices


def test_an_amendment_by_hand_keeps_the_limit_in_sight(lab: Client, world: World, series: MrdSeries) -> None:
    row = signed(world, series)
    where = f"/laboratory/results/{row.pk}/amend/"
    page = lab.get(where)
    html = page.content.decode()
    assert html.split('name="loq"')[1].split('value="')[1].split('"')[0] == f"{row.loq_pct_abl1:f}"
    assert html.split('name="value"')[1].split(">")[0].count("value=") == 0
    assert "but for the limit of quantification of a reported value" in text_of(page)
    as_it_stands = {"loq": f"{row.loq_pct_abl1:f}", "loq_scale": "PCT_ABL1", "reason": "dilution missed"}
    assert submit(lab, where, typed(world.assay, REPORTED, **as_it_stands)).status_code == 302
    amended = last(world)
    assert (amended.version, amended.loq_pct_abl1) == (2, Decimal("0.025"))


def test_an_amendment_by_wells_is_not_held_up_by_the_limit_that_stands_there(
    lab: Client, world: World, series: MrdSeries
) -> None:
    row = signed(world, series)
    where, stands = f"/laboratory/results/{row.pk}/amend/", {"loq": f"{row.loq_pct_abl1:f}", "loq_scale": "PCT_ABL1"}
    form = typed(world.assay, WELLS, reason="measured again", **stands)
    assert submit(lab, where, form).status_code == 302
    assert last(world).target_copies is not None
    typed_over = typed(world.assay, WELLS, reason="measured again", loq="0.5", loq_scale="PCT_ABL1")
    assert "Both ways are filled in." in text_of(post(lab, where, typed_over, "read"))


def test_editing_a_draft_shows_its_limit_and_the_history_tells_its_change(
    lab: Client, world: World, series: MrdSeries
) -> None:
    made = Api(world, world.technician).post("results/", sent(world, series, "26-1", **LOQ)).json()
    where = f"/laboratory/results/{made['id']}/edit/"
    html = lab.get(where).content.decode()
    assert html.split('name="loq"')[1].split('value="')[1].split('"')[0] == made["loq_pct_abl1"]
    content = html.split('name="content" value="')[1].split('"')[0]
    form = typed(world.assay, REPORTED, value="0.0930", abl1_copies="39600", content=content)
    post(lab, where, form | {"loq": "0.05", "loq_scale": "PCT_ABL1"}, "keep")
    assert last(world).loq_pct_abl1 == Decimal("0.05")
    assert "limit of quantification, % of ABL1 0.025 %, now 0.05 %" in text_of(lab.get(where.replace("edit/", "")))


# the rules


@pytest.mark.parametrize("way", ["REST", "FHIR", "page"])
@pytest.mark.parametrize(("loq", "state"), [("", "SUSPECTED"), ("0.02", "LOW_LEVEL")])
def test_the_nadir_is_no_lower_than_the_limit_whichever_way_it_came(
    world: World, series: MrdSeries, client: Client, way: str, loq: str, state: str
) -> None:
    """A rise from 0.005 to 0.06 % is tenfold; from the limit of 0.02 % below which nothing is told apart it is not."""
    if way == "REST":
        _, api = laboratory_machine(world)
        told = {"loq": loq, "loq_scale": "PCT_ABL1"} if loq else {}
        body = {"results": [sent(world, series, "26-1", "2026-07-01", value="0.005", **told)]}
        assert api.post(ALL, body).status_code == 201
    elif way == "FHIR":
        limit = [component("LOQ", quantity(float(loq), "%"))] if loq else []
        parts = [component("ABL1-COPIES", quantity(39600, "{copies}")), *limit]
        told = observation(series, "0.005", component=parts, effectiveDateTime="2026-07-01T09:30:00+01:00")
        assert caller(world).post("/Observation", told).status_code == 201
    else:
        client.force_login(world.technician)
        told = {"loq": loq, "loq_scale": "PCT_ABL1"} if loq else {}
        day = {"collected_on": "2026-07-01", "received_on": "2026-07-02", "value": "0.005", "abl1_copies": "39600"}
        submit(client, address(series), report(world, **day, **told))
        sign(world, last(world))
    world.authorised(series, date(2026, 10, 29), detected("0.06", 39_600))
    world.as_person(world.clinician)
    assert StoredVerdict.objects.get(series=series, ruleset="ELN2021").state == state


def sign(world: World, row: MrdResult) -> None:
    world.as_person(world.authoriser)
    results.authorise(by=world.authoriser, result=row, seen=results.Seen(1, row.submitted_at), now=world.now)
