"""QuantStudio and ViiA 7 exports as text, and the same re-saved as csv by a spreadsheet program.

In the text, facts are lines `* Key = value` and blocks begin with `[Results]`; in a csv the facts may be `Key,value`
and the one table may stand without a name.
"""

import re

from monitoring.domain.plate import FileFormat, Plate
from monitoring.readers.headings import folded
from monitoring.readers.notes import Notes
from monitoring.readers.quantstudio import RESULTS, Block, check_complete, plate_of, results_of
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.source import Source, cells_of, delimiter_of
from monitoring.readers.tables import check_not_cut_off

_BLOCK = re.compile(r"\"?\[\s*([A-Za-z][A-Za-z /()-]{2,40})\s*\]\"?[\t,; ]*")
BLOCK_NAMES = frozenset(
    {"results", "samplesetup", "amplificationdata", "rawdata", "multicomponentdata", "meltcurverawdata",
     "techreplicates", "biologicalreplicates", "technicalanalysisresult", "biogroupresult", "meltcurveresult"}
)  # fmt: skip
_HEADINGS = (
    frozenset({"well", "samplename", "targetname"}),
    frozenset({"wellposition", "samplename"}),
    frozenset({"wellposition", "targetname"}),
    frozenset({"wellposition", "sample", "target", "task"}),
)


def recognises(source: Source) -> bool:
    """Return whether a text has the blocks or the headings of this software."""
    if any(line.startswith(("[", '"[')) and _block_name(line) in BLOCK_NAMES for line in source.lines):
        return True
    return source.headings_at(*_HEADINGS) is not None or bool(_fact(source.lines[0])[0])


def read(source: Source) -> Plate:
    """Return the plate; raises FileRefused where the results are missing, cut off or unreadable."""
    blocks, tabs = _blocks(source)
    results = results_of(blocks)
    if source.lines and blocks[RESULTS].rows[-1].line >= _last_line(source):
        check_not_cut_off(results, ends_with_line_break=source.ends_with_line_break)
    check_complete(blocks, results)
    form = FileFormat.QUANTSTUDIO_TEXT if tabs else FileFormat.QUANTSTUDIO_CSV
    return plate_of(form, facts_of(source), blocks, Notes(), results)


def facts_of(source: Source) -> dict[str, str]:
    """Return what the file says about the run before its first table, by folded key."""
    facts: dict[str, str] = {}
    for line in source.lines:
        key, value = _fact(line)
        if key:
            facts.setdefault(key, value)
        elif _block_name(line) or (facts and not line.strip("\t,; ")):
            break
        else:
            cells = [cell.strip() for cell in cells_of(line)]
            if len(cells) > 1 and cells[0] and cells[1]:
                facts.setdefault(folded(cells[0]), cells[1])
    return facts


def _fact(line: str) -> tuple[str, str]:
    """Return folded key and value of a line `* Key = value`; empty for another line."""
    if not line.startswith(("*", '"*')):
        return "", ""
    key, _equals, value = line.lstrip('"* ').partition("=")
    return folded(key), value.strip('\t,;" ')


def _blocks(source: Source) -> tuple[dict[str, Block], bool]:
    """Return the blocks by folded name and whether their cells are separated by tabs."""
    starts = [(index, _block_name(line)) for index, line in enumerate(source.lines) if _block_name(line)]
    if not starts:
        at = source.headings_at(*_HEADINGS)
        if at is None:
            raise FileRefused(FileProblem.TABLE_MISSING, Place(sheet="Results"), "Results")
        delimiter = delimiter_of(source.lines[at])
        return {RESULTS: Block(source.rows(at), comma_separated=delimiter == ",")}, delimiter == "\t"
    blocks: dict[str, Block] = {}
    tabs = True
    ends = [index for index, _name in starts[1:]] + [len(source.lines)]
    for (start, name), end in zip(starts, ends, strict=True):
        block = _block(source, start + 1, end)
        if block is None:
            continue
        if name in blocks:
            raise FileRefused(FileProblem.COLUMN_TWICE, Place(start + 1), source.lines[start])
        blocks[name] = block
        tabs = tabs and delimiter_of(source.lines[block.rows[0].line - 1]) == "\t"
    return blocks, tabs


def _block(source: Source, start: int, end: int) -> Block | None:
    """Return a block from the first line that is not blank; None where there is none."""
    while start < end and not source.lines[start].strip("\t,; "):
        start += 1
    if start >= end:
        return None
    comma = delimiter_of(source.lines[start]) == ","
    return Block(source.rows(start, end), comma_separated=comma)


def _block_name(line: str) -> str:
    if not line.startswith(("[", '"[')):
        return ""
    match = _BLOCK.fullmatch(line)
    return folded(match[1]) if match is not None else ""


def _last_line(source: Source) -> int:
    return len(source.lines) if not source.ends_with_line_break else len(source.lines) - 1
