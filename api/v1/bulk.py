"""Up to a thousand results in one request, all or none or each for itself, and the same request only once."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import MachineTokenAuthentication, ScopedTokenAuthentication, bearer
from api.v1 import problems
from api.v1.once import once
from api.v1.results import ResultFields, reading_of
from api.v1.standpoints import check_names
from monitoring.actions import bulk_results, client_scopes
from monitoring.actions.bulk_entries import Entry, TubeFacts
from monitoring.actions.bulk_results import LARGEST_REQUEST, SomeRefused, Way, Written
from monitoring.models import AccessToken, User

ALL_OR_NOTHING, PER_ITEM = "all-or-nothing", "per-item"
SENDING = ("Observation", "c")  # what a machine's scope must allow

Checked = Entry | ValidationError


class ResultBulk(APIView):
    """Many results in one request."""

    authentication_classes = (MachineTokenAuthentication, ScopedTokenAuthentication)

    def post(self, request: Request) -> Response:
        """Take up to 1,000 results in; `mode` says whether one that is refused refuses all.

        From people of the measuring laboratory they become drafts, with `submit=yes` handed to a second person. From a
        laboratory's machine they are signed there: they count at once, and one that corrects an earlier one supersedes
        it. `Idempotency-Key`: the same request with the same key is answered as before and done once.
        """
        mode, way = _mode(request), _way(request)
        return once(request, lambda: _taken(request, mode, way))


def _taken(request: Request, mode: str, way: Way) -> Response:
    checked = _entries(request)
    return _all(bearer(request), checked, way) if mode == ALL_OR_NOTHING else _each(bearer(request), checked, way)


def _mode(request: Request) -> str:
    check_names(request, "mode", "submit")
    mode = request.query_params.get("mode", "")
    if mode not in (ALL_OR_NOTHING, PER_ITEM):
        raise ValidationError({"mode": f"Say {ALL_OR_NOTHING} or {PER_ITEM}."})
    return mode


def _way(request: Request) -> Way:
    submit = request.query_params.get("submit", "no")
    if submit not in ("yes", "no"):
        raise ValidationError({"submit": "Say yes or no."})
    if isinstance(request.auth, AccessToken):
        if not client_scopes.allows(request.auth.scope, *SENDING):
            raise PermissionDenied("The scope of this token does not hold system/Observation.c.")
        return Way.SENT
    return Way.SUBMITTED if submit == "yes" else Way.DRAFT


def _entries(request: Request) -> list[Checked]:
    sent = request.data.get("results") if isinstance(request.data, dict) else None
    if not isinstance(sent, list) or not 0 < len(sent) <= LARGEST_REQUEST:
        raise ValidationError({"results": f"Give a list of 1 to {LARGEST_REQUEST} results."})
    fields = ResultFields()
    return [_entry(fields, item) for item in sent]


def _entry(fields: ResultFields, item: Any) -> Checked:
    try:
        data: Mapping[str, Any] = fields.run_validation(item)
    except serializers.ValidationError as error:
        return error
    tube = TubeFacts(**data["sample"])
    return Entry(data["series"], data["assay"], tube, reading_of(data), data["comment"])


def _all(by: User, checked: list[Checked], way: Way) -> Response:
    entries = [each for each in checked if isinstance(each, Entry)]
    refusals: dict[int, Exception] = {at: each for at, each in enumerate(checked) if not isinstance(each, Entry)}
    if refusals:
        return _refused(refusals)
    try:
        written = bulk_results.take_all(by=by, entries=entries, way=way, now=timezone.now())
    except SomeRefused as refused:
        return _refused(refused.refusals)
    told = [_told(at, one) for at, one in enumerate(written)]
    return Response({"mode": ALL_OR_NOTHING, "results": told}, status=status.HTTP_201_CREATED)


def _each(by: User, checked: list[Checked], way: Way) -> Response:
    entries = [each for each in checked if isinstance(each, Entry)]
    outcomes = iter(bulk_results.take_each(by=by, entries=entries, way=way, now=timezone.now()))
    told = [_told(at, next(outcomes) if isinstance(each, Entry) else each) for at, each in enumerate(checked)]
    return Response({"mode": PER_ITEM, "results": told})


def _told(at: int, outcome: Written | Exception) -> dict[str, Any]:
    if isinstance(outcome, Exception):
        problem = problems.problem_of(outcome)
        return {"index": at, "status": problem["status"], "problem": problem}
    row, is_new = outcome
    return {
        "index": at, "status": status.HTTP_201_CREATED if is_new else status.HTTP_200_OK, "id": row.pk,
        "state": row.state, "version": row.version, "call": row.call,
        "pct_abl1": None if row.pct_abl1 is None else format(row.pct_abl1, "f"),
    }  # fmt: skip


def _refused(refusals: dict[int, Exception]) -> Response:
    """One problem, with the path of each wrong field; its status is that of the first refusal."""
    told = {at: problems.problem_of(each) for at, each in refusals.items()}
    errors = [
        {"path": f"results[{at}].{error['path']}".rstrip("."), "message": error["message"]}
        for at, problem in told.items()
        for error in problem["errors"] or [{"path": "", "message": problem["detail"]}]
    ]
    first: int = next(iter(told.values()))["status"]
    sentence = "Some of the results are refused; nothing was written."
    return problems.answer(first, sentence, errors)
