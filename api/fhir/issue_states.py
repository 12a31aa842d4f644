"""What the state of an alert is in FHIR: status, code, severity. Free of Django.

Source: docs/methods/fhir.md, "Alerts".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.fhir import codes
from monitoring.domain.urgency import EPISODE, Urgency

PRELIMINARY, FINAL, AMENDED = "preliminary", "final", "amended"
CANCELLED, IN_ERROR = "cancelled", "entered-in-error"
SEVERITY = {Urgency.FIRST: "high", Urgency.SECOND: "moderate"}  # everything else is low
NOT_THERE = {"NOT_CONFIRMED", "ABSORBED"}  # of an episode: the suspicion did not hold
OVER = {"RESPONDED", "REMITTED_UNTREATED", "CLOSED_BY_EVENT", *NOT_THERE}
FIRST_EPISODE = 1


@dataclass(frozen=True, slots=True)
class IssueState:
    """Where an alert stands; `evidence_withdrawn` and `evidence_corrected` are of the results that it rests on."""

    code: str
    status: str
    kind: str
    number: int | None
    state: str
    urgency: int
    evidence_withdrawn: bool
    evidence_corrected: bool


def status_of(alert: IssueState) -> str:
    """Return the status of the DetectedIssue."""
    if alert.state == "RETRACTED":
        return IN_ERROR if alert.evidence_withdrawn else CANCELLED
    if alert.code != EPISODE:
        return FINAL
    if alert.status in NOT_THERE:
        return CANCELLED
    if alert.status == "SUSPECTED":
        return PRELIMINARY
    return AMENDED if alert.evidence_corrected else FINAL


def code_of(alert: IssueState) -> str:
    """Return the code of the DetectedIssue."""
    if alert.code != EPISODE:
        return codes.code_of_flag(alert.code)
    if alert.kind == "MOLECULAR_PROGRESSION":
        return codes.PROGRESSION
    if alert.status in {"SUSPECTED", *NOT_THERE}:
        return codes.SUSPECTED
    return codes.SECOND if (alert.number or FIRST_EPISODE) > FIRST_EPISODE else codes.CONFIRMED


def is_active(alert: IssueState) -> bool:
    """Whether the banner is shown: the alert waits or is in hand, and what it follows is not over."""
    return alert.state in {"RAISED", "ACKNOWLEDGED"} and alert.status not in OVER


def severity_of(alert: IssueState) -> str:
    """Return the severity of the DetectedIssue."""
    return SEVERITY.get(Urgency(alert.urgency), "low")


def flag(base: str, issue: Mapping[str, Any], *, active: bool, start: str, end: str) -> dict[str, Any]:
    """Return the Flag that projects a DetectedIssue: a banner, without evidence and without acknowledgement."""
    period = {"start": start} if active else {"start": start, "end": end}
    return {
        "resourceType": "Flag",
        "id": issue["id"],
        "meta": issue["meta"],
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/flag-detail",
                "valueReference": {"reference": f"DetectedIssue/{issue['id']}"},
            }
        ],
        "identifier": [{"system": f"{base}/fhir/ids/flag", "value": issue["id"]}],
        "status": "active" if active else "inactive",
        "category": [{"coding": [codes.coding(codes.FLAG_CATEGORY, "clinical", "Clinical")]}],
        "code": {"coding": issue["code"]["coding"], "text": f"AML: {issue['code']['text']}"},
        "subject": issue["patient"],
        "period": period,
        "author": issue["author"],
    }
