"""Registering a patient over the API: who, which leukaemia, which marker, where the first line stands."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.v1.exact_numbers import ExactNumberField
from api.v1.exact_text import TextField
from api.v1.results import LARGEST_ID
from api.v1.standpoints import Unprocessable
from monitoring import permissions
from monitoring.actions import registration
from monitoring.actions.diseases import ELN_EDITIONS
from monitoring.actions.refusals import ImpossibleDate
from monitoring.actions.registration import FirstLine, Registration
from monitoring.forms.registration import AML_TYPES
from monitoring.models import Centre, Disease, Patient, User
from monitoring.models.choices import ElnRiskChoice, MarkerChoice, RemissionChoice, SexChoice

# Where a refusal of the action stands in what was sent.
PATH_OF = {
    "diagnosed_on": "disease.diagnosed_on", "collected_on": "disease.diagnosed_on",
    "pct_abl1": "marker.baseline_pct_abl1", "marker": "marker.marker", "mutation_type": "marker.mutation_type",
    "starts_on": "first_line.starts_on", "ends_on": "first_line.ends_on", "regimen": "first_line.regimen",
    "cycle_2_on": "first_line.cycle_2_on", "kind": "first_line",
}  # fmt: skip


class PatientFactsFields(serializers.Serializer[Any]):
    """Who the patient is; number and names are written and never answered."""

    pseudonym = TextField(max_length=30)
    hospital_number = TextField(max_length=50, required=False, allow_blank=True)
    family_name = TextField(max_length=100, required=False, allow_blank=True)
    given_name = TextField(max_length=100, required=False, allow_blank=True)
    born_on = serializers.DateField()
    sex = serializers.ChoiceField(SexChoice.values)


class NewDiseaseFields(serializers.Serializer[Any]):
    """The leukaemia at diagnosis; a risk has its edition. Without `aml_type` it is named after the marker."""

    aml_type = TextField(max_length=100, required=False)
    diagnosed_on = serializers.DateField()
    karyotype = TextField(max_length=200, required=False, allow_blank=True)
    eln_risk = serializers.ChoiceField(ElnRiskChoice.values, required=False)
    eln_risk_edition = serializers.ChoiceField(["", *ELN_EDITIONS], required=False)
    remission = serializers.ChoiceField(RemissionChoice.values, required=False)


class DiseaseFields(NewDiseaseFields):
    """The leukaemia at diagnosis; a risk has its edition. `constructed` is read only."""

    aml_type = TextField(max_length=100)
    constructed = serializers.ListField(child=serializers.CharField(), read_only=True)


class NewMarkerFields(serializers.Serializer[Any]):
    """What is followed, with the marrow level at diagnosis in per cent of ABL1."""

    marker = serializers.ChoiceField(MarkerChoice.values)
    mutation_type = TextField(max_length=20, required=False, allow_blank=True, default="")
    baseline_pct_abl1 = ExactNumberField(above_zero=True, required=False, allow_null=True, default=None)


class FirstLineFields(serializers.Serializer[Any]):
    """The first line of treatment; without an end it is still running."""

    regimen = TextField(max_length=200)
    starts_on = serializers.DateField()
    cycle_2_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)


class RegistrationFields(PatientFactsFields):
    """Everything that is told of a patient at the beginning."""

    centre = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    disease = NewDiseaseFields()
    marker = NewMarkerFields()
    first_line = FirstLineFields(required=False, allow_null=True, default=None)


def take_in(*, by: User, data: dict[str, Any], now: datetime) -> Patient:
    """Register a patient, whole or not at all; a refusal stands at the path of what was sent."""
    told = dict(data)
    centre = _centre(by, told.pop("centre"))
    disease, marker, line = told.pop("disease"), told.pop("marker"), told.pop("first_line")
    if disease.get("eln_risk") and not disease.get("eln_risk_edition"):
        raise ValidationError({"disease": {"eln_risk_edition": _("Say by which edition the risk was told.")}})
    if not disease.get("eln_risk"):
        disease["eln_risk_edition"] = ""
    which = MarkerChoice(marker["marker"])
    whole = Registration(
        patient=Patient(centre=centre, is_synthetic=centre.is_synthetic, **told),
        disease=Disease(**{"aml_type": AML_TYPES[which], **disease}),
        marker=which,
        mutation_type=marker["mutation_type"].upper(),
        baseline_pct_abl1=marker["baseline_pct_abl1"],
        first_line=FirstLine(**line) if line else None,
    )
    try:
        return registration.take_in(by=by, registration=whole, now=now)
    except ImpossibleDate as refused:
        raise ImpossibleDate(PATH_OF.get(refused.field, refused.field), str(refused)) from refused


def _centre(by: User, pk: int) -> Centre:
    own = {m.centre_id: m.centre for m in permissions.memberships_of(by) if m.role in permissions.RECORDING_ROLES}
    if not own:
        raise PermissionDenied(_("Only clinicians and data managers of a centre register its patients."))
    if pk not in own:
        raise Unprocessable({"centre": _("You register no patients of this centre.")})
    return own[pk]
