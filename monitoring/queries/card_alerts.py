"""The alerts of a patient that wait, with what a short note of each has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitoring.domain.urgency import EPISODE
from monitoring.models import Alert, MrdResult, SeriesSummary, StoredEpisode
from monitoring.models.choices import AlertStateChoice


@dataclass(frozen=True, slots=True)
class CardAlert:
    """One alert that waits; `episode` are the facts of the episode that it follows, None where none is stored.

    The list tells of one episode of a patient; an alert may wait that follows another, or one that is over.
    """

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
    """Return the alerts of a patient that wait, the most urgent and longest waiting first; three queries."""
    rows = Alert.objects.filter(patient_id=patient_id, state=AlertStateChoice.RAISED).select_related("series")
    summaries = dict(SeriesSummary.objects.filter(patient_id=patient_id).values_list("series_id", "content"))
    stored = StoredEpisode.objects.filter(patient_id=patient_id).select_related("index_result", "confirming_result")
    episodes: dict[tuple[int, str, int | None], StoredEpisode] = {
        (each.series_id, each.ruleset, each.index_result_id): each for each in stored
    }
    return [
        _told(row, summaries.get(row.series_id, {}), episodes.get((row.series_id, row.ruleset, row.index_result_id)))
        for row in rows.order_by("urgency", "raised_at", "pk")
    ]


def _told(row: Alert, summary: Mapping[str, Any], stored: StoredEpisode | None) -> CardAlert:
    listed = summary.get("episode")
    episode: Mapping[str, Any] | None = None
    if row.code == EPISODE and listed is not None and listed["relapse_on"] == _text(row.index_on):
        episode = listed
    elif row.code == EPISODE and stored is not None:
        episode = _as_listed(stored)
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


def _as_listed(stored: StoredEpisode) -> dict[str, Any]:
    """Return an episode in the form of the list, with the samples that it rests on."""
    facts = [("INDEX", stored.index_result), ("CONFIRMED_BY", stored.confirming_result)]
    return {
        "kind": stored.kind,
        "tissue": stored.tissue,
        "relapse_on": _text(stored.relapse_on),
        "confirmed_on": _text(stored.confirmed_on),
        "waived": stored.waived,
        "because": [_fact(name, result) for name, result in facts if result is not None],
    }


def _fact(name: str, result: MrdResult) -> dict[str, Any]:
    value = result.pct_abl1
    return {
        "fact": name, "on": _text(result.collected_on), "tissue": result.tissue,
        "pct_abl1": None if value is None else format(value, "f"), "fold": None,
    }  # fmt: skip


def _text(on: date | None) -> str | None:
    return on.isoformat() if on else None
