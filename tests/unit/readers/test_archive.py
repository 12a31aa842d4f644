"""Archives that would harm, lie or break: each is refused with a code and its place, and takes little memory."""

import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from monitoring.readers import spreadsheet, zip_members
from monitoring.readers.reading import read_plate
from monitoring.readers.refusal import FileProblem, FileRefused
from tests.unit.readers.archives import (
    SHEET,
    Member,
    problem,
    quantstudio,
    rdml,
    react,
    refused,
    repacked,
    run,
    sharing_texts,
    with_row,
    zipped,
)

GOOD_RDML = rdml(run(react()))
SHARING = sharing_texts(quantstudio())
BOMB_BYTES = 64 * 1024 * 1024
MEMORY_FOR_A_REFUSAL = 30 * 1024 * 1024  # bytes
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE rdml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rdml version="1.2">&b;</rdml>'
STOLEN = b'<?xml version="1.0"?><!DOCTYPE rdml SYSTEM "file:///etc/passwd"><rdml version="1.2"/>'


def bomb(name: str = "rdml_data.xml") -> bytes:
    return zipped({name: b" " * BOMB_BYTES})


def told_size(archive: bytes, size: int, field: int = 24) -> bytes:
    """Return an archive whose table of contents tells another size; field 20 is the compressed one."""
    entry = archive.rindex(b"PK\x01\x02")
    changed = archive[: entry + field] + struct.pack("<I", size) + archive[entry + field + 4 :]
    return changed[: field - 2] + struct.pack("<I", size) + changed[field + 2 :]


@pytest.mark.parametrize(
    "name", ["../rdml_data.xml", "/rdml_data.xml", "C:/rdml.xml", "a\\..\\b.xml", "\\\\server\\x.xml", "a\x07.xml"]
)
def test_a_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    assert problem(zipped({name: GOOD_RDML})) is FileProblem.ARCHIVE_UNSAFE


def test_a_name_cut_by_a_nul_is_refused() -> None:
    archive = zipped({"rdml_data.xml_evil": GOOD_RDML}).replace(b"xml_evil", b"xml\x00evil")
    assert problem(archive) is FileProblem.ARCHIVE_UNSAFE


def test_a_bomb_is_refused_and_told_by_its_member() -> None:
    refusal = refused(bomb())
    assert (refusal.problem, refusal.place.sheet) == (FileProblem.ARCHIVE_UNSAFE, "rdml_data.xml")


# made when they are asked for, not when tests are collected: every process collects all of them
BOMBS: dict[str, Callable[[], bytes]] = {
    "honest": bomb,
    "tells a small size": lambda: told_size(bomb(), 1000),
    "tells that it is hardly compressed": lambda: told_size(bomb(), BOMB_BYTES // 2, field=20),
    "in a workbook": lambda: repacked(quantstudio(), sheet=lambda sheet: sheet + b" " * BOMB_BYTES),
    "in many small members": lambda: zipped({f"{n}.xml": b" " * 1024 * 1024 for n in range(400)}),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_takes_little_memory(kind: str) -> None:
    archive = BOMBS[kind]()
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused):
            read_plate(archive)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_FOR_A_REFUSAL


def test_more_than_may_come_out_of_an_archive_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_members, "MAX_TOTAL_BYTES", 1000)
    assert problem(zipped({"rdml_data.xml": GOOD_RDML * 3})) is FileProblem.TOO_LARGE


def test_too_many_members_are_refused() -> None:
    assert problem(zipped({f"{n}.xml": b"" for n in range(600)})) is FileProblem.ARCHIVE_UNSAFE
    assert problem(zipped({f"{n}.xml": b"" for n in range(3000)})) is FileProblem.ARCHIVE_UNSAFE


def test_an_archive_inside_an_archive_is_not_opened() -> None:
    assert problem(zipped({"rdml_data.xml": zipped({"a.xml": GOOD_RDML})})) is FileProblem.ARCHIVE_UNSAFE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_refused() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("rdml_data.xml", GOOD_RDML)
        archive.writestr("RDML_data.xml", GOOD_RDML)
    assert problem(made.getvalue()) is FileProblem.ARCHIVE_UNSAFE


def test_a_compression_that_no_export_uses_is_refused() -> None:
    assert problem(zipped({"a.xml": GOOD_RDML}, zipfile.ZIP_LZMA)) is FileProblem.ARCHIVE_UNSAFE


def test_an_encrypted_member_is_refused() -> None:
    archive = bytearray(zipped({"rdml_data.xml": GOOD_RDML}))
    archive[6] |= 1
    archive[archive.rindex(b"PK\x01\x02") + 8] |= 1
    refusal = refused(bytes(archive))
    assert (refusal.problem, refusal.value) == (FileProblem.ARCHIVE_BROKEN, "encrypted")


def test_an_archive_cut_off_anywhere_is_broken() -> None:
    archive = zipped({"rdml_data.xml": GOOD_RDML})
    for end in range(2, len(archive), 40):
        assert problem(archive[:end]) is FileProblem.ARCHIVE_BROKEN


def test_a_member_that_is_not_what_it_was_is_broken() -> None:
    archive = zipped({"rdml_data.xml": GOOD_RDML}, zipfile.ZIP_STORED).replace(b"25.5", b"35.5")
    assert problem(archive) is FileProblem.ARCHIVE_BROKEN


