"""Laws of a whole run, for any plate: order means nothing, and what is changed changes nothing else."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring.domain.copies import copies_of_cq
from monitoring.domain.plate import Plate, Reaction, WellRole
from monitoring.domain.run_control_wells import RunControl
from monitoring.domain.run_curves import RunCurve
from monitoring.domain.run_pairs import RunPair
from monitoring.domain.run_plan import RunPlan
from monitoring.domain.run_report import RunReport, quantify_run
from monitoring.domain.run_samples import MeasuredTarget
from monitoring.domain.standard_curve import NoCurve, StandardCurve
from monitoring.domain.units import Scale
from tests.plates_by_hand import (
    ABL1,
    ABL1_STANDARDS,
    DIAGNOSIS,
    NPM1,
    NPM1_STANDARDS,
    good_run,
    plate,
    reactions,
    sample,
    standards,
    water,
)

D = Decimal
CBFB = "CBFB::MYH11"
cq = st.one_of(st.none(), st.decimals(15, 45, places=2, allow_nan=False))
three_wells = st.lists(cq, min_size=0, max_size=4)
names = st.sampled_from(["25-0101", "25-0102", "25-0103", "NTC", "WT", "blank"])
targets = st.sampled_from([NPM1, CBFB, ABL1])
parts = st.lists(st.tuples(names, targets, three_wells), max_size=8)
a_standard = st.tuples(st.sampled_from([10, 100, 1_000, 10_000]), st.decimals(15, 40, places=2, allow_nan=False))
own_standards = st.lists(a_standard, max_size=8)


def _wells(name: str, target: str, cqs: list[Decimal | None]) -> list[Reaction]:
    return [
        replace(empty, cq=each) for empty, each in zip(reactions(name, target, [None] * len(cqs)), cqs, strict=True)
    ]


@st.composite
def plates(draw: st.DrawFn) -> Plate:
    """Any plate: in order, or with standards that make no curve, controls that amplify and samples in pieces."""
    ready = draw(st.booleans())
    own = draw(own_standards)
    npm1 = (
        standards(NPM1, NPM1_STANDARDS) if ready else standards(NPM1, [(copies, str(each)) for copies, each in own], 1)
    )
    measured = [_wells(*part) for part in draw(parts)]
    return plate(npm1, standards(ABL1, ABL1_STANDARDS), standards(CBFB, NPM1_STANDARDS), water(NPM1), *measured)


def _by_well(wells: Any) -> Any:
    return sorted(wells, key=lambda well: well.position)


def _curve(curve: RunCurve) -> Any:
    line = curve.curve if isinstance(curve.curve, NoCurve) else replace(curve.curve, wells=())
    return replace(curve, curve=line, standards=())


def _control(control: RunControl) -> Any:
    return replace(control, wells=()), _by_well(control.wells)


def _measured(each: MeasuredTarget) -> Any:
    return replace(each, wells=()), _by_well(each.wells)


def _pair(pair: RunPair) -> Any:
    found = replace(pair.quantification, problems=())
    return replace(pair, quantification=found, problems=()), frozenset((*pair.problems, *pair.quantification.problems))


def unordered(report: RunReport) -> dict[str, Any]:
    return {
        "curves": {curve.target: _curve(curve) for curve in report.curves},
        "controls": {(each.role, each.sample, each.target): _control(each) for each in report.controls},
        "samples": {(each.sample, each.target): _measured(each) for each in report.samples},
        "pairs": {(pair.sample, pair.target): _pair(pair) for pair in report.pairs},
        "findings": {(each.problem, each.sample, each.target, frozenset(each.wells)) for each in report.findings()},
    }


def without_target(report: RunReport, sample_name: str, target: str) -> dict[str, Any]:
    """The report without the one sample and target that was changed, and without findings."""
    told = unordered(report)
    told.pop("findings")
    for part in ("samples", "pairs"):
        told[part].pop((sample_name, target), None)
    return told


@given(plates(), st.integers(0, 10**6))
def test_the_order_of_the_wells_means_nothing(made: Plate, seed: int) -> None:
    shuffled = list(made.reactions)
    random.Random(seed).shuffle(shuffled)
    assert unordered(quantify_run(made)) == unordered(quantify_run(replace(made, reactions=tuple(shuffled))))


@given(plates())
def test_no_plate_raises_an_error_and_every_sample_has_a_call(made: Plate) -> None:
    report = quantify_run(made)
    for pair in report.pairs:
        value = pair.quantification.pct_abl1
        assert value is None or (value.is_finite() and value > 0)
        assert pair.sample_class is not None
    measured = {(each.sample, each.target) for each in report.samples if each.target != report.control_gene}
    assert {(pair.sample, pair.target) for pair in report.pairs} == measured


@given(
    st.decimals("-3.9", "-3.0", places=4, allow_nan=False),
    st.decimals(35, 45, places=4, allow_nan=False),
    st.decimals(1, 10**7, places=2, allow_nan=False),
)
def test_copies_to_cq_and_back(slope: Decimal, intercept: Decimal, copies: Decimal) -> None:
    cq = slope * copies.log10() + intercept
    again = copies_of_cq(cq, StandardCurve(slope, intercept))
    assert abs(again - copies) <= copies * D("1e-18")


@given(
    st.decimals("-3.9", "-3.0", places=3, allow_nan=False),
    st.decimals(38, 42, places=3, allow_nan=False),
    st.decimals(20, 10**6, places=2, allow_nan=False),
    st.decimals(10**4, 10**5, places=1, allow_nan=False),
)
def test_true_copies_come_back_through_a_whole_run(slope: Decimal, intercept: Decimal, t: Decimal, a: Decimal) -> None:
    def measured(copies: Decimal) -> Decimal:
        return slope * copies.log10() + intercept

    assume(measured(t) < D(40))
    points = [(copies, str(measured(D(copies)))) for copies in (10, 100, 1_000, 100_000, 1_000_000)]
    made = plate(
        standards(NPM1, points),
        standards(ABL1, points),
        _wells("S1", NPM1, [measured(t)] * 3),
        _wells("S1", ABL1, [measured(a)] * 2),
    )
    [pair] = quantify_run(made).pairs
    assert pair.quantification.pct_abl1 is not None
    assert abs(pair.quantification.pct_abl1 / (100 * t / a) - 1) < D("1e-15")


@given(plates(), st.data())
def test_a_well_left_out_changes_its_own_sample_and_target_only(made: Plate, data: st.DataObject) -> None:
    """A well of ABL1 changes the pairs of its sample, a standard its curve; here a well of a sample's target."""
    before = quantify_run(made)
    candidates = [each for each in before.samples if each.target != ABL1]
    assume(candidates)
    chosen = data.draw(st.sampled_from(candidates))
    well = data.draw(st.sampled_from(chosen.wells))
    after = quantify_run(made, RunPlan(exclusions={(well.position, chosen.target): "bubble"}))
    place = (chosen.sample, chosen.target)
    assert without_target(before, *place) == without_target(after, *place)
    [measured] = [each for each in after.samples if (each.sample, each.target) == place]
    assert measured.wells_call.valid_wells == chosen.wells_call.valid_wells - 1


