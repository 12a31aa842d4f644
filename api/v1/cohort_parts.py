"""The figures and tables of a cohort as numbers."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import problems, standpoints
from api.v1.cohorts import check_names, cohort_of, version_of
from api.v1.named_json import named
from monitoring.actions import cohort_asking
from monitoring.domain.cohorts import definition_json, part_answers, parts
from monitoring.domain.cohorts.parts import DEFAULTS, NotAQuestion, Part, PartQuestion
from monitoring.forms.cohort_questions import asked_of
from monitoring.models import CohortVersion
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries.cohort_answers import KeptAnswer, PartShown

AGAIN_AFTER = "2"  # seconds; [DESIGN] most parts are computed in less
ENDED = {
    State.FAILED: "This could not be computed; the log has why under {number}. POST to the same address asks again.",
    State.STOPPED: "Somebody stopped this. POST to the same address asks for it again.",
}


class CohortPart(APIView):
    """One figure or table of a cohort as numbers."""

    def get(self, request: Request, pk: int, part: str) -> HttpResponseBase:
        """Return the answer from the data of today: 200 with it, or 202 with how far it is while it is computed.

        What is missing is asked for by this. One that failed or was stopped is 409 until a POST asks again.
        """
        version, question = self._asked(request, pk, part)
        shown = _read(version, question)
        if shown.is_current and shown.kept is not None:
            return standpoints.tagged(request, _answered(version, question, shown.kept))
        if shown.in_hand is not None and shown.in_hand.state in ENDED:
            told = ENDED[State(shown.in_hand.state)].format(number=shown.in_hand.pk)
            return problems.answer(status.HTTP_409_CONFLICT, told, [])
        return self._ask(request, version, question)

    def post(self, request: Request, pk: int, part: str) -> HttpResponseBase:
        """Ask for the answer, again where it failed or was stopped: 202, or 200 where it is there."""
        version, question = self._asked(request, pk, part)
        return self._ask(request, version, question)

    def _asked(self, request: Request, pk: int, part: str) -> tuple[CohortVersion, PartQuestion]:
        line = cohort_of(request, pk)
        if part not in set(Part):
            raise Http404
        check_names(request, "version", "pooled", *DEFAULTS[Part(part)])
        given = {name: request.query_params[name] for name in request.query_params if name not in {"version", "fields"}}
        try:
            return version_of(request, line), asked_of(part, given)
        except NotAQuestion as error:
            raise ValidationError({error.field: "This part does not answer that."}) from error

    def _ask(self, request: Request, version: CohortVersion, question: PartQuestion) -> HttpResponseBase:
        data = cohort_data.state_of(version.centre_id, definition_json.from_json(version.definition))
        cohort_asking.ask(by=bearer(request), version=version, question=question, data=data, now=timezone.now())
        shown = cohort_answers.read_part(version, question, data)
        if shown.is_current and shown.kept is not None:
            return standpoints.tagged(request, _answered(version, question, shown.kept))
        return Response(
            _progress(version, question, shown), status=status.HTTP_202_ACCEPTED,
            headers={"Location": request.get_full_path(), "Retry-After": AGAIN_AFTER, "Cache-Control": "no-store"},
        )  # fmt: skip


def _read(version: CohortVersion, question: PartQuestion) -> PartShown:
    data = cohort_data.state_of(version.centre_id, definition_json.from_json(version.definition))
    return cohort_answers.read_part(version, question, data)


def _head(version: CohortVersion, question: PartQuestion) -> dict[str, Any]:
    return {
        "cohort": version.cohort_id, "version": version.number, "part": question.part.value,
        "question": named(parts.said(question)),
    }  # fmt: skip


def _answered(version: CohortVersion, question: PartQuestion, kept: KeptAnswer) -> dict[str, Any]:
    return {
        **_head(version, question),
        "data_revision": kept.revision,
        "computed_at": kept.finished_at,
        "answer": named(part_answers.read(question, kept.answer)),
    }


def _progress(version: CohortVersion, question: PartQuestion, shown: PartShown) -> dict[str, Any]:
    in_hand = shown.in_hand
    return {
        **_head(version, question),
        "state": in_hand.state if in_hand else State.WAITING.value,
        "step": in_hand.step if in_hand else "",
        "share": in_hand.share if in_hand else 0,
        "asked_at": in_hand.asked_at if in_hand else None,
    }
