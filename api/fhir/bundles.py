"""Bundles: a transaction is done whole or not at all, a batch entry by entry.

Source: FHIR R4, transaction; entries are done in the order DELETE, POST, PUT, GET.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db import transaction

from api.fhir import documents, taken_in
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.interactions import Interaction, begin, pairs_of, perform
from api.fhir.refusals import FhirRefused, bad_request, outcome, unprocessable
from api.fhir.taken_in import TakenIn
from api.fhir.translated import translated
from monitoring.actions import verdicts_together

ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3}
# What others may refer to is done before what refers to it, whatever the order of the entries.
FIRST = {"Patient": 0, "Specimen": 1, "Observation": 2, "DiagnosticReport": 3}
MOST_ENTRIES = 500


def perform_bundle(caller: Caller, text: bytes) -> Answer:
    """Do what the entries of a bundle ask; raises FhirRefused, in a transaction with the place of the entry."""
    bundle = documents.read(text)
    kind, entries = bundle.get("type"), bundle.get("entry", [])
    if bundle["resourceType"] != "Bundle" or kind not in ("transaction", "batch"):
        raise bad_request("structure", "A Bundle of type transaction or batch is taken here.")
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise bad_request("too-costly", f"A bundle has at most {MOST_ENTRIES} entries.", "Bundle.entry")
    asked = [_read(place, entry) for place, entry in enumerate(entries)]
    refused: list[FhirRefused] = []
    done = _transaction(caller, asked) if kind == "transaction" else _batch(caller, asked, refused)
    told = {"resourceType": "Bundle", "type": f"{kind}-response", "entry": done}
    return Answer(HTTPStatus.OK, told, refused=[each for each in refused if each.conflict])


def _read(place: int, entry: Any) -> "_Entry":
    where = f"Bundle.entry[{place}]"
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
        raise bad_request("structure", "An entry needs a request.", where)
    request = entry["request"]
    method, url = request.get("method"), request.get("url")
    if method not in tuple(ORDER) or not isinstance(url, str) or not url:
        raise bad_request("structure", "A request needs a method and an address.", f"{where}.request")
    resource = entry.get("resource")
    if resource is not None and not (isinstance(resource, dict) and isinstance(resource.get("resourceType"), str)):
        raise bad_request("structure", "This is no resource.", f"{where}.resource")
    return _Entry(place, str(entry.get("fullUrl", "")), method, url, resource, request)


class _Entry:
    """One entry, with its place in the bundle."""

    def __init__(
        self, place: int, full_url: str, method: str, url: str, resource: dict[str, Any] | None, request: dict[str, Any]
    ) -> None:
        self.place, self.full_url, self.method, self.url = place, full_url, method, url
        self.resource, self.request = resource, request

    @property
    def order(self) -> tuple[int, int, int]:
        kind = self.resource["resourceType"] if self.resource and self.method in {"POST", "PUT"} else ""
        rank = FIRST.get(kind, 0)
        return (ORDER[self.method] if not kind else ORDER["POST"], rank, self.place)

    def interaction(self, base: str, known: Mapping[str, str]) -> Interaction:
        """Return what is asked, with references to other entries replaced by what these became."""
        path, _mark, query = self.url.removeprefix(f"{base}/fhir/").lstrip("/").partition("?")
        named = {"ifNoneExist": "If-None-Exist", "ifMatch": "If-Match", "ifNoneMatch": "If-None-Match"}
        headers = {header: str(self.request[name]) for name, header in named.items() if name in self.request}
        text = documents.write(_referring(self.resource, known)) if self.resource else ""
        return Interaction(self.method, path.split("/"), pairs_of(query), text, headers)


class _Course:
    """How far a transaction has come: answers, Observations whose answers are still to be told, what entries became."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.known: dict[str, str] = {}
        self.done: dict[int, Answer] = {}
        self.taken: dict[int, TakenIn] = {}

    def do(self, entry: _Entry) -> None:
        """Do one entry; raises FhirRefused with its place."""
        try:
            done = _of_patient(self.caller, entry) or translated(
                lambda: begin(self.caller, entry.interaction(self.caller.base, self.known))
            )
        except FhirRefused as refused:
            raise _placed(refused, entry.place) from refused
        became = None
        if isinstance(done, TakenIn):
            self.taken[entry.place], became = done, f"Observation/{done.root}"
        else:
            self.done[entry.place] = done
            became = f"{done.body['resourceType']}/{done.body['id']}" if done.body and "id" in done.body else None
        if became and entry.full_url:
            self.known[entry.full_url] = became

    def tell(self) -> None:
        """Answer all Observations together, in as many statements as one takes."""
        answers = taken_in.answers_to(self.caller, list(self.taken.values()))
        self.done |= dict(zip(self.taken, answers, strict=True))
        self.taken = {}


