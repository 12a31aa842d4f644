"""Rows of one model, many at once: what bulk_create and bulk_update do, by COPY and one statement.

A number for each, and what the database sets itself, come back into the rows. Per row this takes a tenth of the time
(docs/adr/0012).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from monitoring.actions.computed_rows import arriving

# As they arrive; the table's own types and constraints are asked when they go from there into the table.
KINDS: dict[str, str] = {
    "AutoField": "bigint", "BigAutoField": "bigint", "BigIntegerField": "bigint", "ForeignKey": "bigint",
    "IntegerField": "bigint", "PositiveIntegerField": "bigint", "PositiveSmallIntegerField": "bigint",
    "SmallIntegerField": "bigint", "BooleanField": "boolean", "CharField": "text", "TextField": "text",
    "DateField": "date", "DateTimeField": "timestamptz", "TimeField": "time", "ExactDecimalField": "numeric",
    "JSONField": "jsonb",
}  # fmt: skip
PLACE = "place_in_request"

INSERT = "INSERT INTO {table} ({columns}) SELECT {columns} FROM {source} ORDER BY {place} RETURNING {returning}"

Field: TypeAlias = "models.Field[Any, Any]"


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model; raises IntegrityError as the table's constraints do."""
    if not rows:
        return
    options = rows[0]._meta
    table = str(options.db_table)
    by_database = [field for field in options.concrete_fields if field.primary_key or _is_left_out(field, rows[0])]
    sent = [field for field in options.concrete_fields if field not in by_database]
    kinds = {PLACE: "bigint", **{str(field.column): KINDS[type(field).__name__] for field in sent}}
    written = [(field.attname, _writer(field)) for field in sent]
    ready = arriving(
        f"new_{table}", kinds,
        [(place, *[write(getattr(row, name)) for name, write in written]) for place, row in enumerate(rows)],
    )  # fmt: skip
    sql = INSERT.format(
        table=table, columns=", ".join(str(field.column) for field in sent), source=ready.source, place=PLACE,
        returning=", ".join(str(field.column) for field in by_database),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, ready.parameters)
        for row, values in zip(rows, cursor.fetchall(), strict=True):
            for field, value in zip(by_database, values, strict=True):
                setattr(row, field.attname, value)
            row._state.adding = False  # noqa: SLF001 - as bulk_create does


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of many rows of one model anew, as bulk_update does, in one statement of fixed length."""
    if not rows:
        return
    options = rows[0]._meta
    named = [options.get_field(name) for name in names]
    fields = [field for field in options.concrete_fields if field in named]
    written = [(field.attname, _writer(field)) for field in fields]
    ready = arriving(
        f"changed_{options.db_table}",
        {"id": "bigint", **{str(field.column): KINDS[type(field).__name__] for field in fields}},
        [(row.pk, *[write(getattr(row, name)) for name, write in written]) for row in rows],
    )
    changes = ", ".join(f"{field.column} = changed_{options.db_table}.{field.column}" for field in fields)
    sql = f"UPDATE {options.db_table} t SET {changes} FROM {ready.source} WHERE t.id = changed_{options.db_table}.id"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, ready.parameters)


def _is_left_out(field: Field, row: models.Model) -> bool:
    """What nobody has said is set by the database; the rows of one request say the same columns."""
    return isinstance(getattr(row, field.attname), DatabaseDefault)


def _writer(field: Field) -> Callable[[Any], Any]:
    """How a value is sent: documents as their text, words without the class of their list."""
    kind = KINDS[type(field).__name__]
    if kind == "jsonb":
        return lambda value: None if value is None else json.dumps(value)
    if kind == "text":
        return lambda value: None if value is None else str(value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
