"""Whose patients a centre looks after today, as a condition on rows of patients."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from monitoring.models import CareRelation, Patient
from monitoring.permissions import CARING


def cared_for(centres: Sequence[int], patient: str = "patient_id", *, measuring: bool = False) -> Exists:
    """Narrow to patients whom one of these centres cares for today; `measuring` counts measuring as care."""
    today = Now()
    relations = CareRelation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        patient_id=OuterRef(patient), centre_id__in=centres, starts_on__lte=today,
    )  # fmt: skip
    return Exists(relations if measuring else relations.filter(role__in=CARING))


def charts_among(patient_ids: Iterable[int], centres: Sequence[int]) -> frozenset[int]:
    """Return those of the patients whose charts people of these centres may open, as this transaction sees them."""
    cared = Patient.objects.filter(cared_for(centres, "pk"), pk__in=list(patient_ids))
    return frozenset(cared.values_list("pk", flat=True))
