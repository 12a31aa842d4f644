"""The patients of a meeting list, by number or pseudonym, among those whose chart the person may read."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from monitoring.models import CareRelation, Patient
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING


def find(*, centres: Sequence[int], numbers: Collection[int], pseudonyms: Collection[str]) -> list[Patient]:
    """Return the patients that these centres care for today and that are named, with their centres."""
    cared_for = CareRelation.objects.filter(holds_now(), centre_id__in=centres, role__in=CARING)
    named = Q(pk__in=list(numbers)) | Q(pseudonym__in=list(pseudonyms))
    return list(Patient.objects.select_related("centre").filter(named, pk__in=cared_for.values("patient_id")))
