"""2,000 damaged messages of a fixed seed: each is read, or refused by name; nothing else ever happens."""

import random
from zoneinfo import ZoneInfo

from monitoring.readers.hl7_header import body_digest, decode
from monitoring.readers.hl7_messages import read_message
from monitoring.readers.hl7_results import read_results
from monitoring.readers.hl7_segments import MessageRefused
from monitoring.readers.hl7_writing import Writing, read_codes, read_units, read_words
from tests import hl7_messages as told

MESSAGES = 2_000
WRITING = Writing(
    read_codes(told.CODES), read_units(told.UNITS), read_words(told.WORDS), True, ZoneInfo("Europe/Berlin"), "HOSP"
)
PIECES = [
    b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x00", b"\x0b", b"\x1c", b"\xff", b'""', b"<", b"1e999", b"9" * 50,
    b"-1", b"NaN", b"\\X", b"\\X41\\", b"MSH|", b"OBX|", b"20269999", b"+9999", "é".encode(),
]  # fmt: skip


def damaged(chance: random.Random) -> bytes:
    raw = bytearray(told.report(value=chance.choice(["^0.85", "<^0.01", "0,85 %", "neg."])).encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(5):
            case 0:
                raw[place:place] = chance.choice(PIECES)
            case 1:
                del raw[place : place + chance.randint(1, 40)]
            case 2:
                raw[place : place + 1] = bytes([chance.randrange(256)])
            case 3:
                raw[place:place] = raw[max(0, place - 60) : place]
            case _:
                lines = bytes(raw).split(b"\r")
                chance.shuffle(lines)
                raw = bytearray(b"\r".join(lines))
    return bytes(raw)


def test_every_damaged_message_is_read_or_refused_by_name() -> None:
    chance, refused, read = random.Random(20261120), 0, 0
    for _ in range(MESSAGES):
        try:
            text = decode(damaged(chance), "utf-8")
            body_digest(text)
            read_results(read_message(text), WRITING)
            read += 1
        except MessageRefused:
            refused += 1
    assert refused + read == MESSAGES
    assert refused > MESSAGES // 10
    assert read > MESSAGES // 10
