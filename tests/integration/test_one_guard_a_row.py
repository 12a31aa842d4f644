"""What no single foreign key holds is held by one of several columns, and no index repeats the beginning of another."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from monitoring.models import AnalysisChange, StoredEpisode, StoredVerdict
from tests.world import World

pytestmark = pytest.mark.django_db

NOBODYS = 10**9  # the number of no series
# what a cohort has to look at again outlives the patient it names; the results of episodes are never deleted (ADR 0013)
HELD_BY_NOTHING = {
    (AnalysisChange, "patient"), (StoredEpisode, "index_result"), (StoredEpisode, "confirming_result"),
}  # fmt: skip
# written for every result that comes, every verdict that is computed, every fact of a patient
OFTEN_WRITTEN = (
    "monitoring_alert", "monitoring_analysischange", "monitoring_analysisrow", "monitoring_baseline",
    "monitoring_bloodcount", "monitoring_carerelation", "monitoring_clinicalevent", "monitoring_disease",
    "monitoring_mrdresult", "monitoring_mrdseries", "monitoring_mutationfinding", "monitoring_notification",
    "monitoring_resultcontributor", "monitoring_resultwell", "monitoring_sample", "monitoring_storedepisode",
    "monitoring_storedfigure", "monitoring_storedverdict", "monitoring_treatment", "monitoring_venetoclaxcycle",
)  # fmt: skip

KEYS_OF_SEVERAL_COLUMNS = """
SELECT conrelid::regclass::text, array_agg(attname::text), array_agg(attnotnull) FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'f' AND cardinality(conkey) > 1 GROUP BY conrelid, pg_constraint.oid
"""
REPEATED = """
SELECT shorter.indexrelid::regclass::text, longer.indexrelid::regclass::text
FROM pg_index shorter JOIN pg_index longer ON shorter.indrelid = longer.indrelid
WHERE shorter.indrelid = ANY (%s::regclass[]) AND NOT shorter.indisunique
  AND shorter.indpred IS NULL AND longer.indpred IS NULL AND shorter.indexrelid <> longer.indexrelid
  AND (longer.indkey::text = shorter.indkey::text OR longer.indkey::text LIKE shorter.indkey::text || ' %%')
"""


def rows(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def unheld() -> list[tuple[type[models.Model], str]]:
    """Every reference to a row for which Django asked for no foreign key."""
    return [
        (model, field.name)
        for model in apps.get_app_config("monitoring").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.db_constraint  # type: ignore[attr-defined]
    ]


def test_every_reference_is_held_by_some_foreign_key() -> None:
    """A key of several columns holds nothing where one of them is null; the reference itself may be: it names none."""
    held = {
        (table, column)
        for table, columns, never_null in rows(KEYS_OF_SEVERAL_COLUMNS)
        for column in columns
        if all(others or name == column for name, others in zip(columns, never_null, strict=True))
    }
    asked = set(unheld()) - HELD_BY_NOTHING
    assert len(asked) >= 15
    assert {(model._meta.db_table, f"{name}_id") for model, name in asked} <= held


def test_a_verdict_names_a_series_and_the_patient_whose_it_is(world: World) -> None:
    series, of_another = world.patient(), world.patient()
    verdict = {
        "ruleset": "ELN2021", "state": "NONE", "content": {}, "digest": "0", "revision": 1, "ruleset_version": "1",
        "engine_version": "1", "computed_for": world.now.date(),
    }  # fmt: skip
    for series_id, patient_id in ((series.pk, of_another.patient_id), (NOBODYS, series.patient_id)):
        StoredVerdict.objects.filter(series=series).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredVerdict.objects.create(**verdict, series_id=series_id, patient_id=patient_id)


def test_no_index_repeats_the_beginning_of_another() -> None:
    assert rows(REPEATED, list(OFTEN_WRITTEN)) == []


def test_every_constraint_and_index_that_a_model_names_is_in_the_database() -> None:
    """A step that takes an index away takes every index of that column: a unique one with a condition went with it."""
    named = {
        each.name
        for model in apps.get_app_config("monitoring").get_models()
        for each in (*model._meta.constraints, *model._meta.indexes)
    }
    there = {name for (name,) in rows(
        "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
    )}  # fmt: skip
    assert len(named) > 200
    assert named <= there
