"""HL7 v2: what is read from a message, and what is refused by name."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.domain.units import Scale
from monitoring.readers.hl7_header import body_digest, decode
from monitoring.readers.hl7_messages import read_message
from monitoring.readers.hl7_moments import read_moment
from monitoring.readers.hl7_results import Found, SaidResult, read_results
from monitoring.readers.hl7_segments import MessageRefused, read_segments
from monitoring.readers.hl7_writing import Writing, WritingWrong, read_codes, read_units, read_words
from tests import hl7_messages as told

WRITING = Writing(
    read_codes(told.CODES), read_units(told.UNITS), read_words(told.WORDS), zone=ZoneInfo("Europe/Berlin"),
    authority="HOSP",
)  # fmt: skip


def read(text: str, writing: Writing = WRITING) -> tuple[tuple[SaidResult, ...], tuple[Found, ...]]:
    return read_results(read_message(text), writing)


def one(text: str, writing: Writing = WRITING) -> SaidResult:
    results, problems = read(text, writing)
    assert problems == ()
    return results[0]


def why(text: str, writing: Writing = WRITING) -> str:
    results, problems = read(text, writing)
    assert results == ()
    return problems[0].why


def test_a_final_result_with_its_sample_copies_and_limit() -> None:
    result = one(told.report())
    assert result.marker is Marker.NPM1
    assert result.reading is not None
    assert (result.reading.call, result.reading.value) == (Call.DETECTED, Decimal("0.85"))
    assert (result.reading.scale, result.reading.abl1_copies) == (Scale.PCT_ABL1, Decimal(40000))
    assert result.reading.lod_pct_abl1 == Decimal("0.01")
    assert result.sample is not None
    assert (result.sample.accession_number, result.sample.tissue) == ("S26-0042", Tissue.BONE_MARROW)
    assert result.sample.collected.on == date(2026, 11, 16)
    assert result.clock.isoformat() == "2026-11-18T10:15:00+01:00"
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("value", "call", "expected"),
    [
        ("<^0.01", "ND", Call.NOT_DETECTED),
        ("<^0.01", "DET", Call.DETECTED),
        ("<^0.01", "", Call.UNKNOWN),
        ("^0", "ND", Call.NOT_DETECTED),
        ("", "IND", Call.INDETERMINATE),
        ("", "ND", Call.NOT_DETECTED),
    ],
)
def test_below_a_limit_the_interpretation_decides(value: str, call: str, expected: Call) -> None:
    reading = one(told.report(value=value, call=call)).reading
    assert reading is not None
    assert (reading.call, reading.value) == (expected, None)


def test_a_limit_told_only_by_the_comparator_is_the_limit_of_a_negative_sample() -> None:
    reading = one(told.report(value="<^0.02", call="ND", lod="", copies="0")).reading
    assert reading is not None
    assert reading.lod_pct_abl1 == Decimal("0.02")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"unit": ""}, "UNIT_MISSING"),
        ({"unit": "log10"}, "UNIT_UNKNOWN"),
        ({"unit": "{copies}"}, "UNIT_UNKNOWN"),
        ({"value": "^0", "call": ""}, "ZERO_WITHOUT_CALL"),
        ({"value": "^0.85", "call": "ND"}, "CALL_CONTRADICTS"),
        ({"value": "", "call": ""}, "VALUE_MISSING"),
        ({"value": '""'}, "VALUE_DELETED"),
        ({"value": "^0.85~^0.9"}, "VALUE_REPEATED"),
        ({"value": "^1^-^2"}, "VALUE_UNREADABLE"),
        ({"value": ">^5"}, "COMPARATOR"),
        ({"value": "^-5"}, "VALUE_UNREADABLE"),
        ({"value": "^NaN"}, "VALUE_UNREADABLE"),
        ({"value": "0,85", "kind": "ST"}, "VALUE_UNREADABLE"),
        ({"value": "1,234.5", "kind": "ST"}, "VALUE_UNREADABLE"),
        ({"value": "see report", "kind": "TX"}, "VALUE_UNREADABLE"),
        ({"value": "JVBERi0", "kind": "ED"}, "VALUE_TYPE"),
        ({"specimen": ""}, "SPECIMEN_MISSING"),
        ({"specimen": "URN"}, "SPECIMEN_UNKNOWN"),
        ({"specimen": "BLD", "code": "72209-0^inv16^LN"}, "SPECIMEN_CONTRADICTS_CODE"),
        ({"code": "X1^unknown^99HAEMLAB"}, "CODE_UNKNOWN"),
        ({"day": "20261341"}, "COLLECTED_MISSING"),
    ],
)
def test_what_a_person_has_to_decide_is_never_guessed(changes: dict[str, str], problem: str) -> None:
    assert why(told.report(**changes)) == problem


def test_text_is_read_by_the_habits_of_the_sender() -> None:
    comma = replace(WRITING, decimal_comma=True)
    reading = one(told.report(value="0,85 Prozent", kind="ST", unit=""), comma).reading
    assert reading is not None
    assert (reading.value, reading.scale) == (Decimal("0.85"), Scale.PCT_ABL1)
    negative = one(told.report(value="Nicht  nachweisbar", kind="ST", unit="", call="", copies="0")).reading
    assert negative is not None
    assert negative.call is Call.NOT_DETECTED
    assert why(told.report(value="0,85 %", kind="ST", unit="1"), comma) == "UNITS_DIFFER"


def test_codes_are_matched_by_code_and_system_also_in_the_alternate_triplet() -> None:
    assert one(told.report(code="72209-0^inv(16)^LN^INV16RATIO^x^99HAEMLAB")).marker is Marker.CBFB_MYH11
    assert one(told.report(code="L1^x^LOCAL^NPM1RATIO^x^99HAEMLAB")).marker is Marker.NPM1
    assert why(told.report(code="NPM1RATIO^x^OTHERLAB")) == "CODE_UNKNOWN"


def test_a_level_that_its_copies_deny_is_taken_with_a_warning() -> None:
    assert [each.why for each in one(told.report(value="^0.95")).warnings] == ["VALUE_MISMATCH"]


def test_a_blood_sample_named_in_the_order_where_no_specimen_segment_comes() -> None:
    text = "\r".join(line for line in told.report().split("\r") if not line.startswith("SPM"))
    lines = text.split("\r")
    lines[2] = lines[2].rsplit("|", 11)[0] + "|BLD" + "|" * 7 + "20261118||x|F"
    sample = one("\r".join(lines)).sample
    assert sample is not None
    assert (sample.tissue, sample.accession_number) == (Tissue.PERIPHERAL_BLOOD, "LAB26-0042")


def test_escapes_and_other_delimiters() -> None:
    segment = read_segments("MSH|^~\\&|A\\T\\B|\\F\\\\S\\\\R\\\\E\\|x\\.br\\y|\\X4D52\\|\\Q\\")[0]
    assert [segment.part(field) for field in (3, 4, 5, 6, 7)] == ["A&B", "|^~\\", "x\ny", "MR", "\\Q\\"]
    other = read_segments("MSH#*~\\&#APP*x#FAC")[0]
    assert (other.part(3), other.part(3, 2), other.part(4)) == ("APP", "x", "FAC")


def test_bytes_are_read_as_the_header_says_else_as_the_profile_says() -> None:
    text = told.report().replace("UNICODE UTF-8", "8859/1").replace("duplicate", "für")
    assert "für" in decode(text.encode("latin-1"))
    bare = told.report(charset="").replace("duplicate", "für").encode("cp1252")
    assert "für" in decode(bare, "cp1252")
    with pytest.raises(MessageRefused, match="NOT_DECODABLE"):
        decode(told.report().encode() + b"\xff")
    with pytest.raises(MessageRefused, match="CHARACTER_SET"):
        decode(told.report(charset="KLINGON").encode())


def test_a_moment_without_an_offset_lies_in_the_zone_of_the_sender() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    late = read_moment("202606302330", berlin)
    assert late is not None
    assert late.at is not None
    assert late.at.isoformat() == "2026-06-30T23:30:00+02:00"
    assert late.day_in(ZoneInfo("Asia/Tokyo")) == date(2026, 7, 1)
    assert read_moment("20260630", berlin) == replace(late, at=None)
    assert [read_moment(each, berlin) for each in ("2026", "20260231", "x", "202606301200+9900", "99990101")] == [
        None
    ] * 5


def test_the_digest_of_a_body_leaves_the_time_of_writing_out() -> None:
    first = told.report(at="20261120090000+0100")
    assert body_digest(first) == body_digest(told.report(at="20261121090000+0100"))
    assert body_digest(first) != body_digest(told.report(value="^0.86"))


@pytest.mark.parametrize(
    ("damage", "code", "where"),
    [
        (("MSH|^~\\&", "MSX|^~\\&"), 100, "MSH"),
        (("MSH|^~\\&", "MSH|^^^^"), 102, "MSH-2"),
        (("PID|", "XID|"), 100, "PID"),
        (("123456^^^HOSP", "^^^HOSP"), 101, "PID-3"),
        (("LAB26-0042^MOLIS", "^MOLIS"), 101, "OBR-3"),
        (("|DET|||F|", "|DET||||"), 101, "OBX-11"),
        (("|DET|||F|", "|DET|||Q|"), 103, "OBX-11"),
        (("ORU^R01", "MDM^T02"), 200, "MSH-9.1"),
        (("ORU^R01", "ORU^R99"), 201, "MSH-9.2"),
        (("|P|2.5.1", "|Z|2.5.1"), 202, "MSH-11"),
        (("|P|2.5.1", "|P|2.9"), 203, "MSH-12"),
        (("OBR|1", "ZBR|1"), 100, "OBX"),
        (("NTE|1", "PID|2"), 100, "PID"),
    ],
)
def test_broken_messages_are_refused_with_their_place(damage: tuple[str, str], code: int, where: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        read_message(told.report().replace(*damage))
    assert (refused.value.code, refused.value.where) == (code, where)


def test_maps_that_stand_for_nothing_are_refused() -> None:
    for codes in ({"A": {"meaning": "LOD"}}, {"A^B": {"meaning": "X"}}, {"A^B": {"meaning": "RATIO"}}, {"A^B": 1}):
        with pytest.raises(WritingWrong):
            read_codes(codes)
    with pytest.raises(WritingWrong):
        read_units({"pct": "percent"})
    with pytest.raises(WritingWrong):
        read_words({"neg": "NO"})
