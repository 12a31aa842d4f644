"""Computed rows on their way into a table: as arrays of the statement where they are few and short, else by COPY."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

Row = tuple[Any, ...]

FEW = 400  # rows: making a temporary table takes as long as sending so many as arrays
# characters in all: texts in arrays are quoted twice, and take ten times as long as by COPY (docs/adr/0012)
SHORT = 20_000


@dataclass(frozen=True, slots=True)
class ComputedRows:
    """Where a statement finds the rows: what stands after its FROM, and the parameters of that."""

    source: str
    parameters: list[Any]


def arriving(name: str, columns: Mapping[str, str], rows: Sequence[Row]) -> ComputedRows:
    """Bring rows to the database; `columns` are their names and types, `name` is unique to the statement."""
    if len(rows) > FEW or _characters(rows) > SHORT:
        _copy(name, columns, rows)
        return ComputedRows(name, [])
    types = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    by_column = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    return ComputedRows(f"unnest({types}) AS {name} ({', '.join(columns)})", by_column)


def _characters(rows: Sequence[Row]) -> int:
    return sum(len(value) for row in rows for value in row if isinstance(value, str))


def _copy(name: str, columns: Mapping[str, str], rows: Sequence[Row]) -> None:
    """COPY into a temporary table; its rows are kept whole, since they are read once and then dropped."""
    kinds = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({kinds}) WITH (toast_tuple_target = 8160) "
            "ON COMMIT DELETE ROWS"
        )
        cursor.execute(f"TRUNCATE {name}")
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
