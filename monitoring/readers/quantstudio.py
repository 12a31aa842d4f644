"""The grammar of QuantStudio and ViiA 7: facts of the run, then named blocks, in text, csv and sheets alike.

`plate_of` makes the plate from the blocks; the readers of text, csv and xlsx only find the blocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from monitoring.domain.plate import FileFormat, Plate
from monitoring.readers.cells import Row
from monitoring.readers.headings import Column, Names, folded_cells
from monitoring.readers.measured import CQ_LIMIT, Measured, numerals_of
from monitoring.readers.notes import Notes
from monitoring.readers.reactions import Wells, printed_curves
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.tables import Table, table_of, well_of

RESULTS = "results"
SAMPLE_SETUP = "samplesetup"
AMPLIFICATION = "amplificationdata"
FEWEST_CYCLES = 20  # [DESIGN] a block of curves with fewer cycles was cut; no quantitative programme is as short
NAMES: Names = {
    Column.WELL: ("well",),
    Column.POSITION: ("wellposition",),
    Column.OMIT: ("omit", "omitted"),
    Column.SAMPLE: ("samplename", "sample"),
    Column.TARGET: ("targetname", "target", "detectorname", "detector"),
    Column.ROLE: ("task",),
    Column.DYE: ("reporter",),
    Column.CQ: ("ct", "cq", "crt"),
    Column.CQ_MEAN: ("ctmean", "cqmean", "crtmean"),
    Column.CQ_SD: ("ctsd", "cqsd", "crtsd"),
    Column.QUANTITY: ("quantity", "qty"),
    Column.SLOPE: ("slope",),
    Column.INTERCEPT: ("yintercept", "intercept"),
    Column.R2: ("rsuperscript2", "r2"),
    Column.EFFICIENCY: ("efficiency", "eff%", "efficiency%"),
    Column.STATUS: ("ampstatus",),
}
NEEDED: Mapping[Column, str] = {
    Column.SAMPLE: "Sample Name", Column.TARGET: "Target Name", Column.CQ: "CT",
}  # fmt: skip
_SETUP_NEEDED: Mapping[Column, str] = {Column.TARGET: "Target Name"}
_SETUP_NAMES: Names = {column: NAMES[column] for column in (Column.WELL, Column.POSITION, Column.SAMPLE, Column.TARGET)}
_CYCLE = ("cycle", "cyclenumber")
_BLOCK_SIZES = {"384": 384, "96": 96}


@dataclass(frozen=True, slots=True)
class Block:
    """One named block: its line of headings and the rows under it; `sheet` is empty in a text."""

    rows: Sequence[Row]
    sheet: str = ""
    comma_separated: bool = False


def plate_of(
    form: FileFormat,
    facts: Mapping[str, str],
    blocks: Mapping[str, Block],
    notes: Notes | None = None,
    results: Table | None = None,
) -> Plate:
    """Return the plate of a QuantStudio export.

    `facts` are the lines `Key = value` with folded keys (`experimentname`), `blocks` the blocks by folded name
    (`results`, `samplesetup`, `amplificationdata`); `results` is their table where it was already made. Raises
    FileRefused where the results are missing or unreadable.
    """
    table = results or results_of(blocks)
    measured = Measured(numerals_of([table]), notes or Notes())
    wells = Wells(measured, plate_size=block_size(facts))
    wells.cycles = cycles_of(blocks.get(AMPLIFICATION), table, measured)
    wells.read(table)
    return Plate(
        format=form,
        reactions=wells.all_read(),
        instrument=facts.get("instrumenttype", ""),
        run_name=facts.get("experimentname", ""),
        run_at=facts.get("experimentrunendtime", ""),
        cycles=wells.cycles,
        curves=printed_curves(table, measured),
        notes=wells.notes.told(),
    )


def results_of(blocks: Mapping[str, Block]) -> Table:
    """Return the table of results; raises FileRefused where there is none."""
    block = blocks.get(RESULTS)
    if block is None or not block.rows:
        raise FileRefused(FileProblem.TABLE_MISSING, Place(sheet="Results"), "Results")
    return table_of(
        block.rows, NAMES, NEEDED, sheet=block.sheet, has_footer=True, comma_separated=block.comma_separated
    )


def check_complete(blocks: Mapping[str, Block], results: Table) -> None:
    """Raise FileRefused where a well of the sample setup has no row in the results: the table was cut off."""
    block = blocks.get(SAMPLE_SETUP)
    if block is None or not block.rows:
        return
    setup = table_of(block.rows, _SETUP_NAMES, _SETUP_NEEDED, sheet=block.sheet, has_footer=True)
    measured = {(well_of(results, row), results.text(row, Column.TARGET)) for row in results.rows}
    for row in setup.rows:
        target = setup.text(row, Column.TARGET)
        if target and (well_of(setup, row), target) not in measured:
            last = results.rows[-1].line if results.rows else results.headings.line
            raise FileRefused(FileProblem.TABLE_CUT_OFF, Place(last, "", "Results"), f"{well_of(setup, row)} {target}")


def block_size(facts: Mapping[str, str]) -> int:
    """Return the wells of the plate, 96 or 384, from the fact `Block Type`; 0 where it is not told."""
    told = facts.get("blocktype", "")
    return next((size for number, size in _BLOCK_SIZES.items() if told.startswith(number)), 0)


def cycles_of(block: Block | None, results: Table, measured: Measured) -> int | None:
    """Return the number of cycles that the amplification data show, None where they are missing or were cut.

    They are believed only when no Cq lies above them: a block of 30 cycles beside a Cq of 32 is not the whole run.
    """
    if block is None or not block.rows:
        return None
    at = next((index for index, name in enumerate(folded_cells(block.rows[0])) if name in _CYCLE), None)
    if at is None:
        return None
    shown = {row.text(at) for row in block.rows[1:]}
    cycles = max((_whole(text) for text in shown), default=0)
    if cycles < FEWEST_CYCLES or cycles < _highest_cq(results, measured):
        return None
    return cycles


def _whole(text: str) -> int:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return 0
    return int(number) if number.is_finite() and 0 < number < CQ_LIMIT else 0


def _highest_cq(results: Table, measured: Measured) -> Decimal:
    quiet = Measured(measured.numerals)  # the notes of this look ahead would be counted twice
    values = (quiet.cq(results, row) for row in results.rows if _has_cq(results, row))
    return max((value for value in values if value is not None), default=Decimal(0))


def _has_cq(results: Table, row: Row) -> bool:
    return len(row.cells) > results.at[Column.CQ]
