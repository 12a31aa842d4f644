"""Statements of any length: few values are sent apart and their plan is kept, many go within the text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Value
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg.types.json import Jsonb

from monitoring.models import Centre
from mrdweb.postgresql.base import MOST_VALUES_APART

MORE_THAN_THE_PROTOCOL_TAKES = 70_000
SOME: list[Any] = [None, True, 7, 2**40, Decimal("0.0206"), "P-0007", "l'été %s \\ \"", date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 30, tzinfo=UTC), Jsonb({"call": "DETECTED"}), [1, 2]]  # fmt: skip


@pytest.mark.django_db
def test_a_list_may_be_longer_than_the_protocol_takes() -> None:
    centre = Centre.objects.create(code="LONG", name="Long")
    numbers = [centre.pk, *range(-MORE_THAN_THE_PROTOCOL_TAKES, 0)]
    assert list(Centre.objects.filter(pk__in=numbers)) == [centre]


@pytest.mark.django_db
def test_many_rows_may_be_written_at_once() -> None:
    made = Centre.objects.bulk_create(Centre(code=f"L{n}", name=f"O'Long {n} %s") for n in range(20_000))
    assert Centre.objects.filter(pk__in=[each.pk for each in made]).count() == len(made)
    assert Centre.objects.get(code="L7").name == "O'Long 7 %s"


@pytest.mark.django_db
@pytest.mark.parametrize("value", SOME, ids=repr)
def test_a_value_is_the_same_apart_and_within(value: Any) -> None:
    cast = {bool: "boolean", int: "bigint", Decimal: "numeric", str: "text", date: "date", Jsonb: "jsonb",
            datetime: "timestamptz", list: "bigint[]"}.get(type(value), "text")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{cast}", [value])
        [apart] = cursor.fetchone()
        many = MOST_VALUES_APART + 1
        cursor.execute("SELECT " + ", ".join([f"%s::{cast}"] * many), [value] * many)
        assert cursor.fetchone() == (apart,) * many


@pytest.mark.django_db
def test_a_statement_that_comes_again_keeps_its_plan() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(10):
            list(Centre.objects.filter(code="KEPT").values_list("pk"))
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%monitoring_centre%%'")
        assert cursor.fetchone()[0] >= 1


class Texts(TestCase):
    """Whatever somebody types."""

    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50))
    def test_a_text_within_is_the_text(self, text: str) -> None:
        found = Centre.objects.annotate(**{f"t{n}": Value(text) for n in range(MOST_VALUES_APART + 1)})
        Centre.objects.get_or_create(code="TEXT", defaults={"name": "Text"})
        assert found.first().t7 == text  # type: ignore[union-attr]
