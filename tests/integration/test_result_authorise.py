"""The second person: what signing would change, signing, returning, signing several, and who may not."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from monitoring.actions import results
from monitoring.domain.readings import Reading
from monitoring.models import MrdResult, MrdSeries, StoredVerdict
from tests.integration.typed_entry import hidden, text_of
from tests.world import World, detected, not_detected, wells

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def lab(client: Client, world: World) -> Client:
    client.force_login(world.authoriser)
    return client


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.021"))
    return series


def confirming(world: World) -> MrdResult:
    return world.submitted(suspected(world), date(2026, 11, 16), wells([34, 28, 30], [33_839, 31_623, 32_712]))


def calm(world: World, series: MrdSeries | None = None, on: date = date(2026, 11, 1)) -> MrdResult:
    if series is None:
        series = world.patient()
        world.authorised(series, date(2026, 7, 1), not_detected())
    return world.submitted(series, on, not_detected())


def address(result: MrdResult, what: str = "authorise") -> str:
    return f"/laboratory/results/{result.pk}/{what}/"


def seen(lab: Client, result: MrdResult) -> dict[str, str]:
    """What the page put into its form."""
    return {name: value for name, value in hidden(lab.get(address(result))).items() if name != "typed_by"}


def sign(lab: Client, result: MrdResult, *, checked: bool = True, form: dict[str, str] | None = None) -> "Answer":
    return lab.post(address(result), (form or seen(lab, result)) | ({"checked": "on"} if checked else {}))


def state_of(world: World, result: MrdResult) -> str:
    world.as_person(world.authoriser)
    result.refresh_from_db()
    return result.state


def edited(world: World, result: MrdResult, reading: Reading) -> None:
    """Return the result, edit it and submit it again, behind the reader's back."""
    world.as_person(world.second_authoriser)
    results.reject(
        by=world.second_authoriser, result=result, reason="look at well 2",
        seen=results.Seen(result.version, result.submitted_at),
    )  # fmt: skip
    world.as_person(world.technician)
    results.edit(by=world.technician, result=result, reading=reading, seen=results.Seen(result.version, None))
    results.submit(by=world.technician, result=result, now=world.now + timedelta(minutes=5))


# what is shown


def test_the_page_says_in_one_sentence_what_signing_would_do(lab: Client, world: World) -> None:
    said = text_of(lab.get(address(confirming(world))))
    assert "This result would confirm molecular relapse of P-0001." in said


def test_every_rule_set_is_shown_now_and_with_the_result(lab: Client, world: World) -> None:
    said = text_of(lab.get(address(confirming(world))))
    table = said.split("What signing changes")[1].split("0.0937 % of ABL1, that is")[0]
    assert "ELN 2021 raises alerts Suspected molecular relapse index 29 Oct 2026" in table
    assert "Confirmed molecular relapse relapse date 29 Oct 2026" in table
    assert "ELN 2025 Low level the same" in table


def test_the_measurement_stands_beside_it(lab: Client, world: World) -> None:
    said = text_of(lab.get(address(confirming(world))))
    for words in (
        "0.0937 % of ABL1, that is 93.7 copies per 100,000 ABL1; limit 0.00306 % of ABL1.",
        "34; 28; 30 30.7 copies",
        "100 × 30.7 / 32,725 0.0937 %",
        "Since the last 29 Oct 2026, 0.021 % 4.5-fold, +0.65 log",
        "Entered by Technician",
        "Submitted by Technician, 20 Nov 2026",
    ):
        assert words in said


def test_the_curve_marks_the_result_that_waits(lab: Client, world: World) -> None:
    html = lab.get(address(confirming(world))).content.decode()
    svg = html.split('<svg class="preview"')[1].split("</svg>")[0]
    assert "0.0937 this result" in svg
    assert "0.021 index" in svg
    assert svg.count('class="ring"') == 3


def test_a_result_that_changes_nothing_needs_no_tick(lab: Client, world: World) -> None:
    result = calm(world)
    page = lab.get(address(result))
    assert "This result would change no verdict of P-0001." in text_of(page)
    assert 'name="checked"' not in page.content.decode()


def test_a_change_by_another_rule_set_only_is_named_as_such(lab: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 8, 1), detected("0.21"))
    result = world.submitted(series, date(2026, 11, 16), detected("0.34"))
    said = text_of(lab.get(address(result)))
    assert "would raise an alert on P-0001: high level outside any relapse" in said
    assert "By ELN 2025; ELN 2021, which raises alerts here, stays as it is." in said


def test_an_amendment_is_compared_with_the_version_it_replaces(lab: Client, world: World) -> None:
    signed = world.authorised(suspected(world), date(2026, 11, 16), detected("0.09"))
    world.as_person(world.technician)
    amended = results.amend(by=world.technician, result=signed, reading=not_detected(), reason="wrong tube")
    results.submit(by=world.technician, result=amended, now=world.now)
    said = text_of(lab.get(address(amended)))
    assert "would take back the molecular relapse of P-0001 of 29 Oct 2026" in said


