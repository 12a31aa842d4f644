"""The types of resources that are served, and those whose versions are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.fhir import (
    administrations,
    alerts,
    audit_events,
    patients,
    provenance,
    reports,
    results,
    specimens,
    subscriptions,
    treatments,
)
from api.fhir.callers import Caller
from api.fhir.searching import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        patients.KIND,
        specimens.KIND,
        results.KIND,
        reports.KIND,
        treatments.MEDICATION_STATEMENT,
        administrations.KIND,
        treatments.PROCEDURE,
        treatments.CONDITION,
        alerts.DETECTED_ISSUE,
        alerts.FLAG,
        provenance.KIND,
        audit_events.KIND,
        subscriptions.KIND,
    )
}
WRITTEN = {"Observation", "Specimen", "DiagnosticReport"}


@dataclass(frozen=True)
class Versions:
    """How one version of a row, and all of them, are shown."""

    one: Callable[[Caller, Any, str], dict[str, Any]]
    every: Callable[[Caller, Any], list[dict[str, Any]]]


VERSIONED = {
    "Observation": Versions(results.version_of, results.history),
    "DetectedIssue": Versions(alerts.version_of, alerts.history),
    "Flag": Versions(alerts.flag_version_of, alerts.flag_history),
}
