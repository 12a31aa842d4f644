"""The seeded day: what happens to each tube between two laboratories and the product, as messages with their minutes.

Counts are shares of the whole, so that a smaller day has the same stories. A minute is a place in the day; the network
swaps neighbours (JITTER_MINUTES), what lies further apart keeps its order.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from tests.functional.hospital_day import damage
from tests.functional.hospital_day.facts import (
    BELOW_QUANTIFICATION,
    NOT_DETECTED,
    Day,
    Level,
    Moved,
    Person,
    Said,
    Sent,
    Tube,
)
from tests.functional.hospital_day.habits import SENDERS

BEGINS = datetime(2025, 1, 15, 5, 0, tzinfo=UTC)
DAY_MINUTES, JITTER_MINUTES, LATER_MINUTES = 840.0, 12.0, 40.0
FIRST_SAMPLE = date(2023, 2, 1)
BETWEEN_SAMPLES = (25, 60)  # days
MARKERS = ("NPM1", "CBFB::MYH11", "RUNX1::RUNX1T1")
SHARE_IN_BLOOD, SHARE_BELOW = 0.2, 0.05
MOST_COPIES = 400_000
LATER = timedelta(minutes=7)

# Stories of a tube by how often they are told among all tubes, in per mille; every other tube has one final result.
OF_A_TUBE = {
    "repeated": 130, "written anew": 90, "corrected": 80, "correction first": 40, "taken back": 30,
    "taken back first": 20, "taken back as wrong": 10, "back and corrected": 10, "back and written anew": 10,
    "contradicted": 15, "unit missing": 30, "unit wrong": 25, "unit mended": 15, "unknown patient": 45,
    "wrong number": 35, "tube of another": 10, "unknown code": 30, "preliminary first": 30, "for training": 5,
}  # fmt: skip
# Other messages among all, in per mille.
OTHERS = {"facts": 20, "facts differ": 8, "facts of a stranger": 6, "merge": 10, "merge of two": 4, "damaged": 20}


@dataclass(slots=True)
class Telling:
    """One day being told."""

    seed: int
    messages: int
    patients: int
    dice: random.Random = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    tubes: list[Tube] = field(default_factory=list)
    controls: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def day(self) -> Day:
        """Return the whole day."""
        self.persons = [self._person(place) for place in range(1, self.patients + 1)]
        others = [story for story, share in OTHERS.items() for _ in range(round(self.messages * share / 1000))]
        for story in others:
            self._other(story)
        courses = [self._course(person) for person in self.persons]
        while len(self.sent) < self.messages:
            for course in courses:
                tube, level = next(course)
                self.tubes.append(tube)
                self._tell(tube, level)
                if len(self.sent) >= self.messages:
                    break
        return Day(self.seed, tuple(self.persons), tuple(self.tubes), self._queues())

    def _queues(self) -> dict[str, tuple[Sent, ...]]:
        """Each sender's messages as they come in: neighbours swapped, what lies far apart in its order."""
        shuffled = sorted(self.sent, key=lambda each: each.minute + self.dice.uniform(0, JITTER_MINUTES))
        return {name: tuple(each for each in shuffled if each.sender == name) for name in SENDERS}

    def _person(self, place: int) -> Person:
        born = date(1945, 1, 1) + timedelta(days=self.dice.randrange(15_000))
        return Person(place, f"{700_000 + place}", born, self.dice.choice("FM"), MARKERS[place % len(MARKERS)])

    def _course(self, person: Person) -> Iterator[tuple[Tube, Level]]:
        """One tube after the other: a level that wanders, now here and now there, in one laboratory or the other."""
        senders = [each for each in SENDERS.values() if person.marker in each.markers]
        on, copies = FIRST_SAMPLE + timedelta(days=self.dice.randrange(30)), 0.0
        while True:
            on += timedelta(days=self.dice.randint(*BETWEEN_SAMPLES))
            place = len(self.tubes) + 1
            sender = self.dice.choice(senders)
            filler = f"{sender.application[0]}25-{place:05}"
            accession = filler if sender.loinc else f"T{place:05}"
            tissue = "PB" if self.dice.random() < SHARE_IN_BLOOD else "BM"
            copies = self._next_copies(copies)
            yield Tube(sender.application, filler, accession, person, tissue, on), self._level(copies)

    def _next_copies(self, copies: float) -> float:
        """A remission, now and then a rise from nothing, growth, and an end of it."""
        if copies < 1:
            return self.dice.uniform(4, 40) if self.dice.random() < 0.15 else 0.0
        return 0.0 if self.dice.random() < 0.25 else min(MOST_COPIES, copies * self.dice.uniform(0.7, 9))

    def _level(self, copies: float) -> Level:
        if copies < 1:
            return NOT_DETECTED
        return BELOW_QUANTIFICATION if self.dice.random() < SHARE_BELOW else Level("DETECTED", round(copies))

    def other_level(self, level: Level) -> Level:
        """Another level than this one, as a correction has it."""
        if level == NOT_DETECTED or self.dice.random() < 0.5:
            return Level("DETECTED", (level.copies or 0) + self.dice.randint(5, 4_000))
        return NOT_DETECTED

    def number(self, level: Level) -> Level:
        """A level that is a number, so that a unit can be wrong."""
        return level if level.copies is not None else Level("DETECTED", self.dice.randint(5, 4_000))

    def stranger(self) -> str:
        """A number that no patient has."""
        return f"9{self.dice.randrange(10**7):07}"

    def other_person(self, person: Person) -> Person:
        """Somebody else, born on another day, with the same marker."""
        others = [each for each in self.persons if each.marker == person.marker and each.born_on != person.born_on]
        return self.dice.choice(others)

    def _tell(self, tube: Tube, level: Level) -> None:
        shares = [*OF_A_TUBE.values(), 1000 - sum(OF_A_TUBE.values())]
        [story] = self.dice.choices([*OF_A_TUBE, "final"], shares)
        clock = BEGINS + timedelta(minutes=self.dice.randrange(400))
        minute = self.dice.uniform(0, DAY_MINUTES - 4 * LATER_MINUTES)
        for each in TUBE_STORIES[story](self, Said(tube, "F", clock, level)):
            self.send(story, minute, each)
            minute += LATER_MINUTES if story not in CLOSE else self.dice.uniform(0, JITTER_MINUTES)
        if story in AGAIN:
            self._again(story, minute)

    def _again(self, story: str, minute: float) -> None:
        """The same once more: with the same control id as a resend of the transport, or under a new one."""
        last = self.sent[-1]
        assert isinstance(last.says, Said)
        if story == "written anew":
            self.send(story, minute, last.says)
            return
        self.controls -= 1
        self.sent.append(self._sent(story, minute, last.says, last.control))

    def send(self, story: str, minute: float, says: Said | Moved) -> None:
        """Put one message of a sender under a new control id."""
        self.controls += 1
        self.sent.append(self._sent(story, minute, says, f"D{self.seed}-{self.controls:06}"))

    def _sent(self, story: str, minute: float, says: Said | Moved, control: str, sender: str = "") -> Sent:
        name = says.tube.sender if isinstance(says, Said) else sender or self._sender_of(says.person)
        habits, written = SENDERS[name], BEGINS + timedelta(minutes=minute)
        is_test = story == "for training"
        if isinstance(says, Said):
            text = habits.report(says, control, written, "T" if is_test else "P")
        else:
            text = habits.about(says, control, written)
        body = hashlib.sha256(text.replace(habits.moment(written), "", 1).encode()).hexdigest()
        return Sent(name, control, minute, text.encode(habits.encoding), says, story, is_test=is_test, body=body)

    def _sender_of(self, person: Person) -> str:
        return next(each.application for each in SENDERS.values() if person.marker in each.markers)

    def _other(self, story: str) -> None:
        person, minute = self.dice.choice(self.persons), self.dice.uniform(0, DAY_MINUTES)
        if story == "damaged":
            self.controls += 1
            self.sent.append(damage.message(self.dice, person, f"D{self.seed}-{self.controls:06}", minute, BEGINS))
        elif story == "merge":
            self._merge(person)
        else:
            self.send(story, minute, self._moved(story, person))

    def _moved(self, story: str, person: Person) -> Moved:
        if story == "facts differ":
            return Moved("A08", person, person.number, born_on=person.born_on + timedelta(days=1))
        if story == "facts of a stranger":
            return Moved("A08", person, self.stranger())
        if story == "merge of two":
            return Moved("A40", person, person.number, old_number=self.other_person(person).number)
        return Moved("A08", person, person.number)

    def _merge(self, person: Person) -> None:
        """An old number means nobody before the merge, and the patient after it."""
        old, minute = self.stranger(), self.dice.uniform(LATER_MINUTES, DAY_MINUTES - 3 * LATER_MINUTES)
        tubes = self._course(person)
        sender = self._sender_of(person)
        for moment in (minute - LATER_MINUTES, minute + LATER_MINUTES):
            tube, level = next(each for each in tubes if each[0].sender == sender)
            # beside the patient's own course of samples, so that no two lie on one day
            tube = replace(tube, filler=f"{tube.filler}-M", accession=f"{tube.accession}-M",
                           collected_on=tube.collected_on - timedelta(days=400))  # fmt: skip
            self.tubes.append(tube)
            self.send("merge", moment, Said(tube, "F", BEGINS, level, number=old))
        self.send("merge", minute, Moved("A40", person, person.number, old_number=old))


