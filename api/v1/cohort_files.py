"""The analysis set of a cohort as a file: at once where it is small, else made by the worker and then taken."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import problems, standpoints
from api.v1.cohort_parts import AGAIN_AFTER
from api.v1.cohorts import check_names, cohort_of, version_of
from monitoring.actions import cohort_exports as exporting
from monitoring.actions import cohort_files as making
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.models import CohortFile, CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_data, cohort_exports, cohort_files
from monitoring.queries.cohort_files import FileQuestion
from monitoring.reports import analysis_files

YES, NO = "yes", "no"
ENDED = {
    State.FAILED: "This file could not be made; number {pk} in the log of the worker says why. "
    "POST to the same address asks for it again.",
    State.STOPPED: "Somebody stopped this. POST to the same address asks for it again.",
}


class _FileRenderer(BaseRenderer):
    """Says which file may be asked for; a refusal is JSON, and the file itself is never rendered here."""

    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return JSONRenderer().render(data)


class CsvRenderer(_FileRenderer):
    """A table as text."""

    media_type, format = "text/csv", "csv"


class ParquetRenderer(_FileRenderer):
    """A table with types."""

    media_type, format = "application/vnd.apache.parquet", "parquet"


class _AnalysisSet(APIView):
    """The analysis set as a file of one kind."""

    kind: str
    media_type: str

    def _file(self, request: Request, pk: int, *, again: bool) -> HttpResponseBase:
        version, asked = _asked(request, pk, self.kind)
        data = cohort_data.state_of(version.centre_id, definition_json.from_json(version.definition))
        now = timezone.now()
        file = cohort_files.standing(version, asked, data, now)
        if file is None:
            if cohort_exports.rows_of(version, data) <= cohort_exports.MOST_ROWS_AT_ONCE:
                return self._at_once(request, version, asked)
            if not again and (ended := _ended(version, asked)):
                return ended
            file = making.ask(by=bearer(request), version=version, question=asked, data=data, now=now)
        if file.state != State.DONE:
            return _progress(request, version, file)
        taken = making.take(by=bearer(request), version=version, file=file, now=now)
        answer = StreamingHttpResponse(taken.pieces, content_type=self.media_type)
        answer.headers["Content-Length"] = str(taken.size)
        return _as_saved(answer, taken.name)

    def _at_once(self, request: Request, version: CohortVersion, asked: FileQuestion) -> HttpResponseBase:
        export = cohort_exports.read_export(version, asked.origin, without_dates=asked.without_dates)
        exporting.note_analysis_set(
            by=bearer(request), version=version, export=export, kind=self.kind, now=timezone.now()
        )
        content = analysis_files.file_of(export, self.kind, timezone.localdate())
        return _as_saved(HttpResponse(content, content_type=self.media_type), f"{export.file_name}.{self.kind}")


class AnalysisSetCsv(_AnalysisSet):
    """The analysis set as csv."""

    renderer_classes = (CsvRenderer, JSONRenderer)
    kind, media_type = "csv", CsvRenderer.media_type

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return one row a patient of the cohort's own centre; `origin` is that of the endpoints.

        `without_dates=yes` is the file for sharing: days instead of dates, no pseudonym, no centre, no free text.
        One of many rows is made by the worker: 202 with how far it is, until it is ready. One that failed or was
        stopped is 409 until a POST asks again. Who takes it, with how many rows, is in the audit trail.
        """
        return self._file(request, pk, again=False)

    def post(self, request: Request, pk: int) -> HttpResponseBase:
        """Ask for the file, again where it failed or was stopped: 202, or 200 with it where it is there."""
        return self._file(request, pk, again=True)


class AnalysisSetParquet(_AnalysisSet):
    """The analysis set as Parquet."""

    renderer_classes = (ParquetRenderer, JSONRenderer)
    kind, media_type = "parquet", ParquetRenderer.media_type

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return what the csv holds, with typed columns; the dictionary stands in the metadata of the file."""
        return self._file(request, pk, again=False)

    def post(self, request: Request, pk: int) -> HttpResponseBase:
        """Ask for the file, again where it failed or was stopped: 202, or 200 with it where it is there."""
        return self._file(request, pk, again=True)


def _asked(request: Request, pk: int, kind: str) -> tuple[CohortVersion, FileQuestion]:
    line = cohort_of(request, pk)
    check_names(request, "version", "origin", "without_dates")
    if "fields" in request.query_params:
        raise standpoints.Unprocessable({"fields": "There is no such parameter here."})
    version = version_of(request, line)
    usual = cohort_exports.usual_origin(definition_json.from_json(version.definition))
    origin = Origin(_word(request, "origin", [*Origin], usual))
    shared = _word(request, "without_dates", [YES, NO], NO) == YES
    return version, cohort_files.ask_for(kind, origin, without_dates=shared, language=get_language() or "")


def _ended(version: CohortVersion, asked: FileQuestion) -> Response | None:
    """A refusal where the file came to nothing since it was last there; None where it may be asked for."""
    file = cohort_files.in_hand(version, asked)
    if file is None or file.state not in ENDED:
        return None
    return problems.answer(status.HTTP_409_CONFLICT, ENDED[State(file.state)].format(pk=file.pk), [])


def _progress(request: Request, version: CohortVersion, file: CohortFile) -> Response:
    told = {
        "cohort": version.cohort_id, "version": version.number, "kind": file.kind, "origin": file.origin,
        "without_dates": file.without_dates, "state": file.state, "step": file.step, "share": file.share,
        "asked_at": file.asked_at,
    }  # fmt: skip
    return Response(
        told, status=status.HTTP_202_ACCEPTED, content_type="application/json",
        headers={"Location": request.get_full_path(), "Retry-After": AGAIN_AFTER, "Cache-Control": "no-store"},
    )  # fmt: skip


def _as_saved(answer: HttpResponse | StreamingHttpResponse, name: str) -> HttpResponseBase:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _word(request: Request, name: str, words: list[Any], usual: str) -> str:
    asked = request.query_params.get(name, usual)
    if asked not in words:
        raise ValidationError({name: f"Say one of {', '.join(words)}."})
    return asked
