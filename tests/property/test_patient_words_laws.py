"""Laws of the words of the patient page: every series can be told, and a level that is named is one that turns."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify, classify_all
from monitoring.domain.next_samples import FLAGS_OF_RISE, NextSample, NextSampleKind, what_would_change
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, EpisodeResponse, EpisodeStatus, RuleSetId, SampleClass
from monitoring.domain.verdict_change import with_result
from monitoring.domain.verdicts import Verdict
from monitoring.wording import growth_words, rule_sets_beside, rule_words, table_remarks
from monitoring.wording.account import Account
from monitoring.wording.earlier_episodes import details, title
from monitoring.wording.evidence_rows import evidence_rows
from monitoring.wording.next_sample_words import next_sample_sentences
from monitoring.wording.verdict_sentence import verdict_sentence
from tests.property.series_to_read import DAY_0, serieses

AS_OF = DAY_0 + timedelta(days=260)
JUST = Decimal("0.999999")  # of a level: a little less
CLASSES = {each.value for each in SampleClass}
days = st.integers(0, 260).map(lambda days: DAY_0 + timedelta(days=days))
languages = st.sampled_from(["en", "fr"])


@given(series=serieses(), as_of=days, language=languages)
def test_every_series_can_be_told(series: Series, as_of: date, language: str) -> None:
    accounts = [Account(series, verdict, as_of) for verdict in classify_all(series, as_of=as_of).values()]
    with translation.override(language):
        for account in accounts:
            said = [str(verdict_sentence(account)), *told_in_rows(account), *told_beside(account, accounts[0])]
            assert all(said)
            assert not any(word in sentence for sentence in said for word in ("None", "%(", "NOT_", "E-", "E+"))


def told_in_rows(account: Account) -> list[str]:
    rows = [cell for row in evidence_rows(account) for cell in (row.label, row.value)]
    numbers = [*growth_words.since_index_words(account), *growth_words.below_diagnosis_words(account)]
    remarks = [remark for each in table_remarks.remarks(account).values() for remark in each]
    return [*rows, *(number.value for number in numbers), *remarks]


def told_beside(account: Account, own: Account) -> list[str]:
    told = [*rule_sets_beside.because(account), rule_sets_beside.in_few_words(account)[0]]
    told += [f"{one.title} {one.told}" for one in rule_sets_beside.disagreements(own, [account])]
    told += [sentence for one in account.earlier for sentence in (title(one), *details(account, one))]
    if account.standing is not None:
        rule = account.standing.rule
        told += [rule_words.rule_name(rule), rule_words.rule_text(account, rule)]
    found = what_would_change(account.series, account.verdict, account.as_of)
    return told + next_sample_sentences(account, found)


@given(series=serieses(), as_of=days)
def test_the_latest_sample_has_the_class_that_is_the_state(series: Series, as_of: date) -> None:
    for verdict in classify_all(series, as_of=as_of).values():
        account = Account(series, verdict, as_of)
        if verdict.state in CLASSES:
            assert account.latest is not None
            assert account.latest.sample_class == verdict.state
        if verdict.state == "NONE":
            assert account.latest is None


@given(series=serieses(), as_of=days)
def test_an_open_episode_has_the_state_of_the_series(series: Series, as_of: date) -> None:
    for verdict in classify_all(series, as_of=as_of).values():
        standing = Account(series, verdict, as_of).standing
        if standing is None:
            assert verdict.state in CLASSES | {"NONE"}
        else:
            assert standing.status == verdict.state


def imagined(series: Series, found: NextSample, pct_abl1: Decimal | None, as_of: date) -> tuple[Series, date]:
    """The series with one more sample on the next day, as `found` asks for it."""
    own = [one for one in series.results if one.tissue is found.tissue and one.collected_on <= as_of]
    key = max(own, key=lambda one: one.collected_on).assay_key if own else ""
    call = Call.NOT_DETECTED if found.is_negative else Call.DETECTED
    copies = Decimal(40_000) if found.is_negative else None
    on = as_of + timedelta(days=1)
    treated = (*series.treatment_starts, as_of) if found.once_treated else series.treatment_starts
    series = replace(series, treatment_starts=treated)
    return with_result(series, Result("next", on, found.tissue, call, pct_abl1, copies, assay_key=key)), on


def came_about(found: NextSample, before: Verdict, after: Verdict) -> bool:
    episodes = after.episodes
    index = [one for one in episodes if one.index == "next"]
    match found.kind:
        case NextSampleKind.SUSPECTS:
            return bool(index)
        case NextSampleKind.RELAPSES_AT_ONCE:
            return any(one.waived for one in index)
        case NextSampleKind.CONFIRMS:
            return any(one.confirmed_by == "next" and one.index != "next" for one in episodes)
        case NextSampleKind.REFUTES:
            open_before = {one.index for one in before.episodes if one.status is EpisodeStatus.SUSPECTED}
            return any(one.index in open_before and one.status is not EpisodeStatus.SUSPECTED for one in episodes)
        case NextSampleKind.RESPONDS | NextSampleKind.REDUCES:
            wanted = EpisodeResponse[{"RESPONDS": "NEGATIVITY", "REDUCES": "REDUCTION"}[found.kind]]
            return any(one.response.get(found.tissue) is wanted for one in episodes if one.number is not None)
        case NextSampleKind.RISES | NextSampleKind.PROGRESSES:
            return any(flag.code in FLAGS_OF_RISE[found.kind] and flag.result == "next" for flag in after.flags)


@pytest.mark.parametrize("ruleset", list(RuleSetId))
@given(series=serieses(), as_of=days)
def test_a_next_sample_does_what_is_said_of_it_and_a_little_less_does_not(
    ruleset: RuleSetId, series: Series, as_of: date
) -> None:
    before = classify(series, RULESETS[ruleset], as_of)
    for found in what_would_change(series, before, as_of):
        level = found.from_pct_abl1 or found.up_to_pct_abl1 or (None if found.is_negative else Decimal("0.000001"))
        asked, on = imagined(series, found, level, as_of)
        assert came_about(found, before, classify(asked, RULESETS[ruleset], on)), found
        if found.from_pct_abl1 is not None:
            asked, on = imagined(series, found, found.from_pct_abl1 * JUST, as_of)
            assert not came_about(found, before, classify(asked, RULESETS[ruleset], on)), found
        if found.up_to_pct_abl1 is not None:
            asked, on = imagined(series, found, found.up_to_pct_abl1 / JUST, as_of)
            assert not came_about(found, before, classify(asked, RULESETS[ruleset], on)), found


@given(series=serieses())
def test_nothing_would_change_after_death(series: Series) -> None:
    dead = replace(series, death_on=DAY_0)
    for verdict in classify_all(dead, as_of=AS_OF).values():
        assert what_would_change(dead, verdict, AS_OF) == ()
