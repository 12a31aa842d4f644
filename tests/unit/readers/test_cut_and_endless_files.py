"""Files that were cut inside a number, and files with more lines than a plate can have."""

import pytest

from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, FileRefused
from monitoring.readers.source import MOST_LINES

LIGHTCYCLER = "Experiment: run  Selected Filter: FAM (465-510)\nPos\tName\tCp\tConcentration\tStandard\tStatus\n"


@pytest.mark.parametrize("last", ["25.5", "25.53\t", "25.53\t\t1", "25.53\t\t1.00E+05"])
def test_a_single_row_that_may_be_cut_inside_its_last_number_is_refused(last: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_plate(f"{LIGHTCYCLER}A1\tStd 5\t{last}".encode())
    assert caught.value.problem is FileProblem.TABLE_CUT_OFF
    assert caught.value.place.line == 3


def test_a_single_row_that_reaches_the_last_heading_is_whole() -> None:
    (standard,) = read_plate(f"{LIGHTCYCLER}A1\tStd 5\t25.53\t\t1.00E+05\t".encode()).reactions
    assert standard.standard_copies == 100_000


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_more_lines_than_a_plate_can_have_are_refused_before_they_are_parted(line_end: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_plate(LIGHTCYCLER.encode() + f"x{line_end}".encode() * (MOST_LINES + 1))
    assert caught.value.problem is FileProblem.TOO_LARGE