# signing


def test_signing_names_the_new_verdict(lab: Client, world: World) -> None:
    result = confirming(world)
    answer = sign(lab, result)
    assert answer["Location"] == "/laboratory/"
    said = text_of(lab.get("/laboratory/"))
    assert "Authorised. P-0001 by ELN 2021: confirmed molecular relapse, relapse date 29 Oct 2026." in said
    assert state_of(world, result) == "AUTHORISED"
    assert StoredVerdict.objects.get(series=result.series, ruleset="ELN2021").state == "CONFIRMED"


def test_a_change_of_verdict_is_not_signed_without_the_tick(lab: Client, world: World) -> None:
    result = confirming(world)
    answer = sign(lab, result, checked=False)
    assert answer.status_code == 422
    assert "Tick that you have checked patient, curve, controls and mutation type." in text_of(answer)
    assert state_of(world, result) == "SUBMITTED"


def test_the_tick_is_never_set_beforehand(lab: Client, world: World) -> None:
    html = lab.get(address(confirming(world))).content.decode()
    assert " checked" not in html.split('name="checked"')[1].split(">")[0]


@pytest.mark.parametrize("missing", ["version", "submitted_at", "effect"])
def test_a_form_that_does_not_say_what_was_seen_is_refused(lab: Client, world: World, missing: str) -> None:
    result = confirming(world)
    form = seen(lab, result)
    form.pop(missing)
    assert sign(lab, result, form=form).status_code == 422
    assert state_of(world, result) == "SUBMITTED"


# who may not


def test_whoever_entered_is_told_that_another_person_signs(client: Client, world: World) -> None:
    series = world.patient()
    sample = world.sample(series, date(2026, 11, 1))
    world.as_person(world.authoriser)
    draft = results.enter(by=world.authoriser, series=series, sample=sample, assay=world.assay, reading=not_detected())
    result = results.submit(by=world.technician, result=draft, now=world.now)
    client.force_login(world.authoriser)
    page = client.get(address(result))
    assert "Entered by you: another person signs." in text_of(page)
    assert f'action="{address(result)}"' not in page.content.decode()
    answer = sign(client, result, form={"version": "1", "submitted_at": world.now.isoformat(), "effect": "x"})
    assert answer.status_code == 403
    assert "A second person has to authorise it." in text_of(answer)
    assert state_of(world, result) == "SUBMITTED"


def test_a_technician_may_look_and_not_sign(client: Client, world: World) -> None:
    result = confirming(world)
    client.force_login(world.technician)
    assert "another person signs" in text_of(client.get(address(result)))
    assert sign(client, result, form={"version": "1"}).status_code == 403


@pytest.mark.parametrize(("person", "status"), [("clinician", 403), ("stranger", 403)])
def test_others_do_not_see_the_page(client: Client, world: World, person: str, status: int) -> None:
    result = confirming(world)
    client.force_login(getattr(world, person))
    assert client.get(address(result)).status_code == status


def test_a_laboratory_of_another_centre_finds_nothing(client: Client, world: World) -> None:
    from tests.world import _person

    result = confirming(world)
    client.force_login(_person("elsewhere", "LABORATORY_AUTHORISER", world.elsewhere))  # type: ignore[arg-type]
    assert client.get(address(result)).status_code == 404
    assert sign(client, result, form={}).status_code == 404


# a stale page


def test_a_page_from_before_an_edit_is_a_conflict_that_says_what_changed(lab: Client, world: World) -> None:
    result = confirming(world)
    form = seen(lab, result)
    edited(world, result, wells([340, 280, 300], [33_839, 31_623, 32_712]))
    answer = sign(lab, result, form=form)
    said = text_of(answer)
    assert answer.status_code == 409
    assert "Second Authoriser returned version 1" in said
    assert "look at well 2" in said
    assert "% of ABL1 0.0937 %, now 0.937 %" in said
    assert state_of(world, result) == "SUBMITTED"


def test_a_page_from_before_another_signature_is_a_conflict(lab: Client, world: World) -> None:
    result = confirming(world)
    form = seen(lab, result)
    world.as_person(world.second_authoriser)
    results.authorise(
        by=world.second_authoriser, result=result, seen=results.Seen(1, result.submitted_at), now=world.now
    )
    answer = sign(lab, result, form=form)
    assert answer.status_code == 409
    assert "Second Authoriser authorised version 1" in text_of(answer)


