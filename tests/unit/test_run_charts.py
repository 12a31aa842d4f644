"""The plate and the standard curves of a run, as they are drawn."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from monitoring.charts.plate_map import PlateMap, WellMark, plate_map
from monitoring.charts.standard_curves import CurveFigure, curve_figure
from monitoring.domain.plate import FileFormat, Plate, WellRole
from monitoring.domain.run_plan import RunPlan
from monitoring.domain.run_report import RunReport, quantify_run
from monitoring.domain.run_wells import RunWell, wells_of_run
from monitoring.studies.plates.plate_design import DesignedPlate
from monitoring.studies.plates.ready_plates import eightplex_plate, every_target_plate, relapse_plate
from monitoring.studies.plates.simulated_cq import measure_plate

CUTOFF = Decimal(40)
ACCESSIONS = [f"26-{number:05}" for number in range(1, 9)]


def plate_of(design: DesignedPlate) -> Plate:
    return Plate(FileFormat.PLAIN_CSV, measure_plate(design, Random(5)).reactions)


def wells_of(plate: Plate, plan: RunPlan | None = None) -> tuple[RunWell, ...]:
    return wells_of_run(plate, plan or RunPlan()).all


def drawn(plate: Plate, target: str = "", plan: RunPlan | None = None) -> PlateMap:
    return plate_map(wells_of(plate, plan), dict.fromkeys(plate.targets(), CUTOFF), frozenset(), target)


@pytest.fixture
def plate() -> Plate:
    return plate_of(relapse_plate(ACCESSIONS))


def test_a_block_of_96_has_eight_rows_of_twelve(plate: Plate) -> None:
    shown = drawn(plate)
    assert (len(shown.rows), len(shown.columns), shown.is_large) == (8, 12, False)
    assert shown.filled == len(plate.reactions)


def test_a_block_of_384_has_sixteen_rows_of_twenty_four() -> None:
    shown = drawn(plate_of(every_target_plate(ACCESSIONS)))
    assert (len(shown.rows), len(shown.columns), shown.is_large) == (16, 24, True)


def test_tubes_of_a_rotor_stand_in_their_order(plate: Plate) -> None:
    tubes = tuple(replace(each, well=str(number)) for number, each in enumerate(plate.reactions, start=1))
    shown = drawn(replace(plate, reactions=tubes[::-1]))
    assert not shown.is_block
    assert [label for label, _cells in shown.rows] == [str(number) for number in range(1, len(tubes) + 1)]


def test_of_crowded_wells_one_target_is_shown(plate: Plate) -> None:
    crowded = plate_of(eightplex_plate(ACCESSIONS))
    assert drawn(crowded).shown_target == "NPM1mutA"
    shown = drawn(crowded, "ABL1")
    assert {each.target for _row, cells in shown.rows for cell in cells for each in cell.reactions} == {"ABL1"}
    assert drawn(plate).shown_target == ""


def test_a_well_says_what_it_shows_by_more_than_colour(plate: Plate) -> None:
    marks = {each.mark for _row, cells in drawn(plate).rows for cell in cells for each in cell.reactions}
    assert marks == {WellMark.POSITIVE, WellMark.NEGATIVE}
    first = plate.reactions[0]
    plan = RunPlan(exclusions={(first.well, first.target): "bubble"})
    shown = drawn(plate, plan=plan).rows[0][1][0].reactions[0]
    assert (shown.mark, shown.left_out_because, shown.cq) == (WellMark.LEFT_OUT, "bubble", first.cq)


def test_a_cq_at_the_cutoff_is_not_positive(plate: Plate) -> None:
    late = replace(plate.reactions[0], cq=CUTOFF)
    shown = drawn(replace(plate, reactions=(late,)))
    assert shown.rows[0][1][0].reactions[0].mark is WellMark.NEGATIVE


def figure(report: RunReport, target: str) -> CurveFigure:
    curve = next(each for each in report.curves if each.target == target)
    return curve_figure(curve, CUTOFF, [Decimal(100), Decimal(0)])


def test_a_curve_has_a_point_for_each_standard_and_a_falling_line(plate: Plate) -> None:
    shown = figure(quantify_run(plate), "NPM1mutA")
    assert len(shown.points) == 10
    assert len(shown.samples) == 1  # a sample without copies has no place on the line
    assert shown.line is not None
    x1, y1, x2, y2 = map(float, shown.line)
    assert x1 < x2
    assert y1 > y2  # few copies, many cycles: at the foot of the figure


def test_every_place_lies_inside_the_figure(plate: Plate) -> None:
    shown = figure(quantify_run(plate), "ABL1")
    places = [*shown.points, *shown.samples]
    assert all(0 <= float(each.x) <= float(shown.width) for each in places)
    assert all(0 <= float(each.y) <= float(shown.height) for each in places)


def test_without_a_line_there_are_points_alone(plate: Plate) -> None:
    few = tuple(
        each for each in plate.reactions if each.role is not WellRole.STANDARD or each.standard_copies == Decimal(10)
    )
    shown = figure(quantify_run(replace(plate, reactions=few)), "NPM1mutA")
    assert (shown.line, len(shown.points), shown.samples) == (None, 2, ())


def test_a_standard_that_was_left_out_is_drawn_apart(plate: Plate) -> None:
    standard = next(each for each in plate.reactions if each.role is WellRole.STANDARD and each.target == "ABL1")
    plan = RunPlan(exclusions={(standard.well, "ABL1"): "bubble"})
    shown = figure(quantify_run(plate, plan), "ABL1")
    assert [point.left_out for point in shown.points].count(True) == 1
