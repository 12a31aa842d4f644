"""`Quantification Cq Results` of Bio-Rad CFX Manager and CFX Maestro, csv: one row for each fluorophore of a well."""

from collections.abc import Mapping

from monitoring.domain.plate import FileFormat, Plate
from monitoring.readers.headings import Column, Names, folded
from monitoring.readers.measured import Measured, numerals_of
from monitoring.readers.reactions import Wells
from monitoring.readers.source import Source, cells_of, delimiter_of
from monitoring.readers.tables import check_not_cut_off, table_of

NAMES: Names = {
    Column.WELL: ("well",),
    Column.DYE: ("fluor",),
    Column.TARGET: ("target",),
    Column.ROLE: ("content",),
    Column.SAMPLE: ("sample", "identifier"),
    Column.CQ: ("cq", "ct", "thresholdcyclect"),
    Column.CQ_MEAN: ("cqmean", "ctmean"),
    Column.CQ_SD: ("cqstddev", "ctstddev"),
    Column.QUANTITY: ("startingquantitysq", "startingquantity", "sq"),
    Column.STATUS: ("wellnote",),
}
NEEDED: Mapping[Column, str] = {
    Column.WELL: "Well", Column.DYE: "Fluor", Column.ROLE: "Content",
    Column.SAMPLE: "Sample", Column.CQ: "Cq",
}  # fmt: skip
_HEADINGS = (frozenset({"well", "fluor"}), frozenset({"fluor", "content"}))


def recognises(source: Source) -> bool:
    """Return whether a text has the headings of this software."""
    return source.headings_at(*_HEADINGS) is not None


def read(source: Source) -> Plate:
    """Return the plate; the fluorophore stands for a target that is not named, and that is told."""
    at = source.headings_at(*_HEADINGS) or 0
    comma = delimiter_of(source.lines[at]) == ","
    table = table_of(source.rows(at), NAMES, NEEDED, comma_separated=comma)
    check_not_cut_off(table, ends_with_line_break=source.ends_with_line_break)
    wells = Wells(Measured(numerals_of([table])))
    wells.read(table)
    facts = {folded(cells[0]): cells[1].strip() for cells in map(cells_of, source.lines[:at]) if len(cells) > 1}
    return Plate(
        format=FileFormat.CFX_CSV,
        reactions=wells.all_read(),
        instrument="CFX",
        run_name=facts.get("filename", ""),
        run_at=facts.get("runended", ""),
        notes=wells.notes.told(),
    )
