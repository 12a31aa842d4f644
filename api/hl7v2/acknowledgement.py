"""What a sender is answered: accept and application acknowledgements, with the place of an error.

Source: HL7 v2.5.1 chapter 2, 2.9.2 and 2.9.3; tables 0008, 0155, 0357. Free of Django.
"""

from dataclasses import dataclass
from datetime import datetime

from monitoring.readers.hl7_header import Header
from monitoring.readers.hl7_segments import MessageRefused

ACCEPTED, FAILED, REJECTED = "A", "E", "R"  # the second letter: AA and CA, AE and CE, AR and CR
STANDARD, ORIGINAL, ENHANCED = "STANDARD", "ORIGINAL", "ENHANCED"
# Table 0155: whether an answer is wanted, by what became of the message.
WANTED = {"AL": {ACCEPTED, FAILED, REJECTED}, "ER": {FAILED, REJECTED}, "SU": {ACCEPTED}, "NE": set[str]()}
WORDS_0357 = {
    100: "Segment sequence error", 101: "Required field missing", 102: "Data type error",
    103: "Table value not found", 200: "Unsupported message type", 201: "Unsupported event code",
    202: "Unsupported processing id", 203: "Unsupported version id", 206: "Application record locked",
    207: "Application internal error",
}  # fmt: skip
OLD_ERR = {"2.3", "2.3.1", "2.4"}  # versions in which ERR has one field
DEFAULT_VERSION = "2.5.1"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message: its letter, and the refusal where there is one."""

    letter: str
    refusal: MessageRefused | None = None


class NotStored(list[bytes]):
    """The answers to a message that was not stored: what its sender wrote behind it may not be stored before it."""


def codes(header: Header | None, fate: Fate, mode: str) -> list[str]:
    """Return the codes of the answers, in their order; empty where the sender wants none."""
    application, accept = f"A{fate.letter}", f"C{fate.letter}"
    if header is None or mode == ORIGINAL:
        return [application]
    if mode == ENHANCED:
        return [accept]
    if not header.accept and not header.application:
        return [application]
    wanted = [(header.accept, accept), (header.application, application)]
    return [code for asked, code in wanted if fate.letter in WANTED.get(asked.upper(), set())]


def message(header: Header | None, fate: Fate, code: str, *, control_id: str, now: datetime) -> str:
    """Return one acknowledgement; without a header that could be read, one from nobody to nobody."""
    lines = [_header(header, control_id, now), f"MSA|{code}|{_safe(header.control_id) if header else ''}"]
    if fate.refusal is not None:
        lines.append(_error(header, fate.refusal))
    return "\r".join(lines) + "\r"


def _header(header: Header | None, control_id: str, now: datetime) -> str:
    written = now.strftime("%Y%m%d%H%M%S%z")
    if header is None:
        return f"MSH|^~\\&|MRD||||{written}||ACK|{control_id}|P|{DEFAULT_VERSION}"
    version = header.version if header.version in WITH_STRUCTURE or header.version in OLD_ERR else DEFAULT_VERSION
    kind = f"ACK^{_safe(header.event)}" + ("^ACK" if version in WITH_STRUCTURE else "")
    receiver, sender = _side(header, 5, 6), _side(header, 3, 4)
    return (
        f"MSH|^~\\&|{receiver}|{sender}|{written}||{kind}|{control_id}|{_safe(header.processing) or 'P'}|{version}"
        "||||||UNICODE UTF-8"
    )


WITH_STRUCTURE = {"2.5", "2.5.1", "2.6"}


def _side(header: Header, application: int, facility: int) -> str:
    """Application and facility, as they came, in our own delimiters."""
    said = []
    for field in (application, facility):
        parts = header.segment.raw(field).split(header.segment.delimiters.component)[:3]
        said.append("^".join(_safe(header.segment.delimiters.read(part)) for part in parts))
    return "|".join(said)


def _safe(text: str) -> str:
    """Return a text as a component may hold it: escaped, without control characters."""
    plain = "".join(each for each in text if each.isprintable())
    escaped = plain.replace("\\", "\\E\\").replace("|", "\\F\\").replace("^", "\\S\\")
    return escaped.replace("&", "\\T\\").replace("~", "\\R\\")


def _error(header: Header | None, refusal: MessageRefused) -> str:
    place = [refusal.segment, str(refusal.number), str(refusal.field or "")]
    words = f"{refusal.code}^{WORDS_0357[refusal.code]}^HL70357"
    if header is not None and header.version in OLD_ERR:
        return f"ERR|{'^'.join(place)}^{words.replace('^', '&')}"
    component = ["", str(refusal.component)] if refusal.component else []
    where = "^".join([*place, *component]).rstrip("^") if refusal.segment else ""
    return f"ERR||{where}|{words}|E||||{_safe(refusal.reason)}"
