"""Patients of the bearer's centres."""

from typing import Any

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from api.v1 import paging, standpoints
from monitoring.models import Patient


class PatientList(APIView):
    """Patients, by pseudonym."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the patients that the bearer sees; `pseudonym` narrows to one.

        `known_at` narrows to those registered by that moment. `as_of` changes nothing: nothing here was collected.
        """
        asked = standpoints.standpoint_of_list(request, "pseudonym")
        rows = Patient.objects.all()
        if pseudonym := request.query_params.get("pseudonym"):
            rows = rows.filter(pseudonym=pseudonym)
        if asked.known_at is not None:
            rows = rows.filter(recorded_at__lte=asked.known_at)
        return standpoints.tagged(request, {**paging.content(request, rows, show_patient), **standpoints.told(asked)})


def show_patient(patient: Patient) -> dict[str, Any]:
    """Return who a patient is: the pseudonym, never the name."""
    return {
        "id": patient.pk,
        "centre": patient.centre_id,
        "pseudonym": patient.pseudonym,
        "born_on": patient.born_on,
        "sex": patient.sex,
        "is_synthetic": patient.is_synthetic,
        "research_refused_on": patient.research_refused_on,
    }