AGAIN = {"repeated", "written anew"}
CLOSE = {"corrected", "taken back"}  # told so close that the network may swap them
Story = Callable[[Telling, Said], list[Said]]


def _newer(said: Said, status: str, level: Level | None, times: int = 1) -> Said:
    return replace(said, status=status, level=level, clock=said.clock + LATER * times)


def _corrected(telling: Telling, said: Said) -> list[Said]:
    assert said.level is not None
    return [said, _newer(said, telling.dice.choice("CA"), telling.other_level(said.level))]


def _taken_back(telling: Telling, said: Said, status: str = "W") -> list[Said]:
    return [said, _newer(said, status, None)]


def _back_and_corrected(telling: Telling, said: Said) -> list[Said]:
    assert said.level is not None
    return [*_taken_back(telling, said), _newer(said, "C", telling.other_level(said.level), 2)]


def _back_and_anew(telling: Telling, said: Said) -> list[Said]:
    return [*_taken_back(telling, said), _newer(said, "F", said.level, 2)]


def _contradicted(telling: Telling, said: Said) -> list[Said]:
    assert said.level is not None
    return [said, replace(said, level=telling.other_level(said.level))]


def _unit(telling: Telling, said: Said, unit: str, problem: str) -> list[Said]:
    assert said.level is not None
    return [replace(said, level=telling.number(said.level), unit=unit, problem=problem)]


