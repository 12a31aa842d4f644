"""Who cares for a patient, over the API: listed, begun, ended. All of it is of now: it says who may see today."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions, standpoints
from api.v1.exact_text import TextField
from api.v1.patient_rows import readable_patient
from api.v1.results import LARGEST_ID
from monitoring.actions import sharing
from monitoring.actions.sharing import Seen
from monitoring.models import CareRelation, Centre
from monitoring.models.choices import CareRoleChoice


class ShareFields(serializers.Serializer[Any]):
    """Which centre cares for the patient too, as what, from when to when, and why."""

    centre = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    role = serializers.ChoiceField(CareRoleChoice.values)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = TextField(max_length=500)


class CareEndFields(serializers.Serializer[Any]):
    """From which day on the centre sees nothing of the patient, and why; without a day at once."""

    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = TextField(max_length=500)


class CareRelations(APIView):
    """The centres that care and cared for a patient."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """List who cares and cared, by the beginning; from `ends_on` on a centre sees nothing of the patient."""
        standpoints.check_names(request)
        patient = readable_patient(request, pk)
        rows = CareRelation.objects.filter(patient=patient).order_by("starts_on", "pk")
        return standpoints.tagged(request, {"results": [_shown(row) for row in rows]})

    def post(self, request: Request, pk: int) -> Response:
        """Share the patient with a centre of this installation; whoever records for the patient does."""
        patient = readable_patient(request, pk)
        fields = ShareFields(data=request.data)
        fields.is_valid(raise_exception=True)
        told = dict(fields.validated_data)
        centre, reason = _centre(told.pop("centre")), told.pop("reason")
        row = sharing.begin(
            by=bearer(request), patient=patient, relation=CareRelation(centre=centre, **told), now=timezone.now(),
            reason=reason,
        )  # fmt: skip
        return Response(_shown(row), status=status.HTTP_201_CREATED)


class CareRelationDetail(APIView):
    """One centre's care for a patient."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return it, with its tag."""
        standpoints.check_names(request)
        row = get_object_or_404(_relations(), pk=pk)
        readable_patient(request, row.patient_id)
        return standpoints.tagged(request, _shown(row))

    def patch(self, request: Request, pk: int) -> Response:
        """End it: at once, or on the day of `ends_on`. The home centre does, or the centre itself; somebody goes on.

        412 where it is no longer the one of If-Match, 409 where it has ended already.
        """
        row = get_object_or_404(_relations(), pk=pk)
        readable_patient(request, row.patient_id)
        fields = CareEndFields(data=request.data)
        fields.is_valid(raise_exception=True)
        seen = Seen(row.ends_on) if conditions.seen_as_is(request, _shown(row)) else None
        ended = sharing.end(
            by=bearer(request), relation=row, now=timezone.now(), seen=seen, **dict(fields.validated_data)
        )
        return Response(_shown(ended))


def _relations() -> "QuerySet[CareRelation]":
    return CareRelation.objects.select_related("patient__centre", "centre")


def _centre(pk: int) -> Centre:
    found = Centre.objects.filter(pk=pk).first()
    if found is None:
        raise standpoints.Unprocessable({"centre": _("There is no such centre.")})
    return found


def _shown(row: CareRelation) -> dict[str, Any]:
    return {
        "id": row.pk, "patient": row.patient_id, "centre": row.centre_id, "role": row.role,
        "starts_on": row.starts_on, "ends_on": row.ends_on,
    }  # fmt: skip
