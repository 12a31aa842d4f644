"""A table as the answer to a request: csv or Excel, its number of rows in its name."""

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpResponse

from monitoring.reports import spreadsheets
from monitoring.reports.spreadsheets import Cell

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def check_kind(kind: str) -> None:
    """Raise Http404 for a kind of file that there is not."""
    if kind not in KINDS:
        raise Http404


def table(
    *, kind: str, name: str, title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], now: datetime
) -> HttpResponse:
    """Return the file, for saving; `name` is that of the list, in plain letters."""
    made = spreadsheets.csv_file(header, rows) if kind == "csv" else spreadsheets.xlsx_file(title, header, rows)
    answer = HttpResponse(made, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}-{now:%Y-%m-%d}-{len(rows)}-rows.{kind}"'
    return answer
