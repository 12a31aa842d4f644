"""The report of a patient as PDF, the same that the page gives."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import standpoints
from monitoring import permissions
from monitoring.actions import reading, recompute
from monitoring.models import Patient
from monitoring.queries import known_inputs
from monitoring.reports.patient_report import Printing, patient_pdf

UNKNOWN_YET = "The patient was not registered by then."


class PdfRenderer(BaseRenderer):
    """Lets a caller ask for application/pdf; a refusal is told as problem+json all the same."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return a refusal as JSON: the report itself is never rendered here."""
        return json.dumps(data).encode()


class PatientReport(APIView):
    """The tumour-board page of a patient."""

    renderer_classes = (PdfRenderer, JSONRenderer)

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the report from the standpoint asked for: pseudonym only, never a name.

        `marker` narrows to one of several; `language` is `en` (by default) or `fr`.
        """
        patient = get_object_or_404(Patient.objects.select_related("centre"), pk=pk)
        if not permissions.can_read_chart(bearer(request), patient.pk):
            raise NotFound
        at, now = standpoints.standpoint_of(request, patient, "marker", "language"), timezone.now()
        if not at.knows(patient):
            raise standpoints.Unprocessable({"known_at": UNKNOWN_YET})
        language, marker = _language(request), request.query_params.get("marker", "")
        if marker and marker not in {row.marker for row in known_inputs.followed_series(patient, at.known_at)}:
            raise NotFound
        reading.note(by=bearer(request), patient=patient, channel="api", now=now)
        recompute.drain_patient(patient.pk, now=now)
        content = patient_pdf(patient, at, Printing(bearer(request).shown_name, now, language), marker)
        answer = HttpResponse(content, content_type=PdfRenderer.media_type)
        answer.headers["Content-Disposition"] = 'attachment; filename="report.pdf"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _language(request: Request) -> str:
    asked = request.query_params.get("language", settings.LANGUAGE_CODE)
    if asked not in dict(settings.LANGUAGES):
        raise standpoints.Unprocessable({"language": "There is no report in this language."})
    return asked
