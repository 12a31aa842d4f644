"""What a database says in the end, free of row numbers, so that two databases can be held beside each other."""

from typing import Any, NamedTuple

from django.db import transaction

from monitoring import scope
from monitoring.models import (
    Alert,
    AlertChange,
    Centre,
    ExternalIdentifier,
    InboundMessage,
    MrdResult,
    RecomputeRequest,
    ReportedResult,
    Sample,
    StoredEpisode,
    StoredVerdict,
)
from monitoring.queries import messages as message_queries

OPEN = ["RAISED", "ACKNOWLEDGED"]
OF_A_RESULT = {"id", "index", "confirmed_by", "result"}  # keys of a verdict
MESSAGE = ("pk", "sha256", "state", "sending_application", "control_id", "ack_code", "processed_at")


class Names(NamedTuple):
    """What a result is called in both databases."""

    of_result: dict[int, str]

    def plain(self, told: Any, key: str = "") -> Any:
        """Return what was told with results by name instead of by number; a level is a number and stays one."""
        if isinstance(told, dict):
            return {each: self.plain(value, each) for each, value in told.items()}
        if isinstance(told, list):
            return [self.plain(value, key) for value in told]
        return self.of_result[int(told)] if key in OF_A_RESULT and told else told


@transaction.atomic
def medical() -> dict[str, Any]:
    """Return results that count, verdicts, episodes and open alerts, sorted and by name."""
    scope.enter_all_centres()
    rows = MrdResult.objects.select_related("sample__laboratory")
    names = Names({row.pk: f"{row.sample.laboratory.code} {row.sample.accession_number}" for row in rows})
    return {
        "results": sorted(
            [names.of_result[row.pk], str(row.collected_on), row.tissue, row.call, _number(row.pct_abl1),
             _number(row.abl1_copies), _number(row.lod_pct_abl1), _number(row.loq_pct_abl1)]
            for row in rows if row.state == "AUTHORISED"
        ),
        "verdicts": sorted(
            [row.patient.pseudonym, row.ruleset, row.state, names.plain(row.content)]
            for row in StoredVerdict.objects.select_related("patient")
        ),
        "episodes": sorted(_episode(row, names) for row in StoredEpisode.objects.select_related("patient")),
        "alerts": sorted(_alert(row, names) for row in _alerts().filter(state__in=OPEN)),
    }  # fmt: skip


def _alerts() -> Any:
    return Alert.objects.select_related("patient")


def _number(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _episode(row: StoredEpisode, names: Names) -> list[str]:
    told = (
        row.patient.pseudonym, row.ruleset, row.position, row.number, row.kind, row.rule, row.status, row.tissue,
        row.relapse_on, row.confirmed_on, row.late, row.waived, names.of_result[row.index_result_id],
        names.of_result.get(row.confirming_result_id or 0),
    )  # fmt: skip
    return [str(each) for each in told]


def _alert(row: Alert, names: Names) -> list[str]:
    told = (
        row.patient.pseudonym, row.ruleset, row.code, row.urgency, row.index_on,
        names.of_result.get(row.index_result_id or 0), row.detail.get("tissue"), row.detail.get("number"),
    )  # fmt: skip
    return [str(each) for each in told]


@transaction.atomic
def exchanged() -> dict[str, Any]:
    """Return what is on record of messages: their states and codes, what waits in the operator's list."""
    scope.enter_all_centres()
    rows = list(InboundMessage.objects.order_by("pk").only(*MESSAGE, "problems"))
    centres = list(Centre.objects.values_list("pk", flat=True))
    return {
        "messages": [
            {"sha256": row.sha256, "state": row.state, "control": row.control_id, "ack": row.ack_code,
             "codes": [each["code"] for each in row.problems], "attempts": row.attempts} for row in rows
        ],
        "waiting": message_queries.waiting(centres),
        "numbers": sorted(ExternalIdentifier.objects.values_list("system", "value", "patient__pseudonym")),
        "held": ReportedResult.objects.count(),
        "samples": Sample.objects.count(),
        "withdrawn": MrdResult.objects.filter(state="WITHDRAWN").count(),
        "ended": sorted(
            [step.alert.code, step.patient.pseudonym, str(step.detail.get("because"))]
            for step in AlertChange.objects.filter(kind="RETRACTED").select_related("alert", "patient")
        ),
    }  # fmt: skip


@transaction.atomic
def unsettled() -> int:
    """Return how much still waits: messages to be read, series to be computed."""
    scope.enter_all_centres()
    return InboundMessage.objects.filter(state="STORED").count() + RecomputeRequest.objects.count()
