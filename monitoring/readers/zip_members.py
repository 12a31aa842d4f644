"""The members of a zip archive: nothing in it is believed before it was counted byte by byte.

The table of contents may lie about sizes, so that the limits hold for the bytes that really come out, while they come.
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from monitoring.readers.refusal import FileProblem, FileRefused, Place

MAX_MEMBERS = 500  # [DESIGN] a workbook of an instrument has 10 to 30 members
MAX_TOTAL_BYTES = 160 * 1024 * 1024  # uncompressed, of all members that are read; [DESIGN] 10^5 rows of 34 columns
MAX_RATIO = 100  # bytes out per byte in; [DESIGN] real exports reach 12, DEFLATE itself 1,032
RATIO_FREE_BYTES = 1024 * 1024  # bytes out before the ratio counts: a small member of one repeated value is no bomb
CHUNK_BYTES = 256 * 1024
COMPRESSIONS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # the only ones that exports use
_ENCRYPTED = 0x1  # bit of the flags of a member
_CONTENTS_ENTRY = b"PK\x01\x02"
_ARCHIVE = b"PK\x03\x04"
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(slots=True)
class ZipMembers:
    """An opened archive; `bytes_out` counts what was inflated of all members together."""

    archive: zipfile.ZipFile
    bytes_in: int
    bytes_out: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the members that are files."""
        return tuple(member.filename for member in self.archive.infolist() if not member.is_dir())

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one member in pieces; raises FileRefused for a bomb, an archive inside, or damage."""
        member = self.archive.getinfo(name)
        out = 0
        try:
            with self.archive.open(member) as opened:
                while chunk := opened.read(CHUNK_BYTES):
                    if out == 0 and chunk.startswith(_ARCHIVE):
                        raise _unsafe(name)
                    out += len(chunk)
                    self._count(len(chunk), out, member)
                    yield chunk
        except _ZIP_ERRORS as error:
            raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=name)) from error

    def whole(self, name: str, limit: int) -> bytes:
        """Return a small member; raises FileRefused where it has more than `limit` bytes."""
        content = bytearray()
        for chunk in self.chunks(name):
            content += chunk
            if len(content) > limit:
                raise _unsafe(name)
        return bytes(content)

    def _count(self, length: int, out: int, member: zipfile.ZipInfo) -> None:
        self.bytes_out += length
        if self.bytes_out > MAX_TOTAL_BYTES:
            raise FileRefused(FileProblem.TOO_LARGE, Place(sheet=member.filename))
        if _is_bomb(out, member.compress_size) or _is_bomb(self.bytes_out, self.bytes_in):
            raise _unsafe(member.filename)


def open_zip(content: bytes) -> ZipMembers:
    """Return the members of an archive; raises FileRefused for one that is damaged, encrypted or made to harm."""
    if content.count(_CONTENTS_ENTRY) > 2 * MAX_MEMBERS:  # the signature may stand in compressed bytes by chance
        raise FileRefused(FileProblem.ARCHIVE_UNSAFE)
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except _ZIP_ERRORS as error:
        raise FileRefused(FileProblem.ARCHIVE_BROKEN) from error
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise FileRefused(FileProblem.ARCHIVE_UNSAFE)
    for member in members:
        _check_member(member)
    _check_none_twice(members)
    return ZipMembers(archive, len(content))


def _check_member(member: zipfile.ZipInfo) -> None:
    if _leaves_the_archive(member.orig_filename) or _is_bomb(member.file_size, member.compress_size):
        raise _unsafe(member.filename)
    if member.flag_bits & _ENCRYPTED:
        raise FileRefused(FileProblem.ARCHIVE_BROKEN, Place(sheet=member.filename), "encrypted")
    if member.compress_type not in COMPRESSIONS:
        raise _unsafe(member.filename)


def _check_none_twice(members: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.filename.casefold()  # a workbook takes names that differ in capitals for one
        if name in seen:
            raise _unsafe(member.filename)
        seen.add(name)


def _leaves_the_archive(name: str) -> bool:
    """Return whether a name is a path that leads out, of whatever system, or hides something."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ":" in name or ".." in parts or not name.isprintable() or not name


def _is_bomb(bytes_out: int, bytes_in: int) -> bool:
    return bytes_out > RATIO_FREE_BYTES and bytes_out > MAX_RATIO * bytes_in


def _unsafe(name: str) -> FileRefused:
    return FileRefused(FileProblem.ARCHIVE_UNSAFE, Place(sheet=name))
