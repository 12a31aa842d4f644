"""Why rule sets disagree: the reason is what, taken over, would make them agree; asked of every worked case."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify, classify_all
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import RuleSetId
from monitoring.domain.why_different import Feature, leading_reasons, standing_episode, stands, why_different
from monitoring.wording.account import Account
from monitoring.wording.rule_sets_beside import disagreements
from monitoring.wording.why_rule_sets_differ import why
from tests.property.series_to_read import DAY_0, serieses
from tests.spec.verdict_tables import Case, read_cases, read_series

CASES = read_cases(Path(__file__).parent.parent / "spec" / "worked_series.md")
PAIRS = [(own, other) for own in RuleSetId for other in RuleSetId if own is not other]
ELN2021, ELN2022, ELN2025, TIONG2020 = RuleSetId
LEVELS, WAIVER, SECOND = (Feature.LEVELS,), (Feature.WAIVER,), (Feature.SECOND_SAMPLE,)
MARROW_ALONE, AS_NEGATIVE = (Feature.TISSUES,), (Feature.COUNTED_AS_NEGATIVE,)
WORKED = [
    ("01", ELN2021, ELN2025, LEVELS),  # 0.02 % is below 0.1 %: another date
    ("08", ELN2021, ELN2025, WAIVER),
    ("08", ELN2021, TIONG2020, WAIVER),
    ("09", ELN2025, ELN2022, ()),  # both confirmed on the same date, one at once
    ("11", ELN2021, ELN2022, SECOND),
    ("11", ELN2021, TIONG2020, MARROW_ALONE),
    ("11", TIONG2020, ELN2022, MARROW_ALONE),
    ("12", ELN2021, ELN2025, LEVELS),
    ("26", ELN2021, TIONG2020, MARROW_ALONE),
    ("42", ELN2021, ELN2022, SECOND),
    ("42", ELN2025, ELN2022, SECOND),
    ("45", ELN2025, TIONG2020, WAIVER),
    ("60", ELN2021, TIONG2020, MARROW_ALONE),
    ("63", ELN2025, ELN2021, LEVELS),
    ("71", ELN2025, TIONG2020, MARROW_ALONE),
]
TOLD = [
    ("d0 BM ND; d120 BM 20 · no baseline · as of d120", ELN2025, TIONG2020, WAIVER, "It can do without a second"),
    ("d0 BM ND; d120 BM 1.5 · as of d120", ELN2025, TIONG2020, WAIVER, "Only at 1 % of diagnosis or more"),
    (
        "d0 BM ND; d90 BM 0.2; d100 BM 0.05 · as of d100",
        ELN2025, ELN2021, LEVELS + SECOND, "Any later detection confirms a conversion, at whatever level.",
    ),
    (
        "d0 BM ND; d90 BM 0.02; d100 BM 0.0005 · as of d100",
        ELN2022, ELN2025, LEVELS + AS_NEGATIVE, "It counts a level below 0.001 % of ABL1 as negative.",
    ),
    (
        "d0 BM 0.02; d30 BM 0.0005; d60 BM 0.2 [B] · as of d60",
        ELN2021, ELN2025, AS_NEGATIVE, "It counts a level below 0.001 % of ABL1 as negative.",
    ),
    (
        "d0 BM 0.02; d30 BM 0.0005; d60 BM 0.2 [B] · as of d60",
        ELN2025, ELN2021, AS_NEGATIVE, "It counts every detected level as detected, however low.",
    ),
    (
        "d0 BM 0.02; d90 BM 0.2; d104 BM 0.3 [B] · as of d104",
        ELN2021, ELN2025, SECOND, "any other of that tissue closes the suspicion.",
    ),
    (
        "d0 BM 0.02; d90 BM 0.2; d104 BM 0.3 [B] · as of d104",
        ELN2025, ELN2021, SECOND, "It keeps a suspicion open until a negative, or for a rise",
    ),
]  # fmt: skip


def case(number: str) -> Case:
    return next(one for one in CASES if one.title.startswith(number))


@pytest.mark.parametrize(("number", "own", "other", "reason"), WORKED)
def test_the_worked_cases_differ_for_the_reason_that_the_rules_give(
    number: str, own: RuleSetId, other: RuleSetId, reason: tuple[Feature, ...]
) -> None:
    one = case(number)
    assert leading_reasons(one.series, RULESETS[own], RULESETS[other], one.as_of) == reason


@pytest.mark.parametrize(("text", "own", "other", "reason", "told"), TOLD)
def test_a_reason_in_words(text: str, own: RuleSetId, other: RuleSetId, reason: tuple[Feature, ...], told: str) -> None:
    series, as_of = read_series(text)
    assert as_of is not None
    accounts = {each: Account(series, classify(series, RULESETS[each], as_of), as_of) for each in (own, other)}
    assert leading_reasons(series, RULESETS[own], RULESETS[other], as_of) == reason
    assert told in why(accounts[own], accounts[other]).replace("\u00a0", " ")


@pytest.mark.parametrize("one", CASES, ids=[each.title for each in CASES])
def test_every_disagreement_of_the_worked_cases_has_a_reason_in_words(one: Case) -> None:
    as_of = one.as_of or date.max
    accounts = {
        each: Account(one.series, verdict, as_of) for each, verdict in classify_all(one.series, as_of=one.as_of).items()
    }
    for own, other in PAIRS:
        told = disagreements(accounts[own], [accounts[other]])
        reason = why(accounts[own], accounts[other])
        assert bool(told) is bool(reason)
        assert all(each.told.endswith(reason) for each in told)


@pytest.mark.parametrize(("own", "other"), PAIRS)
@given(series=serieses(), days=st.integers(0, 260))
def test_taking_over_the_features_that_are_named_and_no_fewer_makes_them_agree(
    own: RuleSetId, other: RuleSetId, series: Series, days: int
) -> None:
    as_of, ours, theirs = DAY_0 + timedelta(days=days), RULESETS[own], RULESETS[other]
    wanted = stands(classify(series, ours, as_of))
    features = why_different(series, ours, theirs, as_of)
    assert bool(features) is (stands(classify(series, theirs, as_of)) != wanted)
    assert set(leading_reasons(series, ours, theirs, as_of)) <= set(features)
    account, beside = (Account(series, classify(series, each, as_of), as_of) for each in (ours, theirs))
    assert bool(why(account, beside)) is bool(features)
    assert all(one.standing == standing_episode(one.verdict) for one in (account, beside))
