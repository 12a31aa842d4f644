"""What alerts rest on and how they came to be as they are: steps, episodes, results with their versions, diseases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitoring.models import Alert, AlertChange, Disease, MrdResult
from monitoring.queries import known_alerts, told_versions


@dataclass(frozen=True)
class Around:
    """What the alerts of a page rest on, read at once."""

    steps: Mapping[int, list[AlertChange]]
    results: Mapping[int, MrdResult]
    versions: Mapping[told_versions.Key, Sequence[told_versions.Version]]
    roots: Mapping[told_versions.Key, int]
    diseases: Mapping[int, int]


def around(found: Sequence[Alert]) -> Around:
    """Return what these alerts rest on, in a few queries however many there are."""
    numbers = {row.index_result_id for row in found} | {latest(row) for row in found}
    evidence = {row.pk: row for row in MrdResult.objects.filter(pk__in=[each for each in numbers if each])}
    patients = {row.patient_id for row in found}
    return Around(
        steps=known_alerts.steps_of(AlertChange.objects.filter(alert__in=found)),
        results=evidence,
        versions=told_versions.of_results(evidence.values()),
        roots=told_versions.roots_of(evidence.values()),
        diseases=dict(Disease.objects.filter(patient__in=patients).order_by("-pk").values_list("patient_id", "pk")),
    )


def latest(alert: Alert) -> int | None:
    """Return the number of the result that last said what the alert says."""
    told = str(alert.detail.get("latest") or "")
    return int(told) if told.isdigit() else None


def as_it_stands(alert: Alert) -> Alert:
    """Return the alert read anew: what is told of an earlier moment changes the row in the hand."""
    return Alert.objects.get(pk=alert.pk)
