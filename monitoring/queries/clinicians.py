"""Clinicians who may take an alert on: those of the centres that care for a patient today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from monitoring.models import Membership
from monitoring.models.choices import RoleChoice
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING


@dataclass(frozen=True, slots=True)
class Clinician:
    """A clinician, with the centre at which they work."""

    user_id: int
    name: str
    centre: str


def of_patient(patient_id: int) -> tuple[Clinician, ...]:
    """Return the clinicians of the centres that care for the patient, by name."""
    rows = _today().filter(_still_caring(), **_caring_for([patient_id]))
    return _by_name(rows)


def of_centre(centre_id: int) -> tuple[Clinician, ...]:
    """Return the clinicians of a centre, by name."""
    return _by_name(_today().filter(centre_id=centre_id))


def by_patient(patient_ids: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Return by patient who may take an alert on, in one query."""
    rows = _today().filter(_still_caring(), **_caring_for(patient_ids))
    found: dict[int, set[int]] = defaultdict(set)
    for patient_id, user_id in rows.values_list("centre__care_relations__patient_id", "user_id"):
        found[patient_id].add(user_id)
    return {patient_id: frozenset(people) for patient_id, people in found.items()}


def _today() -> QuerySet[Membership]:
    return Membership.objects.filter(holds_now(), role=RoleChoice.CLINICIAN, user__is_active=True)


def _caring_for(patient_ids: Iterable[int]) -> dict[str, object]:
    return {
        "centre__care_relations__patient_id__in": list(patient_ids),
        "centre__care_relations__role__in": CARING,
        "centre__care_relations__starts_on__lte": Now(),
    }


def _still_caring() -> Q:
    ends = "centre__care_relations__ends_on"
    return Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": Now()})


def _by_name(rows: QuerySet[Membership]) -> tuple[Clinician, ...]:
    found = {
        row.user_id: Clinician(row.user_id, row.user.shown_name, row.centre.name)
        for row in rows.select_related("user", "centre").order_by("-pk")
    }
    return tuple(sorted(found.values(), key=lambda each: (each.name.casefold(), each.user_id)))
