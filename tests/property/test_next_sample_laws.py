"""Laws of what would change a verdict: the sample named does it, a little less does not, none is silent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring.domain.classify import classify
from monitoring.domain.imagined_samples import IMAGINED, Occasion, borders, up_to
from monitoring.domain.next_samples import NextSample, what_would_change
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.sample_effects import Effect, NextSampleKind, effects
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, EpisodeResponse, EpisodeStatus, RuleSetId, Tissue
from monitoring.domain.units import times_power_of_ten
from monitoring.domain.verdict_change import with_result
from monitoring.domain.verdicts import Verdict
from monitoring.wording.account import Account
from monitoring.wording.bars import lower_bar, upper_bar
from tests.property.series_to_read import DAY_0, serieses

JUST_LESS, JUST_MORE = Decimal("0.999999999"), Decimal("1.000000001")
ONE_DAY = timedelta(days=1)
ADEQUATE = Decimal(40_000)
as_ofs = st.integers(0, 260).map(lambda days: DAY_0 + timedelta(days=days))
later = st.sampled_from([0, 0, 1, 7, 28, 29, 61, 400])
levels = st.tuples(st.integers(1, 999), st.integers(-6, 1)).map(lambda one: times_power_of_ten(Decimal(one[0]), one[1]))
rulesets = pytest.mark.parametrize("ruleset", list(RuleSetId))


def with_next(series: Series, found: NextSample, level: Decimal | None, on: date, as_of: date) -> Series:
    """The series of a day with one more sample, as a statement asks for it."""
    known = up_to(series, as_of)
    own = [one for one in known.results if one.tissue is found.tissue] or list(known.results)
    key = found.assay_key if found.assay_key is not None else last_key(own, known)
    call = Call.NOT_DETECTED if level is None else Call.DETECTED
    starts = (*known.treatment_starts, as_of) if found.once_treated else known.treatment_starts
    sample = Result("next", on, found.tissue, call, level, ADEQUATE, assay_key=key)
    return with_result(replace(known, treatment_starts=starts), sample)


def last_key(results: list[Result], series: Series) -> str:
    since = max((start.on for start in series.course_starts), default=date.min)
    of_course = [one for one in results if one.collected_on >= since]
    every = of_course or list(series.results)
    return max(every, key=lambda one: one.collected_on).assay_key if every else ""


def came_about(found: NextSample, before: Verdict, after: Verdict) -> bool:
    """Read off the two verdicts, statement by statement."""
    effect, was = found.effect, {one.index: one for one in before.episodes}
    mine = [one for one in after.episodes if one.tissue in effect.tissues]
    match found.kind:
        case NextSampleKind.SUSPECTS:
            return any(one.index == "next" and one.status is EpisodeStatus.SUSPECTED for one in mine)
        case NextSampleKind.RELAPSES_AT_ONCE:
            return any(one.index == "next" and one.waived and one.number is not None for one in mine)
        case NextSampleKind.CONFIRMS:
            return any(one.confirmed_by == "next" and one.index in was for one in mine)
        case NextSampleKind.REFUTES:
            closed = [one for one in mine if one.status is effect.status and one.index in was]
            return any(was[one.index].status is EpisodeStatus.SUSPECTED for one in closed)
        case NextSampleKind.RESPONDS | NextSampleKind.REDUCES:
            wanted = EpisodeResponse[{"RESPONDS": "NEGATIVITY", "REDUCES": "REDUCTION"}[found.kind]]
            return any(
                one.status is effect.status
                and all(one.response.get(t) is wanted is not was[one.index].response.get(t) for t in effect.tissues)
                for one in after.episodes
                if one.index in was
            )
        case NextSampleKind.FLAGS:
            return any(flag.code is effect.flag and flag.result == "next" for flag in after.flags)
        case NextSampleKind.BECOMES:
            return after.state == effect.state


def a_level(found: NextSample) -> Decimal | None:
    """A level at the very end of those that are named; None for a negative."""
    if found.levels is None:
        return None
    one = found.levels
    if one.least is not None:
        return one.least if one.least_counts else one.least * JUST_MORE
    if one.most is not None:
        return one.most if one.most_counts else one.most * JUST_LESS
    return Decimal("0.000001")


def just_outside(found: NextSample) -> list[Decimal]:
    one = found.levels
    outside = []
    if one is not None and one.least is not None:
        outside.append(one.least * JUST_LESS if one.least_counts else one.least)
    if one is not None and one.most is not None:
        outside.append(one.most * JUST_MORE if one.most_counts else one.most)
    return outside


@rulesets
@given(series=serieses(), as_of=as_ofs, wait=later)
def test_the_sample_that_is_named_does_what_is_said_whenever_it_may_be_taken(
    ruleset: RuleSetId, series: Series, as_of: date, wait: int
) -> None:
    before = classify(series, RULESETS[ruleset], as_of)
    for found in what_would_change(series, before, as_of):
        on = (found.from_on or as_of + ONE_DAY) + timedelta(days=wait)
        if found.until_on is not None:
            on = min(on, found.until_on)
        asked = with_next(series, found, a_level(found), on, as_of)
        assert came_about(found, before, classify(asked, RULESETS[ruleset], on)), found


@rulesets
@given(series=serieses(), as_of=as_ofs)
def test_a_level_just_outside_those_that_are_named_does_not(ruleset: RuleSetId, series: Series, as_of: date) -> None:
    before = classify(series, RULESETS[ruleset], as_of)
    for found in what_would_change(series, before, as_of):
        on = found.from_on or as_of + ONE_DAY
        for level in just_outside(found):
            asked = with_next(series, found, level, on, as_of)
            assert not came_about(found, before, classify(asked, RULESETS[ruleset], on)), (found, level)


@rulesets
@given(series=serieses(), as_of=as_ofs)
def test_a_level_as_it_is_shown_is_true_too(ruleset: RuleSetId, series: Series, as_of: date) -> None:
    before = classify(series, RULESETS[ruleset], as_of)
    account = Account(series, before, as_of)
    for found in what_would_change(series, before, as_of):
        on, ends = found.from_on or as_of + ONE_DAY, found.levels
        if ends is None:
            continue
        shown = [lower_bar(account.on_own_scale(ends.least)) if ends.least is not None and ends.least_counts else None]
        shown += [upper_bar(account.on_own_scale(ends.most)) if ends.most is not None and ends.most_counts else None]
        for bar in shown:
            if bar is not None:
                baseline = account.baseline if account.speaks_of_diagnosis else None
                level = times_power_of_ten(bar * baseline, -2) if baseline is not None else bar
                assume(ends.hold(level))
                asked = with_next(series, found, level, on, as_of)
                assert came_about(found, before, classify(asked, RULESETS[ruleset], on)), (found, level)


@rulesets
@given(series=serieses(), as_of=as_ofs)
def test_a_confirmation_is_in_time_up_to_the_day_that_is_named(ruleset: RuleSetId, series: Series, as_of: date) -> None:
    before = classify(series, RULESETS[ruleset], as_of)
    confirming = [one for one in what_would_change(series, before, as_of) if one.kind is NextSampleKind.CONFIRMS]
    for found in confirming:
        last = found.in_time_until
        assert last is not None
        for on, late in ((last, False), (last + ONE_DAY, True)):
            if on > as_of:
                after = classify(with_next(series, found, a_level(found), on, as_of), RULESETS[ruleset], on)
                assert [one.late for one in after.episodes if one.confirmed_by == "next"] == [late]


@rulesets
@given(series=serieses(), as_of=as_ofs, tissue=st.sampled_from(Tissue), level=st.none() | levels)
def test_nothing_that_a_next_sample_does_is_kept_silent(
    ruleset: RuleSetId, series: Series, as_of: date, tissue: Tissue, level: Decimal | None
) -> None:
    before, known = classify(series, RULESETS[ruleset], as_of), up_to(series, as_of)
    assume(known.death_on is None and tissue in RULESETS[ruleset].tissues)
    told, on = what_would_change(series, before, as_of), as_of + ONE_DAY
    own = [one for one in known.results if one.tissue is tissue]
    key, call = last_key(own, known), Call.NOT_DETECTED if level is None else Call.DETECTED
    sample = Result("next", on, tissue, call, level, ADEQUATE, assay_key=key)
    after = classify(with_result(known, sample), RULESETS[ruleset], on)
    for effect in effects(before, after, "next"):
        assert is_raised_already(before, known, tissue, effect) or any(
            each.effect == effect and covers(each, tissue, level, on, key) for each in told
        ), (effect, told)


def covers(each: NextSample, tissue: Tissue, level: Decimal | None, on: date, key: str) -> bool:
    held = level is None if each.levels is None else level is not None and each.levels.hold(level)
    in_days = (each.from_on is None or each.from_on <= on) and (each.until_on is None or on <= each.until_on)
    return each.tissue is tissue and held and in_days and each.assay_key in (None, key) and not each.once_treated


def is_raised_already(before: Verdict, series: Series, tissue: Tissue, effect: Effect) -> bool:
    tissues = {one.id: one.tissue for one in series.results}
    return any(
        flag.code is effect.flag and flag.result is not None and tissues[flag.result] is tissue for flag in before.flags
    )


@rulesets
@given(series=serieses(), as_of=as_ofs, tissue=st.sampled_from(Tissue))
def test_levels_between_two_runs_are_never_skipped(
    ruleset: RuleSetId, series: Series, as_of: date, tissue: Tissue
) -> None:
    known, rules = up_to(series, as_of), RULESETS[ruleset]
    before = classify(series, rules, as_of)
    own = [one for one in known.results if one.tissue is tissue]
    occasion = Occasion(known, rules, before, tissue, last_key(own, known), as_of + ONE_DAY)
    places = sorted(borders(known, rules, tissue))
    runs = occasion.runs(places)
    for level in [one * nudge for one in places for nudge in (JUST_LESS, Decimal(1), JUST_MORE)]:
        [done] = [told for held, told in runs if held.hold(level)]
        assert set(occasion.detected(level)) == set(done), level


def test_the_imagined_sample_has_a_name_that_no_result_can_have() -> None:
    assert not IMAGINED.isdigit()  # results are named by their number
