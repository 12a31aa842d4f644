"""RDML: reactions find their wells, and the runs of one plate find together."""

import pytest

from monitoring.readers.refusal import FileProblem
from tests.unit.readers.archives import PLATE_OF_96, data, form, one, problem, rdml, react, read_rdml, run


def test_eight_targets_in_a_well_are_eight_reactions() -> None:
    targets = [f"T{number}" for number in range(8)]
    plate = read_rdml(rdml(run(react(inside="".join(map(data, targets))))))
    assert [each.target for each in plate.reactions] == targets


@pytest.mark.parametrize(
    ("plate", "number", "well"),
    [
        (form(8, 12), 96, "H12"), (form(16, 24), 384, "P24"), (form(32, 48), 1536, "AF48"), (form(6, 8), 9, "B1"),
        (form(72, 1, "123"), 72, "72"), (form(-1, 1, "123"), 500, "500"), (form(1, 1, "123"), 1, "1"),
        (form(8, 12, "123", "ABC"), 13, "A2"), (form(32, 96, "A1a1", "A1a1"), 1, "A1a1"),
        (form(32, 96, "A1a1", "A1a1"), 3072, "D12h8"), (form(32, 96, "A1a1", "A1a1"), 768 + 96 + 8 + 2, "B2b2"),
    ],
)  # fmt: skip
def test_reactions_are_counted_along_the_rows_of_their_plate(plate: str, number: int, well: str) -> None:
    assert one(rdml(run(react(number), plate))).well == well


@pytest.mark.parametrize("number", ["97", "0", "-1", "B1.5", "", "9" * 30])
def test_a_well_that_the_plate_cannot_hold_is_refused(number: str) -> None:
    assert problem(rdml(run(react(number)))) is FileProblem.WELL_IMPOSSIBLE


def test_several_runs_of_one_plate_are_its_layers() -> None:
    layers = run(react(1), name="FAM") + run(react(1, inside=data("ABL1")), name="VIC")
    plate = read_rdml(rdml(layers))
    assert [(each.well, each.target) for each in plate.reactions] == [("A1", "NPM1 mutA"), ("A1", "ABL1")]
    assert plate.run_name == "FAM, VIC"


@pytest.mark.parametrize("second", [react(1), react(1, "another", data("ABL1"))])
def test_several_plates_in_one_file_are_refused(second: str) -> None:
    assert problem(rdml(run(react(1)) + run(second))) is FileProblem.SEVERAL_PLATES


@pytest.mark.parametrize("second", [react(1), react(1, "another", data("ABL1"))])
def test_a_well_twice_in_a_run_is_refused(second: str) -> None:
    assert problem(rdml(run(react(1) + second))) is FileProblem.WELL_TWICE


def test_a_plate_of_96_names_all_of_its_wells() -> None:
    plate = read_rdml(rdml(run("".join(react(number) for number in range(1, 97)), PLATE_OF_96)))
    names = [f"{row}{column}" for row in "ABCDEFGH" for column in range(1, 13)]
    assert [each.well for each in plate.reactions] == names
