"""Laws of the response categories of ELN 2025: they agree with the rule engine, and with nothing that came later."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify
from monitoring.domain.eln2025_categories import Category, Reason, ResponseAt, TimePoint
from monitoring.domain.eln2025_response import eln2025_responses
from monitoring.domain.imagined_samples import up_to
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import FlagCode, RuleSetId, SampleClass
from tests.property.series_to_read import DAY_0, serieses

ELN2025 = RULESETS[RuleSetId.ELN2025]
WORSE = {Category.HIGH_RISK, Category.RELAPSE_LEVEL}
as_ofs = st.integers(-30, 260).map(lambda days: DAY_0 + timedelta(days=days))


def responses(series: Series, as_of: date) -> tuple[ResponseAt, ...]:
    return eln2025_responses(series, classify(series, ELN2025, as_of), as_of)


@given(series=serieses(), as_of=as_ofs)
def test_high_risk_is_eot_positive_and_eot_positive_is_high_risk(series: Series, as_of: date) -> None:
    verdict = classify(series, ELN2025, as_of)
    flagged = [flag.result for flag in verdict.flags if flag.code is FlagCode.EOT_POSITIVE]
    [at_the_end] = [one for one in responses(series, as_of) if one.time_point is TimePoint.END_OF_TREATMENT]
    high_risk = at_the_end.result is not None and at_the_end.category is Category.HIGH_RISK
    assert flagged == ([at_the_end.result.id] if high_risk and at_the_end.result else [])


@given(series=serieses(), as_of=as_ofs)
def test_a_negative_is_optimal_and_nothing_worse_than_a_warning_is_below_positive(series: Series, as_of: date) -> None:
    for one in responses(series, as_of):
        if one.sample_class is SampleClass.NEGATIVE and one.reason is not Reason.OTHER_TISSUE:
            assert one.category is Category.OPTIMAL
        if one.category in WORSE and not series.marker.is_cbf:
            assert one.sample_class is SampleClass.POSITIVE
        if one.result is None:
            assert one.category is Category.NOT_EVALUABLE


@given(series=serieses(), as_of=as_ofs)
def test_what_comes_later_changes_nothing(series: Series, as_of: date) -> None:
    assert responses(series, as_of) == responses(up_to(series, as_of), as_of)


@given(series=serieses(), as_of=as_ofs)
def test_the_order_in_which_results_were_entered_changes_no_category(series: Series, as_of: date) -> None:
    turned = replace(series, results=tuple(reversed(series.results)))
    shown = [(one.time_point, one.tissue, one.category, one.reason) for one in responses(series, as_of)]
    assert shown == [(one.time_point, one.tissue, one.category, one.reason) for one in responses(turned, as_of)]
