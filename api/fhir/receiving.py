"""Observations that a laboratory signed in its own house: taken in once, corrected, retracted.

The door for results is `sent_results`; here it is only found out whose, of what, and whether it came before.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.fhir import answers, documents, kept, results, searching, sent_observations
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.elements import an_object
from api.fhir.receiving_assays import assay_of, series_of
from api.fhir.receiving_specimens import referred
from api.fhir.receiving_subjects import patient_of
from api.fhir.refusals import Issue, duplicate, of_other_patient, unprocessable
from api.fhir.sent_observations import TAKES_BACK, SentObservation
from api.fhir.taken_in import TakenIn
from monitoring.actions import received_resources, sent_results
from monitoring.actions.received_resources import Received
from monitoring.domain.copies import CopiesNotCountable
from monitoring.domain.readings import ReportedReading, ValueContradictsCall
from monitoring.domain.terms import Tissue
from monitoring.domain.units import NotALevel
from monitoring.models import ApiClient, ExternalIdentifier, Patient, ReceivedResource, Sample
from monitoring.queries import external_names, sent_rows

WHERE = "Observation"
CORRECTED = "corrected by the sender"


@dataclass(frozen=True)
class Sent:
    """An Observation on its way in: what it says, its text to the letter, whose it is, by whom."""

    caller: Caller
    client: ApiClient
    resource: dict[str, Any]
    text: str
    said: SentObservation
    patient: Patient
    prefer: str

    @property
    def digest(self) -> str:
        """The hash of what is said, whatever the order in which it is written."""
        return hashlib.sha256(documents.canonical(self.resource).encode()).hexdigest()


def take(
    caller: Caller, resource: dict[str, Any], text: str, headers: Mapping[str, str], *, replaces: bool
) -> Answer | TakenIn:
    """Take an Observation in; `replaces` lets another content become the next version (PUT), 409 otherwise."""
    client = caller.sending_laboratory()
    said = sent_observations.read(resource)
    patient = patient_of(caller, client, an_object(resource, "subject", WHERE), f"{WHERE}.subject")
    sent = Sent(caller, client, resource, text, said, patient, headers.get("Prefer", ""))
    known = _known(client, "Observation", said.identifiers)
    early = _known(client, kept.TYPE, said.identifiers)
    for name in (known, early):
        if name is not None and name.patient_id != patient.pk:
            why = "This identifier is that of another patient's result."
            raise of_other_patient("RESULT_OF_OTHER_PATIENT", name.value, why, f"{WHERE}.identifier")
    _issued(resource)  # a moment that cannot be read would stand in the way of every correction
    before = _last_received(known) or (kept.last(early) if early else None)
    if before is not None and before.digest == sent.digest:
        return _same(sent, known, early)
    if before is not None:
        _check_next(sent, before, replaces=replaces, is_preliminary=known is None)
    if said.measured is None and known is None:
        return _keep(sent, early)
    if said.measured is None:
        assert known is not None  # noqa: S101 # told by the line above
        return _retract(sent, known)
    return _count(sent, known)


def known_by(client: ApiClient, type_name: str, identifier: tuple[str, str]) -> ExternalIdentifier | None:
    """Return what the sender calls so."""
    return _known(client, type_name, [identifier])


def _known(client: ApiClient, type_name: str, identifiers: list[tuple[str, str]]) -> ExternalIdentifier | None:
    found: dict[int, ExternalIdentifier] = {}
    for system, value in identifiers:
        row = external_names.called_exactly(client.centre_id, type_name, (system, value))
        if row is not None:
            found[row.row_id or row.pk] = row
    if len(found) > 1:
        raise duplicate("These identifiers are those of several results.", f"{WHERE}.identifier")
    return next(iter(found.values()), None)


def _last_received(name: ExternalIdentifier | None) -> ReceivedResource | None:
    if name is None:
        return None
    return external_names.last_received("Observation", name.row_id)


def _check_next(sent: Sent, before: ReceivedResource, *, replaces: bool, is_preliminary: bool) -> None:
    """Another content under a known identifier: a correction by PUT, a final after a preliminary, nothing else."""
    earlier = documents.read(before.body)
    follows = replaces or (is_preliminary and earlier.get("status") not in TAKES_BACK)
    if not follows:
        raise duplicate("This identifier is known with another content; a correction is a PUT.", f"{WHERE}.identifier")
    was, is_now = _issued(earlier), _issued(sent.resource)
    if was is not None and is_now is not None and is_now < was:
        raise duplicate("What is on record was issued later than this.", f"{WHERE}.issued")


def _issued(resource: Mapping[str, Any]) -> datetime | None:
    told = resource.get("issued")
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        moment = None
    if told is not None and (moment is None or moment.tzinfo is None):
        raise unprocessable("value", "issued is a moment with its offset from UTC.", f"{WHERE}.issued")
    return moment


def _same(sent: Sent, known: ExternalIdentifier | None, early: ExternalIdentifier | None) -> Answer | TakenIn:
    if known is not None:
        return _taken(sent, known.row_id, created=False)
    assert early is not None  # noqa: S101 # one of the two held the same content
    return _shown_kept(sent, early, created=False)


def _count(sent: Sent, known: ExternalIdentifier | None) -> TakenIn:
    """Let the result count: signed by its laboratory, in its series at once."""
    sample = referred(sent.caller, sent.client, sent.patient, sent.resource, WHERE)
    _check_sample(sent, sample)
    series = series_of(sent.patient, sent.said)
    assay = assay_of(sent.client, series, sent.said)
    same = sent_rows.first_determination(sample, assay)
    first = same[0] if same else None
    if known is not None and (first is None or first.pk != known.row_id):
        raise duplicate("This identifier is that of a result of another specimen or assay.", f"{WHERE}.identifier")
    if known is None and any(each.state == "AUTHORISED" for each in same):
        raise duplicate("This specimen has a result of this assay under another identifier.", f"{WHERE}.specimen")
    measured = sent.said.measured
    assert measured is not None  # noqa: S101 # only what counts comes here
    reading = ReportedReading(
        measured.call, measured.value, measured.scale, measured.abl1_copies, measured.lod_pct_abl1,
        measured.loq_pct_abl1,
    )  # fmt: skip
    mismatch = [issue.text for issue in sent.said.warnings if issue.code == "business-rule"]
    told = sent_results.SentResult(series, sample, assay, reading, comment=" ".join(mismatch))
    try:
        result = sent_results.take(
            by=sent.caller.user, sent=told, now=sent.caller.now, reason=CORRECTED if known else ""
        )
    except (NotALevel, ValueContradictsCall, CopiesNotCountable) as error:
        raise unprocessable("value", "This value is no level.", f"{WHERE}.valueQuantity") from error
    root = known.row_id if known else (first or result).pk
    return _keep_with_result(sent, root, created=known is None)


def _check_sample(sent: Sent, sample: Sample) -> None:
    sent_observations.check_tissue(sent.said, Tissue(sample.tissue))
    if sent.said.collected.day_at(sent.patient.centre.zone) != sample.collected_on:
        raise unprocessable("business-rule", "The specimen was collected on another day.", f"{WHERE}.effectiveDateTime")


def _retract(sent: Sent, known: ExternalIdentifier) -> TakenIn:
    """Take a result back, or refuse a preliminary value after it was final."""
    if sent.said.status not in TAKES_BACK:
        raise duplicate("This result is final; it does not become preliminary again.", f"{WHERE}.status")
    row = searching.one(sent.caller, results.KIND, str(known.row_id))
    if row.state == "AUTHORISED":
        reason = f"retracted by the sender ({sent.said.status})"
        sent_results.retract(by=sent.caller.user, result=row, reason=reason, now=sent.caller.now)
    return _keep_with_result(sent, known.row_id, created=False)


def _keep_with_result(sent: Sent, root: int, *, created: bool) -> TakenIn:
    _name(sent, "Observation", root)
    count = external_names.times_received("Observation", root)
    _store(sent, Received("Observation", root, count + 1, sent.text, sent.digest))
    return _taken(sent, root, created=created)


def _keep(sent: Sent, early: ExternalIdentifier | None) -> Answer:
    """Keep what gives no result."""
    name = early or _name(sent, kept.TYPE, 0)
    assert name is not None  # noqa: S101 # an Observation without identifier was refused
    before = kept.last(name)
    _store(sent, Received(kept.TYPE, name.pk, before.version + 1 if before else 1, sent.text, sent.digest))
    return _shown_kept(sent, name, created=early is None)


def _name(sent: Sent, type_name: str, row_id: int) -> ExternalIdentifier | None:
    first = None
    for identifier in sent.said.identifiers:
        row = known_by(sent.client, type_name, identifier) or received_resources.name(
            by=sent.caller.user, client=sent.client, patient=sent.patient, resource_type=type_name, row_id=row_id,
            identifier=identifier,
        )  # fmt: skip
        first = first or row
        if type_name == kept.TYPE:
            break
    return first


def _store(sent: Sent, received: Received) -> None:
    received_resources.keep(by=sent.caller.user, client=sent.client, patient=sent.patient, received=received)


def _taken(sent: Sent, root: int, *, created: bool) -> TakenIn:
    return TakenIn(root, created, sent.prefer, sent.said.warnings)


def _shown_kept(sent: Sent, name: ExternalIdentifier, *, created: bool) -> Answer:
    received = kept.last(name)
    assert received is not None  # noqa: S101 # it was stored with its name
    resource = kept.resource_of(name, received)
    told = [Issue("warning", "informational", f"{sent.said.status}: kept; it gives no result.", f"{WHERE}.status")]
    return answers.of_write(sent.caller.base, resource, created=created, prefer=sent.prefer, issues=told)
