"""An instrument's file becomes a plate: the format is recognised from the content, never from the name."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from monitoring.domain.plate import NoteCode, Plate, ReaderNote
from monitoring.readers import (
    cfx_csv,
    lightcycler_text,
    plain_csv,
    quantstudio_text,
    raw_fluorescence,
    rotor_gene_csv,
    sds_text,
)
from monitoring.readers.archive import read_archive
from monitoring.readers.refusal import FileProblem, FileRefused
from monitoring.readers.source import Source, source_of

LARGEST_FILE = 50 * 1024 * 1024  # bytes; [DESIGN] the largest export seen, with all curves of 384 wells, has 30 MB
_ZIP = b"PK"
_XML = (b"<?xml", b"<rdml", b"<rdml:")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # an .xls or .sds file: no text and no archive


class TextFormat(NamedTuple):
    """One text format: whether a file is one, and its plate."""

    recognises: Callable[[Source], bool]
    read: Callable[[Source], Plate]


# in the order in which they are asked: those with a signature first, the plain csv last
TEXT_FORMATS: tuple[TextFormat, ...] = (
    TextFormat(sds_text.recognises, sds_text.read),
    TextFormat(raw_fluorescence.recognises, raw_fluorescence.read),
    TextFormat(lightcycler_text.recognises, lightcycler_text.read),
    TextFormat(cfx_csv.recognises, cfx_csv.read),
    TextFormat(rotor_gene_csv.recognises, rotor_gene_csv.read),
    TextFormat(quantstudio_text.recognises, quantstudio_text.read),
    TextFormat(plain_csv.recognises, plain_csv.read),
)


def read_plate(content: bytes, name: str = "") -> Plate:
    """Return the plate of an export in any known format; raises FileRefused for everything that is none.

    `name` is handed on for messages only. A file of more than 50 MB is refused before it is looked at.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefused(FileProblem.TOO_LARGE)
    if not content.strip():
        raise FileRefused(FileProblem.EMPTY)
    if content.startswith(_ZIP) or _looks_like_xml(content):
        return read_archive(content, name)
    if content.startswith(_OLD_OFFICE):
        raise FileRefused(FileProblem.NOT_RECOGNISED)
    return read_text(source_of(content))


def read_text(source: Source) -> Plate:
    """Return the plate of a text export in the first format that recognises it."""
    for known in TEXT_FORMATS:
        if known.recognises(source):
            plate = known.read(source)
            return _with_notes_of_the_text(plate, source)
    raise FileRefused(FileProblem.NOT_RECOGNISED)


def _with_notes_of_the_text(plate: Plate, source: Source) -> Plate:
    if not source.encoding_guessed:
        return plate
    return replace(plate, notes=(ReaderNote(NoteCode.ENCODING_GUESSED), *plate.notes))


def _looks_like_xml(content: bytes) -> bool:
    beginning = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").lstrip().lower()
    return beginning.startswith(_XML)
