"""Messages that no sender should send: without delimiters, without what the standard demands, of another kind."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from tests.functional.hospital_day.facts import Level, Person, Said, Sent, Tube
from tests.functional.hospital_day.habits import MOLIS, SENDERS

KINDS = ("broken delimiters", "no patient number", "no status", "unknown event", "unknown version", "unknown letters")


def message(dice: random.Random, person: Person, control: str, minute: float, begins: datetime) -> Sent:
    """Return a message that is refused, of a sender that writes this marker."""
    kind = dice.choice(KINDS)
    able = [each for each in SENDERS.values() if person.marker in each.markers]
    # a header that nobody can read does not tell how its sender wants to be answered: one answer, in the old way
    habits = MOLIS if kind == "broken delimiters" else dice.choice(able)
    marker = person.marker if person.marker in habits.markers else habits.markers[0]
    tube = Tube(habits.application, f"X{control}", f"X{control}", replace(person, marker=marker), "BM", begins.date())
    said = Said(tube, "F", begins, Level("DETECTED", dice.randint(5, 900)))
    whole = habits.report(said, control, begins + timedelta(minutes=minute))
    raw = _damaged(kind, whole, person.number, habits.version).encode(habits.encoding)
    return Sent(habits.application, control, minute, raw, None, kind, is_refused=True, body=control)


def _damaged(kind: str, whole: str, number: str, version: str) -> str:
    if kind == "broken delimiters":
        return whole.replace("MSH|^~\\&|", "MSH|^^^^|", 1)
    if kind == "no patient number":
        return whole.replace(f"|{number}^^^", "|^^^", 1)
    if kind == "no status":
        return whole.replace("|||F|||", "||||||")
    if kind == "unknown event":
        return whole.replace("ORU^R01^ORU_R01", "ORU^R32^ORU_R32", 1)
    if kind == "unknown version":
        return whole.replace(f"|P|{version}|", "|P|1.9|", 1)
    return _letters(whole)


def _letters(whole: str) -> str:
    """MSH-18 names letters that do not exist."""
    header, rest = whole.split("\r", 1)
    fields = header.split("|")
    fields[17:] = ["ROT-13"]
    return "|".join(fields) + "\r" + rest
