"""Who a patient is, as it is on record now and as it was at a moment, with what was corrected, by whom and why.

A correction leaves the facts before it in the audit trail: what was on record at a moment is what the first correction
after it found.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from monitoring.models import AuditEntry, CareRelation, Centre, Disease, Patient, User
from monitoring.wording import correction_words

FACTS = ("pseudonym", "hospital_number", "family_name", "given_name", "born_on", "sex")
CORRECTED = "patient.correct"  # the act in the audit trail
SHOWN = (CORRECTED, "disease.change", "carerelation.add", "carerelation.change", "carerelation.end")
MOST_SHOWN = 50  # corrections on the page; the audit trail holds all


@dataclass(frozen=True, slots=True)
class Changed:
    """One column before and after, in words."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One change of who the patient is, of the disease, or of who cares: when, by whom, what, why.

    `is_new`: nothing was there before.
    """

    at: datetime
    by: str
    what: str
    reason: str
    is_new: bool
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class DiseaseOnRecord:
    """A disease with its number, by which it is corrected."""

    disease_id: int
    aml_type: str
    diagnosed_on: date
    karyotype: str
    eln_risk: str
    eln_risk_edition: str
    remission: str
    has_constructed: bool


def find_disease(pk: int) -> Disease | None:
    """Return a disease with its patient; None where none is seen."""
    return Disease.objects.select_related("patient__centre").filter(pk=pk).first()


def find_relation(pk: int) -> CareRelation | None:
    """Return a care relation with its patient and centre; None where none is seen."""
    return CareRelation.objects.select_related("patient__centre", "centre").filter(pk=pk).first()


def diseases_of(patient_id: int) -> tuple[DiseaseOnRecord, ...]:
    """Return the diseases of a patient, the first diagnosed first."""
    rows = Disease.objects.filter(patient=patient_id).order_by("diagnosed_on", "pk")
    return tuple(
        DiseaseOnRecord(
            row.pk, row.aml_type, row.diagnosed_on, row.karyotype, row.eln_risk, row.eln_risk_edition, row.remission,
            bool(row.constructed),
        )
        for row in rows
    )  # fmt: skip


def corrected_at(patient_ids: Iterable[int], known_at: datetime | None = None) -> dict[int, datetime]:
    """Return by patient when the facts were last corrected, up to a moment; a patient never corrected is missing."""
    rows = AuditEntry.objects.filter(patient_id__in=list(patient_ids), action=CORRECTED)
    if known_at is not None:
        rows = rows.filter(at__lte=known_at)
    return dict(rows.values_list("patient_id").annotate(last=Max("at")).order_by())


def as_known(patients: Iterable[Patient], known_at: datetime | None) -> list[Patient]:
    """Return these patients with the facts that were on record at a moment, in one query; None is now."""
    found = list(patients)
    if known_at is None:
        return found
    later = AuditEntry.objects.filter(patient_id__in=[each.pk for each in found], action=CORRECTED, at__gt=known_at)
    then: dict[int | None, dict[str, Any]] = {}
    for entry in later.order_by("at", "pk"):
        then.setdefault(entry.patient_id, entry.before or {})
    return [_with(each, then[each.pk]) if each.pk in then else each for each in found]


def corrections(patient_id: int) -> tuple[Correction, ...]:
    """Return what was corrected, shared and ended, the newest first."""
    acts = AuditEntry.objects.filter(patient_id=patient_id, action__in=SHOWN).exclude(reason="")
    rows = list(acts.order_by("-at", "-pk")[:MOST_SHOWN])
    numbers = [int((row.after or {}).get("centre_id") or 0) for row in rows]
    centres = dict(Centre.objects.filter(pk__in=numbers).values_list("pk", "name"))
    people = {each.pk: each.shown_name for each in User.objects.filter(pk__in=[row.actor_id or 0 for row in rows])}
    return tuple(
        _correction(row, people.get(row.actor_id or 0, row.actor_name), centres.get(number, ""))
        for row, number in zip(rows, numbers, strict=True)
    )


def _correction(row: AuditEntry, by: str, centre: str) -> Correction:
    before, after = row.before or {}, row.after or {}
    names = [name for name in correction_words.COLUMNS if name in after and after[name] != before.get(name)]
    changed = [
        Changed(
            correction_words.column_words(name), correction_words.value_words(name, before.get(name)),
            correction_words.value_words(name, after[name]),
        )
        for name in names
        if after[name] or before.get(name)
    ]  # fmt: skip
    what = correction_words.act_words(row.action, centre)
    return Correction(row.at, by, what, row.reason, row.before is None, tuple(changed))


def _with(patient: Patient, facts: dict[str, Any]) -> Patient:
    then = copy(patient)
    for name in FACTS:
        setattr(then, name, facts[name])
    then.born_on = date.fromisoformat(facts["born_on"])
    then.constructed = facts.get("constructed", [])  # corrections made before patients had the column say nothing of it
    return then
