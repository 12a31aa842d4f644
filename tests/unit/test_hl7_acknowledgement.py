"""Acknowledgements: mode, codes, echo, the place of an error; frames as TCP cuts and joins them."""

from datetime import UTC, datetime

import hl7
import pytest

from api.hl7v2.acknowledgement import ACCEPTED, FAILED, REJECTED, Fate, codes, message
from api.hl7v2.frames import LONGEST, Frames, TooLong, framed
from monitoring.readers.hl7_header import Header, read_header
from monitoring.readers.hl7_segments import MessageRefused, read_segments
from tests.hl7_messages import msh, report

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def header(**told: str) -> Header:
    return read_header(read_segments(msh(**told))[0])


@pytest.mark.parametrize(
    ("accept", "application", "mode", "letter", "expected"),
    [
        ("", "", "STANDARD", ACCEPTED, ["AA"]),
        ("", "", "STANDARD", FAILED, ["AE"]),
        ("", "", "STANDARD", REJECTED, ["AR"]),
        ("AL", "NE", "STANDARD", ACCEPTED, ["CA"]),
        ("AL", "NE", "STANDARD", FAILED, ["CE"]),
        ("AL", "AL", "STANDARD", ACCEPTED, ["CA", "AA"]),
        ("ER", "NE", "STANDARD", ACCEPTED, []),
        ("ER", "NE", "STANDARD", REJECTED, ["CR"]),
        ("NE", "AL", "STANDARD", ACCEPTED, ["AA"]),
        ("", "SU", "STANDARD", REJECTED, []),
        ("AL", "NE", "ORIGINAL", ACCEPTED, ["AA"]),
        ("", "", "ENHANCED", ACCEPTED, ["CA"]),
    ],
)
def test_the_sender_is_answered_as_it_asks_or_as_its_profile_says(
    accept: str, application: str, mode: str, letter: str, expected: list[str]
) -> None:
    assert codes(header(accept=accept, application=application), Fate(letter), mode) == expected


def test_an_answer_echoes_the_number_and_swaps_the_sides() -> None:
    answer = hl7.parse(message(header(control="MSG\\T\\7"), Fate(ACCEPTED), "AA", control_id="own-1", now=NOW))
    sides = [str(answer.segment("MSH")[field]) for field in (3, 4, 5, 6)]
    assert sides == ["MRDDASH", "ONC", "MOLIS", "HAEMLAB"]
    assert (str(answer.segment("MSH")[10]), str(answer.segment("MSH")[9])) == ("own-1", "ACK^R01^ACK")
    assert [str(answer.segment("MSA")[field]) for field in (1, 2)] == ["AA", "MSG\\T\\7"]


def test_a_refusal_names_code_and_place_in_the_form_of_the_version() -> None:
    refusal = MessageRefused(101, "FIELD_MISSING", "OBX", number=2, field=11)
    new = message(header(), Fate(REJECTED, refusal), "AR", control_id="1", now=NOW)
    assert "ERR||OBX^2^11|101^Required field missing^HL70357|E" in new
    old = message(header(version="2.3.1"), Fate(REJECTED, refusal), "AR", control_id="1", now=NOW)
    assert "ERR|OBX^2^11^101&Required field missing&HL70357" in old
    assert "|ACK^R01|1|P|2.3.1" in old
    assert message(None, Fate(REJECTED, refusal), "AR", control_id="1", now=NOW).startswith("MSH|^~\\&|MRD|")


def test_nothing_of_the_sender_breaks_the_answer() -> None:
    wild = read_header(read_segments("MSH#*~\\&#A|B#F\x0b#R^1#S###ORU*R01#C|1#P#2.5.1")[0])
    answer = message(wild, Fate(ACCEPTED), "AA", control_id="1", now=NOW)
    assert answer.split("\r")[0].startswith("MSH|^~\\&|R\\S\\1|S|A\\F\\B|F|")
    assert answer.split("\r")[1] == "MSA|AA|C\\F\\1"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, 100_000])
def test_frames_are_found_however_they_were_cut(size: int) -> None:
    first, second = report("A").encode(), report("B").encode()
    stream = b"noise" + framed(first) + b"\r\n" + framed(second) + framed(first)
    frames, found = Frames(), []
    for place in range(0, len(stream), size):
        found += frames.feed(stream[place : place + size])
    assert found == [first, second, first]


def test_a_message_that_begins_anew_counts_from_there_and_one_without_end_is_cut_off() -> None:
    assert Frames().feed(b"\x0bMSH|half" + framed(b"MSH|whole")) == [b"MSH|whole"]
    with pytest.raises(TooLong):
        Frames().feed(b"\x0b" + b"x" * LONGEST)
