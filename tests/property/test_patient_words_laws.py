"""Laws of the words of the patient page: every series can be told."""

from dataclasses import replace
from datetime import date, timedelta

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify_all
from monitoring.domain.growth_in_episode import growth_of
from monitoring.domain.next_samples import what_would_change
from monitoring.domain.series import Series
from monitoring.domain.terms import SampleClass
from monitoring.wording import growth_words, rule_sets_beside, rule_words, table_remarks
from monitoring.wording.account import Account
from monitoring.wording.earlier_episodes import details, title
from monitoring.wording.evidence_rows import evidence_rows
from monitoring.wording.next_sample_words import next_sample_sentences
from monitoring.wording.verdict_sentence import verdict_sentence
from tests.property.series_to_read import DAY_0, serieses

AS_OF = DAY_0 + timedelta(days=260)
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
    growth = growth_of(account.series, account.verdict, account.as_of)
    numbers = list(growth_words.key_numbers(account, growth))
    remarks = [remark for each in table_remarks.remarks(account).values() for remark in each]
    return [*rows, *(text for number in numbers for text in (number.name, number.value, number.beside)), *remarks]


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


@given(series=serieses())
def test_nothing_would_change_after_death(series: Series) -> None:
    dead = replace(series, death_on=DAY_0)
    for verdict in classify_all(dead, as_of=AS_OF).values():
        assert what_would_change(dead, verdict, AS_OF) == ()
