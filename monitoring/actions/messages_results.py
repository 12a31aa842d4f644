"""One result of a message, taken in by the clock of its sender: late, repeated and contradicting ones change nothing.

What holds for a result is in ReportedResult. Rules: docs/methods/hl7v2.md. Results enter and leave by `sent_results`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from monitoring.actions import samples, sent_results
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.actions.sent_results import OpenVersion, SentResult
from monitoring.domain.readings import ValueContradictsCall
from monitoring.domain.units import NotALevel, ScaleMissing
from monitoring.models import (
    Assay,
    InboundMessage,
    MrdResult,
    MrdSeries,
    Patient,
    ReportedResult,
    Sample,
    SenderProfile,
)
from monitoring.models.choices import ResultStateChoice as State
from monitoring.readers.hl7_results import CORRECTED, FINAL, RETRACTED, SaidResult, SaidSample
from monitoring.readers.hl7_values import NotUnderstood, Said

LONGEST_ACCESSION = 50  # characters of Sample.accession_number
LONGEST_NUMBER, LONGEST_SUB_ID = 199, 20  # characters of ReportedResult
MEASURED = {State.AUTHORISED, State.SUBMITTED, State.DRAFT}


@dataclass(slots=True)
class Taking:
    """One message being taken in: whose it is, of whom, and what was noted on the way."""

    message: InboundMessage
    profile: SenderProfile
    patient: Patient | None
    now: datetime
    notes: list[str] = field(default_factory=list)


def take(taking: Taking, said: SaidResult) -> bool:
    """Take one result in or back; False where what is on record is newer. Raises NotUnderstood for a person."""
    _check_lengths(said)
    if said.status not in FINAL | RETRACTED:
        return _without_effect(taking, said)
    known = ReportedResult.objects.select_for_update().filter(**_key(taking, said)).first()
    if known is not None and not _is_newer(taking, known, said):
        return False
    if said.status in RETRACTED:
        _retract(taking, known, said)
    else:
        _take(taking, known, said)
    return True


def _check_lengths(said: SaidResult) -> None:
    told = (said.authority, said.filler_number, said.code)
    if max(map(len, told)) > LONGEST_NUMBER or len(said.sub_id) > LONGEST_SUB_ID:
        raise NotUnderstood("IDENTIFIER_TOO_LONG", "OBR-3")


def _without_effect(taking: Taking, said: SaidResult) -> bool:
    """A preliminary result feeds no rule and is not kept; one that was not obtained is for a person where one was."""
    known = ReportedResult.objects.filter(**_key(taking, said)).first()
    if said.status == "X" and known is not None and known.result_id and said.clock >= known.clock:
        raise NotUnderstood("NOT_OBTAINED_AFTER_RESULT", "OBX-11")
    taking.notes.append(Said.NO_RESULT if said.status in {"X", "I"} else Said.PRELIMINARY)
    return True


def _key(taking: Taking, said: SaidResult) -> dict[str, Any]:
    return {
        "laboratory": taking.profile.laboratory, "authority": said.authority, "filler_number": said.filler_number,
        "code": said.code, "sub_id": said.sub_id,
    }  # fmt: skip


def _is_newer(taking: Taking, known: ReportedResult, said: SaidResult) -> bool:
    """Whether the message goes before what is on record, by clock and rank; raises where both cannot be true."""
    if known.patient_id and (taking.patient is None or taking.patient.pk != known.patient_id):
        raise NotUnderstood("RESULT_OF_OTHER_PATIENT", "PID-3")
    if (said.clock, said.rank) < (known.clock, known.rank):
        return False
    if (said.clock, said.rank) == (known.clock, known.rank):
        if said.digest != known.digest:
            raise NotUnderstood("EQUAL_CLOCK", "OBX-5")
        return False
    if known.status in RETRACTED and said.status not in CORRECTED | RETRACTED:
        raise NotUnderstood("AFTER_RETRACTION", "OBX-11")
    return True


def _retract(taking: Taking, known: ReportedResult | None, said: SaidResult) -> None:
    """Take a result back; one that never came leaves its mark, so that a late original cannot revive it."""
    if known is None:
        taking.notes.append(Said.RETRACTION_WITHOUT_ORIGINAL)
    result = known.result if known else None
    if result is not None and result.state != State.WITHDRAWN:
        try:
            sent_results.retract(
                by=taking.profile.user, result=_counting(result), reason=said.comment or _("retracted by the sender"),
                now=taking.now,
            )  # fmt: skip
        except ActionRefused as refused:
            raise NotUnderstood("SIGNED_HERE", "OBX-11") from refused
    _note(taking, known, said, result)


def _counting(result: MrdResult) -> MrdResult:
    """The version that counts today: somebody here may have amended what was sent."""
    same = MrdResult.objects.filter(sample=result.sample_id, assay=result.assay_id, determination=result.determination)
    return same.filter(state=State.AUTHORISED).first() or result


def _take(taking: Taking, known: ReportedResult | None, said: SaidResult) -> None:
    if taking.patient is None:
        raise NotUnderstood("PATIENT_UNKNOWN", "PID-3")
    assert said.sample is not None  # noqa: S101 # a final result has both (hl7_results)
    assert said.reading is not None  # noqa: S101
    if known is None and said.status in CORRECTED:
        taking.notes.append(Said.CORRECTION_WITHOUT_ORIGINAL)
    series = MrdSeries.objects.filter(patient=taking.patient, marker=said.marker.value).first()
    if series is None:
        raise NotUnderstood("MARKER_NOT_FOLLOWED", "OBX-3", said.marker.value)
    result = known.result if known else None
    assay = result.assay if result else _assay(taking, series)
    sample = _sample(taking, taking.patient, said.sample)
    _check_place(result, sample, assay)
    sent = SentResult(series, sample, assay, said.reading, _comment(said))
    reason = _("corrected by the sender") if result else ""
    _note(taking, known, said, _taken(taking, sent, reason))


def _taken(taking: Taking, sent: SentResult, reason: str) -> MrdResult:
    if not taking.profile.laboratory.responsible_person:
        raise NotUnderstood("NOBODY_ANSWERS", "MSH-4")
    try:
        return sent_results.take(by=taking.profile.user, sent=sent, now=taking.now, reason=reason)
    except OpenVersion as refused:
        raise NotUnderstood("OPEN_VERSION") from refused
    except (NotALevel, ScaleMissing, ValueContradictsCall, ArithmeticError, ValueError) as error:
        raise NotUnderstood("NOT_A_LEVEL", "OBX-5") from error


def _comment(said: SaidResult) -> str:
    """The laboratory's note, with the warning that stays with the result."""
    denied = any(each.why == Said.VALUE_MISMATCH for each in said.warnings)
    told = _("The level does not agree with the copies that were sent.") if denied else ""
    return "\n".join(filter(None, (told, said.comment)))[:500]


