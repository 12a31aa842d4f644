"""Many rows into a table at once: COPY into a temporary table, then one INSERT.

COPY does not go straight into tables with row-level security. By this way every guard of the database stays on:
the role of the application, its centres, foreign keys, checks, contributors, signatures of two people.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql


def reserve(table: str, count: int) -> list[int]:
    """Return so many new numbers of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]


def copy_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], same: dict[str, Any] | None = None
) -> None:
    """Write rows into a table; `same` holds the columns that have one value in all of them."""
    same = same or {}
    parts = {
        "table": sql.Identifier(table),
        "arriving": sql.Identifier(f"arriving_{table}"),
        "names": _listed(columns),
        "all_names": _listed([*columns, *same]),
        "values": sql.SQL("").join(sql.SQL(", {}").format(sql.Literal(value)) for value in same.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE {arriving} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
            ).format(**parts)
        )
        with cursor.copy(sql.SQL("COPY {arriving} ({names}) FROM STDIN").format(**parts)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL("INSERT INTO {table} ({all_names}) SELECT {names}{values} FROM {arriving}").format(**parts)
        )
        cursor.execute(sql.SQL("DROP TABLE {arriving}").format(**parts))


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)
