"""The OpenAPI 3.1 description of REST v1, made from its operations."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from api.v1 import answers, descriptions, precision
from api.v1.descriptions import Operation
from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.parts import Comparison, Grouping, Part
from monitoring.domain.terms import RuleSetId
from monitoring.models.choices import AlertStateChoice, ResultStateChoice, RunStateChoice, TissueChoice

PREFIX = "/api/v1/"
OWN = ("/api/v1/schema", "/api/v1/docs")
PROBLEM_JSON = "application/problem+json"
NO_BODY = {204: "Removed; what it was stays in the history.", 304: "The caller has it already."}
REFUSED = {
    400: "The form is wrong; each field is named.", 401: "No token, or one that was revoked.",
    403: "Not for you: another role, or a second person.", 404: "There is nothing here for you.",
    409: "It is no longer in this state, or was written at the same moment.",
    412: "It has changed since: the tag is another.", 422: "Refused by a rule; the sentence says which.",
    415: "Another media type than the one described.",
    428: "Say what you saw: If-Match, or revision and changed_at.", 429: "Too many requests; see Retry-After.",
}  # fmt: skip
EXAMPLE_PROBLEM = {
    "type": "about:blank", "title": "Refused", "status": 422, "detail": "This day is in the future.",
    "errors": [{"path": "collected_on", "message": "This day is in the future."}],
}  # fmt: skip

WHOLE, TEXT, DAY, MOMENT = precision.NUMBER, OpenApiTypes.STR, OpenApiTypes.DATE, OpenApiTypes.STR
# name here: (type, words, what it is, name in the address where another)
QUERY: dict[str, tuple[Any, list[str] | None, str, str]] = {
    "as_of": (DAY, None, "What was collected, given or had happened by this day.", ""),
    "known_at": (MOMENT, None, "What was on record by this moment: 2026-03-13T17:00:00+01:00.", ""),
    "fields": (TEXT, None, "Names of the fields to show, with commas between.", ""),
    "after": (WHOLE, None, "The page begins after this number: `next_after` of the page before.", ""),
    "limit": (precision.PAGE, None, "Rows of a page, at most 200; 50 by default.", ""),
    "pseudonym": (TEXT, None, "Only this patient.", ""),
    "patient": (WHOLE, None, "Only this patient.", ""),
    "series": (WHOLE, None, "Only this series.", ""),
    "laboratory": (WHOLE, None, "Only this laboratory.", ""),
    "accession_number": (TEXT, None, "Only samples of this number.", ""),
    "tissue": (TEXT, TissueChoice.values, "Only this material.", ""),
    "collected_from": (DAY, None, "Collected on this day or later.", ""),
    "collected_to": (DAY, None, "Collected on this day or earlier.", ""),
    "all": (TEXT, ["yes", "no"], "With `yes` every version, not only those that count.", ""),
    "marker": (TEXT, None, "One of several markers.", ""),
    "language": (TEXT, ["en", "fr"], "The language of the report.", ""),
    "ruleset": (TEXT, [each.value for each in RuleSetId], "By which rule set; by default the one that alerts.", ""),
    "mode": (TEXT, ["all-or-nothing", "per-item"], "Whether one that is refused refuses all. Needed.", ""),
    "submit": (TEXT, ["yes", "no"], "With `yes` handed to a second person at once.", ""),
    "result_state": (TEXT, ResultStateChoice.values, "Only this state.", "state"),
    "run_state": (TEXT, RunStateChoice.values, "Only this state.", "state"),
    "version": (WHOLE, None, "A version before the one in force.", ""),
    "endpoint": (TEXT, [each.value for each in Endpoint], "What ends the time.", ""),
    "origin": (TEXT, [each.value for each in Origin], "From which day time is counted.", ""),
    "grouping": (TEXT, [each.value for each in Grouping], "How curves are split.", ""),
    "comparison": (TEXT, [each.value for each in Comparison], "How transplanted patients are compared.", ""),
    "landmark_days": (WHOLE, None, "Days from the origin to the landmark.", ""),
    "pooled": (TEXT, ["yes", "no"], "With `yes` together with other centres, counts only.", ""),
    "without_dates": (TEXT, ["yes", "no"], "With `yes` the file for sharing: no date, name or free text.", ""),
    "alert_state": (TEXT, AlertStateChoice.values, "Only this state.", "state"),
}
PARTS = [each.value for each in Part]
HEADERS = {
    "If-Match": "The ETag of a GET without parameters: 412 where it has changed since.",
    "If-None-Match": "The ETag that the caller has: 304 where it is still the same.",
    "Idempotency-Key": "1 to 100 printable characters: the same request again is answered as before and done once.",
}


class Described(AutoSchema):
    """Describes an operation of REST v1 by its entry in `descriptions`; one without an entry is an error."""

    removes = False  # while the body of a DELETE is described as if it were posted

    def operation(self) -> Operation:
        """Return what is said of this operation."""
        view, method = type(self.view), "DELETE" if self.removes else self.method.upper()
        if hasattr(view, "table"):
            return descriptions.of_table(view.table, method, is_list=self.path.count("/") > OF_ONE)
        return descriptions.OPERATIONS[view.__name__, method]

    def get_operation_id(self) -> str:
        """Name it by method and view."""
        return f"{self.method.lower()}{type(self.view).__name__}"

    def get_tags(self) -> list[str]:
        """Group by the first noun of the address."""
        return [self.path.removeprefix(PREFIX).split("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        """Return what may be asked in the address and the headers."""
        operation = self.operation()
        asked = [
            OpenApiParameter(other or name, kind, description=told, enum=words, required=name == "mode")
            for name in operation.asked
            for kind, words, told, other in [QUERY[name]]
        ]
        headers = [
            OpenApiParameter(name, TEXT, OpenApiParameter.HEADER, description=HEADERS[name])
            for name in operation.headers
        ]
        places = [OpenApiParameter("part", TEXT, OpenApiParameter.PATH, enum=PARTS)] if "{part}" in self.path else []
        return places + asked + headers

    def get_request_serializer(self) -> Any:
        """Return the form of the body."""
        return self.operation().body

    def get_response_serializers(self) -> Any:
        """Return the answers: what was asked for, and each refusal as a problem."""
        operation = self.operation()
        found: dict[Any, Any] = {}
        if operation.answer is not None:
            found[operation.status] = OpenApiResponse(operation.answer, "What was asked for.")
        elif operation.status in NO_BODY:
            found[operation.status] = OpenApiResponse(None, NO_BODY[operation.status])
        else:
            found[operation.status, operation.media] = OpenApiResponse(OpenApiTypes.BINARY, "The file.")
        for other, shape, told in operation.others:  # where the answer is a file, what is said instead is JSON
            found[other if operation.answer else (other, "application/json")] = OpenApiResponse(shape, told)
        if self.view.__class__.__name__ == "ResultBulk":
            found[200] = OpenApiResponse(operation.answer, "What became of each, in the mode per-item.")
        for status in sorted({401, 429, *operation.refusals}):
            if status in NO_BODY:
                found[status] = OpenApiResponse(None, NO_BODY[status])
            else:
                found[status, PROBLEM_JSON] = OpenApiResponse(answers.PROBLEM, REFUSED[status])
        return found

    def get_examples(self) -> list[OpenApiExample]:
        """Return an example of the body, and one of a refusal."""
        body = self.operation().example
        asked = [OpenApiExample("As it is sent", body, request_only=True)] if body else []
        return [*asked, OpenApiExample("A refusal", EXAMPLE_PROBLEM, response_only=True, status_codes=["422"])]

    def _get_request_body(self, direction: Any = "request") -> Any:
        """A row is removed with a reason: DELETE has a body here, which OpenAPI 3.1 allows."""
        if self.method != "DELETE":
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method, self.removes = "POST", True
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method, self.removes = "DELETE", False


OF_ONE = 5  # slashes of /api/v1/cycles/{id}/; a list of a patient has more


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the library has no types here
    """Tokens of people and small scripts."""

    target_class = "api.auth.tokens.ScopedTokenAuthentication"
    name = "token"
    told = "A token of a person or a script, revocable one by one."

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return how the token is shown."""
        return {"type": "http", "scheme": "bearer", "description": self.told}


class MachineScheme(BearerScheme):  # type: ignore[no-untyped-call]
    """Tokens of machines."""

    target_class = "api.auth.tokens.MachineTokenAuthentication"
    name = "machine"
    told = "A token of five minutes by SMART backend services, with the scope system/Observation.c."


def only_v1(endpoints: list[tuple[str, str, str, Callable[..., Any]]]) -> list[Any]:
    """Leave out what is no part of REST v1: FHIR describes itself, and so does this."""
    return [each for each in endpoints if each[0].startswith(PREFIX) and not each[0].startswith(OWN)]
