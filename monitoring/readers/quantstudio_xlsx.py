"""QuantStudio, ViiA 7 and Design & Analysis 2 exports as a workbook: which of the two, its facts and its blocks.

In every sheet facts (`Block Type`, `96-Well Block`) stand above the headings; their number differs, so that the
headings are searched for. `CT` may be called `CRT` (12K Flex) and carries a Cyrillic letter in `ΔΔCт`.
"""

from collections.abc import Mapping

from monitoring.domain.plate import FileFormat, Plate
from monitoring.readers import design_analysis_xlsx
from monitoring.readers.headings import folded, folded_cells
from monitoring.readers.notes import Notes
from monitoring.readers.quantstudio import (
    AMPLIFICATION,
    RESULTS,
    SAMPLE_SETUP,
    Block,
    check_complete,
    plate_of,
    results_of,
)
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.spreadsheet import Sheet, sheets_of
from monitoring.readers.zip_members import ZipMembers

HEADINGS_WITHIN = 400  # lines before the headings; [DESIGN] the longest seen has 46
SHEETS = frozenset({RESULTS, SAMPLE_SETUP, AMPLIFICATION, design_analysis_xlsx.CURVES, *design_analysis_xlsx.RAW})
_WELL = frozenset({"well", "wellposition"})
_CQ = frozenset({"ct", "cq", "crt"})
_CURVE = frozenset({"cycle", "cyclenumber", "rn", "deltarn", "stagenumber"})


def read(members: ZipMembers) -> Plate:
    """Return the plate; raises FileRefused where no sheet has wells, or none of them has a Cq."""
    sheets = sheets_of(members, SHEETS)
    starts = {name: _headings_at(sheet) for name, sheet in sheets.items()}
    blocks = {
        name: Block(sheet.rows[start:], sheet.name)
        for name, sheet in sheets.items()
        if (start := starts[name]) is not None
    }
    blocks = _with_results(blocks)
    results = blocks[RESULTS]
    facts = _facts(next(sheet for sheet in sheets.values() if sheet.name == results.sheet))
    if design_analysis_xlsx.recognises(facts, folded_cells(results.rows[0])):
        return design_analysis_xlsx.read(facts, blocks)
    table = results_of(blocks)
    check_complete(blocks, table)
    return plate_of(FileFormat.QUANTSTUDIO_XLSX, facts, blocks, Notes(), table)


def _headings_at(sheet: Sheet) -> int | None:
    """Return the index of the first row that has a heading of wells beside another heading; None without one."""
    for index, row in enumerate(sheet.rows[:HEADINGS_WITHIN]):
        present = {name for name in folded_cells(row) if name}
        if present & _WELL and len(present) > 1:
            return index
    return None


def _with_results(blocks: Mapping[str, Block]) -> dict[str, Block]:
    """Return the blocks with one of results; the only sheet of a workbook may have any name."""
    if RESULTS in blocks:
        return dict(blocks)
    if not blocks:
        raise FileRefused(FileProblem.NOT_RECOGNISED)
    for block in blocks.values():
        headings = set(folded_cells(block.rows[0]))
        if headings & _CQ and len(blocks) == 1:
            return {RESULTS: block}
    curves = next((block for block in blocks.values() if set(folded_cells(block.rows[0])) & _CURVE), None)
    if curves is not None:
        raise FileRefused(FileProblem.RAW_FLUORESCENCE, Place(curves.rows[0].line, sheet=curves.sheet))
    raise FileRefused(FileProblem.TABLE_MISSING, Place(sheet="Results"), "Results")


def _facts(sheet: Sheet) -> dict[str, str]:
    """Return what the sheet says about the run above its headings, by folded key."""
    start = _headings_at(sheet)
    facts: dict[str, str] = {}
    for row in sheet.rows[:start]:
        if row.text(0) and row.text(1):
            facts.setdefault(folded(row.text(0)), row.text(1))
    stopped = facts.get("experimentrunstoptime")  # of the workbook; the text calls it the end time
    return {"experimentrunendtime": stopped, **facts} if stopped else facts
