"""From the orders of a message to results: level, call, limits, sample, status and clock, by the sender's habits.

Source: HL7 v2.5.1 chapter 7; docs/methods/hl7v2.md. What a person has to decide is collected, never guessed.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.domain.units import to_pct_abl1
from monitoring.readers.hl7_messages import Message, Order
from monitoring.readers.hl7_moments import Told, read_moment
from monitoring.readers.hl7_segments import Segment
from monitoring.readers.hl7_values import NotUnderstood, Said, Value, read_call, read_value
from monitoring.readers.hl7_writing import COPIES, MATERIALS, UNITS, CodeMeaning, Meaning, Writing

FINAL, PRELIMINARY, RETRACTED = set("FCAUVB"), set("PSRI"), set("WD")
CORRECTED = {"C", "A"}
RANKS = {**dict.fromkeys("WD", 4), **dict.fromkeys("CA", 3), **dict.fromkeys("FUVBX", 2), **dict.fromkeys("PSRI", 1)}
HALF = Decimal("0.5")
LONGEST_COMMENT = 500  # characters
DIGITS_OF_A_DAY = 8


@dataclass(frozen=True, slots=True)
class Found:
    """Something to tell about a message: why, where, what was there."""

    why: str
    where: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class SaidSample:
    """The tube: the laboratory's number, what it holds, when it was taken and came in."""

    accession_number: str
    tissue: Tissue
    collected: Told
    received: Told | None


@dataclass(frozen=True, slots=True)
class SaidResult:
    """One result as it was sent; `reading` and `sample` are None where it was taken back or not obtained."""

    authority: str
    filler_number: str
    code: str
    sub_id: str
    marker: Marker
    status: str
    clock: datetime
    sample: SaidSample | None = None
    reading: ReportedReading | None = None
    comment: str = ""
    warnings: tuple[Found, ...] = ()

    @property
    def rank(self) -> int:
        """What goes before at an equal clock: a retraction before a correction before a final result."""
        return RANKS[self.status]

    @property
    def digest(self) -> str:
        """A digest of everything that counts: two messages of one clock that differ here contradict each other."""
        sample = self.sample and (
            self.sample.accession_number, self.sample.tissue.value,
            str(self.sample.collected.at or self.sample.collected.on),
        )  # fmt: skip
        return hashlib.sha256(repr((sample, _plain(self.reading))).encode()).hexdigest()


