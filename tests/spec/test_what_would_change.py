"""Runs the cases of what_would_change.md."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from monitoring.domain.classify import classify
from monitoring.domain.next_samples import what_would_change
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.sample_effects import NextSampleKind
from monitoring.domain.series import Series
from monitoring.domain.terms import Marker, RuleSetId
from monitoring.wording.account import Account
from monitoring.wording.next_sample_words import next_sample_sentences
from tests.spec.verdict_tables import read_series

CASES = Path(__file__).parent / "what_would_change.md"


def cases() -> Iterator[tuple[str, Account, str, list[str]]]:
    title, series, as_of = "", Series("", Marker.NPM1), date.max
    told: list[str] = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            title = line.removeprefix("### ")
        elif line.startswith("`"):
            series, on = read_series(line.strip("`"))
            as_of = on or date.max
        elif line.startswith(("ELN", "TIONG")):
            ruleset, state = line.rstrip(":").split(", ")
            verdict = classify(series, RULESETS[RuleSetId(ruleset)], as_of)
            told = []
            yield f"{title}-{ruleset}", Account(series, verdict, as_of), state, told
        elif line.startswith("- "):
            told.append(line.removeprefix("- "))


TOLD = list(cases())


@pytest.mark.parametrize(("account", "state", "told"), [case[1:] for case in TOLD], ids=[case[0] for case in TOLD])
def test_the_sentences(account: Account, state: str, told: list[str]) -> None:
    assert account.verdict.state == state
    found = what_would_change(account.series, account.verdict, account.as_of)
    assert [sentence.replace("\u00a0", " ") for sentence in next_sample_sentences(account, found)] == told


def test_everything_that_a_sample_can_do_is_told_somewhere() -> None:
    found = [what_would_change(account.series, account.verdict, account.as_of) for _, account, _, _ in TOLD]
    assert {one.kind for each in found for one in each} == set(NextSampleKind)


def test_on_the_last_day_a_sample_of_that_day_is_still_in_time() -> None:
    series, as_of = read_series("d0 BM ND; d90 BM 0.02 · as of d118")
    assert as_of is not None
    account = Account(series, classify(series, RULESETS[RuleSetId.ELN2021], as_of), as_of)
    first = next_sample_sentences(account, what_would_change(series, account.verdict, as_of))[0]
    assert first.endswith("would confirm it: up to 4 May 2025 in time, later as a late confirmation.")


def test_a_later_result_transplant_or_treatment_does_not_leak_into_an_earlier_day() -> None:
    samples = "d0 BM ND; d90 BM 0.02"
    then, as_of = read_series(f"{samples} · as of d95")
    now, _ = read_series(f"{samples}; d96 BM 0.5 · treatment d96 · HSCT d96 · as of d95")
    assert as_of is not None
    verdicts = [classify(series, RULESETS[RuleSetId.ELN2021], as_of) for series in (then, now)]
    assert what_would_change(then, verdicts[0], as_of) == what_would_change(now, verdicts[1], as_of)
