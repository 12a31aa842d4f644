"""A figure of a cohort as a file: SVG, PNG or PDF of the answer that the page shows."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring.actions import cohort_exports as actions
from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.cohorts import definition_json, part_answers
from monitoring.domain.cohorts.parts import SINGLE_PATIENTS, PartQuestion
from monitoring.models import CohortVersion
from monitoring.queries import cohort_answers, cohort_data, series_patients
from monitoring.queries.cohort_answers import KeptAnswer, PartShown
from monitoring.queries.cohorts import CohortLine
from monitoring.reports import cohort_figures
from monitoring.reports.cohort_figures import FigureSheet
from monitoring.views.cohort_questions import question_of, version_of
from monitoring.views.cohorts import cohort_seen
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_words, dates, states

TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@login_required
@require_GET
def figure(request: SignedInRequest, pk: int, part: str, kind: str) -> HttpResponse:
    """Give the figure of a part with its caption, definition and state of the data; without one, show its page."""
    line = cohort_seen(request, pk)
    version, question = version_of(request, line), question_of(request, part)
    if kind not in TYPES or question.part not in cohort_figures.FIGURES:
        raise Http404
    data = cohort_data.state_of(line.centre_id, definition_json.from_json(version.definition))
    shown = cohort_answers.read_part(version, question, data)
    if shown.kept is None:
        address = request.path.removesuffix(f"figure.{kind}")
        return redirect(f"{address}?{request.GET.urlencode()}")
    answer, now = part_answers.read(question, shown.kept.answer), timezone.now()
    content = cohort_figures.file_of(_sheet(line, version, shown, shown.kept, answer), kind, now)
    actions.note_figure(
        by=request.user, version=version, revision=shown.kept.revision, part=question.part, kind=kind,
        patient_ids=_shown_patients(question, answer), now=now,
    )  # fmt: skip
    found = HttpResponse(content, content_type=TYPES[kind])
    name = f"cohort-{pk}-version-{version.number}-revision-{shown.kept.revision}-{question.part.lower()}.{kind}"
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    found["Cache-Control"] = "private, no-store"
    return found


def _sheet(line: CohortLine, version: CohortVersion, shown: PartShown, kept: KeptAnswer, answer: Any) -> FigureSheet:
    pictures = cohort_figures.pictures(shown.question, answer)
    if not pictures:
        raise Http404
    title = str(cohort_words.PARTS[shown.question.part])
    return FigureSheet(
        title, pictures, cohort_figures.caption(shown.question, answer), _origin(line, version, shown, kept)
    )


def _origin(line: CohortLine, version: CohortVersion, shown: PartShown, kept: KeptAnswer) -> list[str]:
    """From which cohort, data and rules a figure was made, and whether that is of today."""
    definition = definition_json.from_json(version.definition)
    named = _("%(cohort)s, version %(version)s: %(definition)s") % {
        "cohort": line.name, "version": version.number,
        "definition": " ".join(cohort_words.definition_sentences(definition)),
    }  # fmt: skip
    made = _("Data revision %(revision)s, computed %(at)s; rule set %(ruleset)s, engine %(engine)s.") % {
        "revision": kept.revision, "at": dates.moment(kept.finished_at), "engine": ENGINE_VERSION,
        "ruleset": states.word("ruleset", definition.ruleset).words,
    }  # fmt: skip
    pooled = _("With patients of other centres, counted together.") if shown.question.pooled else ""
    old = "" if shown.is_current else _("The data have changed since.")
    invented = _("Synthetic patients: no person stands behind these records.") if line.is_synthetic else ""
    return [each for each in (named, " ".join(filter(None, (made, pooled, old))), invented) if each]


def _shown_patients(question: PartQuestion, answer: Any) -> set[int]:
    """Whose course a figure shows one by one: reading it is reading them."""
    if question.part not in SINGLE_PATIENTS:
        return set()
    lines = next((getattr(answer, name) for name in ("lanes", "lines") if hasattr(answer, name)), None)
    if lines is None:
        lines = [bar for bars in answer.bars.values() for bar in bars]
    return set(series_patients.read_patients_of({each.series_id for each in lines}).values())
