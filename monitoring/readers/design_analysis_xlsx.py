"""Design & Analysis 2 (QuantStudio 1 to 7 Pro) exports: `Sample`, `Target`, `Cq`, and the quantities on another sheet.

The sheet of results has the Cq; nominal quantities of standards, computed quantities of samples and the curves stand
on `Standard Curve Result`, which is there only where that analysis was done.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from monitoring.domain.plate import FileFormat, Plate, PrintedCurve, Reaction, WellRole
from monitoring.readers.headings import Column, folded
from monitoring.readers.measured import Measured, numerals_of
from monitoring.readers.notes import Notes
from monitoring.readers.quantstudio import AMPLIFICATION, NAMES, RESULTS, Block, block_size, cycles_of
from monitoring.readers.reactions import Wells, printed_curves
from monitoring.readers.roles import role_of
from monitoring.readers.tables import Table, is_yes, table_of, well_of
from monitoring.readers.wells import position_of

CURVES = "standardcurveresult"
RAW = frozenset({"multicomponent", "rawdata"})
_SOFTWARE = "softwarenameandversion"
_SOFTWARE_NAME = "designanalysis"
_NEEDED: Mapping[Column, str] = {Column.CQ: "Cq"}
_CURVES_NEEDED: Mapping[Column, str] = {Column.TARGET: "Target"}


@dataclass(frozen=True, slots=True)
class _Quantity:
    """What the sheet of curves says about one target in one well."""

    copies: Decimal | None
    omitted: bool


def recognises(facts: Mapping[str, str], headings: Collection[str]) -> bool:
    """Return whether a workbook is of this software: it names itself, or its headings are `Cq` and `Sample`."""
    if folded(facts.get(_SOFTWARE, "")).startswith(_SOFTWARE_NAME):
        return True
    return "cq" in headings and "samplename" not in headings


def read(facts: Mapping[str, str], blocks: Mapping[str, Block]) -> Plate:
    """Return the plate of the blocks by folded name of their sheets; raises FileRefused with sheet, line, column."""
    results = _table(blocks[RESULTS], _NEEDED)
    curves = _table(blocks[CURVES], _CURVES_NEEDED) if CURVES in blocks else None
    measured = Measured(numerals_of([results] if curves is None else [results, curves]), Notes())
    wells = Wells(measured, plate_size=block_size(facts))
    wells.cycles = cycles_of(blocks.get(AMPLIFICATION), results, measured)
    wells.read(results)
    reactions = wells.all_read()
    if curves is not None:
        reactions = _with_quantities(reactions, _quantities(curves, measured, wells.plate_size))
    return Plate(
        format=FileFormat.DESIGN_ANALYSIS_XLSX,
        reactions=reactions,
        instrument=facts.get("instrumenttype", ""),
        run_name=_file_name(facts.get("filename", "")),
        run_at=facts.get("runenddatetime", ""),
        cycles=wells.cycles,
        curves=_printed(results, curves, measured),
        notes=measured.notes.told(),
    )


def _table(block: Block, needed: Mapping[Column, str]) -> Table:
    return table_of(block.rows, NAMES, needed, sheet=block.sheet, has_footer=True)


def _quantities(curves: Table, measured: Measured, plate_size: int) -> dict[tuple[str, str], _Quantity]:
    """Return the quantities by well and folded target."""
    found: dict[tuple[str, str], _Quantity] = {}
    for row in curves.rows:
        well = position_of(well_of(curves, row), plate_size)
        read = measured.nominal if role_of(curves.text(row, Column.ROLE)) is WellRole.STANDARD else measured.copies
        found[well, folded(curves.text(row, Column.TARGET))] = _Quantity(
            read(curves, row, Column.QUANTITY) if curves.has(Column.QUANTITY) else None,
            curves.has(Column.OMIT) and is_yes(curves, row, Column.OMIT),
        )
    return found


def _with_quantities(
    reactions: Iterable[Reaction], quantities: Mapping[tuple[str, str], _Quantity]
) -> tuple[Reaction, ...]:
    return tuple(_with_quantity(each, quantities.get((each.well, folded(each.target)))) for each in reactions)


def _with_quantity(reaction: Reaction, quantity: _Quantity | None) -> Reaction:
    """Return the reaction with its quantity: nominal for a standard, computed for everything else."""
    if quantity is None:
        return reaction
    omitted = reaction.omitted or quantity.omitted
    if reaction.role is WellRole.STANDARD:
        return replace(reaction, standard_copies=reaction.standard_copies or quantity.copies, omitted=omitted)
    printed = quantity.copies if reaction.printed_copies is None else reaction.printed_copies
    return replace(reaction, printed_copies=printed, omitted=omitted)


def _printed(results: Table, curves: Table | None, measured: Measured) -> tuple[PrintedCurve, ...]:
    return (printed_curves(curves, measured) if curves is not None else ()) or printed_curves(results, measured)


def _file_name(path: str) -> str:
    """Return the name of a file without the folders of the instrument's computer."""
    return path.replace("\\", "/").rpartition("/")[2]
