"""Whatever a result would do to whatever series: there are words for it, a picture, and one fingerprint."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from monitoring.charts.signing_preview import BOTTOM, LANE, TOP, signing_preview
from monitoring.domain.results import Result
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, Tissue
from monitoring.domain.verdict_change import with_result
from monitoring.queries.series_inputs import SeriesInputs
from monitoring.queries.signing_effects import RuleSetEffect, effect_on, effect_without
from monitoring.wording.account import Account
from monitoring.wording.evidence_rows import evidence_rows
from monitoring.wording.signing_effects import done, phrase, would
from monitoring.wording.verdict_sentence import verdict_sentence

START = date(2026, 1, 1)
NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
LEVELS = ["0.0005", "0.004", "0.02", "0.5", "3", "40"]


@st.composite
def results(draw: st.DrawFn, name: str) -> Result:
    """One result of any kind, on any day of the year."""
    call = draw(st.sampled_from([Call.DETECTED, Call.DETECTED, Call.NOT_DETECTED, Call.NOT_DETECTED, *Call]))
    value = Decimal(draw(st.sampled_from(LEVELS))) if call is Call.DETECTED and draw(st.booleans()) else None
    return Result(
        name, START + timedelta(days=draw(st.integers(0, 360))), draw(st.sampled_from(Tissue)), call, value,
        draw(st.sampled_from([None, Decimal(500), Decimal(5_000), Decimal(40_000)])), assay_key="k",
    )  # fmt: skip


@st.composite
def series(draw: st.DrawFn) -> Series:
    """A short series, with or without diagnosis, transplant and treatment."""
    count = draw(st.integers(0, 6))
    events = draw(st.lists(st.integers(0, 360), max_size=1))
    return Series(
        "s", draw(st.sampled_from(Marker)), tuple(draw(results(str(at))) for at in range(count)),
        baseline_pct_abl1=draw(st.sampled_from([{}, {Tissue.BONE_MARROW: Decimal(1000)}])),
        treatment_starts=tuple(START + timedelta(days=at) for at in draw(st.lists(st.integers(0, 360), max_size=1))),
        course_starts=tuple(CourseBegin(START + timedelta(days=at), CourseStart.HSCT) for at in events),
    )  # fmt: skip


def inputs(of: Series) -> SeriesInputs:
    return SeriesInputs(1, 1, 1, "ELN2021", "Europe/Paris", of)


def says_everything(effect: RuleSetEffect) -> None:
    sentence = would(effect.change, effect.now, effect.then, "P-0044")
    said = [sentence, phrase(effect.change, effect.now, effect.then), done("P-0044", effect.ruleset, effect.then)]
    assert "P-0044" in sentence
    assert all(words and "%(" not in words and "{" not in words for words in said)


@given(series(), results("new"), st.sampled_from(["en", "fr"]))
def test_every_effect_has_words_in_both_languages(before: Series, result: Result, language: str) -> None:
    with translation.override(language):
        for each in effect_on(inputs(before), result, now=NOW).rulesets:
            says_everything(each)
            account = Account(with_result(before, result), each.then, NOW.date())
            assert str(verdict_sentence(account))
            assert all(row.label for row in evidence_rows(account))


@given(series(), results("new"))
def test_every_picture_stays_in_its_frame(before: Series, result: Result) -> None:
    after = with_result(before, result)
    verdict = effect_on(inputs(before), result, now=NOW).alerting.then
    picture = signing_preview(after, verdict, result.id, [], NOW.date())
    assert len(picture.marks) == len(verdict.samples)
    assert all(TOP <= float(mark.y) <= BOTTOM or float(mark.y) == LANE for mark in picture.marks)
    assert sum(mark.is_this for mark in picture.marks) == 1


@given(series(), results("new"))
def test_taking_back_what_was_added_undoes_it(before: Series, result: Result) -> None:
    added = effect_on(inputs(before), result, now=NOW)
    removed = effect_without(inputs(with_result(before, result)), result.id, now=NOW)
    states = [(each.now.state, each.then.state) for each in added.rulesets]
    assert [(each.then.state, each.now.state) for each in removed.rulesets] == states
    assert added.changes_verdict == removed.changes_verdict


@given(series(), results("new"))
def test_the_same_effect_has_the_same_fingerprint(before: Series, result: Result) -> None:
    once, again = (effect_on(inputs(before), result, now=NOW) for _ in range(2))
    assert once.fingerprint == again.fingerprint
