"""Rows of a patient's record as they were on record at a moment.

A row is on record from `recorded_at` until it is changed or deleted. What it was before stands in the history with the
time for which it stood, so that the rows of a moment are those that have not changed since, and those of the history
whose time holds the moment. Rows deleted since are among them, rows written since are not.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TypeVar

from django.db import models

from monitoring.models import (
    AdverseEvent,
    Baseline,
    BloodCount,
    ClinicalEvent,
    Disease,
    DoseChange,
    MutationFinding,
    Sample,
    SamplingInterval,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)

Row = TypeVar(
    "Row",
    AdverseEvent,
    Baseline,
    BloodCount,
    ClinicalEvent,
    Disease,
    DoseChange,
    MutationFinding,
    Sample,
    SamplingInterval,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)

# A column that was added later is missing in an old row of the history: there it holds its default.
AT_A_MOMENT = """
SELECT {columns} FROM {table} now_is
WHERE now_is.patient_id = ANY (%(patients)s) AND now_is.recorded_at <= %(moment)s
UNION ALL
SELECT {columns_then} FROM monitoring_rowhistory history,
  jsonb_populate_record(NULL::{table}, %(defaults)s::jsonb || history."row") was
WHERE history.patient_id = ANY (%(patients)s) AND history.table_name = %(table)s
  AND history.recorded_at <= %(moment)s AND history.superseded_at > %(moment)s
ORDER BY id
"""


def on_record(table: type[Row], patient_ids: Iterable[int], known_at: datetime | None) -> list[Row]:
    """Return the rows that these patients had in a table at a moment, by number, in one query; None is now."""
    wanted = list(patient_ids)
    if known_at is None:
        return list(table.objects.filter(patient_id__in=wanted).order_by("pk"))
    name = table._meta.db_table
    parameters = {"patients": wanted, "moment": known_at, "table": name, "defaults": _defaults(table)}
    return list(table.objects.raw(_statement(table), parameters))


@cache
def _statement(table: type[models.Model]) -> str:
    names = [field.column for field in table._meta.concrete_fields]
    return AT_A_MOMENT.format(
        table=table._meta.db_table,
        columns=", ".join(f'now_is."{name}"' for name in names),
        columns_then=", ".join(f'was."{name}"' for name in names),
    )


@cache
def _defaults(table: type[models.Model]) -> str:
    fields = [field for field in table._meta.concrete_fields if field.has_default()]
    return json.dumps({field.column: field.get_default() for field in fields}, default=str)
