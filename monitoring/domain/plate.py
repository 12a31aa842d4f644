"""A plate as an instrument exported it: one reaction is one target in one well, whatever the format.

The one shape that every reader of `monitoring.readers` returns and that a run is quantified from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class WellRole(StrEnum):
    """What a reaction is there for; the instrument tells it, or the laboratory's names of its controls do."""

    SAMPLE = "SAMPLE"
    STANDARD = "STANDARD"
    NO_TEMPLATE = "NO_TEMPLATE"
    NO_RT = "NO_RT"
    EXTRACTION_BLANK = "EXTRACTION_BLANK"
    WILD_TYPE = "WILD_TYPE"
    POSITIVE_CONTROL = "POSITIVE_CONTROL"


class FileFormat(StrEnum):
    """The exports that are read."""

    QUANTSTUDIO_TEXT = "QUANTSTUDIO_TEXT"
    QUANTSTUDIO_CSV = "QUANTSTUDIO_CSV"
    QUANTSTUDIO_XLSX = "QUANTSTUDIO_XLSX"
    DESIGN_ANALYSIS_XLSX = "DESIGN_ANALYSIS_XLSX"
    SDS_TEXT = "SDS_TEXT"
    LIGHTCYCLER_TEXT = "LIGHTCYCLER_TEXT"
    CFX_CSV = "CFX_CSV"
    ROTOR_GENE_CSV = "ROTOR_GENE_CSV"
    RDML = "RDML"
    PLAIN_CSV = "PLAIN_CSV"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One target in one well.

    `well` is the position as people write it ("A1", "H12"; the tube number of a rotor). `cq` in cycles, None where
    nothing amplified. `standard_copies` is the nominal quantity of a standard; `printed_copies` what the instrument
    computed itself, kept for comparison only. `omitted` was left out on the instrument. `line` is where it stands in
    the file (row of the sheet; 0 where a format has no lines). `role_by_name`: the sample's name alone told the role.
    """

    well: str
    sample: str
    target: str
    role: WellRole
    cq: Decimal | None
    standard_copies: Decimal | None = None
    printed_copies: Decimal | None = None
    omitted: bool = False
    marks: tuple[str, ...] = ()
    line: int = 0
    role_by_name: bool = False


@dataclass(frozen=True, slots=True)
class PrintedCurve:
    """The standard curve as the instrument printed it; never used for a result, only compared with our own."""

    target: str
    slope: Decimal | None
    intercept: Decimal | None
    r2: Decimal | None
    efficiency_pct: Decimal | None = None


class NoteCode(StrEnum):
    """What a reader had to decide, told beside the run."""

    ENCODING_GUESSED = "ENCODING_GUESSED"  # neither byte order mark nor UTF-8: read as cp1252
    DECIMAL_COMMA = "DECIMAL_COMMA"
    THOUSANDS_SEPARATOR = "THOUSANDS_SEPARATOR"  # 5.314,592 read as 5314.592, because every number agrees
    CQ_AT_CYCLE_COUNT = "CQ_AT_CYCLE_COUNT"  # a Cq equal to the number of cycles was read as no amplification
    CQ_ZERO = "CQ_ZERO"  # a Cq of 0 was read as no amplification
    TARGET_NOT_NAMED = "TARGET_NOT_NAMED"  # the dye or the file name stands for the target
    WELLS_EMPTY = "WELLS_EMPTY"  # wells without sample and target were left aside
    VERSION_NOT_VALID = "VERSION_NOT_VALID"  # the file departs from the version that it declares


@dataclass(frozen=True, slots=True)
class ReaderNote:
    """One decision of a reader, with how often it was taken."""

    code: NoteCode
    count: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Plate:
    """Everything that a file says about one run, in the order of the file."""

    format: FileFormat
    reactions: tuple[Reaction, ...]
    instrument: str = ""
    run_name: str = ""
    run_at: str = ""  # as printed: instruments write local time in the format of their computer
    cycles: int | None = None
    curves: tuple[PrintedCurve, ...] = ()
    notes: tuple[ReaderNote, ...] = ()

    def targets(self) -> tuple[str, ...]:
        """Return the names of the targets, in the order of their first appearance."""
        return distinct(reaction.target for reaction in self.reactions)

    def samples(self) -> tuple[str, ...]:
        """Return the names of the samples that are to be measured, in the order of their first appearance."""
        return distinct(reaction.sample for reaction in self.reactions if reaction.role is WellRole.SAMPLE)


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return each name once, in the order of first appearance."""
    return tuple(dict.fromkeys(names))
