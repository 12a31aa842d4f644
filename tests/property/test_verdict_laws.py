"""Laws of every verdict, for any series."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify, classify_all
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import RuleSet
from monitoring.domain.sample_classes import DETECTED_CLASSES
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, RuleSetId
from monitoring.domain.verdicts import Episode, Verdict
from tests.property.series_to_read import days, inert_results, serieses

rulesets = st.sampled_from(list(RULESETS.values()))
as_ofs = st.none() | days
OPEN = {EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED}


def content(result: Result) -> tuple[object, ...]:
    """What the rules see of a result when they take it; its id is not among it."""
    return (result.collected_on, result.tissue, result.call, result.pct_abl1, result.assay_key)


def told_without_ids(verdict: Verdict, series: Series) -> tuple[object, ...]:
    of = {result.id: str(content(result)) for result in series.results} | {None: ""}
    episodes = [
        replace(each, index=of[each.index], confirmed_by=of[each.confirmed_by], because=()) for each in verdict.episodes
    ]
    flags = sorted((flag.code, str(flag.on), of[flag.result]) for flag in verdict.flags)
    samples = sorted((of[sample.id], sample.sample_class) for sample in verdict.samples)
    return verdict.state, samples, episodes, flags


def without_evidence(verdict: Verdict) -> list[Episode]:
    return [replace(episode, because=()) for episode in verdict.episodes]


@given(serieses(), rulesets, as_ofs, st.randoms(use_true_random=False))
def test_the_order_of_entry_decides_only_which_id_is_named(
    series: Series, ruleset: RuleSet, as_of: date | None, random: Random
) -> None:
    entered = list(series.results)
    random.shuffle(entered)
    shuffled = replace(series, results=tuple(entered))
    first, second = classify(series, ruleset, as_of), classify(shuffled, ruleset, as_of)
    assert told_without_ids(first, series) == told_without_ids(second, shuffled)


@given(serieses(), inert_results(), st.integers(0, 14), rulesets, as_ofs)
def test_an_inert_sample_changes_no_episode(
    series: Series, inert: Result, place: int, ruleset: RuleSet, as_of: date | None
) -> None:
    more = replace(series, results=(*series.results[:place], inert, *series.results[place:]))
    before, after = classify(series, ruleset, as_of), classify(more, ruleset, as_of)
    assert (before.state, before.episodes) == (after.state, after.episodes)


@given(serieses(limits=False), st.integers(-9, 9), as_ofs)
def test_tiong_knows_no_scale_of_its_own(series: Series, power: int, as_of: date | None) -> None:
    def scaled(level: Decimal | None) -> Decimal | None:
        return None if level is None else level.scaleb(power)

    results = tuple(replace(result, pct_abl1=scaled(result.pct_abl1)) for result in series.results)
    baseline = {tissue: level.scaleb(power) for tissue, level in series.baseline_pct_abl1.items()}
    other = replace(series, results=results, baseline_pct_abl1=baseline)
    tiong = RULESETS[RuleSetId.TIONG2020]
    assert without_evidence(classify(series, tiong, as_of)) == without_evidence(classify(other, tiong, as_of))


@given(serieses(), as_ofs)
def test_every_series_is_classified_and_twice_the_same(series: Series, as_of: date | None) -> None:
    assert classify_all(series, as_of=as_of) == classify_all(series, as_of=as_of)


@given(serieses(), as_ofs)
def test_one_rule_set_says_the_same_alone_and_beside_others(series: Series, as_of: date | None) -> None:
    together = classify_all(series, RULESETS.values(), as_of)
    assert together == {ruleset.id: classify(series, ruleset, as_of) for ruleset in RULESETS.values()}


@given(serieses(), rulesets, days)
def test_the_verdict_of_a_day_knows_nothing_of_later_days(series: Series, ruleset: RuleSet, as_of: date) -> None:
    """All is cut off but the end of treatment, which is used whatever its date."""
    cut = replace(
        series,
        results=tuple(result for result in series.results if result.collected_on <= as_of),
        treatment_starts=tuple(start for start in series.treatment_starts if start <= as_of),
        course_starts=tuple(start for start in series.course_starts if start.on <= as_of),
        death_on=series.death_on if series.death_on is not None and series.death_on <= as_of else None,
    )
    assert classify(series, ruleset, as_of) == classify(cut, ruleset, as_of)


@given(serieses(), rulesets, as_ofs)
def test_episodes_are_numbered_in_the_order_of_their_confirmation(
    series: Series, ruleset: RuleSet, as_of: date | None
) -> None:
    episodes = [each for each in classify(series, ruleset, as_of).episodes if each.number is not None]
    numbered = sorted((each.number or 0, each.confirmed_on or date.min) for each in episodes)
    assert [number for number, _ in numbered] == list(range(1, len(episodes) + 1))
    assert [on for _, on in numbered] == sorted(on for _, on in numbered)


@given(serieses(), rulesets, as_ofs)
def test_every_index_and_confirming_sample_was_detected(series: Series, ruleset: RuleSet, as_of: date | None) -> None:
    verdict = classify(series, ruleset, as_of)
    detected = {sample.id for sample in verdict.samples if sample.sample_class in DETECTED_CLASSES}
    for episode in verdict.episodes:
        assert episode.index in detected
        assert episode.confirmed_by is None or episode.confirmed_by in detected
        assert episode.waived == (episode.confirmed_by == episode.index)
        assert episode.waived or episode.confirmed_on is None or episode.relapse_on < episode.confirmed_on


@given(serieses(), rulesets, as_ofs)
def test_at_most_one_candidate_of_a_tissue_is_open(series: Series, ruleset: RuleSet, as_of: date | None) -> None:
    verdict = classify(series, ruleset, as_of)
    suspected = [each.tissue for each in verdict.episodes if each.status is EpisodeStatus.SUSPECTED]
    assert len(suspected) == len(set(suspected))
    assert verdict.state == EpisodeStatus.SUSPECTED or not suspected or verdict.state in OPEN


@given(serieses(), rulesets, as_ofs)
def test_what_ended_says_so_and_what_is_open_does_not(series: Series, ruleset: RuleSet, as_of: date | None) -> None:
    verdict = classify(series, ruleset, as_of)
    open_ones = [each for each in verdict.episodes if each.ended_on is None]
    assert all(each.status in OPEN | {EpisodeStatus.SUSPECTED} for each in open_ones)
    assert sum(each.status in OPEN for each in open_ones) == (verdict.state in OPEN)
