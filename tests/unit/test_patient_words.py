"""Words of cycles, schedule, timeline and alerts on the patient page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.domain.response import TissueResponse
from monitoring.domain.results import Result
from monitoring.domain.terms import Call, CycleResponse, SampleClass, Tissue
from monitoring.wording import alert_history, alert_words, cycle_words, schedule_words, timeline_words
from monitoring.wording.recorded_changes import change_said

MARROW = Tissue.BONE_MARROW
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def response(kind: CycleResponse, **facts: object) -> TissueResponse:
    opens, closes = date(2026, 3, 8), date(2026, 3, 22)
    return TissueResponse(1, MARROW, kind, opens, closes, **facts)  # type: ignore[arg-type]


def sample(pct_abl1: str | None, sample_class: SampleClass) -> ClassedResult:
    value = Decimal(pct_abl1) if pct_abl1 else None
    call = Call.DETECTED if value else Call.NOT_DETECTED
    result = Result("s1", date(2026, 3, 12), MARROW, call, value, Decimal(40_000))
    return ClassedResult(result, sample_class)


def test_a_partner_drug_with_dose_and_days() -> None:
    assert plain(cycle_words.partner_words("AZACITIDINE", Decimal("75.0"), 7)) == "azacitidine 75 mg/m², 7 days"


def test_no_partner_drug_is_said_too() -> None:
    assert cycle_words.partner_words("", None, None) == "no partner drug recorded"


def test_an_inhibitor_by_name() -> None:
    assert cycle_words.inhibitor_words("STRONG_INHIBITOR", "voriconazole") == "voriconazole (strong inhibitor)"


def test_days_that_are_not_on_record_are_a_dash() -> None:
    assert cycle_words.given_words(None, 14) == "– of 14"
    assert cycle_words.given_words(None, None) == "–"


def test_what_is_not_recorded_of_a_cycle_is_not_said() -> None:
    assert cycle_words.circumstances(ramp_up=None, tls_prophylaxis=None, g_csf=False, setting="") == []
    assert cycle_words.circumstances(ramp_up=False, tls_prophylaxis=True, g_csf=True, setting="INPATIENT") == [
        "no ramp-up", "TLS prophylaxis", "G-CSF", "inpatient",
    ]  # fmt: skip


def test_a_hold_and_a_reduction() -> None:
    held = cycle_words.hold_words("HOLD", date(2026, 3, 5), date(2026, 3, 9), None, "neutropenia")
    assert held == "held 5 Mar to 9 Mar 2026: neutropenia"
    reduced = cycle_words.hold_words("REDUCTION", date(2026, 3, 5), None, 100, "azole")
    assert plain(reduced) == "reduced to 100 mg, from 5 Mar 2026: azole"


def test_an_adverse_event_counts_both_its_days() -> None:
    told = cycle_words.toxicity_words("neutropenia", 4, date(2026, 3, 5), date(2026, 3, 13))
    assert told == "neutropenia, grade 4, 9 days"


def test_transfusions_by_product() -> None:
    assert cycle_words.transfusion_words({"PLATELETS": 4, "RED_CELLS": 2}) == "2 × red cells, 4 × platelets"


def test_a_response_shows_its_arithmetic() -> None:
    stable = response(CycleResponse.STABLE, reference_pct_abl1=Decimal("0.041"), log10_reduction=Decimal("0.82038"))
    told = cycle_words.response_detail(stable, sample("0.0062", SampleClass.LOW_LEVEL), date(2026, 11, 20))
    assert plain(told) == "0.041 % → 0.0062 %, −0.82 log"


def test_a_negative_shows_its_limit() -> None:
    told = cycle_words.response_detail(
        response(CycleResponse.NEGATIVITY), sample(None, SampleClass.NEGATIVE), date(2026, 11, 20)
    )
    assert plain(told) == "12 Mar, limit 0.0025 %"


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2026, 3, 1), "to be judged from 8 Mar 2026"),
        (date(2026, 3, 20), "no evaluable sample yet, until 22 Mar 2026"),
        (date(2026, 5, 1), "no evaluable sample"),
    ],
)
def test_why_a_response_is_not_there(as_of: date, said: str) -> None:
    assert cycle_words.response_detail(response(CycleResponse.NOT_EVALUATED), None, as_of) == said


def due(status: DueStatus, **facts: object) -> DueSample:
    values: dict[str, object] = {"rule": ScheduleRule.FOLLOW_UP, "tissues": (MARROW, MARROW.other), "grace_days": 14}
    values |= {"due_on": date(2026, 12, 24), "status": status} | facts
    return DueSample(**values)  # type: ignore[arg-type]


def test_a_due_sample_names_its_tissues_and_its_grace() -> None:
    one = due(DueStatus.UPCOMING)
    assert schedule_words.due_tissues(one) == "Marrow or blood"
    assert schedule_words.grace_words(one) == "grace to 7 Jan 2027"
    assert schedule_words.standing(one, date(2026, 11, 20)) == "34 days left"


def test_a_taken_and_a_missed_sample() -> None:
    taken = due(DueStatus.TAKEN_LATE, taken_on=date(2027, 2, 1))
    assert schedule_words.standing(taken, date(2027, 3, 1)) == "taken 1 Feb 2027, late"
    assert schedule_words.standing(due(DueStatus.MISSED), date(2027, 3, 1)) == "missed"


def test_a_decision_without_a_date() -> None:
    one = due(DueStatus.NO_DATE, rule=ScheduleRule.INDIVIDUALISE, due_on=None, target_on=date(2026, 1, 1))
    assert schedule_words.standing(one, date(2026, 11, 20)) == "to be decided"
    assert schedule_words.grace_words(one) == "since 1 Jan 2026"


def test_a_confirming_sample_is_aimed_at_a_day() -> None:
    one = due(DueStatus.UPCOMING, rule=ScheduleRule.CONFIRM_SUSPECTED_RELAPSE, target_on=date(2026, 12, 10))
    assert schedule_words.due_title(one) == "Confirming sample"
    assert schedule_words.grace_words(one) == "best by 10 Dec 2026"


@pytest.mark.parametrize("rule", list(ScheduleRule))
def test_every_rule_of_the_schedule_has_words(rule: ScheduleRule) -> None:
    assert "%" not in schedule_words.due_title(due(DueStatus.UPCOMING, rule=rule, number=2))


def test_constructed_columns_are_named_once() -> None:
    told = timeline_words.constructed_words(["collected_on", "abl1_copies", "happened_on"])
    assert told == "constructed: date, ABL1 copies"
    assert timeline_words.constructed_words([]) == ""


def test_the_details_of_a_transplant() -> None:
    told = timeline_words.event_details(
        donor="unrelated 10/10", conditioning="Flu-Bu", conditioning_starts_on=date(2026, 6, 18),
        mrd_at_hsct="NEGATIVE", cause="", detail="",
    )  # fmt: skip
    assert told == ["donor: unrelated 10/10", "conditioning: Flu-Bu, from 18 Jun 2026", "MRD at transplant: negative"]


def test_a_finding_with_its_share() -> None:
    told = timeline_words.finding_words(
        gene="DNMT3A", variant="R882H", status="PRESENT", vaf_pct=Decimal("42.50"), ratio=None
    )
    assert plain(told) == "R882H, VAF 42.5 %"
    lost = timeline_words.finding_words(gene="NPM1", variant="", status="LOST", vaf_pct=None, ratio=None)
    assert lost == "lost"


def test_an_alert_names_its_tissue_and_day() -> None:
    told = alert_words.alert_title("HIGH_LEVEL", "", "", "BM", date(2026, 7, 3))
    assert told == "High level outside any relapse, marrow, 3 Jul 2026"


def test_an_alert_of_an_episode_says_what_it_is() -> None:
    told = alert_words.alert_title("EPISODE", "CONFIRMED", "MOLECULAR_PROGRESSION", "PB", None)
    assert told == "Confirmed molecular progression, blood"


def test_how_long_an_alert_waits_and_by_which_day_it_is_due() -> None:
    midnight = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    waiting = alert_words.waiting_words(NOON, midnight, NOON + timedelta(hours=3, minutes=20))
    assert waiting == "Raised 18 Nov 2026, 12:00, waiting 3 hours. To be acknowledged by 19 Nov 2026."
    late = alert_words.waiting_words(NOON, midnight, NOON + timedelta(days=2))
    assert late == "Raised 18 Nov 2026, 12:00, waiting 2 days. It was to be acknowledged by 19 Nov 2026."


def test_an_act_without_words_of_its_own_is_a_change_of_the_record() -> None:
    assert change_said("result.authorise", "eve", NOON) == "eve authorised a result, 18 Nov 2026, 12:00."
    assert change_said("something.new", "eve", NOON) == "eve changed the record, 18 Nov 2026, 12:00."


@pytest.mark.parametrize(("language", "kind", "step", "said"), [
    ("en", "MOLECULAR_RELAPSE", "REOPENED",
     "opened again by new evidence, relapse date moved from 29 Oct 2026 to 1 Oct 2026"),
    ("fr", "MOLECULAR_RELAPSE", "REOPENED",
     "rouverte par de nouveaux éléments, date de rechute déplacée du 29 oct. 2026 au 1er oct. 2026"),
    ("en", "MOLECULAR_PROGRESSION", "UPDATED",
     "new evidence, date of progression moved from 29 Oct 2026 to 1 Oct 2026"),
    ("fr", "MOLECULAR_PROGRESSION", "UPDATED",
     "nouveaux éléments, date de progression déplacée du 29 oct. 2026 au 1er oct. 2026"),
])  # fmt: skip
def test_a_step_that_moved_the_index_says_from_which_day_to_which(
    language: str, kind: str, step: str, said: str
) -> None:
    moved = alert_history.IndexMoved(kind, date(2026, 10, 29), date(2026, 10, 1))
    with translation.override(language):
        assert plain(alert_history.step_words(step, "", "", "", "", moved)) == said
