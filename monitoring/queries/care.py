"""Whose patients a centre looks after today, as a condition on rows of patients."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef

from monitoring.models import CareRelation, Patient
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING


def cared_for(centres: Sequence[int], patient: str = "patient_id", *, measuring: bool = False) -> Exists:
    """Narrow to patients whom one of these centres cares for today; `measuring` counts measuring as care."""
    relations = CareRelation.objects.filter(
        holds_now(), patient_id=OuterRef(patient), centre_id__in=centres
    )  # fmt: skip
    return Exists(relations if measuring else relations.filter(role__in=CARING))


def charts_among(patient_ids: Iterable[int], centres: Sequence[int]) -> frozenset[int]:
    """Return those of the patients whose charts people of these centres may open, as this transaction sees them."""
    cared = Patient.objects.filter(cared_for(centres, "pk"), pk__in=list(patient_ids))
    return frozenset(cared.values_list("pk", flat=True))
