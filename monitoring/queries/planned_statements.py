"""Statements that are asked so often that planning them anew would take longer than answering them.

Row-level security makes a statement of three tables one of nine: planned anew it takes a millisecond, kept it takes a
tenth of that. PostgreSQL keeps the plan with the connection, and asks the policies as for any other statement.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.types.numeric import Int8


def rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement whose plan is kept, in the transaction of the request, and return its rows."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(sql, {name: _of_one_size(value) for name, value in parameters.items()}, prepare=True)
        return cursor.fetchall()


def _of_one_size(value: Any) -> Any:
    """Whole numbers are sent as bigint whatever their size: each size would have a plan of its own."""
    return Int8(value) if type(value) is int else value
