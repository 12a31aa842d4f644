"""The curves of the patient page: the marker that is shown, the others beside it, and the notes pinned to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from monitoring.forms.curve_notes import CurveNoteForm
from monitoring.queries.curve_notes import CurveNotes, read_notes
from monitoring.queries.markers_beside import MarkerBeside, read_beside
from monitoring.queries.patient_page import FollowedMarker, PatientPage
from monitoring.views.interrupted import typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording.account import Account
from monitoring.wording.phrases import followed_words
from monitoring.wording.verdict_sentence import Sentence, verdict_sentence

ALL = "all"  # ?curves=all: every marker, one under the other, on one time axis
ON_PAPER = 12  # the newest samples that a printed page holds, [DESIGN]: more would turn the page


@dataclass(frozen=True, slots=True)
class TrajectoryShown:
    """What templates/components/trajectory.html asks for."""

    slug: str
    title: str
    figure_url: str
    name: str
    table_href: str
    is_past: bool
    unacknowledged: list[str]
    notes_id: str = ""
    stack: str = ""


@dataclass(frozen=True, slots=True)
class CurveBeside:
    """Another marker: its name, its verdict in a sentence, its own page, and its curve where all are shown."""

    followed: FollowedMarker
    title: str
    sentence: Sentence
    trajectory: TrajectoryShown | None


def curves_of(
    request: SignedInRequest, page: PatientPage, keeps: dict[str, str], *, may_record: bool, unacknowledged: list[str]
) -> dict[str, Any]:
    """Return what the section of the curve shows; `keeps` is the query that keeps the standpoint in an address."""
    if page.marker is None:
        return {"trajectory": None, "curves": (), "notes": CurveNotes()}
    shown, is_stacked = page.marker.followed, request.GET.get("curves") == ALL and len(page.followed) > 1
    notes = read_notes(page.identity.patient_id, shown.marker, page.standpoint)
    stack = f"stack-{page.identity.patient_id}" if is_stacked else ""
    notes_id = "notes-on-curve" if notes.standing else ""
    return {
        "trajectory": _trajectory(page, shown, keeps, unacknowledged, notes_id, stack),
        "curves": [_beside(page, one, keeps, stack) for one in read_beside(page)],
        "is_stacked": is_stacked,
        "notes": notes,
        "notes_data": [{"number": one.number, "on": one.on.isoformat(), "text": one.text} for one in notes.standing],
        "note_form": _note_form(page) if may_record and page.standpoint.is_today else None,
        "typed_by": typed_by(request),
        "beyond_paper": beyond_paper(page),
    }


def beyond_paper(page: PatientPage) -> frozenset[str]:
    """Return the results that a printed page leaves out: all but the newest ones."""
    rows = [row.result_id for course in page.marker.samples.courses for row in course.rows] if page.marker else []
    return frozenset(rows[ON_PAPER:])


def _beside(page: PatientPage, one: MarkerBeside, keeps: dict[str, str], stack: str) -> CurveBeside:
    sentence = verdict_sentence(Account(one.series, one.verdict, page.standpoint.as_of))
    title = followed_words(one.followed.marker, one.followed.mutation_type)
    return CurveBeside(
        one.followed, title, sentence, _trajectory(page, one.followed, keeps, [], "", stack) if stack else None
    )


def _trajectory(
    page: PatientPage,
    followed: FollowedMarker,
    keeps: dict[str, str],
    unacknowledged: Iterable[str],
    notes_id: str,
    stack: str,
) -> TrajectoryShown:
    address = reverse("patient-figure", args=[page.identity.patient_id])
    return TrajectoryShown(
        slug=f"trajectory-{followed.series_id}",
        title=followed_words(followed.marker, followed.mutation_type),
        figure_url=f"{address}?{urlencode({'marker': followed.marker, **keeps})}",
        name=page.identity.pseudonym,
        table_href="#samples",
        is_past=not page.standpoint.is_today,
        unacknowledged=list(unacknowledged),
        notes_id=notes_id,
        stack=stack,
    )


def _note_form(page: PatientPage) -> CurveNoteForm:
    markers = [(one.marker, followed_words(one.marker, one.mutation_type)) for one in page.followed]
    shown = page.marker.followed.marker if page.marker else ""
    return CurveNoteForm(markers=markers, initial={"marker": shown})
