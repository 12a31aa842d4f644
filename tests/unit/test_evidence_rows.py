"""What a verdict rests on, row by row, and the rule beside it."""

import pytest

from monitoring.domain.classify import classify
from monitoring.domain.next_samples import what_would_change
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import Rule, RuleSetId
from monitoring.wording.account import Account
from monitoring.wording.evidence_rows import evidence_rows, unit_words
from monitoring.wording.rule_words import RULE_TEXTS, edition_words, rule_name, rule_text
from tests.spec.verdict_tables import DAY_0, read_series

CONVERSION = "d0 BM ND; d90 BM ND; d180 BM 0.02; d201 BM 0.15 · as of d215"
RISE = "d0 BM 0.0004; d90 BM 0.12; d104 BM 0.3 · as of d104"


def account(text: str, ruleset: RuleSetId = RuleSetId.ELN2021) -> Account:
    series, as_of = read_series(text)
    return Account(series, classify(series, RULESETS[ruleset], as_of), as_of or DAY_0)


def rows(text: str, ruleset: RuleSetId = RuleSetId.ELN2021) -> list[str]:
    of = account(text, ruleset)
    found = what_would_change(of.series, of.verdict, of.as_of)
    told = [f"{row.label} | {row.words} | {row.value}" for row in evidence_rows(of, found)]
    return [row.replace("\u00a0", " ") for row in told]


def test_a_conversion_names_its_negative_its_two_samples_and_the_interval() -> None:
    assert rows(CONVERSION) == [
        "6 Apr 2025 | Marrow, prior negative | not detected, limit 0.0025 %",
        "5 Jul 2025 | Marrow, index | 0.02 %",
        "26 Jul 2025 | Marrow, confirming | 0.15 %",
        "Change | 0.15 / 0.02 | 7.5-fold, +0.88 log",
        "Interval | day 21 of 28 | in time",
    ]


def test_a_rise_shows_the_limit_that_stands_for_a_value_below_it() -> None:
    assert rows(RISE)[:1] == ["6 Jan 2025 | Marrow, lowest | 0.0004 %, counted as its limit 0.0025 %"]


def test_a_rise_divides_each_sample_by_the_lowest() -> None:
    assert rows(RISE)[3:5] == [
        "Index / lowest | 0.12 / 0.0025 | 48-fold, +1.68 log",
        "Confirming / lowest | 0.3 / 0.0025 | 120-fold, +2.08 log",
    ]


def test_tiong_2020_counts_in_per_cent_of_diagnosis() -> None:
    assert unit_words(account(CONVERSION, RuleSetId.TIONG2020)) == "% of diagnosis"
    assert rows(CONVERSION, RuleSetId.TIONG2020)[1] == "5 Jul 2025 | Marrow, index | 0.002 %"


def test_samples_of_two_tissues_are_never_divided() -> None:
    told = rows("d0 BM ND; d150 PB 0.01; d160 BM 0.08 · as of d160")
    assert not any(row.startswith("Change") for row in told)


def test_samples_of_two_assays_are_never_divided() -> None:
    told = rows("d0 BM ND; d150 BM 0.01; d160 BM 0.08 [B] · as of d160")
    assert not any(row.startswith("Change") for row in told)


def test_a_suspicion_counts_the_days() -> None:
    assert rows("d0 BM ND; d90 BM 0.02 · as of d112")[-1] == "Interval | day 22 of 28 | 6 days left"


def test_an_overdue_confirmation_says_so() -> None:
    assert rows("d0 BM ND; d90 BM 0.02 · as of d121")[-1] == "Interval | day 31 of 28 | 3 days overdue"


def test_a_late_confirmation_confirms_all_the_same() -> None:
    told = rows("d0 BM ND; d180 BM 0.03; d250 BM 0.2 · as of d250")
    assert told[-1] == "Interval | day 70 of 28 | late, confirms all the same"


def test_a_waived_relapse_needs_no_second_sample() -> None:
    told = rows("d0 BM ND; d120 BM 15 · as of d120", RuleSetId.ELN2025)
    assert told[-1] == "Second sample |  | not needed at this level"


def test_a_negative_of_the_course_before_is_named_so() -> None:
    told = rows("d0 BM ND; d100 BM ND; d160 BM 1.9; d174 BM 8 · HSCT d110 · as of d174")
    assert told[0].startswith("16 Apr 2025 | Marrow, prior negative, of the course before HSCT")


def test_an_equal_value_is_unchanged() -> None:
    assert rows("d0 BM ND; d90 BM 0.02; d104 BM 0.02 · as of d104")[3] == "Change | 0.02 / 0.02 | unchanged"


def test_a_reduction_names_its_reference_and_the_treatment() -> None:
    told = rows("d0 BM ND; d30 BM 0.5; d37 PB 0.5; d44 BM 0.5; d84 BM 0.05 · treatment d50 · as of d90")
    assert "25 Feb 2025 | Pre-emptive treatment | begins" in told
    assert "Response / reference | 0.05 / 0.5 | 0.1-fold, −1.00 log" in told


def test_without_an_episode_the_latest_sample_of_each_tissue_stands() -> None:
    assert rows("d0 BM 0.03; d10 PB ND; d90 BM 0.05 · as of d90") == [
        "6 Jan 2025 | Marrow, lowest | 0.03 %",
        "6 Apr 2025 | Marrow, latest: low level | 0.05 %",
        "Latest / lowest | 0.05 / 0.03 | 1.7-fold, +0.22 log",
        "16 Jan 2025 | Blood, latest: negative | not detected, limit 0.0025 %",
    ]


@pytest.mark.parametrize("ruleset", list(RuleSetId))
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_of_every_rule_set_has_a_text(ruleset: RuleSetId, rule: Rule) -> None:
    assert len(str(RULE_TEXTS[ruleset, rule])) > 60


def test_the_rule_is_named_and_its_edition() -> None:
    assert rule_name(Rule.R1) == "Rule R1, conversion."
    assert "A tenfold rise is not needed." in rule_text(account(CONVERSION), Rule.R1)
    assert edition_words(RuleSetId.ELN2021) == "Rule set ELN2021, edition 2021, reading 1."


def test_a_low_level_is_told_over_the_lowest_value_of_its_assay() -> None:
    assert rows("d0 BM 0.01; d60 BM 0.03; d61 PB 0.002 · as of d70") == [
        "6 Jan 2025 | Marrow, lowest | 0.01 %",
        "7 Mar 2025 | Marrow, latest: low level | 0.03 %",
        "Latest / lowest | 0.03 / 0.01 | 3-fold, +0.48 log",
        "8 Mar 2025 | Blood, latest: low level | 0.002 %",
    ]


def test_the_lowest_value_is_that_of_the_rules_after_a_response_restarted_it() -> None:
    told = rows("d0 BM 0.001; d30 BM 0.5; d44 BM 0.5; d96 BM 0.02; d120 BM 0.05 · treatment d70 · as of d121")
    assert told[0] == "12 Apr 2025 | Marrow, lowest | 0.02 %"
    assert told[2] == "Latest / lowest | 0.05 / 0.02 | 2.5-fold, +0.40 log"


def test_the_latest_sample_of_another_assay_is_not_divided() -> None:
    told = rows("d0 BM 0.01 [A]; d60 BM 0.03 [B] · as of d70")
    assert told == ["7 Mar 2025 | Marrow, latest: low level | 0.03 %"]
