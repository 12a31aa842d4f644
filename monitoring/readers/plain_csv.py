"""Our own plain csv, for instruments without a reader: one line of headings, one row for each target of each well.

Columns: well, sample, target, role, cq, standard_copies, and omitted where wells were left out. The words of roles
are those of `roles.ROLE_WORDS`. Described with an example in docs/methods/instrument_files.md.
"""

from collections.abc import Mapping

from monitoring.domain.plate import FileFormat, Plate, WellRole
from monitoring.readers.headings import Column, Names
from monitoring.readers.measured import Measured, is_missing, numerals_of
from monitoring.readers.reactions import Wells
from monitoring.readers.refusal import FileProblem
from monitoring.readers.roles import role_of
from monitoring.readers.source import Source, delimiter_of
from monitoring.readers.tables import Table, check_not_cut_off, table_of

NAMES: Names = {
    Column.WELL: ("well", "wellposition", "puits"),
    Column.SAMPLE: ("sample", "samplename", "echantillon"),
    Column.TARGET: ("target", "targetname", "cible"),
    Column.ROLE: ("role",),
    Column.CQ: ("cq", "ct", "cp"),
    Column.GIVEN: ("standardcopies", "copiesdustandard"),
    Column.OMIT: ("omitted", "omit", "excluded", "exclu"),
}
NEEDED: Mapping[Column, str] = {
    Column.WELL: "well", Column.SAMPLE: "sample", Column.TARGET: "target", Column.CQ: "cq",
}  # fmt: skip
FEWEST_HEADINGS = 3  # of the four needed ones; a file with fewer is not ours


def recognises(source: Source) -> bool:
    """Return whether the first line that is not blank has at least three of the four headings that are needed."""
    present = source.heading_sets[_headings_at(source)]
    return sum(any(name in present for name in NAMES[column]) for column in NEEDED) >= FEWEST_HEADINGS


def read(source: Source) -> Plate:
    """Return the plate; every row needs a target, and a standard its copies."""
    at = _headings_at(source)
    comma = delimiter_of(source.lines[at]) == ","
    table = table_of(source.rows(at), NAMES, NEEDED, comma_separated=comma)
    check_not_cut_off(table, ends_with_line_break=source.ends_with_line_break)
    _check_standards(table)
    wells = Wells(Measured(numerals_of([table])))
    wells.read(table)
    return Plate(format=FileFormat.PLAIN_CSV, reactions=wells.all_read(), notes=wells.notes.told())


def _headings_at(source: Source) -> int:
    within = enumerate(source.lines[: len(source.heading_sets)])
    return next((index for index, line in within if line.strip(' ,;\t"')), 0)


def _check_standards(table: Table) -> None:
    """Raise FileRefused where copies stand beside a well that is no standard, or lack beside one that is."""
    for row in table.rows:
        standard = role_of(table.text(row, Column.ROLE)) is WellRole.STANDARD
        if standard is is_missing(table.text(row, Column.GIVEN)):
            column = Column.GIVEN if standard else Column.ROLE
            raise table.refusal(FileProblem.CELL_EMPTY if standard else FileProblem.ROLE_UNKNOWN, row, column)
