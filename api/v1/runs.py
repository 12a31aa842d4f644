"""Runs of the bench: a laboratory's script drops the files of an instrument; what comes next is judged at the bench."""

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import narrowing, paging, problems, standpoints
from api.v1.results import LARGEST_ID
from monitoring.actions import runs
from monitoring.actions.run_files import MOST_FILES, FileNotRead
from monitoring.domain.plate import NoteCode, ReaderNote
from monitoring.forms.runs import RunUploadForm
from monitoring.models import QpcrRun, RunSample
from monitoring.models.choices import RunStateChoice
from monitoring.queries.laboratory import laboratories_of, laboratory_centres
from monitoring.queries.run_targets import TargetOfRun, targets_of
from monitoring.wording.file_refusals import note, refusal

NOT_OF_A_FIELD = "__all__"  # what the form says of the files together


class RunFields(serializers.Serializer[Any]):
    """The files that an instrument's software exported for one run, and the laboratory that measured it."""

    laboratory = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    files = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=MOST_FILES)


class FilesParser(MultiPartParser):
    """Parses files; more parts or more text beside them than any run has are refused in words."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return fields and files; raises ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except SuspiciousOperation as error:
            raise ParseError(f"These are more or larger parts than a run has: {error}") from error


class RunList(APIView):
    """Runs of the bearer's laboratories."""

    parser_classes = (FilesParser,)

    def get(self, request: Request) -> HttpResponseBase:
        """List the runs; `state` and `laboratory` narrow. A run is of many patients: it has no standpoint."""
        standpoints.check_names(request, *standpoints.PAGING, "state", "laboratory")
        asked = {
            "state": narrowing.one_of(request, "state", RunStateChoice.values),
            "laboratory_id": narrowing.number(request, "laboratory"),
        }
        rows = _runs(request).filter(**{name: value for name, value in asked.items() if value is not None})
        return standpoints.tagged(request, paging.content(request, rows, _show))

    def post(self, request: Request) -> Response:
        """Take the files of one run in, whole or not at all; people of the laboratory do.

        Nothing is measured by it: whose its samples are, the review of its curves and controls, and two signatures
        come at the bench, on the `page` of the answer. A file that cannot be read is 422 with its place in the file;
        one that was taken in before is 409 with the `run` that it is.
        """
        standpoints.check_names(request)
        form = _form(request)
        if not form.is_valid():
            told = {name: [str(each) for each in said] for name, said in form.errors.items()}
            raise ValidationError({"files" if name == NOT_OF_A_FIELD else name: said for name, said in told.items()})
        files = form.dropped_files()
        try:
            run = runs.take_in(by=bearer(request), laboratory=form.laboratory_chosen(), files=files, now=timezone.now())
        except FileNotRead as error:
            return _not_read(error, [each.name for each in files])
        except runs.FileTakenBefore as error:
            return _taken_before(error)
        where = {"Location": reverse("api-run", args=[run.pk])}
        return Response(_show_taken_in(run), status=status.HTTP_201_CREATED, headers=where)


class RunDetail(APIView):
    """One run."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the run, without its file."""
        standpoints.check_names(request)
        return standpoints.tagged(request, _show(get_object_or_404(_runs(request), pk=pk)))


def _form(request: Request) -> RunUploadForm:
    """Return the form that the page fills in; what stands in the place of a file and is none is refused."""
    laboratories = laboratories_of(bearer(request))
    if not laboratories:
        raise PermissionDenied(_("These pages are for the people of a laboratory."))
    if texts := request.POST.getlist("files"):
        raise ValidationError({f"files[{at}]": _("This is no file.") for at in range(len(texts))})
    return RunUploadForm(request.POST, laboratories=laboratories, uploaded=request.FILES)


def _not_read(error: FileNotRead, names: list[str]) -> Response:
    """Say what the page says, and the place for a program; of two files with one name none is accused."""
    at = f"[{names.index(error.name)}]" if names.count(error.name) == 1 else ""
    found, said = error.refused, refusal(error.refused, error.name)
    place = {"sheet": found.place.sheet, "line": found.place.line, "column": found.place.column}
    told = problems.answer(status.HTTP_422_UNPROCESSABLE_ENTITY, said, [])
    known = {name: value for name, value in place.items() if value}
    told.data["errors"] = [{"path": f"files{at}", "message": said, "code": found.problem.value, **known}]
    return told


def _taken_before(error: runs.FileTakenBefore) -> Response:
    told = problems.answer(status.HTTP_409_CONFLICT, str(error), [{"path": "files", "message": str(error)}])
    if error.run_id:
        told.data["run"] = error.run_id
    return told


def _runs(request: Request) -> "QuerySet[QpcrRun]":
    rows = QpcrRun.objects.defer("file_content", "notes", "printed_curves").select_related("uploaded_by")
    return rows.filter(laboratory__centre_id__in=laboratory_centres(bearer(request)))


def _show(row: QpcrRun) -> dict[str, Any]:
    return {
        "id": row.pk,
        "laboratory": row.laboratory_id,
        "name": row.name,
        "format": row.format,
        "instrument": row.instrument or None,
        "run_on": row.run_on,
        "file_name": row.file_name,
        "file_sha256": row.file_sha256,
        "state": row.state,
        "revision": row.revision,
        "uploaded_by": row.uploaded_by.username,
        "uploaded_at": row.uploaded_at.isoformat(),
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "discarded_because": row.discarded_because or None,
    }


def _show_taken_in(run: QpcrRun) -> dict[str, Any]:
    """The run with what was read of its files, and where a person goes on."""
    names = RunSample.objects.filter(run=run).order_by("pk").values_list("sample_name", "role")
    return {
        **_show(run),
        "page": reverse("run-samples", args=[run.pk]),
        "targets": [_show_target(each) for each in targets_of(run)],
        "samples": [{"name": name, "role": role} for name, role in names],
        "notes": [_show_note(each) for each in run.notes if "code" in each],
    }


def _show_target(target: TargetOfRun) -> dict[str, Any]:
    return {
        "name": target.name,
        "kind": target.kind or None,
        "assay": target.assay_id,
        "suggested_assay": target.suggested_id,
        "reactions": target.reactions,
    }


def _show_note(kept: dict[str, Any]) -> dict[str, Any]:
    """What the reader of the file had to decide."""
    decided = ReaderNote(NoteCode(kept["code"]), kept["count"], kept["detail"])
    return {"code": decided.code.value, "count": decided.count, "message": note(decided)}
