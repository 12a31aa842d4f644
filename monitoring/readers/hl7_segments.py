"""A message of HL7 v2 as segments, fields and components: what separates them it says itself in MSH-1 and MSH-2.

Source: HL7 v2.3 to 2.6, chapter 2. What is broken is refused by name, with segment, field and component.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = re.compile(r"\r\n|\r|\n")
NAME = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
ESCAPED_LETTERS = {"F": 0, "S": 1, "R": 2, "E": 3, "T": 4}  # places in MSH-1 followed by MSH-2
HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)", re.ASCII)
SPACES = re.compile(r"\.(?:sp|br)\+?\d{0,2}", re.ASCII)
HIGHLIGHT = {"H", "N"}
NULL = '""'  # the sender says that there is nothing any more
FEWEST_DELIMITERS, MOST_DELIMITERS = 4, 5  # characters of MSH-2; the fifth came with 2.7
MOST_SEGMENTS = 20_000  # segments of one message; a report has a dozen
FIRST_FIELD_OF_HEADER = 2  # MSH-1 is the separator itself


class Code:
    """Table 0357: what is wrong with a message."""

    SEQUENCE, MISSING, DATA_TYPE, TABLE_VALUE = 100, 101, 102, 103
    MESSAGE_TYPE, EVENT, PROCESSING_ID, VERSION = 200, 201, 202, 203
    LOCKED, INTERNAL = 206, 207


class MessageRefused(Exception):
    """A message that cannot be read: code of table 0357, the place, and why (a code of ours)."""

    def __init__(
        self, code: int, reason: str, segment: str = "", *, number: int = 1, field: int = 0, component: int = 0
    ) -> None:
        super().__init__(f"{reason} {segment}-{field}.{component}")
        self.code, self.reason = code, reason
        self.segment, self.number, self.field, self.component = segment, number, field, component

    @property
    def where(self) -> str:
        """The place, such as OBX[2]-5.1."""
        place = self.segment + (f"[{self.number}]" if self.number > 1 else "")
        return place + (f"-{self.field}" if self.field else "") + (f".{self.component}" if self.component else "")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The five characters that separate, in the order of MSH-1 and MSH-2: field, component, repetition, escape, sub."""

    characters: str

    @property
    def field(self) -> str:
        """Between fields."""
        return self.characters[0]

    @property
    def component(self) -> str:
        """Between components."""
        return self.characters[1]

    @property
    def repetition(self) -> str:
        """Between repetitions."""
        return self.characters[2]

    @property
    def escape(self) -> str:
        """Around what stands for something else."""
        return self.characters[3]

    @property
    def sub(self) -> str:
        """Between parts of a component."""
        return self.characters[4]

    def read(self, text: str) -> str:
        """Return a text with its escapes resolved; an escape that nobody knows stays as it came."""
        if self.escape not in text:
            return text
        mark = re.escape(self.escape)
        return re.sub(f"{mark}([^{mark}]{{1,400}}){mark}", self._resolved, text)

    def _resolved(self, match: re.Match[str]) -> str:
        said = match[1]
        if said in ESCAPED_LETTERS:
            return self.characters[ESCAPED_LETTERS[said]]
        if said in HIGHLIGHT:
            return ""
        if SPACES.fullmatch(said):
            return "\n"
        hexadecimal = HEX.fullmatch(said)
        if hexadecimal is None:
            return match[0]
        return bytes.fromhex(hexadecimal[1]).decode("utf-8", "replace").replace("\x00", "")


@dataclass(frozen=True, slots=True)
class Segment:
    """One line: its name, which of that name it is, its fields as they came, counted from 1."""

    name: str
    number: int
    fields: tuple[str, ...]
    delimiters: Delimiters

    def raw(self, field: int) -> str:
        """Return a field as it came; empty where the line ends before."""
        place = field - (FIRST_FIELD_OF_HEADER if self.name == "MSH" else 1)
        return self.fields[place] if 0 <= place < len(self.fields) else ""

    def repetitions(self, field: int) -> list[str]:
        """Return the repetitions of a field as they came."""
        text = self.raw(field)
        return text.split(self.delimiters.repetition) if text else []

    def part(self, field: int, component: int = 1, sub: int = 1) -> str:
        """Return a part of the first repetition, escapes resolved, blanks around it taken off."""
        found = self.repetitions(field)
        return self.part_of(found[0], component, sub) if found else ""

    def part_of(self, repetition: str, component: int, sub: int = 1) -> str:
        """Return a part of one repetition."""
        whole = _nth(repetition, self.delimiters.component, component)
        return self.delimiters.read(_nth(whole, self.delimiters.sub, sub)).strip()

    def text(self, field: int) -> str:
        """Return a field of plain text, all its repetitions on lines of their own."""
        return "\n".join(self.delimiters.read(each) for each in self.repetitions(field)).strip()

    def required(self, field: int, component: int = 1) -> str:
        """Return a part that has to be there; raises MessageRefused (101)."""
        said = self.part(field, component)
        if not said or said == NULL:
            raise self.refused(Code.MISSING, "FIELD_MISSING", field)
        return said

    def refused(self, code: int, reason: str, field: int = 0, component: int = 0) -> MessageRefused:
        """Return a refusal that points here."""
        return MessageRefused(code, reason, self.name, number=self.number, field=field, component=component)


def _nth(text: str, separator: str, place: int) -> str:
    parts = text.split(separator)
    return parts[place - 1] if place <= len(parts) else ""


def read_segments(text: str) -> tuple[Segment, ...]:
    """Return the segments of a message, MSH first; raises MessageRefused (100, 102)."""
    lines = [line for line in SEPARATORS.split(text.lstrip("\ufeff \r\n\t")) if line.strip()]
    if "\x00" in text:
        raise MessageRefused(Code.DATA_TYPE, "CONTROL_CHARACTER", "MSH")
    if not lines or not lines[0].startswith("MSH"):
        raise MessageRefused(Code.SEQUENCE, "NO_HEADER", "MSH")
    if len(lines) > MOST_SEGMENTS:
        raise MessageRefused(Code.SEQUENCE, "TOO_LONG", "MSH")
    delimiters = _delimiters(lines[0])
    return tuple(_numbered(lines, delimiters))


def _delimiters(header: str) -> Delimiters:
    separator = header[3:4]
    own = header[4:].split(separator, 1)[0] if separator else ""
    characters = separator + own[:FEWEST_DELIMITERS]
    proper = all(each.isascii() and each.isprintable() and not each.isalnum() and each != " " for each in characters)
    if not FEWEST_DELIMITERS <= len(own) <= MOST_DELIMITERS or not proper or len(set(characters)) != len(characters):
        raise MessageRefused(Code.DATA_TYPE, "DELIMITERS", "MSH", field=2)
    return Delimiters(characters)


def _numbered(lines: list[str], delimiters: Delimiters) -> Iterator[Segment]:
    counted: dict[str, int] = {}
    for place, line in enumerate(lines):
        name, *fields = line.split(delimiters.field)
        if not NAME.fullmatch(name) or (name == "MSH") != (place == 0):
            raise MessageRefused(Code.SEQUENCE, "SEGMENT_NAME", "MSH", number=place + 1)
        counted[name] = counted.get(name, 0) + 1
        yield Segment(name, counted[name], tuple(fields), delimiters)
