"""What a limit of quantification may change: never a class, and an episode only by a response to treatment."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import RuleSet
from monitoring.domain.series import Series
from tests.property.series_to_read import days, serieses
from tests.property.test_verdict_laws import told_without_ids

rulesets = st.sampled_from(list(RULESETS.values()))
as_ofs = st.none() | days


def without_limits(series: Series) -> Series:
    """The series as it was when the limit of a sample below quantification was not kept."""
    told = [each if each.pct_abl1 is not None else replace(each, loq_pct_abl1=None) for each in series.results]
    return replace(series, results=tuple(told))


@given(serieses(), rulesets, as_ofs)
def test_the_limit_of_a_sample_below_quantification_changes_no_class(
    series: Series, ruleset: RuleSet, as_of: date | None
) -> None:
    with_them, without = classify(series, ruleset, as_of), classify(without_limits(series), ruleset, as_of)
    assert [(each.id, each.sample_class) for each in with_them.samples] == [
        (each.id, each.sample_class) for each in without.samples
    ]


@given(serieses(), rulesets, as_ofs)
def test_without_treatment_such_a_limit_changes_no_verdict(
    series: Series, ruleset: RuleSet, as_of: date | None
) -> None:
    untreated = replace(series, treatment_starts=())
    bare = without_limits(untreated)
    assert told_without_ids(classify(untreated, ruleset, as_of), untreated) == told_without_ids(
        classify(bare, ruleset, as_of), bare
    )
