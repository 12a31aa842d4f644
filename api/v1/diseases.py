"""The disease of a patient over the API: read from a standpoint, corrected with a reason."""

from datetime import datetime
from typing import Any, NoReturn

from rest_framework.exceptions import MethodNotAllowed

from api.v1.patient_rows import PatientRow, Table
from api.v1.record import RecordRows
from api.v1.registration import DiseaseFields
from monitoring.actions import diseases
from monitoring.models import Disease, User

NAMES = {
    "aml_type": "aml_type", "diagnosed_on": "diagnosed_on", "karyotype": "karyotype", "eln_risk": "eln_risk",
    "eln_risk_edition": "eln_risk_edition", "remission": "remission", "constructed": "constructed",
}  # fmt: skip


def _change(by: User, row: Disease, changes: dict[str, Any], asked: dict[str, Any], now: datetime) -> Disease:
    return diseases.change(by=by, disease=row, changes=changes, now=now, reason=asked["reason"], seen=asked.get("seen"))


def _never(*_: object) -> NoReturn:
    """A disease comes with its patient, and stays."""
    raise MethodNotAllowed("POST, DELETE")


TABLE = Table(Disease, DiseaseFields, NAMES, "diagnosed_on", _never, _change, _never)


class Diseases(RecordRows):
    """The leukaemia at diagnosis."""

    model, day, names, table = Disease, TABLE.day, NAMES, TABLE


class DiseaseDetail(PatientRow):
    """One disease; it comes with its patient, and stays."""

    http_method_names = ["get", "head", "options", "patch"]
    table = TABLE
