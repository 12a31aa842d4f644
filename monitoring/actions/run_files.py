"""Files that are dropped together become one plate: a LightCycler exports one file for each target of a run."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from monitoring.domain.plate import Plate, Reaction
from monitoring.readers.reading import LARGEST_FILE, read_plate
from monitoring.readers.refusal import FileProblem, FileRefused, Place

MOST_FILES = 12  # one for each target; [DESIGN] no instrument reads more at a time
MOST_REACTIONS = 10_000  # [DESIGN] 384 wells of 8 targets are 3,072
LONGEST_WELL, LONGEST_SAMPLE, LONGEST_TARGET = 10, 120, 80  # characters that the tables keep
NAME_KEPT = 200  # characters of a name that is shown only
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # no moment in the archive: the same files are the same bytes


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One file as it came, with its name."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """What tells this content from any other."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class RunFile:
    """What was read of one or several files; `parts` are the hashes of the single ones."""

    plate: Plate
    name: str
    content: bytes
    parts: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of what is kept: the file itself, or the archive of several."""
        return hashlib.sha256(self.content).hexdigest()


class FileNotRead(Exception):
    """One of the files cannot be read; nothing of any was taken in."""

    def __init__(self, name: str, refused: FileRefused) -> None:
        super().__init__(f"{name}: {refused.problem}")
        self.name = name
        self.refused = refused


def read_run(files: Sequence[DroppedFile]) -> RunFile:
    """Return the plate of the files of one run; raises FileNotRead."""
    ordered = sorted(files, key=lambda each: each.name)
    if not ordered:
        raise FileNotRead("", FileRefused(FileProblem.EMPTY))
    if len(ordered) > MOST_FILES or sum(len(each.content) for each in ordered) > LARGEST_FILE:
        raise FileNotRead(ordered[0].name, FileRefused(FileProblem.TOO_LARGE))
    plates = [(each, _read(each)) for each in ordered]
    plate = plates[0][1]
    for each, other in plates[1:]:
        plate = _joined(plate, each.name, other)
    if len(plate.reactions) > MOST_REACTIONS:
        raise FileNotRead(ordered[0].name, FileRefused(FileProblem.TOO_LARGE, value=str(len(plate.reactions))))
    content = ordered[0].content if len(ordered) == 1 else _archive(ordered)
    return RunFile(plate, _name(ordered), content, tuple(each.sha256 for each in ordered))


def _read(file: DroppedFile) -> Plate:
    try:
        plate = read_plate(file.content, file.name)
        for reaction in plate.reactions:
            _check_lengths(reaction)
    except FileRefused as refused:
        raise FileNotRead(file.name, refused) from refused
    return plate


def _check_lengths(reaction: Reaction) -> None:
    """A name that the table cannot keep whole is refused: cut short, it could be another's."""
    for text, longest in (
        (reaction.well, LONGEST_WELL), (reaction.sample, LONGEST_SAMPLE), (reaction.target, LONGEST_TARGET),
    ):  # fmt: skip
        if len(text) > longest:
            raise FileRefused(FileProblem.ROW_TOO_LONG, Place(reaction.line), text)


def _joined(plate: Plate, name: str, other: Plate) -> Plate:
    """Return two files as one plate, if they are of one plate: a well holds one sample, a target is measured once."""
    if other.format is not plate.format:
        raise FileNotRead(name, FileRefused(FileProblem.SEVERAL_PLATES, value=other.format.value))
    measured = {(each.well, each.target) for each in plate.reactions}
    filled = {each.well: each.sample for each in plate.reactions}
    for each in other.reactions:
        if (each.well, each.target) in measured:
            raise FileNotRead(name, FileRefused(FileProblem.WELL_TWICE, Place(each.line), f"{each.well} {each.target}"))
        if filled.get(each.well, each.sample) != each.sample:
            raise FileNotRead(name, FileRefused(FileProblem.SEVERAL_PLATES, Place(each.line), each.sample))
    return replace(
        plate,
        reactions=(*plate.reactions, *other.reactions),
        curves=(*plate.curves, *other.curves),
        notes=(*plate.notes, *other.notes),
        cycles=plate.cycles or other.cycles,
    )


def _archive(files: Sequence[DroppedFile]) -> bytes:
    """Return the files in one archive, the same bytes for the same files."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, file in enumerate(files, start=1):
            archive.writestr(zipfile.ZipInfo(f"{number}-{_plain(file.name)}", FIRST_DAY_OF_ZIP), file.content)
    return kept.getvalue()


def _name(files: Sequence[DroppedFile]) -> str:
    first = _plain(files[0].name)
    return first if len(files) == 1 else f"{PurePath(first).stem[:NAME_KEPT]}+{len(files) - 1}.zip"


def _plain(name: str) -> str:
    """The last part of a name, without control characters, short enough to keep; its ending stays."""
    plain = "".join(letter for letter in PurePath(name.replace("\\", "/")).name if letter.isprintable())
    path = PurePath(plain or "run")
    return f"{path.stem[:NAME_KEPT]}{path.suffix[:10]}"