@pytest.mark.parametrize("xml", [LAUGHS, STOLEN, LAUGHS.decode().encode("utf-16")])
def test_rdml_with_declarations_of_entities_is_refused(xml: bytes) -> None:
    assert problem(zipped({"rdml_data.xml": xml})) is FileProblem.ARCHIVE_UNSAFE
    assert problem(xml) is FileProblem.ARCHIVE_UNSAFE


def declared(xml: bytes) -> bytes:
    return xml.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "ha">]>', 1) if b"?>" in xml else b"<!DOCTYPE x>" + xml


@pytest.mark.parametrize("member", ["sheet", "book", "texts"])
def test_a_workbook_with_declarations_of_entities_is_refused(member: str) -> None:
    assert problem(repacked(SHARING, **{member: declared})) is FileProblem.ARCHIVE_UNSAFE


def in_utf_16(xml: bytes) -> bytes:
    return declared(xml).decode().encode("utf-16")


@pytest.mark.parametrize("member", ["sheet", "texts"])
def test_a_workbook_cannot_hide_them_in_another_encoding(member: str) -> None:
    assert problem(repacked(SHARING, **{member: in_utf_16})) is FileProblem.ARCHIVE_UNSAFE
    named: Member = lambda xml: b'<?xml version="1.0" encoding="utf-7"?>' + xml  # noqa: E731
    assert problem(repacked(SHARING, **{member: named})) is FileProblem.ARCHIVE_UNSAFE


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="20"><c r="A1048576"><v>1</v></c></row>',
        b"<row r='20'><c a='1'r='XFD20'><v>1</v></c></row>" + b"<row><c><v>1</v></c></row>" * 1000,
        b'<x:row r="1000000"><x:c r="A20"/></x:row>',
        b'<row r="20">' + b"<c/>" * 5000 + b"</row>" + b'<row r="9000"/>',
        b'<row r="20"><c r="A99999999999999999999"/></row>',
        b'<row r="20"><c r="AAAAAAAA1"/></row>',
    ],
)
def test_a_sheet_of_few_cells_far_apart_does_not_fill_the_memory(rows: bytes) -> None:
    refusal = refused(repacked(quantstudio(), sheet=with_row(rows)))
    assert (refusal.problem, refusal.place.sheet) == (FileProblem.ARCHIVE_UNSAFE, SHEET)


def test_one_long_text_in_many_cells_does_not_fill_the_memory() -> None:
    cells = b'<row r="20">' + b'<c t="s"><v>0</v></c>' * 9000 + b"</row>"
    longer: Member = lambda xml: xml.replace(b"<si>", b"<si>" + b"<t>long text </t>" * 5000, 1)  # noqa: E731
    assert problem(repacked(SHARING, sheet=with_row(cells), texts=longer)) is FileProblem.ARCHIVE_UNSAFE


def test_a_tag_without_end_does_not_fill_the_memory() -> None:
    endless = with_row(b'<row r="20" a="' + random.Random(7).randbytes(600_000).hex().encode())
    assert problem(repacked(quantstudio(), sheet=endless)) is FileProblem.ARCHIVE_UNSAFE


@pytest.mark.parametrize(
    "damage",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda _xml: b"",
        lambda _xml: b"no sheet",
        lambda xml: xml.replace(b"<v>", b""),
    ],
    ids=["cut off", "empty", "no XML", "tags do not match"],
)
def test_a_damaged_sheet_is_refused_with_its_name(damage: Callable[[bytes], bytes]) -> None:
    assert problem(repacked(quantstudio(), sheet=damage)) in {
        FileProblem.ARCHIVE_BROKEN, FileProblem.NOT_RECOGNISED, FileProblem.TABLE_CUT_OFF,
    }  # fmt: skip


def test_a_panic_of_the_library_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As pyo3 raises it: no Exception."""

    class Panicking:
        @staticmethod
        def from_filelike(_file: object) -> None:
            raise Panic

    monkeypatch.setattr(spreadsheet, "CalamineWorkbook", Panicking)
    refusal = refused(quantstudio())
    assert (refusal.problem, refusal.place.sheet) == (FileProblem.ARCHIVE_BROKEN, "Results")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"a.txt": b"x"}, FileProblem.NOT_RECOGNISED),
        ({"a.xml": b"<a/>", "b.xml": b"<b/>"}, FileProblem.NOT_RECOGNISED),
        ({"a.xml": b"<html/>"}, FileProblem.NOT_RECOGNISED),
        ({"a.xml": b""}, FileProblem.ARCHIVE_BROKEN),
        ({"a.xml": b"<rdml version='1.2'>"}, FileProblem.ARCHIVE_BROKEN),
        ({"xl/workbook.xml": b"", "xl/_rels/workbook.xml.rels": b""}, FileProblem.ARCHIVE_BROKEN),
        ({"xl/workbook.xml": b"<a/>", "xl/_rels/workbook.xml.rels": b"<a/>"}, FileProblem.NOT_RECOGNISED),
    ],
)
def test_an_archive_of_something_else_is_not_recognised(members: dict[str, bytes], expected: FileProblem) -> None:
    assert problem(zipped(members)) is expected


@pytest.mark.parametrize("content", [quantstudio(), SHARING, zipped({"rdml_data.xml": GOOD_RDML}), GOOD_RDML])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(content: bytes) -> None:
    chance = random.Random(2026)
    refusals = 0
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read_plate(bytes(damaged[: chance.choice([len(damaged), chance.randint(1, len(damaged))])]))
        except FileRefused:
            refusals += 1
    assert refusals > 0
