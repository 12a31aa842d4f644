"""Patients of the bearer's centres."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.v1.paging import page
from monitoring.models import Patient


class PatientList(APIView):
    """Patients, by pseudonym."""

    def get(self, request: Request) -> Response:
        """List the patients that the bearer sees; `pseudonym` narrows to one."""
        rows = Patient.objects.all()
        if pseudonym := request.query_params.get("pseudonym"):
            rows = rows.filter(pseudonym=pseudonym)
        return page(request, rows, _show)


def _show(patient: Patient) -> dict[str, Any]:
    return {
        "id": patient.pk,
        "centre": patient.centre_id,
        "pseudonym": patient.pseudonym,
        "born_on": patient.born_on,
        "sex": patient.sex,
        "is_synthetic": patient.is_synthetic,
    }