@given(st.integers(0, 9))
def test_a_standard_left_out_leaves_the_other_curve_alone(place: int) -> None:
    made = good_run()
    standard = [each for each in made.reactions if each.role is WellRole.STANDARD and each.target == NPM1][place]
    before, after = (
        quantify_run(made, RunPlan(exclusions=excluded))
        for excluded in ({}, {(standard.well, NPM1): "pipetting error"})
    )
    assert after.curves[0].points == before.curves[0].points - 1
    assert after.curves[1] == before.curves[1]
    assert [each for each in after.samples if each.target == ABL1] == [
        each for each in before.samples if each.target == ABL1
    ]


@given(plates(), three_wells, three_wells)
def test_another_sample_changes_nothing_for_the_others(
    made: Plate, target: list[Decimal | None], abl1: list[Decimal | None]
) -> None:
    more = plate(made.reactions, _wells("25-0999", NPM1, target), _wells("25-0999", ABL1, abl1))
    before, after = quantify_run(made), quantify_run(more)
    assert [pair for pair in after.pairs if pair.sample != "25-0999"] == list(before.pairs)
    assert [each for each in after.samples if each.sample != "25-0999"] == list(before.samples)
    assert [_curve(curve) for curve in after.curves] == [_curve(curve) for curve in before.curves]


@given(plates())
def test_every_scale_says_the_same_level(made: Plate) -> None:
    for pair in quantify_run(made).pairs:
        levels = pair.levels
        if levels:
            assert levels[Scale.PER_10_5_ABL1] == 1000 * levels[Scale.PCT_ABL1]
            assert levels[Scale.PER_10_4_ABL1] == 100 * levels[Scale.PCT_ABL1]
            assert levels[Scale.RATIO] * 100 == levels[Scale.PCT_ABL1]


def test_worked_example_a_as_a_plate() -> None:
    pairs = {pair.sample: pair.quantification for pair in quantify_run(good_run(sample("dx", *DIAGNOSIS))).pairs}
    expected = {
        "dx": (1_444_628.38, 26_707.70, 5_409.03, None),
        "25-0101": (30.47486, 32_724.41, 0.0931258, 0.00305582),
    }
    for name, (target, abl1, pct, lod) in expected.items():
        found = pairs[name]
        assert abs(float(found.target_copies or 0) / target - 1) < 1e-4
        assert abs(float(found.abl1_copies or 0) / abl1 - 1) < 1e-4
        assert abs(float(found.pct_abl1 or 0) / pct - 1) < 1e-4
        if lod is not None:
            assert abs(float(found.lod_pct_abl1 or 0) / lod - 1) < 1e-4


def test_the_follow_up_of_worked_example_a_needs_both_samples_for_its_fall() -> None:
    pairs = quantify_run(good_run(sample("dx", *DIAGNOSIS))).pairs
    follow_up, diagnosis = (pair.quantification.pct_abl1 or D(1) for pair in pairs)
    assert abs(float((diagnosis / follow_up).log10()) - 4.76405) < 1e-4
