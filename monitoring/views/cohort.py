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
from monitoring.actions.cohort_computing import GIVEN_UP_AFTER
from monitoring.domain.cohorts import definition_json, part_answers, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.models import CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries.analysis_rows import DataState
from monitoring.queries.cohort_answers import InHand, PartShown
from monitoring.queries.cohorts import CohortLine
from monitoring.templatetags.cohorts import asked
from monitoring.views import cohort_exports, cohort_parts
from monitoring.views.cohort_questions import question_of, version_of
from monitoring.views.cohorts import cohort_seen
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import cohort_lead_words, cohort_waiting_words, cohort_words, states
from monitoring.wording.cohort_waiting_words import SELDOM, SOON, Waiting

# The parts of the page in their order: in its head, beside the text, and below it over the whole width.
HEAD = (Part.FLOW, Part.ENDPOINTS)
BESIDE = (Part.SURVIVAL, Part.RESPONSE, Part.WATERFALL)
BELOW = (
    Part.SWIMMER, Part.TRAJECTORIES, Part.INCIDENCE, Part.TRANSPLANT, Part.DEPTH, Part.TIMES, Part.TOXICITY,
    Part.MUTATIONS, Part.KINETICS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as the page includes it: `template` and `figure` are empty while there is no answer yet.

    `query`: what was chosen, with the version where that is not the one in force. `waiting`: while nothing is current.
    """

    part: Part
    title: str
    shown: PartShown
    template: str
    figure: dict[str, Any]
    address: str
    query: str
    waiting: Waiting | None


@login_required
@require_GET
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a cohort whole; a version before can be looked at by its number."""
    line = cohort_seen(request, pk)
    version = version_of(request, line)
    data = cohort_data.state_of(line.centre_id, _definition(version))
    failures = _definition(version).failures
    questions = [parts.first_asked(part, failures) for part in (*HEAD, *BESIDE, *BELOW)]
    shown = _asked(request, version, questions, data)
    flow, endpoints, response = _answer(shown[0]), _answer(shown[1]), _answer(shown[2 + BESIDE.index(Part.RESPONSE)])
    drawn = [_part(line, version, each) for each in shown]
    head, beside, below = drawn[:2], drawn[2 : 2 + len(BESIDE)], drawn[2 + len(BESIDE) :]
    context = {
        **_head(request, line, version, data), "flow": flow, "parts_flow": shown[0],
        "flow_lines": cohort_words.flow_lines(flow) if flow else [],
        "included": len(flow.included) if flow else None,
        "lead": cohort_lead_words.lead(response, endpoints, shown[1].question),
        "follow_up": cohort_lead_words.follow_up(endpoints),
        "endpoints": cohort_lead_words.endpoint_rows(endpoints),
        "exports": cohort_exports.offered(line, version, flow, data, is_current=shown[0].is_current),
        "head_parts": head, "beside": beside, "below": below,
        "head_asks": _every([*head, *(each for each in beside if each.part is Part.RESPONSE)]),
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
    context = {**_head(request, line, version, data), "each": _part(line, version, shown)}
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
    version = next(each.number for each in line.versions if each.version_id == answer.version_id)
    return redirect(_address_of(line, version, parts.ask(answer.part, answer.question)))


@login_required
@require_POST
def cohort_again(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Ask anew, with what was chosen, for a part that was stopped, or could not be computed."""
    line = cohort_seen(request, pk)
    version, question = version_of(request, line), question_of(request, part)
    data = cohort_data.state_of(line.centre_id, _definition(version))
    cohort_asking.ask(by=request.user, version=version, question=question, data=data, now=timezone.now())
    return redirect(_address_of(line, version.number, question))


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
        "may_define": not line.archived_at and permissions.can_define_cohorts(request.user, line.centre_id),
        "is_synthetic": line.is_synthetic,
    }  # fmt: skip


def _definition(version: CohortVersion) -> CohortDefinition:
    return definition_json.from_json(version.definition)


def _answer(shown: PartShown) -> Any:
    """The answer that is kept of a part; None where there is none yet."""
    return None if shown.kept is None else part_answers.read(shown.question, shown.kept.answer)


def _part(line: CohortLine, version: CohortVersion, shown: PartShown) -> ShownPart:
    question, pk = shown.question, line.cohort_id
    title, address = str(cohort_words.PARTS[question.part]), reverse("cohort-part", args=[pk, question.part])
    drawn = cohort_parts.Drawn("", {})
    if shown.kept is not None:
        drawn = cohort_parts.draw(question, part_answers.read(question, shown.kept.answer))
    query = _query(line, version.number, question)
    waiting = _waiting(shown.in_hand) if shown.in_hand and not shown.is_current else None
    return ShownPart(question.part, title, shown, drawn.template, drawn.context, address, query, waiting)


def _waiting(in_hand: InHand) -> Waiting:
    """What is done with a part that is in hand, or what became of it."""
    now, asked_at = timezone.now(), timezone.localtime(in_hand.asked_at)
    if in_hand.state == State.FAILED:
        return cohort_waiting_words.failed(in_hand.pk)
    if in_hand.state == State.STOPPED:
        return cohort_waiting_words.stopped()
    if in_hand.state == State.WAITING or in_hand.started_at is None:
        return cohort_waiting_words.waits(asked_at, now)
    seen_at = timezone.localtime(in_hand.started_at)
    return cohort_waiting_words.runs(in_hand.step, in_hand.share, asked_at, seen_at, seen_at + GIVEN_UP_AFTER, now)


def _every(asked_again: Sequence[ShownPart]) -> str:
    """How often the head of the page asks; empty where it has everything that there will be."""
    going_on = {each.waiting.every for each in asked_again if each.waiting}
    return next((every for every in (SOON, SELDOM) if every in going_on), "")


def _query(line: CohortLine, version: int, question: PartQuestion) -> str:
    """A question as it is written into an address, of an earlier version by its number."""
    earlier = "" if version == line.latest.number else f"&version={version}"
    return f"{asked(question)}{earlier}".removeprefix("&")


def _address_of(line: CohortLine, version: int, question: PartQuestion) -> str:
    """Where an answer is shown: a part by itself, what stands in the head on the page of the cohort."""
    if question.part in HEAD:
        earlier = "" if version == line.latest.number else f"?version={version}"
        return f"{reverse('cohort', args=[line.cohort_id])}{earlier}"
    return f"{reverse('cohort-part', args=[line.cohort_id, question.part])}?{_query(line, version, question)}"
