"""Rows that come many at once are those that bulk_create would write, and are refused as those would be."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from monitoring.actions import new_rows
from monitoring.actions.computed_rows import FEW
from monitoring.models import AuditEntry, Sample
from tests.world import World

WORDS = "quote ' double \" backslash \\ tab \t newline \n percent % NULL \\N é"


def samples(world: World, count: int, prefix: str) -> list[Sample]:
    series = world.patient()
    world.as_person(world.technician)
    return [
        Sample(
            patient_id=series.patient_id, laboratory=world.laboratory, accession_number=f"{prefix}{n}", tissue="BM",
            collected_on=date(2026, 6, 1), quality_note=WORDS, constructed=[WORDS, {"n": n}], hours_to_lysis=n % 40,
        )
        for n in range(count)
    ]  # fmt: skip


def columns(row: Sample) -> dict[str, Any]:
    left_out = {"id", "patient_id", "accession_number", "recorded_at"}
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in left_out}


@pytest.mark.parametrize("count", [1, FEW + 1])  # as arrays, by COPY
def test_they_are_what_bulk_create_writes(world: World, count: int) -> None:
    ours, theirs = samples(world, count, "a"), samples(world, count, "b")
    new_rows.insert(ours)
    Sample.objects.bulk_create(theirs)
    world.as_person(world.technician)
    stored = Sample.objects.in_bulk([row.pk for row in (*ours, *theirs)])
    for mine, other in zip(ours, theirs, strict=True):
        assert columns(stored[mine.pk]) == columns(stored[other.pk])
        assert columns(mine) == columns(stored[mine.pk])
        assert mine.recorded_at == stored[mine.pk].recorded_at  # what the database set came back
        assert stored[mine.pk].accession_number == mine.accession_number


def test_numbers_rise_in_the_order_of_the_rows(world: World) -> None:
    rows = samples(world, FEW + 1, "c")
    new_rows.insert(rows)
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)


def test_nothing_and_documents_that_are_nothing(world: World) -> None:
    new_rows.insert([])
    world.as_person(world.clinician)
    row = AuditEntry(actor_id=1, actor_name="a", action="test.rows", before=None, after={"value": "0.10"})
    new_rows.insert([row])
    assert AuditEntry.objects.filter(before__isnull=True, after__value="0.10").get(pk=row.pk).at == row.at


@pytest.mark.parametrize("wrong", [{"tissue": "XX"}, {"received_on": date(2020, 1, 1)}, {"accession_number": "d1"}])
def test_constraints_refuse_as_they_do(world: World, wrong: dict[str, Any]) -> None:
    rows = samples(world, 3, "d")
    for name, value in wrong.items():
        setattr(rows[0], name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        new_rows.insert(rows)
    assert not Sample.objects.filter(accession_number__startswith="d").exists()
