"""Alerts as DetectedIssues, which are the record, and as Flags, which are the banner; both with their versions."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from api.fhir import codes, filters, issue_states
from api.fhir.callers import Caller
from api.fhir.codes import local_coding
from api.fhir.issue_states import IssueState
from api.fhir.refusals import not_found
from api.fhir.searching import Kind
from monitoring.actions import recompute
from monitoring.domain.terms import EpisodeKind, FlagCode
from monitoring.domain.urgency import EPISODE
from monitoring.models import Alert, AlertChange, MrdResult
from monitoring.queries import alert_evidence, known_alerts, open_records
from monitoring.queries.alert_evidence import Around
from monitoring.queries.told_versions import key_of

AUTHOR = {"display": "MRD rules"}
Steps = Sequence[AlertChange]


def rows(caller: Caller) -> QuerySet[Alert]:
    """Return the alerts of patients whose charts are open to the caller; that one was taken back is told by its own."""
    return open_records.alerts(caller.charts)


def shown(caller: Caller, found: Sequence[Alert]) -> list[dict[str, Any]]:
    """Return DetectedIssue resources."""
    around = alert_evidence.around(found)
    return [_issue(caller, row, _counted(around.steps[row.pk]), around) for row in found]


def show_flags(caller: Caller, found: Sequence[Alert]) -> list[dict[str, Any]]:
    """Return Flag resources."""
    around = alert_evidence.around(found)
    return [_flag(caller, row, _counted(around.steps[row.pk]), around) for row in found]


def version_of(caller: Caller, row: Alert, number: str) -> dict[str, Any]:
    """Return one version of the DetectedIssue as it was when the version began."""
    return _at_version(caller, row, number)[0]


def flag_version_of(caller: Caller, row: Alert, number: str) -> dict[str, Any]:
    """Return one version of the Flag."""
    issue, then, around, steps = _at_version(caller, row, number)
    return _project(caller, issue, then, _state(then, around), steps)


def history(caller: Caller, row: Alert) -> list[dict[str, Any]]:
    """Return every version, newest first."""
    count = len(_counted(alert_evidence.around([row]).steps[row.pk]))
    return [version_of(caller, alert_evidence.as_it_stands(row), str(number)) for number in range(count, 0, -1)]


def flag_history(caller: Caller, row: Alert) -> list[dict[str, Any]]:
    """Return every version of the Flag, newest first."""
    count = len(_counted(alert_evidence.around([row]).steps[row.pk]))
    return [flag_version_of(caller, alert_evidence.as_it_stands(row), str(number)) for number in range(count, 0, -1)]


def _at_version(caller: Caller, row: Alert, number: str) -> tuple[dict[str, Any], Alert, Around, Steps]:
    around = alert_evidence.around([row])
    counted = _counted(around.steps[row.pk])
    if not (number.isascii() and number.isdigit() and len(number) < len("10000") and 0 < int(number) <= len(counted)):
        raise not_found()
    steps = counted[: int(number)]
    then = known_alerts.at_moment(row, around.steps[row.pk], steps[-1].at)
    return _issue(caller, then, steps, around), then, around, steps


def _counted(steps: Iterable[AlertChange]) -> list[AlertChange]:
    """The steps that change what the resource says: being seen does not; steps of one moment are one version."""
    found: list[AlertChange] = []
    for step in steps:
        if step.kind in known_alerts.LEAVES_AS_IT_IS:
            continue
        if found and found[-1].at == step.at:
            found[-1] = step
        else:
            found.append(step)
    return found


def _evidence(alert: Alert, around: Around) -> list[tuple[str, MrdResult]]:
    """The index result, and the one that confirmed it or is the last to say so."""
    told = [("index", alert.index_result_id)]
    told.append(("confirmation" if alert.code == EPISODE else "latest", alert_evidence.latest(alert)))
    found: dict[int, tuple[str, MrdResult]] = {}
    for word, number in told:
        if number is not None and number in around.results and number not in found:
            found[number] = (word, around.results[number])
    return list(found.values())


def _state(alert: Alert, around: Around) -> IssueState:
    results = [row for _word, row in _evidence(alert, around)]
    corrected = [row for row in results if len(around.versions.get(key_of(row), ())) > 1]
    return IssueState(
        code=alert.code,
        status=str(alert.detail.get("status") or ""),
        kind=str(alert.detail.get("kind") or ""),
        number=alert.detail.get("number"),
        state=alert.state,
        urgency=alert.urgency,
        evidence_withdrawn=any(row.state == "WITHDRAWN" for row in results),
        evidence_corrected=bool(corrected),
    )


def _issue(caller: Caller, alert: Alert, steps: Steps, around: Around) -> dict[str, Any]:
    state = _state(alert, around)
    code = issue_states.code_of(state)
    found: dict[str, Any] = {
        "resourceType": "DetectedIssue",
        "id": str(alert.pk),
        "meta": {"versionId": str(len(steps)), "lastUpdated": steps[-1].at.isoformat()},
        "identifier": [{"system": f"{caller.base}/fhir/ids/alert", "value": str(alert.pk)}],
        "status": issue_states.status_of(state),
        "code": {
            "coding": [local_coding(caller.base, code)],
            "text": f"{codes.LOCAL_CODES[code]} ({alert.series.marker})",
        },
        "severity": issue_states.severity_of(state),
        "patient": {"reference": f"Patient/{alert.patient_id}"},
        "identifiedDateTime": alert.raised_at.isoformat(),
        "author": AUTHOR,
        "evidence": [_detail(word, row, around) for word, row in _evidence(alert, around)],
        "reference": caller.base + reverse("patient", args=[alert.patient_id]),
        "mitigation": [_mitigation(step) for step in steps if step.by_id and step.kind in {"ACKNOWLEDGED", "RESOLVED"}],
    }
    if alert.patient_id in around.diseases:
        found["implicated"] = [{"reference": f"Condition/{around.diseases[alert.patient_id]}"}]
    return {name: value for name, value in found.items() if value != []}


def _detail(word: str, row: MrdResult, around: Around) -> dict[str, Any]:
    return {"code": [{"text": word}], "detail": [{"reference": f"Observation/{around.roots[key_of(row)]}"}]}


def _mitigation(step: AlertChange) -> dict[str, Any]:
    who = {"author": {"display": step.by.shown_name}} if step.by else {}
    word = "Acknowledged" if step.kind == "ACKNOWLEDGED" else "Resolved"
    action = f"{word}: {step.action_taken.replace('_', ' ').lower()}" if step.action_taken else word
    return {"action": {"text": action}, "date": step.at.isoformat(), **who}


def _flag(caller: Caller, alert: Alert, steps: Steps, around: Around) -> dict[str, Any]:
    issue = _issue(caller, alert, steps, around)
    return _project(caller, issue, alert, _state(alert, around), steps)


def _project(caller: Caller, issue: dict[str, Any], alert: Alert, state: IssueState, steps: Steps) -> dict[str, Any]:
    active = issue_states.is_active(state)
    start, end = alert.raised_at.isoformat(), steps[-1].at.isoformat()
    return issue_states.flag(caller.base, issue, active=active, start=start, end=max(start, end))


def _by_status(_caller: Caller, value: str) -> Q:
    """Preliminary and cancelled by the state of the alert; final stands for final and amended."""
    _system, code = filters.token(value)
    episode, retracted = Q(code=EPISODE), Q(state="RETRACTED")
    suspected = episode & Q(detail__status="SUSPECTED")
    gone = episode & Q(detail__status__in=sorted(issue_states.NOT_THERE))
    in_error = retracted & Q(index_result__state="WITHDRAWN")
    return {
        "preliminary": suspected & ~retracted,
        "final": ~suspected & ~gone & ~retracted,
        "amended": ~suspected & ~gone & ~retracted & episode & Q(index_result__version__gt=1),
        "cancelled": (retracted & ~Q(index_result__state="WITHDRAWN")) | (gone & ~retracted),
        "entered-in-error": in_error,
    }.get(code, filters.NOBODY)


def _implicated(caller: Caller, value: str) -> Q:
    number = filters.number_in(value, "Condition", caller.base)
    return Q(patient__diseases__pk=number) if number is not None else filters.NOBODY


def _identified(path: str) -> tuple[str, Any]:
    def where(caller: Caller, value: str) -> Q:
        system, code = filters.token(value)
        right = system in {None, f"{caller.base}/fhir/ids/{path}"} and filters.is_number(code)
        return Q(pk=int(code)) if right else filters.NOBODY

    return "token", where


def _code(_caller: Caller, value: str) -> Q:
    system, code = filters.token(value)
    if system is not None and not codes.is_local(system):
        return filters.NOBODY
    if code in {codes.CONFIRMED, codes.SECOND, codes.SUSPECTED, codes.PROGRESSION}:
        suspected = Q(detail__status__in=["SUSPECTED", *sorted(issue_states.NOT_THERE)])
        number = Q(detail__number__gt=issue_states.FIRST_EPISODE)
        progression = Q(detail__contains={"kind": EpisodeKind.MOLECULAR_PROGRESSION.value})
        by_code = {
            codes.SUSPECTED: suspected & ~progression,
            codes.SECOND: ~suspected & number & ~progression,
            codes.CONFIRMED: ~suspected & ~number & ~progression,
            codes.PROGRESSION: progression,
        }
        return Q(code=EPISODE) & by_code[code]
    return Q(code__in=[flag for flag in _FLAGS if codes.code_of_flag(flag) == code])


_FLAGS = [flag.value for flag in FlagCode]


def _before(caller: Caller) -> int:
    """Compute what is stale first: nobody reads an alert that no longer holds."""
    return recompute.drain_pending(now=caller.now)


PATIENT = {"patient": filters.reference("patient_id", "Patient"), "_id": filters.by_id()}
DETECTED_ISSUE = Kind(
    name="DetectedIssue",
    rows=rows,
    shown=shown,
    parameters=PATIENT
    | {
        "identifier": _identified("alert"),
        "code": ("token", _code),
        "identified": filters.moment("raised_at"),
        "implicated": ("reference", _implicated),
        "status": ("token", _by_status),
        "_lastUpdated": filters.moment("changed_at"),
    },
    sorts={"identified": "raised_at", "date": "raised_at", "_lastUpdated": "changed_at"},
    before=_before,
)
FLAG = Kind(
    name="Flag",
    rows=rows,
    shown=show_flags,
    parameters=PATIENT
    | {
        "subject": PATIENT["patient"],
        "identifier": _identified("flag"),
        "date": filters.moment("raised_at"),
        "_lastUpdated": filters.moment("changed_at"),
    },
    sorts={"date": "raised_at", "_lastUpdated": "changed_at"},
    before=_before,
)
