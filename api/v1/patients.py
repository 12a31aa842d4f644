"""Patients of the bearer's centres: listed, registered, one of them, corrected."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions, paging, sight, standpoints
from api.v1.once import once
from api.v1.patient_rows import ChangeFields, readable_patient
from api.v1.registration import PatientFactsFields, RegistrationFields, take_in
from monitoring.actions import patient_facts
from monitoring.models import Patient
from monitoring.queries.patient_facts import as_known, corrected_at


class PatientList(APIView):
    """Patients, by pseudonym."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the patients that the bearer sees; `pseudonym` narrows to one.

        `known_at` narrows to those registered by that moment, told as they were on record then. `as_of` changes
        nothing: nothing here was collected.
        """
        asked = standpoints.standpoint_of_list(request, "pseudonym")
        rows = Patient.objects.filter(sight.patients_known(request, "pk"))
        if pseudonym := request.query_params.get("pseudonym"):
            rows = rows.filter(pseudonym=pseudonym)
        if asked.known_at is not None:
            rows = rows.filter(recorded_at__lte=asked.known_at)
        found, next_after = paging.cut(request, rows)
        content = {"results": show_patients(found, asked.known_at), "next_after": next_after}
        return standpoints.tagged(request, {**content, **standpoints.told(asked)})

    def post(self, request: Request) -> Response:
        """Register a patient with disease, marker, level at diagnosis and first line: all of it, or nothing.

        Clinicians and data managers register at their own centres. With `Idempotency-Key` the same request is done
        once. Number and names are written and never answered.
        """
        standpoints.check_names(request)
        return once(request, lambda: _registered(request))


class PatientDetail(APIView):
    """One patient."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return who the patient is, by pseudonym; 422 where the patient was not registered by `known_at`."""
        patient = readable_patient(request, pk)
        at = standpoints.standpoint_of(request, patient)
        if not at.knows(patient):
            raise standpoints.Unprocessable({"known_at": "The patient was not registered by then."})
        return standpoints.tagged(request, {**show_patients([patient], at.known_at)[0], **standpoints.told(at)})

    def patch(self, request: Request, pk: int) -> Response:
        """Correct who the patient is, with the `reason`; people of the home centre do.

        412 where the patient is no longer the one of If-Match, 409 where not the one of `seen`. A pseudonym or number
        in use at the centre is refused at its field.
        """
        patient = readable_patient(request, pk)
        asked, fields = ChangeFields(data=request.data), PatientFactsFields(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        fields.is_valid(raise_exception=True)
        recorded_at = patient_facts.recorded_at(patient)
        told = standpoints.told(standpoints.standpoint_now(patient))
        is_seen = conditions.seen_as_is(request, {**show_patients([patient])[0], **told})
        corrected = patient_facts.correct(
            by=bearer(request), patient=patient, changes=dict(fields.validated_data), now=timezone.now(),
            **{**({"seen": recorded_at} if is_seen else {}), **asked.validated_data},
        )  # fmt: skip
        return Response(show_patients([corrected])[0])


def show_patients(patients: Iterable[Patient], known_at: datetime | None = None) -> list[dict[str, Any]]:
    """Return who patients are, as it was on record at a moment: the pseudonym, never the name."""
    found = as_known(patients, known_at)
    corrected = corrected_at((each.pk for each in found), known_at)
    return [_shown(each, corrected.get(each.pk)) for each in found]


def _shown(patient: Patient, corrected: datetime | None) -> dict[str, Any]:
    return {
        "id": patient.pk,
        "centre": patient.centre_id,
        "pseudonym": patient.pseudonym,
        "born_on": patient.born_on,
        "sex": patient.sex,
        "is_synthetic": patient.is_synthetic,
        "constructed": patient.constructed,
        "research_refused_on": patient.research_refused_on,
        "corrected_at": corrected.isoformat() if corrected else None,
    }


def _registered(request: Request) -> Response:
    fields = RegistrationFields(data=request.data)
    fields.is_valid(raise_exception=True)
    patient = take_in(by=bearer(request), data=dict(fields.validated_data), now=timezone.now())
    return Response(show_patients([patient])[0], status=status.HTTP_201_CREATED)
