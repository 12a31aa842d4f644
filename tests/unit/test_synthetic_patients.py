"""Simulated patients: repeatable, lawful, and of every kind that a clinic meets."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.domain.classify import classify_all
from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.studies.as_series import series_of, treatments_of
from monitoring.studies.records import PatientRecord
from monitoring.studies.synthetic import place, simulate, simulate_course

TODAY = date(2026, 11, 20)
MANY = 2_000


@cache
def many() -> tuple[PatientRecord, ...]:
    return tuple(simulate(7, number, f"S7-{number}", TODAY) for number in range(1, MANY + 1))


def test_the_same_seed_and_number_give_the_same_patient() -> None:
    assert simulate(7, 42, "x", TODAY) == simulate(7, 42, "x", TODAY)


def test_another_seed_gives_another_patient() -> None:
    assert simulate(7, 42, "x", TODAY) != simulate(8, 42, "x", TODAY)


def test_another_day_moves_the_patient_and_changes_nothing_else() -> None:
    today, later = simulate(7, 42, "x", TODAY), simulate(7, 42, "x", TODAY + timedelta(days=100))
    assert later.diagnosed_on - today.diagnosed_on == timedelta(days=100)
    assert (later.samples, later.events, later.treatments) == (today.samples, today.events, today.treatments)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 40))
@settings(max_examples=60)
def test_exactly_as_many_samples_as_asked_for(seed: int, number: int, wanted: int) -> None:
    assert len(simulate(seed, number, "x", TODAY, exactly=wanted).samples) == wanted


def test_about_twenty_samples_on_average() -> None:
    counts = [len(patient.samples) for patient in many()]
    assert 19 < sum(counts) / MANY < 21
    assert min(counts) >= 6


@given(st.integers(1, 10**6))
@settings(max_examples=100)
def test_nothing_lies_in_the_future_or_after_death(number: int) -> None:
    patient = simulate(3, number, "x", TODAY)
    days = [event.day for event in patient.events] + [sample.day for sample in patient.samples]
    days += [line.starts for line in patient.treatments] + [finding.day for finding in patient.findings]
    days += [cycle.starts for line in patient.treatments for cycle in line.cycles]
    last = max(days)
    assert patient.on(last) <= TODAY
    deaths = [event.day for event in patient.events if event.kind == "DEATH"]
    assert not deaths or deaths == [last]
    assert all(line.ends is None or patient.on(line.ends) <= TODAY for line in patient.treatments)


@given(st.integers(1, 10**6))
@settings(max_examples=100)
def test_cycles_never_overlap_and_are_numbered(number: int) -> None:
    for line in simulate(4, number, "x", TODAY, exactly=30).treatments:
        assert [cycle.number for cycle in line.cycles] == list(range(1, len(line.cycles) + 1))
        assert all(one.ends < two.starts for one, two in zip(line.cycles, line.cycles[1:], strict=False))
        assert all((cycle.given_days or 0) <= cycle.ends - cycle.starts + 1 for cycle in line.cycles)


@given(st.integers(1, 10**6))
@settings(max_examples=100)
def test_a_value_is_there_only_where_something_was_detected(number: int) -> None:
    for sample in simulate(5, number, "x", TODAY).samples:
        assert sample.pct_abl1 is None or (sample.call is Call.DETECTED and Decimal(sample.pct_abl1) > 0)
        assert sample.abl1_copies > 0


@given(st.integers(1, 10**6))
@settings(max_examples=50)
def test_every_simulated_series_is_classified(number: int) -> None:
    patient = simulate(6, number, "x", TODAY)
    verdicts = classify_all(series_of(patient), as_of=TODAY)
    assert all(len(verdict.samples) == len(patient.samples) for verdict in verdicts.values())
    assert all(treatment.started_on <= TODAY for treatment in treatments_of(patient))


def test_markers_come_in_their_shares() -> None:
    found = Counter(patient.marker for patient in many())
    assert found[Marker.NPM1] / MANY == pytest.approx(0.70, abs=0.04)
    assert found[Marker.CBFB_MYH11] / MANY == pytest.approx(0.15, abs=0.03)


def test_every_kind_of_story_is_told() -> None:
    events = Counter(event.kind for patient in many() for event in patient.events)
    lines = Counter(line.kind for patient in many() for line in patient.treatments)
    assert all(events[kind] > MANY / 100 for kind in ("HSCT", "HAEMATOLOGICAL_RELAPSE", "DEATH", "GVHD"))
    assert lines["FIRST_LINE"] == MANY
    assert lines["PRE_EMPTIVE"] > MANY / 10


def test_samples_are_of_every_quality() -> None:
    samples = [sample for patient in many() for sample in patient.samples]
    count = len(samples)
    assert 0.01 < sum(sample.abl1_copies < 1_000 for sample in samples) / count < 0.02
    assert 0.04 < sum(1_000 <= sample.abl1_copies < 10_000 for sample in samples) / count < 0.07
    assert 0.01 < sum(sample.call is Call.INDETERMINATE for sample in samples) / count < 0.08
    assert 0.2 < sum(sample.tissue is Tissue.BONE_MARROW for sample in samples) / count < 0.8


def test_some_change_to_a_laboratory_that_tells_no_low_values() -> None:
    elsewhere = [sample for patient in many() for sample in patient.samples if sample.laboratory]
    assert elsewhere
    assert any(sample.call is Call.DETECTED and sample.pct_abl1 is None for sample in elsewhere)
    ours = [sample for patient in many() for sample in patient.samples if not sample.laboratory]
    assert all(sample.pct_abl1 for sample in ours if sample.call is Call.DETECTED)


def test_most_are_on_schedule() -> None:
    alive = [p for p in many() if not any(event.kind == "DEATH" for event in p.events)]
    waiting = sorted((TODAY - p.on(p.samples[-1].day)).days for p in alive)
    assert waiting[len(waiting) // 2] < 42
    assert waiting[-1] < 300


def test_a_course_looked_at_early_is_the_beginning_of_the_whole() -> None:
    course = simulate_course(1, 5, "x", 30)
    day = course.samples[11].day
    early = place(course, day, TODAY)
    assert early.samples == [sample for sample in course.samples if sample.day <= day]
    assert early.on(early.samples[-1].day) == TODAY
    assert all(line.ends is None or line.ends <= day for line in early.treatments)
