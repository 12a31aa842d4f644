"""Rotor-Gene Q exports of analysed data, csv: a block of tubes for each channel, its facts before its headings.

Tubes have numbers. The channel stands for the target (told), unless the block names one in a line `Target,NAME` or a
column. M and B are slope and intercept of the printed curve; the printed reaction efficiency is a fraction of 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.plate import FileFormat, Plate, PrintedCurve
from monitoring.readers.headings import Column, Names, folded
from monitoring.readers.measured import Measured, numerals_of
from monitoring.readers.numerals import NumeralRefused, Numerals
from monitoring.readers.reactions import Wells
from monitoring.readers.refusal import FileProblem, FileRefused, Place
from monitoring.readers.source import Source, cells_of, delimiter_of
from monitoring.readers.tables import Table, check_not_cut_off, table_of

NAMES: Names = {
    Column.WELL: ("no", "tube", "position"),
    Column.SAMPLE: ("name", "samplename"),
    Column.TARGET: ("target", "gene", "assay"),
    Column.ROLE: ("type",),
    Column.CQ: ("ct", "cq"),
    Column.STATUS: ("ctcomment",),
    Column.GIVEN: (
        "givenconccopiesreaction", "givenconc", "givenconccopies", "givenconccopiesul", "givenconccopiesml",
        "givenconcentration",
    ),
    Column.COMPUTED: (
        "calcconccopiesreaction", "calcconc", "calcconccopies", "calcconccopiesul", "calcconccopiesml",
        "calculatedconcentration",
    ),
    Column.CQ_SD: ("ctstddev", "repctstddev"),
    Column.CQ_MEAN: ("repct",),
}  # fmt: skip
NEEDED: Mapping[Column, str] = {
    Column.WELL: "No.", Column.SAMPLE: "Name", Column.ROLE: "Type", Column.CQ: "Ct",
}  # fmt: skip
_HEADINGS = tuple(
    frozenset(names)
    for colour in ("color", "colour")
    for names in ((colour, "name", "type"), (colour, "name", "ct"), (colour, "no", "name"))
)
_TITLE = re.compile(r".*(?:Excel Analy[sz]ed Data Export|Rotor-?Gene)", re.IGNORECASE)
_CYCLING = re.compile(r"\bCycling\s+[A-Z]\.([A-Za-z][A-Za-z ]*?)(?=[^A-Za-z ]|$)")
_CHANNEL_KEYS = ("channel", "channelname")
_COEFFICIENTS = {
    "m": Column.SLOPE, "b": Column.INTERCEPT, "r2value": Column.R2, "r2": Column.R2,
    "reactionefficiency": Column.EFFICIENCY, "efficiency": Column.EFFICIENCY,
}  # fmt: skip
PER_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Channel:
    """The block of one channel: its facts by folded key, its table, and where its table begins."""

    facts: Mapping[str, str]
    table: Table

    def name(self) -> str:
        """Return the channel, the way in which the export names it."""
        return self.facts.get("channel", "")


def recognises(source: Source) -> bool:
    """Return whether a text is titled as such an export or has its headings."""
    return source.headings_at(*_HEADINGS) is not None or any(map(_TITLE.match, source.lines[:3]))


def read(source: Source) -> Plate:
    """Return the plate of all channels; raises FileRefused where a block cannot be read."""
    channels = _channels(source)
    check_not_cut_off(channels[-1].table, ends_with_line_break=source.ends_with_line_break)
    measured = Measured(numerals_of([channel.table for channel in channels]))
    wells = Wells(measured)
    curves: list[PrintedCurve] = []
    for number, channel in enumerate(channels, 1):
        wells.target = channel.facts.get("target", "")
        wells.guessed_target = channel.name() or f"Channel {number}"
        wells.read(channel.table)
        curves += _curve(channel, wells.target or wells.guessed_target, measured.numerals)
    first = channels[0].facts
    return Plate(
        format=FileFormat.ROTOR_GENE_CSV,
        reactions=wells.all_read(),
        instrument="Rotor-Gene",
        run_name=first.get("experiment", "") or first.get("runname", ""),
        run_at=" ".join(filter(None, (first.get("date", ""), first.get("time", "")))),
        curves=tuple(curves),
        notes=wells.notes.told(),
    )


def _channels(source: Source) -> Sequence[Channel]:
    starts = [index for index, line in enumerate(source.lines) if _is_headings(line)]
    if not starts:
        raise FileRefused(FileProblem.TABLE_MISSING, Place(), "No., Color, Name, Type, Ct")
    channels: list[Channel] = []
    facts_from = 0
    for start, until in zip(starts, [*starts[1:], len(source.lines)], strict=True):
        end = _end_of_table(source.lines, start, until)
        comma = delimiter_of(source.lines[start]) == ","
        rows = source.rows(start, end)
        table = table_of(rows, NAMES, NEEDED, comma_separated=comma)
        channels.append(Channel(_facts(source.lines[facts_from:start]), table))
        facts_from = end
    return channels


def _is_headings(line: str) -> bool:
    if "ame" not in line.casefold():
        return False
    present = frozenset(map(folded, cells_of(line)))
    return any(wanted <= present for wanted in _HEADINGS)


def _end_of_table(lines: Sequence[str], start: int, until: int) -> int:
    """Return where a block ends: at its first blank line, or after the last line that begins with a tube number."""
    blank = next((index for index in range(start, until) if not lines[index].strip(' ,;\t"')), until)
    numbered = (index for index in range(until - 1, start, -1) if cells_of(lines[index])[0].strip().isdigit())
    return max(blank, next((index + 1 for index in numbered if lines[index]), blank))


def _facts(lines: Sequence[str]) -> dict[str, str]:
    """Return the facts before a block; of several channels the one that stands closest to it."""
    facts: dict[str, str] = {}
    for line in lines:
        cells = [cell.strip() for cell in cells_of(line)]
        cycling = _CYCLING.search(line)
        if cycling is not None:
            facts["channel"] = cycling[1].strip()
        elif len(cells) > 1 and cells[1]:
            key = folded(cells[0].rstrip(":"))
            facts["channel" if key in _CHANNEL_KEYS else key] = cells[1]
    return facts


def _curve(channel: Channel, target: str, numerals: Numerals) -> list[PrintedCurve]:
    """Return the curve printed before a block, if there is one; the efficiency in per cent."""
    printed: dict[Column, Decimal] = {}
    for key, column in _COEFFICIENTS.items():
        value = _coefficient(channel.facts.get(key, ""), numerals)
        if value is not None:
            printed.setdefault(column, value)
    slope, intercept = printed.get(Column.SLOPE), printed.get(Column.INTERCEPT)
    if slope is None or intercept is None:
        return []
    fraction = printed.get(Column.EFFICIENCY)
    per_cent = None if fraction is None else fraction * PER_CENT
    return [PrintedCurve(target, slope, intercept, printed.get(Column.R2), per_cent)]


def _coefficient(text: str, numerals: Numerals) -> Decimal | None:
    """Return a printed coefficient; None where there is none, because it is only compared with our own."""
    words = text.split()
    try:
        return numerals.read(words[0], grouping=False)[0] if words else None
    except NumeralRefused:
        return None
