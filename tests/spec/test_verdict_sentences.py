"""Runs the tables of verdict_sentences.md."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from monitoring.domain.classify import classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeKind, EpisodeStatus, Marker, Rule, RuleSetId, SampleClass
from monitoring.wording.account import Account
from monitoring.wording.verdict_sentence import verdict_sentence
from tests.spec.verdict_tables import cells, read_series

TABLES = Path(__file__).parent / "verdict_sentences.md"
RELAPSE, PROGRESSION = EpisodeKind.MOLECULAR_RELAPSE, EpisodeKind.MOLECULAR_PROGRESSION
ELN = (RuleSetId.ELN2021, RuleSetId.ELN2022, RuleSetId.ELN2025)


def rows() -> Iterator[object]:
    title, series, as_of = "", Series("", Marker.NPM1), date.max
    for line in TABLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            title = line.removeprefix("### ")
        elif line.startswith("`"):
            series, on = read_series(line.strip("`"))
            as_of = on or date.max
        elif line.startswith(("| ELN", "| TIONG")):
            names, english, french = cells(line)
            for name in names.split():
                account = Account(series, classify(series, RULESETS[RuleSetId(name)], as_of), as_of)
                yield pytest.param(account, english, french, id=f"{title}-{name}")


ROWS = list(rows())


def said(account: Account, language: str) -> str:
    with translation.override(language):
        return str(verdict_sentence(account)).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("account", "english", "french"), ROWS)
def test_the_sentences(account: Account, english: str, french: str) -> None:
    assert said(account, "en") == english
    assert said(account, "fr") == french


def accounts() -> Iterator[Account]:
    for row in ROWS:
        yield row.values[0]  # type: ignore[attr-defined]


def test_every_episode_that_can_be_open_is_told_by_every_rule_set() -> None:
    told = {(a.verdict.ruleset, a.standing.status, a.standing.kind, a.standing.rule) for a in accounts() if a.standing}
    both = (EpisodeStatus.CONFIRMED, EpisodeStatus.SUSPECTED)
    wanted = {(r, s, RELAPSE, Rule.R1) for r in RuleSetId for s in both}
    wanted |= {(r, s, kind, Rule.R2) for r in ELN for s in both for kind in EpisodeKind}
    wanted |= {(RuleSetId.TIONG2020, s, PROGRESSION, Rule.R2) for s in both}
    partly = EpisodeStatus.PARTLY_RESPONDED  # needs blood, which Tiong 2020 does not read
    wanted |= {(r, partly, RELAPSE, rule) for r in ELN for rule in Rule}
    wanted |= {(r, partly, PROGRESSION, Rule.R2) for r in ELN}
    assert wanted - told == set()


def test_every_state_without_an_episode_is_told() -> None:
    told = {account.verdict.state for account in accounts()}
    inert = {SampleClass.LIMITED_NEGATIVE, SampleClass.INDETERMINATE, SampleClass.NOT_EVALUABLE, SampleClass.IGNORED}
    assert {"NONE", *(each.value for each in set(SampleClass) - inert)} <= told


def test_every_way_in_which_an_episode_ends_is_told() -> None:
    ended = {account.earlier[0].status for account in accounts() if account.earlier and account.standing is None}
    assert ended == set(EpisodeStatus) - {EpisodeStatus.SUSPECTED, EpisodeStatus.ABSORBED}
