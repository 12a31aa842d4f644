"""The sheets of a workbook as rows of cells: texts as texts, numbers exact, each with its sheet and its line.

A workbook stores numbers as binary doubles in up to 17 digits. A number is taken in the shortest decimal that names
the same double: 29.5 is 29.5, and 5.3145920000000002 is the 5.314592 that the instrument wrote.
"""

import datetime as dt
from collections.abc import Container, Iterable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from python_calamine import CalamineWorkbook

from monitoring.readers.cells import Cell, Rows
from monitoring.readers.headings import folded
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.sheet_parts import checked_workbook
from monitoring.readers.zip_members import ZipMembers

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MAX_LIST_BYTES = 1024 * 1024  # of the list of sheets; [DESIGN] a list of 30 sheets has 4 kB
_AS_STORED = (str, float)
_TEXTS_OF_FLAGS = {True: "true", False: "false"}


class Relation(NamedTuple):
    """One part of a workbook as its list of parts names it."""

    id: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name as printed and all of its rows from line 1."""

    name: str
    rows: Rows


def is_workbook(members: ZipMembers) -> bool:
    """Return whether an archive is an xlsx workbook."""
    return WORKBOOK in members.names and RELATIONS in members.names


def sheets_of(members: ZipMembers, wanted: Container[str]) -> dict[str, Sheet]:
    """Return the wanted sheets by folded name; of a workbook with one sheet that one, whatever it is called.

    Raises FileRefused for what is damaged or unsafe, with the member or the sheet as its place.
    """
    relations = _relations(members)
    paths = _sheet_paths(members, relations)
    taken = {name: path for name, path in paths.items() if folded(name) in wanted or len(paths) == 1}
    for name, path in taken.items():
        if path not in members.names:
            raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name))
    texts, styles = (_part(members, relations, kind) for kind in ("sharedStrings", "styles"))
    workbook = checked_workbook(members, list(taken.values()), texts, styles)
    return {folded(name): Sheet(name, _rows(workbook, number, name)) for number, name in enumerate(taken)}


def _relations(members: ZipMembers) -> list[Relation]:
    """Return what the workbook consists of."""
    return [
        Relation(each.get("Id", ""), each.get("Type", ""), _path(each.get("Target", "")))
        for each in _tree(members, RELATIONS)
    ]


def _sheet_paths(members: ZipMembers, relations: Iterable[Relation]) -> dict[str, str]:
    """Return the sheets, name to path of the member; raises FileRefused where two have one name."""
    by_id = {relation.id: relation.path for relation in relations}
    paths: dict[str, str] = {}
    seen: set[str] = set()
    for element in _tree(members, WORKBOOK).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        name = element.get("name", "")
        if folded(name) in seen:
            raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name))
        seen.add(folded(name))
        paths[name] = by_id.get(next((value for key, value in element.items() if key.endswith("}id")), ""), "")
    return paths


def _part(members: ZipMembers, relations: Iterable[Relation], kind: str) -> str:
    """Return the member that holds the texts or the styles; empty where there is none."""
    return next((each.path for each in relations if each.kind.endswith(f"/{kind}") and each.path in members.names), "")


def _path(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _tree(members: ZipMembers, name: str) -> Any:
    try:
        return fromstring(members.whole(name, MAX_LIST_BYTES), forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=name)) from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name)) from error


def _rows(workbook: BytesIO, number: int, name: str) -> Rows:
    rows = Rows()
    try:
        workbook.seek(0)
        sheet = CalamineWorkbook.from_filelike(workbook).get_sheet_by_name(str(number))
        for line, cells in enumerate(sheet.iter_rows(), 1):
            rows.append(line, [cell if isinstance(cell, _AS_STORED) else _cell(cell) for cell in cells])
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a damaged sheet makes the library panic, which is no Exception
        raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name)) from error
    return rows


def _cell(value: object) -> Cell:
    """Return what a cell holds; a date that a spreadsheet program made of a number stays a text and is refused."""
    if isinstance(value, bool):
        return _TEXTS_OF_FLAGS[value]
    if isinstance(value, int):
        return Decimal(value)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
