"""The alerts of a patient that wait, with what a short note of each has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitoring.domain.urgency import EPISODE
from monitoring.models import Alert, SeriesSummary
from monitoring.models.choices import AlertStateChoice


@dataclass(frozen=True, slots=True)
class CardAlert:
    """One alert that waits; `episode` are the facts of the episode that it follows, where the list tells of it."""

    alert_id: int
    code: str
    urgency: int
    ruleset: str
    status: str
    kind: str
    marker: str
    index_on: date | None
    detail: Mapping[str, Any]
    episode: Mapping[str, Any] | None


def of_patient(patient_id: int) -> list[CardAlert]:
    """Return the alerts of a patient that wait, the most urgent and longest waiting first; two queries."""
    rows = Alert.objects.filter(patient_id=patient_id, state=AlertStateChoice.RAISED).select_related("series")
    summaries = dict(SeriesSummary.objects.filter(patient_id=patient_id).values_list("series_id", "content"))
    return [_told(row, summaries.get(row.series_id, {})) for row in rows.order_by("urgency", "raised_at", "pk")]


def _told(row: Alert, summary: Mapping[str, Any]) -> CardAlert:
    told = summary.get("episode")
    follows = row.code == EPISODE and told is not None and told["relapse_on"] == _text(row.index_on)
    episode: Mapping[str, Any] | None = told if follows else None
    return CardAlert(
        alert_id=row.pk,
        code=row.code,
        urgency=row.urgency,
        ruleset=row.ruleset,
        status=str(row.detail.get("status") or ""),
        kind=episode["kind"] if episode else "",
        marker=str(row.series.marker),
        index_on=row.index_on,
        detail=row.detail,
        episode=episode,
    )


def _text(on: date | None) -> str | None:
    return on.isoformat() if on else None
