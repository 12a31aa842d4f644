"""Why a verdict is what it is: each number of an episode or flag can be computed again from its evidence."""

from datetime import date
from decimal import Decimal

from monitoring.domain.classify import classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import FlagCode, RuleSetId, Tissue
from monitoring.domain.verdicts import Episode, Evidence, Flag, Verdict
from tests.spec.verdict_tables import read_series, told_day

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


def verdict(series: str, ruleset: RuleSetId = RuleSetId.ELN2021) -> Verdict:
    return classify(read_series(series)[0], RULESETS[ruleset], None)


def episode(series: str, ruleset: RuleSetId = RuleSetId.ELN2021) -> Episode:
    return verdict(series, ruleset).episodes[0]


def flag(series: str, code: FlagCode, ruleset: RuleSetId = RuleSetId.ELN2021) -> Flag:
    [found] = [flag for flag in verdict(series, ruleset).flags if flag.code is code]
    return found


def fact(told: Episode | Flag, name: str, nth: int = 0) -> Evidence:
    return [each for each in told.because if each.fact == name][nth]


def facts(told: Episode | Flag) -> list[tuple[str, str | None]]:
    return [(each.fact, each.result) for each in told.because]


def test_a_conversion_names_the_latest_prior_negative_with_its_limit() -> None:
    told = episode("d0 BM ND; d30 BM ND (ABL1 32000); d90 BM 0.02; d97 BM 0.05")
    assert facts(told) == [("INDEX", "s3"), ("PRIOR_NEGATIVE", "s2"), ("CONFIRMED_BY", "s4")]
    negative = fact(told, "PRIOR_NEGATIVE")
    assert (negative.limit_pct_abl1, negative.days, negative.inherited) == (Decimal("0.003125"), 60, False)
    assert (fact(told, "INDEX").pct_abl1, fact(told, "CONFIRMED_BY").days) == (Decimal("0.02"), 7)


def test_a_stated_limit_of_detection_goes_before_the_one_from_copies() -> None:
    told = episode("d0 BM ND (LOD 0.004); d90 BM 0.02")
    assert fact(told, "PRIOR_NEGATIVE").limit_pct_abl1 == Decimal("0.004")


def test_a_blood_conversion_tells_that_the_negative_was_marrow() -> None:
    told = episode("d0 BM ND; d90 PB 0.02")
    assert (told.tissue, fact(told, "PRIOR_NEGATIVE").tissue) == (PB, BM)


def test_an_inherited_negative_is_told() -> None:
    assert fact(episode("d0 BM ND; d90 BM 0.02 · HSCT d50"), "PRIOR_NEGATIVE").inherited


def test_a_rise_names_nadir_fold_and_log() -> None:
    told = episode("d0 BM 0.02; d90 BM 0.3; d111 BM 0.4")
    assert facts(told) == [("INDEX", "s2"), ("NADIR", "s1"), ("CONFIRMED_BY", "s3"), ("NADIR", "s1")]
    of_index, of_confirming = fact(told, "NADIR"), fact(told, "NADIR", 1)
    assert (of_index.pct_abl1, of_index.on, of_index.days) == (Decimal("0.02"), date(2025, 1, 6), 90)
    assert (of_index.fold, of_index.log10) == (Decimal(15), Decimal("1.176"))
    assert (of_confirming.fold, of_confirming.log10) == (Decimal(20), Decimal("1.301"))


def test_a_nadir_tells_what_it_was_corrected_to() -> None:
    nadir = fact(episode("d0 BM 0.002 (LOQ 0.02); d90 BM 0.2"), "NADIR")
    assert (nadir.pct_abl1, nadir.floor_pct_abl1, nadir.fold) == (Decimal("0.002"), Decimal("0.02"), Decimal(10))


def test_exactly_one_log_reads_1_000() -> None:
    assert str(fact(episode("d0 BM 0.07; d90 BM 0.7"), "NADIR").log10) == "1.000"


def test_a_waiver_tells_the_level_that_was_enough() -> None:
    eln = episode("d0 BM ND; d90 BM 15", RuleSetId.ELN2025)
    assert facts(eln) == [("INDEX", "s2"), ("PRIOR_NEGATIVE", "s1"), ("WAIVER", "s2")]
    tiong = fact(episode("d0 BM ND; d90 BM 15", RuleSetId.TIONG2020), "WAIVER")
    assert (tiong.pct_abl1, tiong.pct_baseline) == (Decimal(15), Decimal("1.5"))


def test_an_eln_2025_confirmation_tells_the_rule_of_the_confirming_sample() -> None:
    told = episode("d0 BM 0.01; d0 PB 0.01; d30 BM 0.1; d37 PB 0.2", RuleSetId.ELN2025)
    assert facts(told) == [("INDEX", "s3"), ("NADIR", "s1"), ("CONFIRMED_BY", "s4"), ("NADIR", "s2")]


def test_a_confirmation_by_level_alone_tells_the_level() -> None:
    told = episode("d0 BM 2; d10 PB ND; d60 PB 0.02; d67 BM 2", RuleSetId.ELN2025)
    assert facts(told)[-2:] == [("CONFIRMED_BY", "s4"), ("WAIVER", "s4")]


