"""Files of large analysis sets: given when they are ready, told how far they are, stopped."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from monitoring.actions import cohort_files as actions
from monitoring.actions.cohort_asking import NothingToStop
from monitoring.actions.cohort_files import FileWithheld
from monitoring.domain.cohorts import definition_json
from monitoring.models import CohortFile, CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_data
from monitoring.queries import cohort_files as queries
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_files import FileQuestion, FileShown
from monitoring.queries.cohorts import CohortLine
from monitoring.views.cohort_questions import version_of
from monitoring.views.cohorts import cohort_seen
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_file_words
from monitoring.wording.cohort_waiting_words import SELDOM, SOON, Waiting

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
OneResponse = TypeVar("OneResponse", HttpResponse, StreamingHttpResponse)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as the page tells it: `address` asks for it, or gives it; `waiting` is None where it can be taken."""

    file: FileShown
    title: str
    told: str
    address: str
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class FileLines:
    """The files of a version that are being made, came to nothing or can be taken; how often the page asks anew."""

    lines: tuple[FileLine, ...]
    address: str
    page: str

    @property
    def every(self) -> str:
        """How often the page asks: as often as the busiest line; empty where nothing moves."""
        asking = {line.waiting.every for line in self.lines if line.waiting is not None}
        return next((each for each in (SOON, SELDOM) if each in asking), "")


def give(
    request: SignedInRequest, line: CohortLine, version: CohortVersion, found: CohortFile, now: datetime
) -> HttpResponseBase:
    """Give a file that is ready; show the page that tells how far it is otherwise."""
    if found.state != State.DONE:
        return redirect(page_of(line, version))
    try:
        taken = actions.take(by=request.user, version=version, file=found, now=now)
    except FileWithheld as refused:
        messages.error(request, str(refused))
        return redirect(page_of(line, version))
    answer = as_saved(StreamingHttpResponse(taken.pieces), found.kind, taken.name)
    answer["Content-Length"] = str(taken.size)
    return answer


@login_required
@require_GET
def files(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show how far the files are: into their place on the page; without JavaScript the page itself."""
    line = cohort_seen(request, pk)
    version = version_of(request, line)
    if not request.htmx:
        return redirect(page_of(line, version))
    data = cohort_data.state_of(line.centre_id, definition_json.from_json(version.definition))
    return render(request, "components/cohort_files.html", {"files": file_lines(line, version, data), "pk": pk})


@login_required
@require_POST
def stop(request: SignedInRequest, pk: int, file_id: int) -> HttpResponse:
    """Stop the making of a file."""
    line = cohort_seen(request, pk)
    file = queries.file_row(file_id, [version.version_id for version in line.versions])
    if file is None:
        raise Http404
    with suppress(NothingToStop):  # it came to its end meanwhile, which the page shows
        actions.stop(by=request.user, file_id=file.pk)
    number = next(each.number for each in line.versions if each.version_id == file.version_id)
    return redirect(_of_version(reverse("cohort-files", args=[pk]), line, number))


def file_lines(line: CohortLine, version: CohortVersion, data: DataState) -> FileLines:
    """Return the files of a version as its page tells them."""
    now = timezone.now()
    found = queries.read_files(version, get_language() or "", data, now)
    return FileLines(
        tuple(_line(line, version, each, now) for each in found),
        _of_version(reverse("cohort-files", args=[line.cohort_id]), line, version.number),
        page_of(line, version),
    )


def page_of(line: CohortLine, version: CohortVersion) -> str:
    """Return the address of the page on which files wait."""
    return f"{_of_version(reverse('cohort', args=[line.cohort_id]), line, version.number)}#cohort-files"


def as_saved(answer: OneResponse, kind: str, name: str) -> OneResponse:
    """Return an answer that a browser saves under this name, and no cache keeps."""
    answer["Content-Type"] = TYPES.get(kind, "text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _line(line: CohortLine, version: CohortVersion, file: FileShown, now: datetime) -> FileLine:
    asked = file.question
    return FileLine(
        file=file,
        title=cohort_file_words.title(asked.kind, asked.origin, without_dates=asked.without_dates),
        told=cohort_file_words.rows(file.rows, file.revision),
        address=_address(line, version, asked),
        waiting=None if file.state == State.DONE else _waiting(file, now),
    )


def _waiting(file: FileShown, now: datetime) -> Waiting:
    if file.state == State.FAILED:
        return cohort_file_words.failed(file.pk)
    if file.state == State.STOPPED:
        return cohort_file_words.stopped()
    seen_at = file.started_at if file.state == State.RUNNING else None
    return cohort_file_words.in_hand(file.step, file.share, timezone.localtime(file.asked_at), seen_at, now)


def _address(line: CohortLine, version: CohortVersion, asked: FileQuestion) -> str:
    query = {"without_dates": "yes"} if asked.without_dates else {}
    address = reverse("cohort-analysis-set", args=[line.cohort_id, asked.kind])
    return _of_version(address, line, version.number, **query, origin=asked.origin.value)


def _of_version(address: str, line: CohortLine, number: int, **query: str) -> str:
    before = {} if number == line.latest.number else {"version": str(number)}
    asked = {**before, **query}
    return f"{address}?{urlencode(asked)}" if asked else address
