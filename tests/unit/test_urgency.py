"""Which alerts a verdict raises, how urgent they are, and by when somebody must have seen them."""

from datetime import date

import pytest

from monitoring.domain.classify import classify_all
from monitoring.domain.terms import EpisodeStatus, FlagCode, RuleSetId, Tissue
from monitoring.domain.urgency import (
    ACKNOWLEDGE_WITHIN,
    ALERT_IN_EVERY_RULESET,
    EPISODE,
    ESCALATION,
    NEVER_AN_ALERT,
    URGENCY_OF_FLAG,
    AlertDue,
    Escalation,
    Urgency,
    alerts_of,
    alerts_raised,
    urgency_of_retraction,
)
from tests.spec.verdict_tables import read_series

ELN2021, ELN2022, ELN2025, TIONG2020 = RuleSetId
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


def of(text: str, ruleset: RuleSetId = ELN2021) -> list[AlertDue]:
    series, as_of = read_series(text)
    return alerts_of(classify_all(series, as_of=as_of)[ruleset], series)


def raised(text: str, chosen: RuleSetId = ELN2021) -> list[AlertDue]:
    series, as_of = read_series(text)
    return alerts_raised(classify_all(series, as_of=as_of), chosen, series)


def brief(alerts: list[AlertDue]) -> list[tuple[str, str | None, int]]:
    return [(alert.code, alert.index, int(alert.urgency)) for alert in alerts]


def urgency_of_suspicion(text: str) -> int:
    [alert] = [alert for alert in of(text) if alert.status is EpisodeStatus.SUSPECTED]
    return int(alert.urgency)


def test_every_flag_has_its_urgency_or_is_never_an_alert() -> None:
    assert set(URGENCY_OF_FLAG) | NEVER_AN_ALERT == set(FlagCode)
    assert not set(URGENCY_OF_FLAG) & NEVER_AN_ALERT


@pytest.mark.parametrize(
    ("urgency", "codes"),
    [
        (1, "PROGRESSION_ON_THERAPY RISING_IN_EPISODE HIGH_LEVEL POST_HSCT_POSITIVE"),
        (
            2,
            """CONFIRMATION_OVERDUE TARGET_SEEN_INADEQUATE DETECTED_AFTER_LIMITED RISE_ACROSS_ASSAYS RESPONSE_LOST
            EOT_POSITIVE PERSISTENCE NO_RESPONSE""",
        ),
        (3, "SAMPLE_OVERDUE RISING_ON_THERAPY REVIEW_VALUE RULESETS_DISAGREE"),
        (4, "REPEAT_SAMPLE ASSAY_CHANGED EARLY_POST_HSCT UNQUANTIFIED END_OF_TREATMENT_MISSING"),
    ],
)
def test_the_flags_of_each_urgency(urgency: int, codes: str) -> None:
    assert {code.value for code, each in URGENCY_OF_FLAG.items() if each == urgency} == set(codes.split())


def test_a_confirmed_episode_is_most_urgent() -> None:
    [alert] = of("d0 BM ND; d90 BM 0.02; d100 BM 0.05")
    assert (alert.code, alert.index, alert.urgency, alert.number) == (EPISODE, "s2", Urgency.FIRST, 1)
    assert (alert.latest, alert.status, alert.is_over) == ("s3", EpisodeStatus.CONFIRMED, False)


def test_a_suspicion_is_of_the_second_urgency() -> None:
    assert brief(of("d0 BM ND; d90 BM 0.02")) == [(EPISODE, "s2", 2)]


def test_a_suspicion_of_1_percent_is_most_urgent() -> None:
    assert urgency_of_suspicion("d0 BM ND; d90 BM 0.999") == 2
    assert urgency_of_suspicion("d0 BM ND; d90 BM 1.0") == 1


def test_a_suspicion_after_a_rise_of_one_log_in_28_days_is_most_urgent() -> None:
    assert urgency_of_suspicion("d0 BM 0.02; d28 BM 0.2") == 1
    assert urgency_of_suspicion("d0 BM 0.02; d29 BM 0.2") == 2


def test_a_rise_is_seen_from_the_limit_of_a_negative_within_28_days() -> None:
    assert urgency_of_suspicion("d0 BM ND (LOD 0.005); d28 BM 0.05") == 1
    assert urgency_of_suspicion("d0 BM ND (LOD 0.005); d28 BM 0.0499") == 2
    assert urgency_of_suspicion("d0 BM ND (LOD 0.005); d29 BM 0.05") == 2