def test_a_reduction_tells_reference_treatment_and_fall() -> None:
    told = episode("d0 BM ND; d30 BM 0.5; d44 BM 0.5; d80 BM 0.04 · treatment d50")
    assert facts(told)[-4:] == [("RESPONSE", "s4"), ("REFERENCE", "s3"), ("TREATMENT", None), ("ENDED", "s4")]
    reference, treatment = fact(told, "REFERENCE"), fact(told, "TREATMENT")
    assert (reference.fold, reference.log10) == (Decimal("0.08"), Decimal("-1.097"))
    assert told_day(treatment.on or date.min) == "d50"


def test_a_reduction_below_quantification_is_computed_from_its_limit() -> None:
    told = episode("d0 BM ND; d30 BM 0.5; d44 BM 0.5; d80 BM < LOQ (LOQ 0.05) · treatment d50")
    assert fact(told, "RESPONSE").limit_pct_abl1 == Decimal("0.05")
    assert fact(told, "REFERENCE").fold == Decimal("0.1")


def test_a_marrow_negative_may_answer_for_blood() -> None:
    told = episode("d0 BM ND; d30 BM 0.5; d30 PB 0.1; d44 BM 0.5; d59 BM ND")
    assert [(each.tissue, each.result) for each in told.because if each.fact == "RESPONSE"] == [(BM, "s5"), (PB, "s5")]


def test_a_closed_candidate_tells_the_sample_that_closed_it_and_an_event_none() -> None:
    closed = fact(episode("d0 BM ND; d90 BM 0.02; d111 BM ND"), "ENDED")
    assert (closed.result, told_day(closed.on or date.min)) == ("s3", "d111")
    by_event = episode("d0 BM ND; d90 BM 0.02 · HSCT d100")
    assert (fact(by_event, "ENDED").result, told_day(by_event.ended_on or date.min)) == (None, "d100")


def test_an_episode_of_an_earlier_course_has_ended_and_an_open_one_has_not() -> None:
    assert told_day(episode("d0 BM ND; d30 BM 1; d44 BM 1 · HSCT d100").ended_on or date.min) == "d100"
    assert episode("d0 BM ND; d30 BM 1; d44 BM 1").ended_on is None


def test_progression_tells_the_reference_or_else_the_lowest_value_since_treatment() -> None:
    over = flag("d0 BM ND; d30 BM 0.5; d44 BM 0.5; d124 BM 6 · treatment d70", FlagCode.PROGRESSION_ON_THERAPY)
    assert facts(over) == [("REFERENCE", "s3"), ("TREATMENT", None)]
    assert fact(over, "REFERENCE").fold == Decimal(12)
    lowest = flag(
        "d0 BM ND; d30 BM 5; d44 BM 5; d80 BM 0.6; d100 BM 6 · treatment d50", FlagCode.PROGRESSION_ON_THERAPY
    )
    assert facts(lowest) == [("NADIR", "s4"), ("TREATMENT", None)]


def test_other_flags_tell_what_they_were_compared_with() -> None:
    rising = flag("d0 BM ND; d30 BM 0.05; d44 BM 0.05; d60 BM 0.5", FlagCode.RISING_IN_EPISODE)
    assert facts(rising) == [("NADIR", "s2")]
    on_therapy = flag("d0 BM 0.01; d30 BM 0.1 · end of treatment d60", FlagCode.RISING_ON_THERAPY)
    assert facts(on_therapy) == [("NADIR", "s1")]
    across = flag("d0 BM 0.01 [A]; d30 BM 0.1 [B]", FlagCode.RISE_ACROSS_ASSAYS)
    assert facts(across) == [("NADIR", "s1")]
    lost = flag("d0 BM ND; d30 BM 0.5; d44 BM 0.5; d80 BM 0.05; d110 BM 0.25 · treatment d50", FlagCode.RESPONSE_LOST)
    assert facts(lost) == [("REFERENCE", "s3")]
    assert fact(lost, "REFERENCE").fold == Decimal("0.5")


def test_detected_after_limited_tells_where_one_last_looked() -> None:
    limited = flag("d0 PB ND (ABL1 5000); d30 BM 0.5", FlagCode.DETECTED_AFTER_LIMITED)
    assert facts(limited) == [("LIMITED_NEGATIVE", "s1")]
    other_tissue = flag("d0 PB ND; d30 BM 0.5", FlagCode.DETECTED_AFTER_LIMITED)
    assert facts(other_tissue) == [("NEGATIVE", "s1")]


def test_one_well_after_a_negative_tells_the_negative() -> None:
    assert facts(flag("d0 BM ND; d30 BM 1/3", FlagCode.TARGET_SEEN_INADEQUATE)) == [("PRIOR_NEGATIVE", "s1")]


def test_the_end_of_treatment_of_cbf_tells_the_level_at_diagnosis() -> None:
    told = flag("d0 BM 0.0801 · RUNX1::RUNX1T1 · baseline 80", FlagCode.EOT_POSITIVE, RuleSetId.ELN2025)
    assert (fact(told, "BASELINE").pct_abl1, fact(told, "BASELINE").log10) == (Decimal(80), Decimal("-2.999"))