def _assay(taking: Taking, series: MrdSeries) -> Assay:
    found = list(Assay.objects.filter(laboratory=taking.profile.laboratory, marker=series.marker, is_active=True))
    fitting = [each for each in found if each.mutation_type == series.mutation_type] if len(found) > 1 else found
    if len(fitting) != 1:
        raise NotUnderstood("ASSAY_AMBIGUOUS" if found else "ASSAY_MISSING", "OBX-3", series.marker)
    return fitting[0]


def _sample(taking: Taking, patient: Patient, said: SaidSample) -> Sample:
    """Return the tube of this accession number: the one on record where it is the same, else registered now."""
    zone = patient.centre.zone
    collected_on = said.collected.day_in(zone)
    known = Sample.objects.filter(
        laboratory=taking.profile.laboratory, accession_number=said.accession_number
    ).select_related("patient__centre").first()  # fmt: skip
    if known is not None:
        if known.patient_id != patient.pk:
            raise NotUnderstood("SAMPLE_OF_OTHER_PATIENT", "SPM-2")
        if (known.tissue, known.collected_on) != (said.tissue.value, collected_on):
            raise NotUnderstood("SAMPLE_DIFFERS", "SPM")
        return known
    if len(said.accession_number) > LONGEST_ACCESSION:
        raise NotUnderstood("ACCESSION_TOO_LONG", "SPM-2")
    at = said.collected.at
    row = Sample(
        patient=patient, laboratory=taking.profile.laboratory, accession_number=said.accession_number,
        tissue=said.tissue.value, collected_on=collected_on,
        collected_time=at.astimezone(zone).time() if at else None,
        received_on=said.received.day_in(zone) if said.received else None,
    )  # fmt: skip
    try:
        return samples.register(by=taking.profile.user, sample=row, now=taking.now)
    except ImpossibleDate as refused:
        raise NotUnderstood("IMPOSSIBLE_DATE", "SPM-17") from refused
    except ActionRefused as refused:
        raise NotUnderstood("SAMPLE_OF_OTHER_PATIENT", "SPM-2") from refused


def _check_place(result: MrdResult | None, sample: Sample, assay: Assay) -> None:
    """What this message replaces is its own earlier result, not one that came by another way."""
    if result is not None and result.sample_id != sample.pk:
        raise NotUnderstood("SAMPLE_CHANGED", "SPM-2")
    on_record = MrdResult.objects.filter(sample=sample, assay=assay, state__in=MEASURED)
    if result is None and on_record.exists():
        raise NotUnderstood("ON_RECORD_ALREADY", "SPM-2")


def _note(taking: Taking, known: ReportedResult | None, said: SaidResult, result: MrdResult | None) -> None:
    """Write down which message holds from now on."""
    row = known or ReportedResult(**_key(taking, said))
    row.patient = taking.patient or row.patient
    row.result, row.clock, row.rank, row.status = result, said.clock, said.rank, said.status
    row.digest, row.message = said.digest, taking.message
    row.save()
