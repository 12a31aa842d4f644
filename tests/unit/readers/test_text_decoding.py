"""Encodings, line ends, delimiters and quotation marks of text exports."""

import pytest

from monitoring.domain.plate import NoteCode
from monitoring.readers.reading import LARGEST_FILE, read_plate
from monitoring.readers.refusal import FileProblem, FileRefused
from monitoring.readers.source import source_of
from tests.unit.readers.exports import PLAIN, QUANTSTUDIO, check_refused, noted, read, refused

ACCENTED = PLAIN.replace("26-0042", "26-é42")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_gives_the_same_plate(encoding: str) -> None:
    assert read(ACCENTED, encoding) == read(ACCENTED)


def test_a_mark_of_utf_16_big_endian_is_obeyed() -> None:
    content = b"\xfe\xff" + ACCENTED.encode("utf-16-be")
    assert read_plate(content) == read(ACCENTED)


def test_western_european_text_is_read_and_told() -> None:
    plate = read(ACCENTED, "cp1252")
    assert plate.reactions == read(ACCENTED).reactions
    assert noted(plate)[NoteCode.ENCODING_GUESSED] == 1


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("text", [PLAIN, QUANTSTUDIO])
def test_every_line_end_gives_the_same_plate(text: str, line_end: str) -> None:
    assert read(text.replace("\n", line_end)) == read(text)


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_every_delimiter_gives_the_same_plate(delimiter: str) -> None:
    assert read(PLAIN.replace(",", delimiter)) == read(PLAIN)


@pytest.mark.parametrize(("content", "line"), [(b"well,sample\nA1,\x00\x01x", 2), (b"\xef\xbb\xbfwell\n\xff\xff", 2)])
def test_what_is_no_text_is_refused_at_its_line(content: bytes, line: int) -> None:
    with pytest.raises(FileRefused) as caught:
        source_of(content)
    assert (caught.value.problem, caught.value.place.line) == (FileProblem.NOT_TEXT, line)


def test_half_a_letter_of_utf_16_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        read_plate(PLAIN.encode("utf-16")[:-1])
    assert caught.value.problem is FileProblem.NOT_TEXT


@pytest.mark.parametrize("content", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        read_plate(content)
    assert caught.value.problem is FileProblem.EMPTY


def test_a_file_over_50_mb_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        read_plate(PLAIN.encode() + b"\n" * LARGEST_FILE)
    assert caught.value.problem is FileProblem.TOO_LARGE


def test_an_endless_line_is_refused_at_its_line() -> None:
    check_refused(PLAIN + "A9," + "x" * 30_000, FileProblem.ROW_TOO_LONG, 7)


def test_a_quotation_mark_that_is_never_closed_is_refused_at_its_line() -> None:
    check_refused(PLAIN.replace("B1,26", 'B1,"26'), FileProblem.QUOTE_NOT_CLOSED, 4)


def test_a_quoted_line_break_swallows_no_line() -> None:
    text = PLAIN.replace("B1,26-0042,", 'B1,"26-0042,').replace("B2,26-0042,", 'B2,26-0042",')
    assert refused(text).problem is FileProblem.QUOTE_NOT_CLOSED


def test_quoted_cells_may_hold_the_delimiter() -> None:
    plate = read(PLAIN.replace("B1,26-0042", 'B1,"Lab, 7"'))
    assert plate.reactions[2].sample == "Lab, 7"


@pytest.mark.parametrize("content", [b"hello world", b"a,b\n1,2", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1", b"{}"])
def test_other_files_are_not_recognised(content: bytes) -> None:
    with pytest.raises(FileRefused) as caught:
        read_plate(content)
    assert caught.value.problem in (FileProblem.NOT_RECOGNISED, FileProblem.NOT_TEXT)