def _plain(reading: ReportedReading | None) -> tuple[str, ...]:
    if reading is None:
        return ()
    parts: list[object] = [reading.call.value, reading.value, reading.scale, reading.abl1_copies, reading.lod_pct_abl1]
    if reading.loq_pct_abl1 is not None:  # what has none keeps the digest under which it is on record
        parts.append(reading.loq_pct_abl1)
    return tuple(str(part.normalize()) if isinstance(part, Decimal) else str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class _Observed:
    obx: Segment
    keys: tuple[str, ...]
    means: CodeMeaning


def read_results(message: Message, writing: Writing) -> tuple[tuple[SaidResult, ...], tuple[Found, ...]]:
    """Return the results of a message, and what of it a person has to decide."""
    results: list[SaidResult] = []
    problems: list[Found] = []
    for order in message.orders:
        observed, unknown = _observed(order, writing)
        problems += unknown
        ratios = [each for each in observed if each.means.meaning is Meaning.RATIO]
        if not ratios and not unknown and any(each.means.meaning is not Meaning.IGNORED for each in observed):
            problems.append(Found(Said.RATIO_MISSING, f"OBR[{order.obr.number}]"))
        for ratio in ratios:
            try:
                results.append(_result(message, order, ratio, observed, writing))
            except NotUnderstood as problem:
                problems.append(Found(problem.why, problem.where, problem.found))
    keys = [(each.authority, each.filler_number, each.code, each.sub_id) for each in results]
    if len(set(keys)) < len(keys):
        problems.append(Found(Said.RATIO_TWICE))
    return tuple(results), tuple(problems)


def _observed(order: Order, writing: Writing) -> tuple[list[_Observed], list[Found]]:
    observed, unknown = [], []
    for obx in order.observations:
        keys = tuple(
            f"{obx.part(3, code)}^{obx.part(3, system)}" for code, system in ((1, 3), (4, 6)) if obx.part(3, code)
        )
        means = writing.meaning_of(keys)
        if obx.part(11) == "N":
            continue
        if means is None:
            unknown.append(Found(Said.CODE_UNKNOWN, f"OBX[{obx.number}]-3", (keys or ("",))[0][:60]))
        else:
            observed.append(_Observed(obx, keys, means))
    return observed, unknown


def _result(
    message: Message, order: Order, ratio: _Observed, observed: list[_Observed], writing: Writing
) -> SaidResult:  # fmt: skip
    marker, status = ratio.means.marker, ratio.obx.part(11)
    assert marker is not None  # noqa: S101 # a code of a ratio has its marker (hl7_writing)
    told = SaidResult(
        authority=order.obr.part(3, 2) or message.header.sending_facility,
        filler_number=order.obr.part(3, 1), code=f"{ratio.obx.part(3, 1)}^{ratio.obx.part(3, 3)}",
        sub_id=ratio.obx.part(4), marker=marker, status=status, clock=_clock(message, order, ratio.obx, writing),
        comment="\n".join(filter(None, (note.text(3) for note in order.notes)))[:LONGEST_COMMENT],
    )  # fmt: skip
    if status not in FINAL:
        return told
    beside = _beside(ratio, observed, writing)
    reading, warnings = _reading(ratio, beside, writing)
    sample = _sample(order, ratio, writing)
    return replace(told, sample=sample, reading=reading, warnings=warnings)


def _clock(message: Message, order: Order, obx: Segment, writing: Writing) -> datetime:
    for said in (obx.part(19), order.obr.part(22), message.header.written):
        moment = read_moment(said, writing.zone)
        if moment is not None:
            return moment.at or datetime(moment.on.year, moment.on.month, moment.on.day, tzinfo=writing.zone)
    raise NotUnderstood(Said.CLOCK_MISSING, "MSH-7")


def _beside(ratio: _Observed, observed: list[_Observed], writing: Writing) -> dict[Meaning, Value]:
    """Copies and limits of the same determination: of one sub-id where it is told, of one marker where codes say it."""
    found: dict[Meaning, Value] = {}
    for each in observed:
        wanted = each.means.meaning not in {Meaning.RATIO, Meaning.IGNORED} and each.obx.part(11) in FINAL
        same_marker = each.means.marker in {None, ratio.means.marker}
        same_sub = not each.obx.part(4) or not ratio.obx.part(4) or each.obx.part(4) == ratio.obx.part(4)
        if wanted and same_marker and same_sub:
            value = read_value(each.obx, writing)
            if each.means.meaning in found:
                raise NotUnderstood(Said.RATIO_TWICE, f"OBX[{each.obx.number}]-3")
            _check_unit(each, value)
            found[each.means.meaning] = value
    return found


def _check_unit(each: _Observed, value: Value) -> None:
    if value.number is None:
        return
    counts = each.means.meaning in {Meaning.TARGET_COPIES, Meaning.ABL1_COPIES}
    if (value.unit in {COPIES, "1"}) if counts else (value.unit in UNITS):
        return
    raise NotUnderstood(Said.UNIT_UNKNOWN, f"OBX[{each.obx.number}]-6", value.unit)


def _reading(
    ratio: _Observed, beside: dict[Meaning, Value], writing: Writing
) -> tuple[ReportedReading, tuple[Found, ...]]:  # fmt: skip
    value, told, where = read_value(ratio.obx, writing), read_call(ratio.obx), f"OBX[{ratio.obx.number}]-5"
    if value.is_deleted:
        raise NotUnderstood(Said.VALUE_DELETED, where)
    _check_unit(ratio, value)
    call = _call(value, told, where)
    level = value.number if call is Call.DETECTED and not value.comparator else None
    scale = UNITS[value.unit] if level is not None else None
    abl1, lod = _plain_number(beside.get(Meaning.ABL1_COPIES)), _pct(beside.get(Meaning.LOD))
    loq = _pct(beside.get(Meaning.LOQ))
    if value.comparator == "<":  # the call says which limit it is: an unknown call has none
        limit = _pct(replace(value, comparator=""))
        lod = lod or (limit if call is Call.NOT_DETECTED else None)
        loq = limit if call is Call.DETECTED else loq
    warnings: tuple[Found, ...] = (Found(Said.CALL_UNKNOWN, where),) if call is Call.UNKNOWN else ()
    if level is not None and scale is not None and not _agrees(level, to_pct_abl1(level, scale), beside):
        warnings += (Found(Said.VALUE_MISMATCH, where),)
    return ReportedReading(call, level, scale, abl1, lod, loq), warnings


def _call(value: Value, told: Call | None, where: str) -> Call:
    """The interpretation decides; `<x` without one is neither below quantification nor negative: it is unknown."""
    if value.word is not None:
        if told is not None and told is not value.word:
            raise NotUnderstood(Said.CALL_CONTRADICTS, where)
        return value.word
    if value.number is None:
        if told is None:
            raise NotUnderstood(Said.VALUE_MISSING, where)
        return told
    if value.comparator in {">", ">=", "<="}:
        raise NotUnderstood(Said.COMPARATOR, where, value.comparator)
    if value.comparator == "<":
        return told or Call.UNKNOWN
    return _of_exact(value.number, told, where)


def _of_exact(number: Decimal, told: Call | None, where: str) -> Call:
    if number == 0 and told is None:
        raise NotUnderstood(Said.ZERO_WITHOUT_CALL, where)
    if (number == 0) != (told in {Call.NOT_DETECTED, Call.INDETERMINATE}):
        raise NotUnderstood(Said.CALL_CONTRADICTS, where)
    return told or Call.DETECTED


def _plain_number(value: Value | None) -> Decimal | None:
    return value.number if value is not None and not value.comparator else None


def _pct(value: Value | None) -> Decimal | None:
    number = _plain_number(value)
    return to_pct_abl1(number, UNITS[value.unit]) if value is not None and number else None


def _agrees(level: Decimal, pct: Decimal, beside: dict[Meaning, Value]) -> bool:
    """Whether the level is 100 x target / ABL1 within half a unit of its last digit, where copies were sent."""
    target = _plain_number(beside.get(Meaning.TARGET_COPIES))
    abl1 = _plain_number(beside.get(Meaning.ABL1_COPIES))
    if target is None or not abl1:
        return True
    exponent = level.as_tuple().exponent
    last_digit = Decimal(1).scaleb(int(exponent)) * (pct / level)
    return abs(100 * target / abl1 - pct) <= last_digit * HALF


def _sample(order: Order, ratio: _Observed, writing: Writing) -> SaidSample:
    spm = order.specimens[0] if order.specimens else None
    place = f"OBR[{order.obr.number}]"
    tissue = _tissue(order, spm, place)
    if any(code.tissue not in {None, tissue} for code in _codes(ratio, writing)):
        raise NotUnderstood(Said.SPECIMEN_CONTRADICTS_CODE, f"OBX[{ratio.obx.number}]-3")
    said = [spm.part(17)] if spm else []
    told = [read_moment(each, writing.zone) for each in (*said, ratio.obx.part(14), order.obr.part(7)) if each]
    if not told or told[0] is None:
        raise NotUnderstood(Said.COLLECTED_MISSING, place)
    accession = (spm.part(2, 2) or spm.part(2, 1)) if spm else ""
    received = read_moment(spm.part(18) if spm else order.obr.part(14), writing.zone)
    return SaidSample(accession or order.obr.part(3, 1), tissue, told[0], received)


def _codes(ratio: _Observed, writing: Writing) -> list[CodeMeaning]:
    return [found for key in ratio.keys if (found := writing.meaning_of((key,)))]


def _tissue(order: Order, spm: Segment | None, place: str) -> Tissue:
    said = [spm.part(4, 1), spm.part(4, 4)] if spm else [order.obr.part(15, 1), order.obr.part(15, 1, 4)]
    said = [each for each in said if each]
    if not said:
        raise NotUnderstood(Said.SPECIMEN_MISSING, place)
    known = {MATERIALS[each] for each in said if each in MATERIALS}
    if len(known) != 1:
        raise NotUnderstood(Said.SPECIMEN_UNKNOWN, place, said[0])
    return known.pop()


def read_day(text: str) -> date | None:
    """Return a day of birth told as YYYYMMDD, with or without a time; None where it is none."""
    told = read_moment(text[:DIGITS_OF_A_DAY], UTC)
    return told.on if told else None