def test_a_rise_is_seen_from_the_floor_and_only_in_the_same_tissue_assay_and_course() -> None:
    assert urgency_of_suspicion("d0 BM ND; d80 BM 0.005 (LOQ 0.05); d90 BM ND; d100 BM 0.3") == 1
    assert urgency_of_suspicion("d0 BM ND; d99 BM ND [B]; d100 BM 0.3") == 2
    assert urgency_of_suspicion("d0 BM ND; d99 PB ND; d100 BM 0.3") == 2
    assert urgency_of_suspicion("d0 BM ND; d90 BM ND; d100 BM 0.3 · HSCT d95") == 2
    assert urgency_of_suspicion("d0 BM ND; d90 BM ND (ABL1 5000); d100 BM 0.3") == 2


def test_a_suspicion_below_quantification_waits() -> None:
    assert urgency_of_suspicion("d0 BM ND; d10 BM < LOQ") == 2


def test_what_was_closed_is_over() -> None:
    [alert] = of("d0 BM ND; d90 BM 5; d111 BM ND")
    assert (alert.status, alert.is_over, alert.urgency) == (EpisodeStatus.NOT_CONFIRMED, True, Urgency.SECOND)


def test_an_episode_that_ended_keeps_its_urgency() -> None:
    [alert] = of("d0 BM ND; d30 BM 0.05; d44 BM 0.05; d60 BM ND")
    assert (alert.status, alert.is_over, alert.urgency) == (EpisodeStatus.REMITTED_UNTREATED, True, Urgency.FIRST)


def test_a_run_of_the_same_flag_is_one_alert() -> None:
    [high] = [alert for alert in of("d0 BM 3; d30 BM 4; d60 BM 5") if alert.code == "HIGH_LEVEL"]
    assert (high.index, high.on, high.latest, high.latest_on) == ("s1", date(2025, 1, 6), "s3", date(2025, 3, 7))


def test_a_sample_without_the_flag_ends_the_run() -> None:
    high = [alert for alert in of("d0 BM 3; d30 BM 1.9; d60 BM 5") if alert.code == "HIGH_LEVEL"]
    assert [(alert.index, alert.latest) for alert in high] == [("s1", "s1"), ("s3", "s3")]


def test_the_other_tissue_and_an_inert_sample_do_not_end_the_run() -> None:
    high = [a for a in of("d0 BM 3; d10 PB 1; d20 BM ND (ABL1 900); d60 BM 5") if a.code == "HIGH_LEVEL"]
    assert [(alert.index, alert.latest) for alert in high] == [("s1", "s4")]


def test_each_tissue_has_its_own_run() -> None:
    high = [alert for alert in of("d0 BM 3; d0 PB 3; d30 BM 4; d30 PB 4") if alert.code == "HIGH_LEVEL"]
    assert [(alert.tissue, alert.index, alert.latest) for alert in high] == [
        (Tissue.BONE_MARROW, "s1", "s3"),
        (Tissue.PERIPHERAL_BLOOD, "s2", "s4"),
    ]


def test_an_evaluable_sample_ends_a_run_of_inert_ones() -> None:
    repeat = [a for a in of("d0 BM 1/3; d10 BM 1/3; d20 BM ND; d30 BM 1/3") if a.code == "REPEAT_SAMPLE"]
    assert [(alert.index, alert.latest) for alert in repeat] == [("s1", "s2"), ("s4", "s4")]


def test_a_flag_of_the_series_has_no_sample() -> None:
    [alert] = of("d0 BM 1 · no end of treatment")
    assert (alert.code, alert.index, alert.on, alert.urgency) == (
        "END_OF_TREATMENT_MISSING",
        None,
        None,
        Urgency.FOURTH,
    )


def test_a_lost_marker_is_told_but_never_an_alert() -> None:
    assert of("d0 BM ND · marker lost at relapse") == []


@pytest.mark.parametrize(
    ("series", "code"),
    [
        ("d0 BM 0.5; d30 BM 0.5", "PERSISTENCE"),
        ("d0 BM ND; d30 BM 0.5; d44 BM 0.5; d100 BM 50 · treatment d50", "PROGRESSION_ON_THERAPY"),
        ("d0 BM ND; d30 BM 0.5; d44 BM 0.5; d100 BM 5", "RISING_IN_EPISODE"),
        ("d0 BM 0.5; d60 BM 0.5 · HSCT d50", "POST_HSCT_POSITIVE"),
        ("d0 BM ND (ABL1 5000); d60 BM 0.5", "DETECTED_AFTER_LIMITED"),
        ("d0 BM 3", "HIGH_LEVEL"),
        ("d0 BM 3", "EOT_POSITIVE"),
    ],
)
def test_some_flags_are_alerts_whatever_rule_set_the_centre_chose(series: str, code: str) -> None:
    assert code in ALERT_IN_EVERY_RULESET
    for chosen in RuleSetId:
        assert code in [alert.code for alert in raised(series, chosen)]


