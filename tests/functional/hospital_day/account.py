"""What must come of every message of a day and of every tube, by the decisions on duplicates and order.

Written from the specification (docs/methods/hl7v2.md) and not from the product: a message holds or not by clock and
rank of what the same sender said of the same result before; faults of the message itself and unknown numbers wait for a
person; the same control id with the same body is a repetition.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.functional.hospital_day.facts import Day, Level, Moved, Said, Sent, Tube

RANK = {"W": 4, "D": 4, "C": 3, "A": 3, "F": 2}
RETRACTIONS, CORRECTIONS, PRELIMINARY = {"W", "D"}, {"C", "A"}, "P"


@dataclass(frozen=True, slots=True)
class Fate:
    """The state in which a message ends, and the codes that are told of it; the letter of its answer."""

    state: str
    codes: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        """Accepted, or rejected."""
        return "R" if self.state == "REFUSED" else "A"


@dataclass(frozen=True, slots=True)
class Holding:
    """Which message holds for a result."""

    clock: datetime
    rank: int
    level: Level | None
    status: str


@dataclass(slots=True)
class Account:
    """What comes of one sender's messages, read in the order in which they arrive."""

    known_numbers: set[str]
    holding: dict[str, Holding] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    repeated: set[tuple[str, str]] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)

    def of(self, sent: Sent) -> Fate:
        """Return what must come of the next message."""
        if sent.is_refused:
            return Fate("REFUSED")
        if (sent.control, sent.body) in self.repeated:
            return Fate("DUPLICATE")
        self.repeated.add((sent.control, sent.body))
        if sent.is_test:
            return Fate("DISCARDED")
        if isinstance(sent.says, Moved):
            return self._person(sent.says)
        assert sent.says is not None
        return self._result(sent.says)

    def _person(self, moved: Moved) -> Fate:
        known = moved.number in self.known_numbers
        if moved.event == "A40" and {moved.number, moved.old_number} <= self.known_numbers:
            return Fate("QUARANTINED", ("MERGE_OF_TWO",))
        if not known and moved.old_number not in self.known_numbers:
            return Fate("DONE", ("PATIENT_NOT_HERE",))
        if moved.born_on not in {None, moved.person.born_on}:
            return Fate("QUARANTINED", ("BIRTH_DATE_DIFFERS",))
        if moved.event == "A40":
            self.merged |= {moved.old_number} - self.known_numbers
        return Fate("DONE")

    def _result(self, said: Said) -> Fate:
        if said.problem:
            return Fate("QUARANTINED", (said.problem,))
        if said.status == PRELIMINARY:
            return Fate("DONE", ("PRELIMINARY",))
        held = self.holding.get(said.tube.filler)
        now = (said.clock, RANK[said.status])
        if held is not None and now <= (held.clock, held.rank):
            same = held.level == said.level or now < (held.clock, held.rank)
            return Fate("SUPERSEDED") if same else Fate("QUARANTINED", ("EQUAL_CLOCK",))
        if held is not None and held.status in RETRACTIONS and said.status not in RETRACTIONS | CORRECTIONS:
            return Fate("QUARANTINED", ("AFTER_RETRACTION",))
        return self._taken(said, held)

    def _taken(self, said: Said, held: Holding | None) -> Fate:
        notes: tuple[str, ...] = ()
        if said.status in RETRACTIONS:
            notes = () if held else ("RETRACTION_WITHOUT_ORIGINAL",)
        else:
            number = said.number or said.tube.person.number
            if number not in self.known_numbers | self.merged:
                return Fate("QUARANTINED", ("PATIENT_UNKNOWN",))
            accession = said.accession or said.tube.accession
            if self.owner.setdefault(accession, said.tube.person.number) != said.tube.person.number:
                return Fate("QUARANTINED", ("SAMPLE_OF_OTHER_PATIENT",))
            notes = ("CORRECTION_WITHOUT_ORIGINAL",) if not held and said.status in CORRECTIONS else ()
        self.holding[said.tube.filler] = Holding(said.clock, RANK[said.status], said.level, said.status)
        return Fate("DONE", notes)


def expected(day: Day) -> tuple[dict[str, list[tuple[Sent, Fate]]], dict[Tube, Level]]:
    """Return what must come of each message of each sender, and the level of each tube that has one in the end."""
    fates, finals = {}, {}
    for sender, queue in day.queues.items():
        account = Account({each.number for each in day.persons})
        fates[sender] = [(sent, account.of(sent)) for sent in queue]
        finals.update(_finals(day.tubes, sender, account))
    return fates, finals


def _finals(tubes: Iterable[Tube], sender: str, account: Account) -> dict[Tube, Level]:
    held = {each: account.holding.get(each.filler) for each in tubes if each.sender == sender}
    return {tube: now.level for tube, now in held.items() if now is not None and now.level is not None}
