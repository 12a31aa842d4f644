"""The patients of a meeting list, by number or pseudonym, among those whose chart the person may read."""

from collections.abc import Collection, Sequence

from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models import CareRelation, Patient
from monitoring.permissions import CARING


def find(*, centres: Sequence[int], numbers: Collection[int], pseudonyms: Collection[str]) -> list[Patient]:
    """Return the patients that these centres care for today and that are named, with their centres."""
    today = Now()
    cared_for = CareRelation.objects.filter(centre_id__in=centres, role__in=CARING, starts_on__lte=today).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    )
    named = Q(pk__in=list(numbers)) | Q(pseudonym__in=list(pseudonyms))
    return list(Patient.objects.select_related("centre").filter(named, pk__in=cared_for.values("patient_id")))