def _transaction(caller: Caller, asked: list[_Entry]) -> list[dict[str, Any]]:
    """Verdicts are computed once, after the last entry that writes: what is read in the same bundle is current."""
    names = [entry.full_url for entry in asked if entry.full_url]
    if len(set(names)) != len(names):
        raise bad_request("structure", "Two entries have the same fullUrl.", "Bundle.entry")
    course = _Course(caller)
    ordered = sorted(asked, key=lambda each: each.order)
    with transaction.atomic():
        translated(lambda: _write(course, [each for each in ordered if each.method != "GET"]))
        for entry in ordered:
            if entry.method == "GET":
                course.do(entry)
    return [_response(answer) for _place, answer in sorted(course.done.items())]


def _write(course: _Course, entries: Sequence[_Entry]) -> None:
    with verdicts_together.at_the_end(now=course.caller.now):
        for entry in entries:
            course.do(entry)
        course.tell()


def _do(caller: Caller, entry: _Entry) -> Answer:
    return translated(lambda: perform(caller, entry.interaction(caller.base, {})))


def _of_patient(caller: Caller, entry: _Entry) -> Answer | None:
    """A patient is not created from outside; the conditional one that is known here is what the others mean."""
    if entry.method != "POST" or entry.resource is None or entry.resource["resourceType"] != "Patient":
        return None
    condition = str(entry.request.get("ifNoneExist", "")).rpartition("?")[2]
    found = []
    if condition:
        pairs = pairs_of(condition)
        asked = Interaction("GET", ["Patient"], pairs, "", {"Prefer": "handling=strict"})
        found = (perform(caller, asked).body or {}).get("entry", [])
    if len(found) != 1:
        where = "Patient.identifier"
        raise unprocessable("not-found", "Patients are registered here by people; this one is not known.", where)
    return Answer(HTTPStatus.OK, found[0]["resource"])


def _batch(caller: Caller, asked: list[_Entry], not_done: list[FhirRefused]) -> list[dict[str, Any]]:
    done = []
    for entry in asked:
        try:
            with transaction.atomic():
                answer = _do(caller, entry)
            done.append(_response(answer))
        except FhirRefused as refused:
            not_done.append(_placed(refused, entry.place))
            status = f"{refused.status.value} {refused.status.phrase}"
            done.append({"response": {"status": status, "outcome": outcome(refused.issues)}})
    return done


def _response(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"status": f"{answer.status.value} {answer.status.phrase}"}
    for header, name in {"Location": "location", "ETag": "etag"}.items():
        if header in answer.headers:
            told[name] = answer.headers[header]
    if answer.body and "meta" in answer.body:
        told["lastModified"] = answer.body["meta"]["lastUpdated"]
    if answer.issues:
        told["outcome"] = outcome(answer.issues)
    return {"response": told} | ({"resource": answer.body} if answer.body else {})


def _referring(value: Any, known: Mapping[str, str]) -> Any:
    """Replace every reference to an entry of this bundle; one that is not known yet stays and is refused later."""
    if isinstance(value, dict):
        return {
            key: known.get(each, each) if key == "reference" and isinstance(each, str) else _referring(each, known)
            for key, each in value.items()
        }
    return [_referring(each, known) for each in value] if isinstance(value, list) else value


def _placed(refused: FhirRefused, place: int) -> FhirRefused:
    issue = refused.issues[0]
    where = f"Bundle.entry[{place}]" + (f".resource.{issue.expression}" if issue.expression else "")
    return FhirRefused(refused.status, issue.code, issue.text, where, refused.headers, refused.conflict)
