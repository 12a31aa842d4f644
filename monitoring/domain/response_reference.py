"""The value before treatment against which a response is measured.

Source: FILO 2025 ("pre-treatment value"); docs/methods/response.md (A4.3, A5).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from monitoring.domain.classed_results import ClassedResult, in_order_of_the_rules

PERSISTENCE_REFERENCE_DAYS = 90  # days before cycle 1 day 1, that day included, where no episode was treated


def reference_for(
    sample: ClassedResult,
    samples: Sequence[ClassedResult],
    treatment_on: date,
    index_on: date | None = None,
    course_began_on: date | None = None,
) -> ClassedResult | None:
    """Return the last quantified sample of the same tissue and assay_key before treatment; None for none.

    From the index date of the treated episode, else 90 days before treatment, to the day treatment starts,
    all included; never before the course of the series began. Where the last evaluable sample of the tissue
    up to then was NEGATIVE there is no reference.
    """
    before = [
        other
        for other in in_order_of_the_rules(samples)
        if other.tissue is sample.tissue
        and other.is_evaluable
        and other.collected_on <= treatment_on
        and (course_began_on is None or other.collected_on >= course_began_on)
    ]
    if not before or before[-1].is_negative:
        return None
    since = reference_since(treatment_on, index_on)
    comparable = [
        other
        for other in before
        if other.collected_on >= since
        and other.quantified is not None
        and other.result.assay_key == sample.result.assay_key
    ]
    return comparable[-1] if comparable else None


def reference_since(treatment_on: date, index_on: date | None) -> date:
    """Return the first day of a reference; an index after the start of treatment is not the one treated."""
    if index_on is not None and index_on <= treatment_on:
        return index_on
    return treatment_on - timedelta(days=PERSISTENCE_REFERENCE_DAYS)
