"""The marker of simulated patients grows as published, and the laboratory scatters as laboratories do."""

import math
from datetime import date
from functools import cache
from itertools import pairwise
from random import Random
from statistics import mean, median, stdev

import pytest

from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.studies.clone import EMERGING, OVERT, UNDETECTABLE, Clone, slope_of
from monitoring.studies.measuring import Method, as_text, draw_poisson, measure
from monitoring.studies.records import PatientRecord, SampleRecord
from monitoring.studies.synthetic import simulate

# Ommen et al., Blood 2010;115:198
PUBLISHED_DOUBLING_TIME_DAYS = {Marker.NPM1: 11.0, Marker.RUNX1_RUNX1T1: 14.0, Marker.CBFB_MYH11: 36.0}
PATIENTS = 8_000
MANY_COPIES = 30  # copies a well from which counting noise vanishes


@cache
def growing() -> tuple[PatientRecord, ...]:
    patients = (simulate(11, number, "x", date(2026, 11, 20), exactly=24) for number in range(PATIENTS))
    return tuple(patient for patient in patients if patient.growths)


@pytest.mark.parametrize(("marker", "days"), PUBLISHED_DOUBLING_TIME_DAYS.items())
def test_doubling_times_are_drawn_around_the_published_median(marker: Marker, days: float) -> None:
    drawn = [p.growths[0].doubling_time_days for p in growing() if p.marker is marker]
    assert len(drawn) > 100
    assert median(drawn) == pytest.approx(days, rel=0.1)


@pytest.mark.parametrize("marker", Marker)
def test_observed_rises_are_as_steep_as_the_truth_behind_them(marker: Marker) -> None:
    """Against each patient's own doubling time: slow ones are sampled more often while they rise."""
    rises = [rise for patient in growing() if patient.marker is marker for rise in observed_rises(patient)]
    assert len(rises) > 100
    assert sum(seen for seen, _ in rises) / sum(true for _, true in rises) == pytest.approx(1.0, abs=0.12)


def observed_rises(patient: PatientRecord) -> list[tuple[float, float]]:
    """log10 between neighbouring samples of a tissue while the marker grows untreated: observed, and true."""
    growth = patient.growths[0]
    ends = [line.starts for line in patient.treatments] + [event.day for event in patient.events]
    until = min((day for day in ends if day > growth.starts), default=10**6)
    grown = [sample for sample in patient.samples if growth.starts <= sample.day < until]
    return [
        (
            math.log10(float(two.pct_abl1 or 0) / float(one.pct_abl1 or 0)),
            math.log10(2) * (two.day - one.day) / growth.doubling_time_days,
        )
        for tissue in Tissue
        for one, two in pairwise(sample for sample in grown if sample.tissue is tissue)
        if min(copies_of(one), copies_of(two)) > MANY_COPIES and one.laboratory == two.laboratory
    ]


def copies_of(sample: SampleRecord) -> float:
    return float(sample.pct_abl1 or 0) * sample.abl1_copies / 100


def test_blood_of_npm1_lies_about_ten_fold_below_marrow() -> None:
    pairs = []
    for patient in growing():
        for one, two in pairwise(patient.samples):
            same_day = one.day == two.day and one.laboratory == two.laboratory and patient.marker is Marker.NPM1
            if same_day and copies_of(one) > 10 * MANY_COPIES and copies_of(two) > 0:
                pairs.append(math.log10(float(one.pct_abl1 or 0) / float(two.pct_abl1 or 0)))
    assert len(pairs) > 50
    assert median(pairs) == pytest.approx(1.0, abs=0.15)


def test_assay_noise_is_a_quarter_of_a_log() -> None:
    rng = Random(1)
    found = [measure(rng, 1.0, Method()).pct_abl1 for _ in range(3_000)]
    logs = [math.log10(float(value or 0)) for value in found]
    assert mean(logs) == pytest.approx(1.0, abs=0.02)
    assert stdev(logs) == pytest.approx(0.25, abs=0.02)


def test_a_bias_between_laboratories_shifts_every_value() -> None:
    rng = Random(1)
    logs = [math.log10(float(measure(rng, 1.0, Method(bias_log10=0.3)).pct_abl1 or 0)) for _ in range(2_000)]
    assert mean(logs) == pytest.approx(1.3, abs=0.02)


def test_what_is_undetectable_is_not_detected() -> None:
    rng = Random(1)
    calls = [measure(rng, UNDETECTABLE, Method()).call for _ in range(2_000)]
    assert calls.count(Call.DETECTED) == 0
    assert 0 < calls.count(Call.INDETERMINATE) < 60


def test_what_emerges_is_seen_sometimes() -> None:
    rng = Random(1)
    seen = [measure(rng, EMERGING, Method()).call for _ in range(2_000)].count(Call.DETECTED)
    assert 0 < seen < 800


def test_counts_have_their_mean() -> None:
    rng = Random(1)
    assert mean(draw_poisson(rng, 2.0) for _ in range(5_000)) == pytest.approx(2.0, abs=0.08)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0000123456, "0.0000123"), (0.05, "0.05"), (1.99949, "2"), (12345.0, "12300"), (640.0, "640")],
)
def test_values_are_written_without_exponent(value: float, text: str) -> None:
    assert as_text(value) == text


def test_a_clone_doubles_in_its_doubling_time() -> None:
    clone = Clone(UNDETECTABLE)
    clone.emerge(100, slope_of(11.0))
    assert clone.level(100) == pytest.approx(EMERGING)
    assert 10 ** (clone.level(111) - clone.level(100)) == pytest.approx(2.0)


def test_a_clone_says_when_it_becomes_overt() -> None:
    clone = Clone(UNDETECTABLE)
    assert clone.overt_on() == math.inf
    clone.emerge(100, slope_of(14.0))
    assert clone.level(clone.overt_on()) == pytest.approx(OVERT)


def test_a_treated_clone_falls_no_further_than_its_floor() -> None:
    clone = Clone(2.0)
    clone.fall_to(0, -4.0, 60)
    assert clone.level(30) == pytest.approx(-1.0)
    assert clone.level(60) == clone.level(600) == pytest.approx(-4.0)
