"""Absolute quantification of the LightCycler 480, text: one file for each filter, that is for each target.

The first line names the experiment and the filter. The software has no place for the target; a laboratory may add a
column `Target`, or `Target: NAME` to the first line. Otherwise the filter stands for it, and that is told.
"""

from collections.abc import Mapping

from monitoring.domain.plate import FileFormat, Plate, WellRole
from monitoring.readers.cells import Row
from monitoring.readers.headings import Column, Names
from monitoring.readers.measured import Measured, numerals_of
from monitoring.readers.reactions import Wells
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.source import Source, delimiter_of
from monitoring.readers.tables import Table, check_not_cut_off, table_of

NAMES: Names = {
    Column.INCLUDE: ("include",),
    Column.WELL: ("pos", "position"),
    Column.SAMPLE: ("name", "samplename"),
    Column.TARGET: ("target", "targetname", "gene"),
    Column.CQ: ("cp", "cq", "ct"),
    Column.COMPUTED: ("concentration", "conc"),
    Column.GIVEN: ("standard",),
    Column.STATUS: ("status",),
}
NEEDED: Mapping[Column, str] = {Column.WELL: "Pos", Column.SAMPLE: "Name", Column.CQ: "Cp"}
_HEADINGS = (
    frozenset({"pos", "name", "cp"}),
    frozenset({"include", "pos", "name"}),
    frozenset({"include", "color", "cp"}),
)
_NO_STANDARD = ("", "0")
_EXPERIMENT, _TARGET, _FILTER = "Experiment:", "Target:", "Selected Filter:"


def recognises(source: Source) -> bool:
    """Return whether a text begins with experiment and filter, or has the headings of the software."""
    return source.lines[0].lstrip('" ').startswith(_EXPERIMENT) or source.headings_at(*_HEADINGS) is not None


def read(source: Source) -> Plate:
    """Return the plate; an empty Cp is no amplification, a quantity in the column Standard makes a standard."""
    at = source.headings_at(*_HEADINGS)
    if at is None:
        raise FileRefused(FileProblem.TABLE_MISSING, Place(), "Include, Pos, Name, Cp")
    comma = delimiter_of(source.lines[at]) == ","
    table = table_of(source.rows(at), NAMES, NEEDED, has_footer=True, comma_separated=comma)
    check_not_cut_off(table, ends_with_line_break=source.ends_with_line_break)
    facts = _first_line(source.lines[0])
    measured = Measured(numerals_of([table]))
    wells = Wells(measured, target=facts[_TARGET], guessed_target=facts[_FILTER], role_told=_standard_or_not)
    wells.read(table)
    return Plate(
        format=FileFormat.LIGHTCYCLER_TEXT,
        reactions=wells.all_read(),
        instrument="LightCycler 480",
        run_name=facts[_EXPERIMENT],
        notes=wells.notes.told(),
    )


def _first_line(line: str) -> dict[str, str]:
    """Return experiment, target and filter as the first line names them, empty where it does not."""
    facts: dict[str, str] = {}
    rest = line
    for word in (_FILTER, _TARGET, _EXPERIMENT):
        rest, _word, told = rest.partition(word) if word in rest else (rest, "", "")
        facts[word] = told.strip('\t,;" ')
    return facts


def _standard_or_not(table: Table, row: Row, measured: Measured) -> WellRole | None:
    """Return whether the row is a standard: the column Standard holds its quantity, 0 or nothing for all others."""
    if table.text(row, Column.GIVEN) in _NO_STANDARD:
        return None
    quiet = Measured(measured.numerals)  # the quantity is read again, and its notes would be counted twice
    return WellRole.STANDARD if quiet.copies(table, row, Column.GIVEN) else None
