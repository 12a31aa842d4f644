"""Text exports of SDS 2.x (7900HT) and of its relatives with a column `Detector`: RQ and AQ results."""

from collections.abc import Mapping

from monitoring.domain.plate import FileFormat, Plate
from monitoring.readers.headings import Column, Names, folded
from monitoring.readers.measured import Measured, numerals_of
from monitoring.readers.reactions import Wells, printed_curves
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.source import Source, cells_of, delimiter_of
from monitoring.readers.tables import Table, check_not_cut_off, table_of
from monitoring.readers.wells import COLUMNS_OF

NAMES: Names = {
    Column.WELL: ("well", "#"),
    Column.POSITION: ("pos", "position", "wellposition"),
    Column.PLATE: ("plate", "plateid", "platename"),
    Column.SAMPLE: ("sample", "samplename"),
    Column.TARGET: ("detector", "detectorname", "targetname"),
    Column.DYE: ("reporter",),
    Column.ROLE: ("task",),
    Column.CQ: ("ct",),
    Column.CQ_MEAN: ("ctmean", "avgct"),
    Column.CQ_SD: ("ctstddev", "stddevct"),
    Column.QUANTITY: ("quantity", "qty"),
    Column.OMIT: ("omit", "omitted"),
    Column.SLOPE: ("slope",),
    Column.INTERCEPT: ("yintercept", "intercept"),
    Column.R2: ("r2",),
    Column.STATUS: ("flag",),
}
NEEDED: Mapping[Column, str] = {Column.TARGET: "Detector", Column.CQ: "Ct"}
_HEADINGS = (frozenset({"detector", "ct"}), frozenset({"detectorname", "ct"}))
_BROKEN_HEADINGS = (frozenset({"detector"}), frozenset({"detectorname"}), frozenset({"sample", "task"}))
_FIRST_WORD = "SDS 2"


def recognises(source: Source) -> bool:
    """Return whether a text begins as SDS does, or has its headings."""
    return source.lines[0].lstrip('"').startswith(_FIRST_WORD) or source.headings_at(*_HEADINGS) is not None


def read(source: Source) -> Plate:
    """Return the plate; raises FileRefused also for a study of several plates."""
    at = source.headings_at(*_HEADINGS)
    if at is None:
        at = source.headings_at(*_BROKEN_HEADINGS)
    if at is None:
        raise FileRefused(FileProblem.TABLE_MISSING, Place(), "Detector")
    comma = delimiter_of(source.lines[at]) == ","
    table = table_of(source.rows(at), NAMES, NEEDED, has_footer=True, comma_separated=comma)
    check_not_cut_off(table, ends_with_line_break=source.ends_with_line_break)
    _check_one_plate(table)
    measured = Measured(numerals_of([table]))
    wells = Wells(measured, plate_size=_plate_size(table))
    wells.read(table)
    facts = _facts(source, at)
    return Plate(
        format=FileFormat.SDS_TEXT,
        reactions=wells.all_read(),
        instrument=cells_of(source.lines[0])[0] if source.lines[0] else "",
        run_name=facts.get("filename", ""),
        run_at=facts.get("rundatetime", ""),
        curves=printed_curves(table, measured),
        notes=wells.notes.told(),
    )


def _facts(source: Source, until: int) -> dict[str, str]:
    facts: dict[str, str] = {}
    for line in source.lines[:until]:
        cells = cells_of(line)
        if len(cells) > 1:
            facts.setdefault(folded(cells[0]), cells[1].strip())
    return facts


def _check_one_plate(table: Table) -> None:
    """Raise FileRefused for a study of several plates: A1 of one would stand beside A1 of another."""
    if not table.rows or not table.has(Column.PLATE):
        return
    first = table.text(table.rows[0], Column.PLATE)
    for row in table.rows:
        if table.text(row, Column.PLATE) != first:
            raise table.refusal(FileProblem.SEVERAL_PLATES, row, Column.PLATE)


def _plate_size(table: Table) -> int:
    """Return 96 or 384 where the table lists every well of such a plate, empty ones included; otherwise 0."""
    if table.has(Column.POSITION):
        return 0
    numbers = {table.text(row, Column.WELL) for row in table.rows}
    return next((size for size in COLUMNS_OF if numbers == {str(number) for number in range(1, size + 1)}), 0)
