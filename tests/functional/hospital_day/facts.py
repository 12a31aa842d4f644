"""What a simulated hospital day is made of: patients, what a laboratory measured, and the messages that tell of it."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

ABL1_COPIES = 40_000
LOD_COPIES = 4  # of 40,000 ABL1: 0.01 %
PER_CENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of the hospital, and the marker that is followed."""

    place: int
    number: str
    born_on: date
    sex: str
    marker: str

    @property
    def pseudonym(self) -> str:
        """The name that the product knows."""
        return f"P-{self.place:04}"


@dataclass(frozen=True, slots=True)
class Level:
    """What was measured: copies of the target beside 40,000 of ABL1; a call where there is no number."""

    call: str
    copies: int | None = None

    @property
    def pct_abl1(self) -> Decimal | None:
        """The level in per cent of ABL1, exact."""
        return None if self.copies is None else Decimal(self.copies) * 100 / ABL1_COPIES


LOD_PCT = PER_CENT * LOD_COPIES / ABL1_COPIES
NOT_DETECTED, BELOW_QUANTIFICATION = Level("NOT_DETECTED"), Level("DETECTED")


@dataclass(frozen=True, slots=True)
class Tube:
    """One sample of one patient at one laboratory, with the number of its one result."""

    sender: str
    filler: str
    accession: str
    person: Person
    tissue: str
    collected_on: date


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says of one tube: under which status, by which clock, with which level; or with a fault in it.

    `problem` is why a person has to look at it whatever came before: a fault of the message itself.
    """

    tube: Tube
    status: str
    clock: datetime
    level: Level | None
    unit: str | None = None  # another unit than the sender's, "" for none
    code: str = ""  # another code than the sender's
    number: str = ""  # another patient number than the patient's
    accession: str = ""  # another accession number than the tube's
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A message about a person: facts (A08) or a merge (A40) of an old number into a number."""

    event: str
    person: Person
    number: str
    old_number: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it is put on the wire; `minute` is its place in the day before the network shuffles it."""

    sender: str
    control: str
    minute: float
    raw: bytes
    says: Said | Moved | None
    story: str
    is_refused: bool = False
    is_test: bool = False
    body: str = ""  # the same for two messages that differ in MSH-7 only

    @property
    def has_header(self) -> bool:
        """Whether an answer can name the message."""
        return self.story != "broken delimiters"

    @property
    def sha256(self) -> str:
        """What tells it in the inbox."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def message_type(self) -> str:
        """The event of a message about a person; empty for a result."""
        return self.says.event if isinstance(self.says, Moved) else ""


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day: who is a patient, which tubes there are, and each sender's messages in the order of delivery."""

    seed: int
    persons: tuple[Person, ...]
    tubes: tuple[Tube, ...]
    queues: dict[str, tuple[Sent, ...]]

    @property
    def messages(self) -> int:
        """How many messages are sent."""
        return sum(map(len, self.queues.values()))
