"""One cohort: its definition, its flow, and every part as it was last computed; what is old is asked for anew."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from monitoring import permissions
from monitoring.actions import cohort_asking
from monitoring.actions.cohort_asking import NothingToStop
from monitoring.domain.cohorts import definition_json, part_answers, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.models import CohortVersion
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_answers import PartShown
from monitoring.queries.cohorts import CohortLine
from monitoring.views import cohort_exports, cohort_parts
from monitoring.views.cohort_questions import question_of, version_of
from monitoring.views.cohorts import cohort_seen
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_lead_words, cohort_words, states

# The parts of the page in their order: beside the text, and below it over the whole width.
BESIDE = (Part.SURVIVAL, Part.RESPONSE, Part.WATERFALL)
BELOW = (
    Part.SWIMMER, Part.TRAJECTORIES, Part.INCIDENCE, Part.TRANSPLANT, Part.DEPTH, Part.TIMES, Part.TOXICITY,
    Part.MUTATIONS, Part.KINETICS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as the page includes it: `template` and `figure` are empty while there is no answer yet."""

    part: Part
    title: str
    shown: PartShown
    template: str
    figure: dict[str, Any]
    address: str


@login_required
@require_GET
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a cohort whole; a version before can be looked at by its number."""
    line = cohort_seen(request, pk)
    version = version_of(request, line)
    data = cohort_data.state_of(line.centre_id, _definition(version))
    failures = _definition(version).failures
    questions = [parts.first_asked(part, failures) for part in (Part.FLOW, Part.ENDPOINTS, *BESIDE, *BELOW)]
    shown = _asked(request, version, questions, data)
    flow, endpoints, response = _answer(shown[0]), _answer(shown[1]), _answer(shown[2 + BESIDE.index(Part.RESPONSE)])
    first, last = 2, 2 + len(BESIDE)
    context = {
        **_head(request, line, version, data), "flow": flow, "parts_flow": shown[0],
        "flow_lines": cohort_words.flow_lines(flow) if flow else [],
        "included": len(flow.included) if flow else None,
        "lead": cohort_lead_words.lead(response, endpoints, shown[1].question),
        "follow_up": cohort_lead_words.follow_up(endpoints),
        "endpoints": cohort_lead_words.endpoint_rows(endpoints),
        "exports": cohort_exports.offered(line, version, flow, data, is_current=shown[0].is_current),
        "beside": [_part(pk, each) for each in shown[first:last]],
        "below": [_part(pk, each) for each in shown[last:]],
    }  # fmt: skip
    return render(request, "cohort.html", context)


@login_required
@require_GET
def cohort_part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Show one part with the options that were chosen: into its place on the page, or as a page of its own."""
    line = cohort_seen(request, pk)
    version = version_of(request, line)
    question = question_of(request, part)
    data = cohort_data.state_of(line.centre_id, _definition(version))
    [shown] = _asked(request, version, [question], data)
    context = {**_head(request, line, version, data), "each": _part(pk, shown)}
    return render(request, "cohort_part.html#part" if request.htmx else "cohort_part.html", context)


@login_required
@require_POST
def cohort_stop(request: SignedInRequest, pk: int, answer_id: int) -> HttpResponse:
    """Stop what is being computed."""
    line = cohort_seen(request, pk)
    answer = cohort_answers.answer_row(answer_id, [version.version_id for version in line.versions])
    if answer is None:
        raise Http404
    with suppress(NothingToStop):  # it came to its end meanwhile, which the page shows
        cohort_asking.stop(by=request.user, answer_id=answer.pk)
    return redirect("cohort", pk)


@login_required
@require_POST
def cohort_again(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Ask anew for a part that was stopped, or could not be computed."""
    line = cohort_seen(request, pk)
    version, question = version_of(request, line), question_of(request, part)
    data = cohort_data.state_of(line.centre_id, _definition(version))
    cohort_asking.ask(by=request.user, version=version, question=question, data=data, now=timezone.now())
    return redirect(f"{_address(pk, part)}?{request.GET.urlencode()}")


def _asked(
    request: SignedInRequest, version: CohortVersion, questions: Sequence[PartQuestion], data: DataState
) -> list[PartShown]:
    """What there is of each part; what is missing or old, and not in hand, is asked for."""
    shown = cohort_answers.read_parts(version, questions, data)
    wanted = [each.question for each in shown if not each.is_current and each.in_hand is None]
    if not wanted:
        return shown
    for question in wanted:
        cohort_asking.ask(by=request.user, version=version, question=question, data=data, now=timezone.now())
    return cohort_answers.read_parts(version, questions, data)


def _head(request: SignedInRequest, line: CohortLine, version: CohortVersion, data: DataState) -> dict[str, Any]:
    definition = _definition(version)
    return {
        "cohort": line, "version": version, "data": data,
        "ruleset": states.word("ruleset", definition.ruleset).words,
        "sentences": cohort_words.definition_sentences(definition),
        "considered": cohort_words.considered_words(definition),
        "may_define": permissions.can_define_cohorts(request.user, line.centre_id),
        "is_synthetic": line.is_synthetic,
    }  # fmt: skip


def _definition(version: CohortVersion) -> CohortDefinition:
    return definition_json.from_json(version.definition)


def _answer(shown: PartShown) -> Any:
    """The answer that is kept of a part; None where there is none yet."""
    return None if shown.kept is None else part_answers.read(shown.question, shown.kept.answer)


def _part(pk: int, shown: PartShown) -> ShownPart:
    part, address = shown.question.part, _address(pk, shown.question.part)
    title = str(cohort_words.PARTS[part])
    if shown.kept is None:
        return ShownPart(part, title, shown, "", {}, address)
    drawn = cohort_parts.draw(shown.question, part_answers.read(shown.question, shown.kept.answer))
    return ShownPart(part, title, shown, drawn.template, drawn.context, address)


def _address(pk: int, part: str) -> str:
    return reverse("cohort-part", args=[pk, part])
