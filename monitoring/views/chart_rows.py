"""The door of every row in a patient's record: seen with the chart, written by who may record."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404

from monitoring import permissions
from monitoring.models import Patient
from monitoring.views.charts import chart_of
from monitoring.views.signed_in import SignedInRequest

Row = TypeVar("Row")


def patient_to_record(request: SignedInRequest, pk: int) -> Patient:
    """Return the patient into whose record the person may write."""
    patient = chart_of(request, pk)
    permissions.check_can_record(request.user, patient.pk)
    return patient


def row_to_record(request: SignedInRequest, find: Callable[[int], Row | None], pk: int) -> Row:
    """Return a row of a patient into whose record the person may write; any other does not exist for them."""
    row: Any = find(pk)
    if row is None:
        raise Http404
    patient_to_record(request, row.patient_id)
    found: Row = row
    return found