def test_other_flags_and_episodes_are_alerts_of_the_chosen_rule_set_only() -> None:
    series = "d0 BM ND; d90 BM 0.02"
    assert brief(raised(series, ELN2021)) == [(EPISODE, "s2", 2)]
    assert raised(series, ELN2025) == []


def test_the_same_flag_of_several_rule_sets_is_one_alert_of_the_chosen_one() -> None:
    [high] = [alert for alert in raised("d0 BM 3", ELN2025) if alert.code == "HIGH_LEVEL"]
    assert (high.ruleset, high.also_by) == (ELN2025, (ELN2021, ELN2022))


@pytest.mark.parametrize("first", ["2.5", "1.9"])
def test_a_run_goes_on_where_another_rule_set_follows_it_further(first: str) -> None:
    """ELN 2021 calls 2.5 high and 0.3 not, ELN 2025 both: the later samples are news of the same alert."""
    [high] = [a for a in raised(f"d0 BM {first}; d30 BM 0.3; d60 BM 1.9") if a.code == "HIGH_LEVEL"]
    assert (high.index, high.latest) == ("s1", "s3")


def test_rule_sets_disagree_where_only_another_one_confirmed() -> None:
    told = raised("d0 BM ND; d90 BM 1.5", ELN2021)
    assert brief(told) == [(EPISODE, "s2", 1), ("RULESETS_DISAGREE", "s2", 3)]
    assert (told[1].ruleset, told[1].number) == (ELN2025, 1)


def test_two_other_rule_sets_with_the_same_episode_are_one_disagreement() -> None:
    told = [alert for alert in raised("d0 BM ND; d90 BM 15", ELN2021) if alert.code == "RULESETS_DISAGREE"]
    assert [(alert.ruleset, alert.also_by) for alert in told] == [(ELN2025, (TIONG2020,))]


def test_rule_sets_that_share_an_episode_agree_whatever_its_dates() -> None:
    told = raised("d0 BM ND; d90 BM ND; d180 BM 0.02; d201 BM 0.15; d215 BM 0.4", ELN2021)
    assert "RULESETS_DISAGREE" not in [alert.code for alert in told]


def test_an_episode_after_the_end_of_the_chosen_one_is_a_disagreement() -> None:
    told = raised("d0 BM ND; d30 BM 0.05; d44 BM 0.05; d60 BM ND; d90 BM 2", ELN2021)
    assert [alert.index for alert in told if alert.code == "RULESETS_DISAGREE"] == ["s5"]


def test_a_suspicion_of_another_rule_set_is_no_disagreement() -> None:
    assert "RULESETS_DISAGREE" not in [alert.code for alert in raised("d0 BM ND; d90 BM 0.02", ELN2025)]


def test_the_retraction_of_a_most_urgent_alert_is_told() -> None:
    assert urgency_of_retraction(Urgency.FIRST) is Urgency.SECOND
    assert urgency_of_retraction(Urgency.SECOND) is None


@pytest.mark.parametrize(
    ("urgency", "due_on"),
    [(Urgency.FIRST, date(2026, 11, 23)), (Urgency.SECOND, date(2026, 11, 25)), (Urgency.THIRD, date(2026, 11, 27))],
)
def test_an_alert_of_a_friday_is_due(urgency: Urgency, due_on: date) -> None:
    within = ACKNOWLEDGE_WITHIN[urgency]
    assert within is not None
    assert within.due_on(FRIDAY) == due_on


def test_a_weekend_and_a_holiday_are_no_working_days() -> None:
    within = ACKNOWLEDGE_WITHIN[Urgency.FIRST]
    assert within is not None
    assert within.due_on(SATURDAY) == date(2026, 11, 23)
    assert within.due_on(FRIDAY, holidays=frozenset({date(2026, 11, 23)})) == date(2026, 11, 24)


def test_who_hears_of_it_next() -> None:
    assert ESCALATION == {
        Urgency.FIRST: (Escalation.SECOND_CLINICIAN, Escalation.CENTRE_LEAD),
        Urgency.SECOND: (Escalation.SECOND_CLINICIAN,),
        Urgency.THIRD: (),
        Urgency.FOURTH: (),
    }
    assert ACKNOWLEDGE_WITHIN[Urgency.FOURTH] is None
