"""The header of a message: from whom, what it is, under which number, how it wants to be answered, how it is written.

Source: HL7 v2.3 to 2.6, chapter 2, MSH; tables 0076, 0103, 0104, 0155, 0211.
"""

import hashlib
import re
from dataclasses import dataclass

from monitoring.readers.hl7_segments import SEPARATORS, Code, MessageRefused, Segment, read_segments

VERSIONS = {"2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6"}
EVENTS = {"ORU": {"R01"}, "ADT": {"A08", "A40"}}
PRODUCTION = "P"
NOT_PRODUCTION = {"T", "D"}
ENCODINGS = {
    "ASCII": "ascii", "8859/1": "iso8859-1", "8859/2": "iso8859-2", "8859/9": "iso8859-9", "8859/15": "iso8859-15",
    "UNICODE UTF-8": "utf-8", "UTF-8": "utf-8", "UNICODE": "utf-8",
}  # fmt: skip
OF_PROFILES = ("utf-8", "iso8859-1", "iso8859-15", "cp1252")
LONGEST_CONTROL_ID = 199  # characters, 2.7; 20 before
LONGEST_NAME = 180  # characters of MSH-3 and MSH-4
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Header:
    """What MSH says; `written` is MSH-7 as it came."""

    sending_application: str
    sending_facility: str
    receiving_application: str
    receiving_facility: str
    written: str
    kind: str
    event: str
    control_id: str
    processing: str
    version: str
    accept: str
    application: str
    character_set: str
    segment: Segment

    @property
    def message_type(self) -> str:
        """The kind with its event, such as ORU^R01."""
        return f"{self.kind}^{self.event}" if self.event else self.kind


def decode(raw: bytes, encoding: str = "") -> str:
    """Return the text of a message: by MSH-18, else by the encoding given; raises MessageRefused (102, 103)."""
    told = _character_set(raw)
    if told and told.upper() not in ENCODINGS:
        raise MessageRefused(Code.TABLE_VALUE, "CHARACTER_SET", "MSH", field=18)
    try:
        return raw.decode(ENCODINGS[told.upper()] if told else encoding or "utf-8")
    except UnicodeDecodeError as error:
        if not told and not encoding:
            return raw.decode("iso8859-1")
        raise MessageRefused(Code.DATA_TYPE, "NOT_DECODABLE", "MSH", field=18) from error


def _character_set(raw: bytes) -> str:
    """MSH-18 itself is always plain ASCII."""
    first = SEPARATORS.split(raw.decode("iso8859-1").lstrip("ï»¿ \r\n\t"), maxsplit=1)[0]
    try:
        header = read_segments(first)[0]
    except MessageRefused:
        return ""
    return header.part(18)


def read_header(segment: Segment) -> Header:
    """Return what MSH says; nothing is judged here."""
    return Header(
        sending_application=_plain(segment.part(3), LONGEST_NAME),
        sending_facility=_plain(segment.part(4), LONGEST_NAME),
        receiving_application=segment.raw(5), receiving_facility=segment.raw(6), written=segment.part(7),
        kind=_plain(segment.part(9, 1), 9), event=_plain(segment.part(9, 2), 9),
        control_id=_plain(segment.part(10), LONGEST_CONTROL_ID), processing=segment.part(11),
        version=segment.part(12), accept=segment.part(15), application=segment.part(16),
        character_set=segment.part(18), segment=segment,
    )  # fmt: skip


def legible_header(raw: bytes) -> Header | None:
    """Return the header of a message whose letters nobody can read, as far as plain ASCII goes; None without one.

    A refusal that names no message stops its sender without telling which one a person has to look at.
    """
    try:
        return read_header(read_segments(raw.decode("iso8859-1"))[0])
    except MessageRefused:
        return None


def _plain(text: str, longest: int) -> str:
    return CONTROL.sub("", text)[:longest]


def check_header(header: Header) -> None:
    """Demand what is understood here; raises MessageRefused (101, 200 to 203)."""
    header.segment.required(9)
    header.segment.required(10)
    if header.kind not in EVENTS:
        raise header.segment.refused(Code.MESSAGE_TYPE, "MESSAGE_TYPE", 9, 1)
    if header.event not in EVENTS[header.kind]:
        raise header.segment.refused(Code.EVENT, "EVENT", 9, 2)
    if header.processing != PRODUCTION and header.processing not in NOT_PRODUCTION:
        raise header.segment.refused(Code.PROCESSING_ID, "PROCESSING_ID", 11)
    if header.version not in VERSIONS:
        raise header.segment.refused(Code.VERSION, "VERSION", 12)


def digest(raw: bytes) -> str:
    """Return the SHA-256 of the bytes as they came."""
    return hashlib.sha256(raw).hexdigest()


def body_digest(text: str) -> str:
    """Return the SHA-256 of a message without MSH-7: a sender that repeats itself writes only that anew."""
    lines = [line for line in SEPARATORS.split(text.lstrip("\ufeff \r\n\t")) if line.strip()]
    separator = lines[0][3:4] if lines else ""
    if separator:
        header = lines[0].split(separator)
        header[6:7] = [""]
        lines[0] = separator.join(header)
    return hashlib.sha256("\r".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
