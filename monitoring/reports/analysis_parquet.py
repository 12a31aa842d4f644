"""The analysis set as Parquet: typed columns, the dictionary and the origin of the rows inside the file.

Decimals become doubles there, which every reader understands; their digits stand in the csv.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.analysis_column import Column, ColumnType, Value
from monitoring.queries.analysis_edition import edition_of
from monitoring.queries.cohort_exports import AnalysisExport
from monitoring.wording import cohort_column_words

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

SCHEMA_NAME = b"mrd"  # under this key the metadata of the file, as JSON
ROWS_OF_A_GROUP = 10_000  # no more cells than these lie in memory at once


def parquet_file(export: AnalysisExport) -> bytes:
    """Return typed columns, each with its line of the dictionary; the file with definition and state of the data."""
    import pyarrow as pa  # here: a process that writes no Parquet needs none of it
    from pyarrow import parquet

    shown, left = export.table.columns, iter(export.table.rows)
    schema = pa.schema([_field(column) for column in shown], metadata={SCHEMA_NAME: _json(_provenance(export))})
    written = BytesIO()
    with parquet.ParquetWriter(written, schema) as writer:
        while group := list(islice(left, ROWS_OF_A_GROUP)):
            writer.write_table(_table(group, shown, schema))
    return written.getvalue()


def _table(rows: Sequence[Sequence[Value]], shown: Sequence[Column], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    arrays = [
        pa.array([_typed(column, value) for value in values], _arrow(column.kind))
        for column, values in zip(shown, zip(*rows, strict=True), strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _field(column: Column) -> "pa.Field":
    import pyarrow as pa

    told_of = cohort_column_words.entry(column)
    about = {"label": told_of.label, "unit": told_of.unit, "meaning": told_of.meaning, "codes": told_of.codes,
             "source": told_of.source}  # fmt: skip
    return pa.field(column.name, _arrow(column.kind), metadata={name: text for name, text in about.items() if text})


def _provenance(export: AnalysisExport) -> dict[str, Any]:
    definition = export.definition
    return {
        "cohort": export.cohort_id, "version": export.version, "definition": definition_json.to_json(definition),
        "engine_version": ENGINE_VERSION, "edition": edition_of(definition.ruleset),
        "data_revision": export.data.revision, "origin": export.origin, "rows": len(export.table.rows),
        "considered": export.data.flow.considered,
        "left_out": {step.criterion: step.patients for step in export.data.flow.steps},
    }  # fmt: skip


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def _arrow(kind: ColumnType) -> "pa.DataType":
    import pyarrow as pa

    return {
        ColumnType.TEXT: pa.string(),
        ColumnType.WHOLE: pa.int64(),
        ColumnType.EXACT: pa.float64(),
        ColumnType.REAL: pa.float64(),
        ColumnType.DAY: pa.date32(),
        ColumnType.FLAG: pa.int8(),
    }[kind]


def _typed(column: Column, value: Value) -> Value:
    if column.kind is ColumnType.EXACT and isinstance(value, Decimal):
        return float(value)
    return str(value) if column.kind is ColumnType.TEXT and value is not None else value
