"""Small workbooks and RDML archives, as instruments write them or as an attacker would, one thing changed at a time."""

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from monitoring.domain.plate import Plate, Reaction
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, FileRefused

REAL_EXPORTS = Path(__file__).parents[4] / "shared" / "data" / "instrument_files"
SHEET = "xl/worksheets/sheet1.xml"

FACTS: list[list[object]] = [
    ["Block Type", "96-Well Block (0.2mL)"],
    ["Experiment Name", "MRD run 7"],
    ["Experiment Run Stop Time", "11-02-2026 02:23:34 AM CET"],
    ["Instrument Type", "QuantStudio(TM) 7 Flex System"],
    [],
]
HEADINGS: list[object] = [
    "Well", "Well Position", "Omit", "Sample Name", "Target Name", "Task", "CT", "Quantity", "Y-Intercept", "R²",
    "Slope", "ΔΔCт - Fsigma", "ΔΔCт + Fsigma", "NOAMP",
]  # fmt: skip
WELLS: list[list[object]] = [
    [1, "A1", "false", "Std 1", "NPM1 mutA", "STANDARD", 19.5, 1000000, 40.043, 0.999, -3.424, "", "", "N"],
    [2, "A2", False, 26004201, "NPM1 mutA", "UNKNOWN", 31.5, 33.97, 40.043, 0.999, -3.424, "", "", "N"],
    [3, "A3", True, "007", "NPM1 mutA", "UNKNOWN", "Undetermined", "", 40.043, 0.999, -3.424, "", "", "Y"],
]

Member = bytes | Callable[[bytes], bytes]


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Return a workbook with the rows of each sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def quantstudio(
    wells: Sequence[Sequence[object]] = WELLS, headings: Sequence[object] = HEADINGS, **more: Sequence[Sequence[object]]
) -> bytes:
    """Return a QuantStudio workbook; `more` sheets by name, with _ for a blank."""
    others = {name.replace("_", " "): [*FACTS, *rows] for name, rows in more.items()}
    return xlsx({"Results": [*FACTS, headings, *wells], **others})


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of the members."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def repacked(content: bytes, **changes: Member) -> bytes:
    """Return a workbook with its first sheet (`sheet`), list of sheets (`book`) or texts (`texts`) changed."""
    names = {"sheet": SHEET, "book": "xl/workbook.xml", "texts": "xl/sharedStrings.xml"}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for key, change in changes.items():
        name = names[key]
        members[name] = change if isinstance(change, bytes) else change(members[name])
    return zipped(members)


def sharing_texts(content: bytes) -> bytes:
    """Return a workbook with its texts in a member of their own, as instruments write them."""
    texts: list[bytes] = []

    def shared(inline: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + inline[2] + b"</si>")
        return b'<c r="%b" t="s"><v>%d</v></c>' % (inline[1], len(texts) - 1)

    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[SHEET] = re.sub(rb'<c r="(\w+)" t="inlineStr"><is>(.*?)</is></c>', shared, members[SHEET])
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Type="%b" Target="sharedStrings.xml" Id="t"/></Relationships>' % kind
    relations = "xl/_rels/workbook.xml.rels"
    members[relations] = members[relations].replace(b"</Relationships>", relation)
    members["xl/sharedStrings.xml"] = b'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="%b">%b</sst>' % (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"".join(texts),
    )
    return zipped(members)


def with_row(xml: bytes) -> Callable[[bytes], bytes]:
    """Return a change that adds rows at the end of a sheet."""
    return lambda sheet: sheet.replace(b"</sheetData>", xml + b"</sheetData>")


def form(rows: int, columns: int, row_label: str = "ABC", column_label: str = "123") -> str:
    """Return the form of a plate of RDML."""
    return (
        f"<pcrFormat><rows>{rows}</rows><columns>{columns}</columns>"
        f"<rowLabel>{row_label}</rowLabel><columnLabel>{column_label}</columnLabel></pcrFormat>"
    )


PLATE_OF_96 = form(8, 12)


def data(target: str = "NPM1 mutA", cq: str | None = "25.5", more: str = "") -> str:
    """Return one reaction of RDML in one well."""
    told = "" if cq is None else f"<cq>{cq}</cq>"
    return f'<data><tar id="{target}"/>{told}{more}</data>'


def react(number: object = 1, sample: str = "26-0042", inside: str = "") -> str:
    """Return one well of RDML."""
    return f'<react id="{number}"><sample id="{sample}"/>{inside or data()}</react>'


def run(reacts: str, form: str = PLATE_OF_96, name: str = "run 7", more: str = "") -> str:
    """Return one run of RDML."""
    return f'<run id="{name}">{more}{form}{reacts}</run>'


def rdml(runs: str, version: str = "1.2", samples: str = "", before: str = "") -> bytes:
    """Return the XML of RDML with a patient's sample, a standard and two targets."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rdml xmlns="http://www.rdml.org" version="{version}">\n'
        '<sample id="26-0042"><type>unkn</type></sample>'
        '<sample id="Std 1"><type>std</type><quantity><value>1.0E5</value><unit>cop</unit></quantity></sample>'
        f'{samples}<target id="NPM1 mutA"/><target id="ABL1"/>{before}<experiment id="e">{runs}</experiment></rdml>'
    ).encode()


def read_rdml(xml: bytes, inner: str = "rdml_data.xml") -> Plate:
    """Return the plate of RDML in an archive."""
    return read_plate(zipped({inner: xml}), "run.rdml")


def one(xml: bytes) -> Reaction:
    """Return the one reaction of RDML."""
    (reaction,) = read_rdml(xml).reactions
    return reaction


def refused(content: bytes) -> FileRefused:
    """Return the refusal of a file."""
    with pytest.raises(FileRefused) as refusal:
        read_plate(content, "run")
    return refusal.value


def problem(content: bytes) -> FileProblem:
    """Return the problem with which a file is refused."""
    return refused(content).problem
