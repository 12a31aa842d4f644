"""What is taken out of a cohort: the analysis set, its dictionary, and scripts that recompute a figure from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring.actions import cohort_exports as actions
from monitoring.actions import cohort_files as making
from monitoring.domain.cohorts import definition_json, parts
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.parts import NotAQuestion, Part, PartQuestion
from monitoring.models import CohortVersion
from monitoring.queries import cohort_data, cohort_exports
from monitoring.queries import cohort_files as file_queries
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohorts import CohortLine
from monitoring.reports import analysis_files, cohort_figures, recompute_scripts
from monitoring.reports.cohort_figures import FIGURES
from monitoring.reports.recompute_scripts import ScriptOf, can_recompute
from monitoring.views import cohort_files
from monitoring.views.cohort_files import TYPES, FileLines, as_saved
from monitoring.views.cohort_questions import question_of, version_of
from monitoring.views.cohorts import cohort_seen
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_methods_words, cohort_words
from monitoring.wording.cohort_methods_words import DataTold

YES = "yes"


@dataclass(frozen=True, slots=True)
class File:
    """One file: its name and address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class PartFiles:
    """The files of one figure, or the scripts that recompute it."""

    title: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """The exports of a cohort's page; `rows`: as many as the files have, of the flow that the page shows.

    `is_large`: the worker makes the files; `files`: those that it makes or has made.
    """

    pk: int
    query: str
    rows: int | None
    is_large: bool
    files: FileLines
    figures: tuple[PartFiles, ...]
    scripts: tuple[PartFiles, ...]
    methods: list[str]


@login_required
@require_GET
def analysis_set(request: SignedInRequest, pk: int, kind: str) -> HttpResponseBase:
    """Give the analysis set as a file; who took it, of which version, with how many rows, is in the audit.

    One of many rows is made by the worker: the page says how far it is, and the same address gives it when it is ready.
    What is in a csv is read and noted first, and written while it is sent.
    """
    line = cohort_seen(request, pk)
    if kind not in TYPES:
        raise Http404
    version, without_dates = version_of(request, line), request.GET.get("without_dates") == YES
    origin = origin_of(request, version)
    data = cohort_data.state_of(line.centre_id, definition_json.from_json(version.definition))
    asked = file_queries.ask_for(kind, origin, without_dates=without_dates, language=get_language() or "")
    now = timezone.now()
    if found := file_queries.standing(version, asked, data, now):
        return cohort_files.give(request, line, version, found, now)
    rows = cohort_exports.rows_of(version, data)
    if kind == "xlsx" and rows > analysis_files.MOST_XLSX_ROWS:
        messages.error(request, _("This is too large for a workbook: take CSV or Parquet."))
        return redirect("cohort", pk)
    if rows > cohort_exports.MOST_ROWS_AT_ONCE:
        found = making.ask(by=request.user, version=version, question=asked, data=data, now=now)
        return cohort_files.give(request, line, version, found, now)
    export = cohort_exports.read_export(version, origin, without_dates=without_dates)
    actions.note_analysis_set(by=request.user, version=version, export=export, kind=kind, now=now)
    if kind == "csv":
        return as_saved(StreamingHttpResponse(analysis_files.csv_pieces(export)), kind, f"{export.file_name}.csv")
    return as_file(
        analysis_files.file_of(export, kind, timezone.localdate(now, version.centre.zone)), kind, export.file_name
    )


@login_required
@require_GET
def dictionary(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the data dictionary alone: what each column is, without a patient in it."""
    cohort_seen(request, pk)
    content = analysis_files.dictionary_csv(without_dates=request.GET.get("without_dates") == YES)
    return as_file(content, "csv", "data-dictionary")


@login_required
@require_GET
def recompute(request: SignedInRequest, pk: int, part: str, language: str) -> HttpResponse:
    """Give a script that recomputes the figure of a question from the exported csv; it holds no patient."""
    line = cohort_seen(request, pk)
    version, question = version_of(request, line), question_of(request, part)
    if language not in recompute_scripts.LANGUAGES:
        raise Http404
    of = ScriptOf(pk, version.number, f"cohort-{pk}-version-{version.number}.csv")
    try:
        content = recompute_scripts.script(question, of, language)
    except NotAQuestion as error:
        raise Http404 from error
    name, _, ending = recompute_scripts.script_name(question, of, language).rpartition(".")
    return as_file(content.encode(), ending, name)


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file for saving, never for a cache that others read."""
    return as_saved(HttpResponse(content), kind, f"{name}.{kind}")


def origin_of(request: SignedInRequest, version: CohortVersion) -> Origin:
    """Return the origin that was asked for, by default that of the survival figure; 404 for none that there is."""
    asked = request.GET.get("origin")
    try:
        return Origin(asked) if asked else cohort_exports.usual_origin(definition_json.from_json(version.definition))
    except ValueError as error:
        raise Http404 from error


def offered(
    line: CohortLine, version: CohortVersion, flow: Flow | None, data: DataState, *, is_current: bool
) -> Offered:
    """Return what the page offers beside its figures, each with the question that the page asks first.

    `is_current`: whether the flow is of the data that a file would be made of; only then rows and methods are told.
    """
    definition = definition_json.from_json(version.definition)
    asked = [parts.first_asked(part, definition.failures) for part in FIGURES]
    before = {} if version.number == line.latest.number else {"version": str(version.number)}
    rows = len(flow.included) if flow is not None else None
    return Offered(
        pk=line.cohort_id,
        query=urlencode({**before, "origin": str(parts.first_asked(Part.SURVIVAL, definition.failures).origin)}),
        rows=rows if is_current else None,
        is_large=rows is not None and rows > cohort_exports.MOST_ROWS_AT_ONCE,
        files=cohort_files.file_lines(line, version, data),
        figures=tuple(_figures(line.cohort_id, each, before) for each in asked),
        scripts=tuple(_scripts(line.cohort_id, each, before) for each in asked if can_recompute(each)),
        methods=_methods(line, version, flow, data) if flow is not None and is_current else [],
    )


def _figures(pk: int, question: PartQuestion, before: Mapping[str, str]) -> PartFiles:
    address = "cohort-figure"
    return _files(pk, question, before, address, {ending.upper(): ending for ending in cohort_figures.ENDINGS})


def _scripts(pk: int, question: PartQuestion, before: Mapping[str, str]) -> PartFiles:
    return _files(pk, question, before, "cohort-recompute", {"R": "R", "Python": "py"})


def _files(
    pk: int, question: PartQuestion, before: Mapping[str, str], address: str, endings: Mapping[str, str]
) -> PartFiles:
    query = urlencode({**before, **parts.said(question)})
    files = (
        File(name, f"{reverse(address, args=[pk, question.part, ending])}?{query}") for name, ending in endings.items()
    )
    return PartFiles(str(cohort_words.PARTS[question.part]), tuple(files))


def _methods(line: CohortLine, version: CohortVersion, flow: Flow, data: DataState) -> list[str]:
    definition = definition_json.from_json(version.definition)
    told = DataTold(
        version.number, data.revision, flow.considered, len(flow.included), timezone.localdate(), line.is_synthetic
    )
    asked = [parts.first_asked(part, definition.failures) for part in (Part.SURVIVAL, Part.INCIDENCE, Part.TRANSPLANT)]
    return cohort_methods_words.paragraphs(definition, told, asked)
