"""What a message is made of before anybody's habits are known: patient, orders, observations, specimens.

What the standard demands and is missing is refused here (MessageRefused); what the words mean is read in hl7_results.
"""

from dataclasses import dataclass, field

from monitoring.readers.hl7_header import Header, check_header, read_header
from monitoring.readers.hl7_segments import NULL, Code, MessageRefused, Segment, read_segments

STATUSES = set("CDFIPRSUWXABVN")  # OBX-11: table 0085, with A and B of the later versions
WITHOUT_MEANING = {"ZBX"}


@dataclass(slots=True)
class Order:
    """One OBR with what follows it."""

    obr: Segment
    observations: list[Segment] = field(default_factory=list)
    notes: list[Segment] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read: header, patient, what the old number was, orders."""

    header: Header
    pid: Segment
    merged: Segment | None
    orders: tuple[Order, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a patient with who gave it."""

    value: str
    namespace: str
    universal: str
    kind: str


def read_message(text: str) -> Message:
    """Return the parts of a message; raises MessageRefused."""
    segments = read_segments(text)
    header = read_header(segments[0])
    check_header(header)
    pid = _only(segments, "PID")
    pid.required(3)
    merged = next((each for each in segments if each.name == "MRG"), None)
    if header.event == "A40":
        if merged is None:
            raise MessageRefused(Code.SEQUENCE, "SEGMENT_MISSING", "MRG")
        merged.required(1)
    orders = tuple(_orders(segments)) if header.kind == "ORU" else ()
    return Message(header, pid, merged, orders, segments)


def _only(segments: tuple[Segment, ...], name: str) -> Segment:
    """A message is about one patient: a second one would have its results taken for the first one's."""
    found = [each for each in segments if each.name == name]
    if len(found) != 1:
        reason = "SEGMENT_MISSING" if not found else "SEVERAL_PATIENTS"
        raise MessageRefused(Code.SEQUENCE, reason, name)
    return found[0]


def _orders(segments: tuple[Segment, ...]) -> list[Order]:
    orders: list[Order] = []
    for each in segments:
        if each.name == "OBR":
            each.required(3)
            orders.append(Order(each))
        elif each.name in {"OBX", "NTE", "SPM"} and (orders or each.name == "OBX"):
            _add(orders, each)
    if not orders:
        raise MessageRefused(Code.SEQUENCE, "SEGMENT_MISSING", "OBR")
    for order in orders:
        if not order.observations:
            raise order.obr.refused(Code.SEQUENCE, "SEGMENT_MISSING")
    return orders


def _add(orders: list[Order], segment: Segment) -> None:
    if not orders:
        raise segment.refused(Code.SEQUENCE, "SEGMENT_NAME")
    order = orders[-1]
    if segment.name == "OBX":
        if order.specimens:
            return  # what follows a specimen is about the specimen
        segment.required(3)
        if segment.required(11) not in STATUSES:
            raise segment.refused(Code.TABLE_VALUE, "STATUS", 11)
        order.observations.append(segment)
    elif segment.name == "NTE":
        order.notes.append(segment)
    else:
        order.specimens.append(segment)


def numbers(segment: Segment, field_number: int) -> tuple[Number, ...]:
    """Return the numbers of a patient that a field lists."""
    found = []
    for repetition in segment.repetitions(field_number):
        value = segment.part_of(repetition, 1)
        if value and value != NULL:
            found.append(
                Number(
                    value, segment.part_of(repetition, 4, 1), segment.part_of(repetition, 4, 2),
                    segment.part_of(repetition, 5),
                )
            )  # fmt: skip
    return tuple(found)


def number_of(found: tuple[Number, ...], authority: str) -> str:
    """Return the one number that an authority gave; without an authority the only one; empty where there is none."""
    if authority:
        given = {each.value for each in found if authority in {each.namespace, each.universal}}
    else:
        given = {each.value for each in found}
    return given.pop() if len(given) == 1 else ""
