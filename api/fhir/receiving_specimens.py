"""A Specimen as a laboratory sends it: the tube is taken in, or is the one that is here already."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.models import Q

from api.fhir import filters, moments
from api.fhir.callers import Caller
from api.fhir.codes import TISSUE_OF_CODE
from api.fhir.elements import an_object, codings, identifiers, objects, required, text
from api.fhir.receiving_subjects import identifier_of, patient_of
from api.fhir.refusals import duplicate, of_other_patient, unprocessable
from monitoring.actions import received_resources, samples
from monitoring.domain.terms import Tissue
from monitoring.models import ApiClient, Patient, Sample
from monitoring.queries import external_names, sent_rows

OF_OTHER = "SAMPLE_OF_OTHER_PATIENT"
LONGEST_ACCESSION = 50  # characters
STATUSES = {"available", "unavailable", "unsatisfactory"}


@dataclass(frozen=True, slots=True)
class SentSpecimen:
    """What is said of a tube."""

    identifiers: list[tuple[str, str]]
    accession_number: str
    tissue: Tissue
    collected_on: date
    collected_time: time | None
    received_on: date | None
    is_unsatisfactory: bool


def take(caller: Caller, client: ApiClient, resource: dict[str, Any], where: str = "Specimen") -> tuple[Sample, bool]:
    """Return the sample of a Specimen, and whether it is new here; raises FhirRefused."""
    required(resource, ("subject", "type", "collection"), where)
    patient = patient_of(caller, client, an_object(resource, "subject", where), f"{where}.subject")
    return of_patient(caller, client, patient, resource, where)


def of_patient(
    caller: Caller, client: ApiClient, patient: Patient, resource: dict[str, Any], where: str
) -> tuple[Sample, bool]:
    """Return the sample of this patient, and whether it is new here; raises FhirRefused (409) for another's."""
    sent = _read(resource, patient, where)
    known = sent_rows.tube(client.laboratory, Q(accession_number=sent.accession_number))
    sample, is_new = (known, False) if known else (_register(caller, client, patient, sent), True)
    if sample.patient_id != patient.pk:
        why = "This accession number belongs to another patient."
        raise of_other_patient(OF_OTHER, sent.accession_number, why, f"{where}.accessionIdentifier")
    if (sample.tissue, sample.collected_on) != (sent.tissue.value, sent.collected_on):
        raise duplicate("This tube is here with another material or day; a person puts that right.", where)
    for identifier in sent.identifiers:
        _name(caller, client, sample, patient, identifier, where)
    return sample, is_new


def referred(caller: Caller, client: ApiClient, patient: Patient, resource: dict[str, Any], where: str) -> Sample:
    """Return the sample that an Observation refers to: contained, by id, or by identifier."""
    reference = an_object(resource, "specimen", where)
    place = f"{where}.specimen"
    told = text(reference, "reference", place).removeprefix(f"{caller.base}/fhir/")
    if told.startswith("#"):
        for number, each in enumerate(objects(resource, "contained", where)):
            if each.get("id") == told[1:] and each.get("resourceType") == "Specimen":
                return of_patient(caller, client, patient, each, f"{where}.contained[{number}]")[0]
        raise unprocessable("not-found", "This specimen is not contained.", place)
    found = sent_rows.tube(client.laboratory, _asked(client, reference, told, place))
    if found is None:
        raise unprocessable("not-found", "Your laboratory has no such specimen here.", place)
    if found.patient_id != patient.pk:
        raise of_other_patient(OF_OTHER, found.accession_number, "This specimen belongs to another patient.", place)
    return found


def _asked(client: ApiClient, reference: dict[str, Any], told: str, place: str) -> Q:
    if told.startswith("Specimen?") or not told:
        identifier = an_object(reference, "identifier", place)
        pair = (
            identifier_of(told.removeprefix("Specimen?"), place)
            if told
            else (text(identifier, "system", place), text(identifier, "value", place))
        )
        named = external_names.rows_named([client.centre_id], "Specimen", pair[1], pair[0])
        return Q(pk__in=named)
    number = filters.number_in(told, "Specimen") if told.startswith("Specimen/") else None
    if number is None:
        raise unprocessable("value", "A reference is Specimen/<id>, #<contained> or Specimen?identifier=.", place)
    return Q(pk=number)


def _read(resource: dict[str, Any], patient: Patient, where: str) -> SentSpecimen:
    collection = an_object(resource, "collection", where)
    required(collection, ("collectedDateTime",), f"{where}.collection")
    collected = moments.read(collection["collectedDateTime"], f"{where}.collection.collectedDateTime")
    status = text(resource, "status", where) or "available"
    if status not in STATUSES:
        raise unprocessable("code-invalid", "This status is not taken for a specimen.", f"{where}.status")
    named = identifiers(resource, where)
    accession = text(an_object(resource, "accessionIdentifier", where), "value", where) or (named or [("", "")])[0][1]
    if not accession or len(accession) > LONGEST_ACCESSION:
        raise unprocessable("required", "An accession number is missing or too long.", f"{where}.accessionIdentifier")
    zone = patient.centre.zone
    local = collected.at.astimezone(zone) if collected.at else None
    received = moments.read(resource["receivedTime"], f"{where}.receivedTime") if "receivedTime" in resource else None
    return SentSpecimen(
        identifiers=named,
        accession_number=accession,
        tissue=_tissue(resource, where),
        collected_on=collected.day_at(zone),
        collected_time=local.time().replace(microsecond=0) if local else None,
        received_on=received.day_at(zone) if received else None,
        is_unsatisfactory=status == "unsatisfactory",
    )


def _tissue(resource: dict[str, Any], where: str) -> Tissue:
    told = codings(an_object(resource, "type", where), f"{where}.type")
    found = {TISSUE_OF_CODE[each] for each in told if each in TISSUE_OF_CODE}
    if len(found) != 1:
        raise unprocessable(
            "code-invalid", "The type is that of neither marrow nor blood, or of both.", f"{where}.type"
        )
    return found.pop()


def _register(caller: Caller, client: ApiClient, patient: Patient, sent: SentSpecimen) -> Sample:
    sample = Sample(
        patient=patient, laboratory=client.laboratory, accession_number=sent.accession_number,
        tissue=sent.tissue.value, collected_on=sent.collected_on, collected_time=sent.collected_time,
        received_on=sent.received_on,
    )  # fmt: skip
    registered = samples.register(by=caller.user, sample=sample, now=caller.now)
    if sent.is_unsatisfactory:
        samples.set_aside(by=caller.user, sample=registered, because="unsatisfactory, by the sender")
    registered.refresh_from_db()
    return registered


def _name(
    caller: Caller, client: ApiClient, sample: Sample, patient: Patient, identifier: tuple[str, str], where: str
) -> None:
    known = external_names.called_exactly(client.centre_id, "Specimen", identifier)
    if known is not None and known.patient_id != patient.pk:
        why = "This identifier is that of another patient's specimen."
        raise of_other_patient(OF_OTHER, known.value, why, f"{where}.identifier")
    if known is not None and known.row_id != sample.pk:
        raise duplicate("This identifier is that of another specimen.", f"{where}.identifier")
    if known is None:
        received_resources.name(
            by=caller.user, client=client, patient=patient, resource_type="Specimen", row_id=sample.pk,
            identifier=identifier,
        )  # fmt: skip