def test_a_page_that_showed_another_effect_is_a_conflict(lab: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    result = world.submitted(series, date(2026, 11, 16), detected("0.09"))
    form = seen(lab, result)
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    answer = sign(lab, result, form=form)
    assert answer.status_code == 409
    assert state_of(world, result) == "SUBMITTED"
    assert "confirm molecular relapse" in text_of(lab.get(address(result)))


def test_the_page_of_a_signed_result_leads_to_its_history(lab: Client, world: World) -> None:
    result = world.authorised(world.patient(), date(2026, 11, 1), not_detected())
    assert lab.get(address(result))["Location"] == f"/laboratory/results/{result.pk}/"


# returning


def test_a_result_is_returned_with_its_reason(lab: Client, world: World) -> None:
    result = confirming(world)
    answer = lab.post(address(result, "reject"), seen(lab, result) | {"reason": "ABL1 of the wrong plate"})
    assert answer["Location"] == "/laboratory/"
    assert state_of(world, result) == "DRAFT"
    assert "ABL1 of the wrong plate" in text_of(lab.get("/laboratory/"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_return_without_reason_is_asked_for_one(lab: Client, world: World, reason: str) -> None:
    result = confirming(world)
    answer = lab.post(address(result, "reject"), seen(lab, result) | {"reason": reason})
    assert answer.status_code == 422
    assert "Say why you return it" in text_of(answer)
    assert state_of(world, result) == "SUBMITTED"


def test_the_reason_is_not_lost_when_the_tick_is_missing(lab: Client, world: World) -> None:
    result = confirming(world)
    answer = sign(lab, result, checked=False, form=seen(lab, result) | {"reason": "typed with care"})
    assert 'value="typed with care"' in answer.content.decode()


def test_returning_is_by_post_only(lab: Client, world: World) -> None:
    assert lab.get(address(confirming(world), "reject")).status_code == 405


# several together


def chosen(*wanted: MrdResult) -> dict[str, list[str]]:
    return {"result": [f"{each.pk}|{each.version}|{each.submitted_at.isoformat()}" for each in wanted]}  # type: ignore[union-attr]


def test_results_that_change_nothing_are_signed_together(lab: Client, world: World) -> None:
    both = [calm(world), calm(world)]
    lab.post("/laboratory/results/authorise/", chosen(*both))
    assert [state_of(world, result) for result in both] == ["AUTHORISED", "AUTHORISED"]
    assert "2 results authorised, no verdict changed." in text_of(lab.get("/laboratory/"))


def test_one_that_changes_a_verdict_holds_all_back(lab: Client, world: World) -> None:
    both = [calm(world), confirming(world)]
    answer = lab.post("/laboratory/results/authorise/", chosen(*both))
    assert answer.status_code == 409
    assert "The result of P-0002 would change a verdict. Open it and sign it alone" in text_of(answer)
    assert [state_of(world, result) for result in both] == ["SUBMITTED", "SUBMITTED"]


def test_two_that_only_together_change_a_verdict_are_held_back(lab: Client, world: World) -> None:
    series = world.patient()
    world.authorised(series, date(2026, 10, 1), not_detected(), "PB")
    both = [
        world.submitted(series, date(2026, 6, 1), not_detected(), "PB"),
        world.submitted(series, date(2026, 7, 1), detected("0.005"), "PB"),
    ]
    assert lab.get("/laboratory/").content.decode().count('name="result"') == 2
    answer = lab.post("/laboratory/results/authorise/", chosen(*both))
    assert answer.status_code == 409
    assert [state_of(world, result) for result in both] == ["SUBMITTED", "SUBMITTED"]


def test_a_contributor_cannot_sign_by_the_list_either(client: Client, world: World) -> None:
    result = calm(world)
    client.force_login(world.technician)
    assert client.post("/laboratory/results/authorise/", chosen(result)).status_code == 403
    assert state_of(world, result) == "SUBMITTED"


def test_a_stale_selection_is_a_conflict(lab: Client, world: World) -> None:
    result = calm(world)
    selection = chosen(result)
    edited(world, result, not_detected(50_000))
    assert lab.post("/laboratory/results/authorise/", selection).status_code == 409
    assert state_of(world, result) == "SUBMITTED"


def test_nothing_selected_signs_nothing(lab: Client, world: World) -> None:
    lab.post("/laboratory/results/authorise/", {})
    assert "No result was selected" in text_of(lab.get("/laboratory/"))


@pytest.mark.parametrize("nonsense", ["x", "1|2", "1|1|yesterday", "1|1|2026-11-20T10:00:00+00:00|more"])
def test_nonsense_is_a_bad_request(lab: Client, nonsense: str) -> None:
    assert lab.post("/laboratory/results/authorise/", {"result": nonsense}).status_code == 400


def test_a_signed_out_person_signs_nothing(client: Client, world: World) -> None:
    result = calm(world)
    answer = client.post("/laboratory/results/authorise/", chosen(result))
    assert answer["Location"].startswith("/sign-in")
    assert state_of(world, result) == "SUBMITTED"


def test_the_page_tells_what_was_recorded_since_the_submission(lab: Client, world: World) -> None:
    series = world.patient()
    waiting = world.submitted(series, date(2026, 11, 10), detected("0.05"))
    assert "authorised a result" not in text_of(lab.get(f"/laboratory/results/{waiting.pk}/authorise/"))
    world.authorised(series, date(2026, 10, 1), not_detected())
    told = text_of(lab.get(f"/laboratory/results/{waiting.pk}/authorise/"))
    assert "Since it was submitted" in told
    assert "authoriser authorised a result" in told