def _unit_mended(telling: Telling, said: Said) -> list[Said]:
    [faulty] = _unit(telling, said, "", "UNIT_MISSING")
    return [faulty, _newer(said, "C", faulty.level)]


def _wrong_number(telling: Telling, said: Said) -> list[Said]:
    """Of this patient, under the number of somebody else: the birth date tells."""
    other = telling.other_person(said.tube.person)
    return [replace(said, number=other.number, problem="BIRTH_DATE_DIFFERS")]


def _tube_of_another(telling: Telling, said: Said) -> list[Said]:
    """A result of somebody else under the accession number of this tube; without one it is told of this tube only."""
    if SENDERS[said.tube.sender].loinc:
        return [said]
    other = replace(said.tube, person=telling.other_person(said.tube.person), filler=f"{said.tube.filler}-X")
    telling.tubes.append(other)
    return [said, replace(said, tube=other)]


TUBE_STORIES: dict[str, Story] = {
    "final": lambda telling, said: [said],
    "repeated": lambda telling, said: [said],
    "written anew": lambda telling, said: [said],
    "for training": lambda telling, said: [said],
    "corrected": _corrected,
    "correction first": lambda telling, said: _corrected(telling, said)[::-1],
    "taken back": _taken_back,
    "taken back as wrong": lambda telling, said: _taken_back(telling, said, "D"),
    "taken back first": lambda telling, said: _taken_back(telling, said)[::-1],
    "back and corrected": _back_and_corrected,
    "back and written anew": _back_and_anew,
    "contradicted": _contradicted,
    "unit missing": lambda telling, said: _unit(telling, said, "", "UNIT_MISSING"),
    "unit wrong": lambda telling, said: _unit(telling, said, "log10", "UNIT_UNKNOWN"),
    "unit mended": _unit_mended,
    "unknown patient": lambda telling, said: [replace(said, number=telling.stranger())],
    "wrong number": _wrong_number,
    "tube of another": _tube_of_another,
    "unknown code": lambda telling, said: [replace(said, code="NEW^new^99NEW", problem="CODE_UNKNOWN")],
    "preliminary first": lambda telling, said: [replace(said, status="P"), _newer(said, "F", said.level)],
}


def simulated(seed: int, *, messages: int, patients: int) -> Day:
    """Return the day of a seed."""
    return Telling(seed, messages, patients).day()
