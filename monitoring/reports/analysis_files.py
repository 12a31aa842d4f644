"""The analysis set as files: csv, a workbook with its dictionary and definition, Parquet with both inside."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.analysis_column import Column
from monitoring.domain.cohorts.analysis_columns import columns
from monitoring.domain.cohorts.parts import Part
from monitoring.queries.analysis_edition import edition_of
from monitoring.queries.analysis_rows import without_collection
from monitoring.queries.cohort_exports import AnalysisExport
from monitoring.reports import spreadsheets
from monitoring.reports.analysis_parquet import parquet_file
from monitoring.reports.spreadsheets import Cell, Table
from monitoring.wording import cohort_column_words, cohort_methods_words, cohort_words, states
from monitoring.wording.cohort_methods_words import DataTold

ENDINGS = ("csv", "xlsx", "parquet")
MOST_XLSX_ROWS = 10_000  # [DESIGN] about 10 s to write; csv and Parquet of 50,000 take less


def file_of(export: AnalysisExport, ending: str, on: date) -> bytes:
    """Return the analysis set as a file of one of the ENDINGS; `on`: the day that the methods of the workbook tell."""
    return b"".join(pieces_of(export, ending, on))


def pieces_of(export: AnalysisExport, ending: str, on: date) -> Iterator[bytes]:
    """Yield the same file in pieces: a csv as it is written, the others at their end."""
    if ending == "csv":
        yield from csv_pieces(export)
        return
    with without_collection():
        whole = parquet_file(export) if ending == "parquet" else _workbook(export, methods_of(export, on))
    yield whole


def _workbook(export: AnalysisExport, methods: Sequence[str]) -> bytes:
    header = [column.name for column in export.table.columns]
    return spreadsheets.workbook(
        [
            Table(pgettext("sheet", "Analysis set"), header, export.table.rows),
            Table(pgettext("sheet", "Dictionary"), dictionary_header(), dictionary(export.table.columns)),
            Table(pgettext("sheet", "Definition"), [_("What"), _("Value")], told(export, methods)),
        ]
    )


def csv_pieces(export: AnalysisExport) -> Iterator[bytes]:
    """Yield the csv in pieces, each made when it is asked for; nothing is read from the database any more.

    The collector of cycles pauses for each piece only: whoever saves the file may be slow.
    """
    pieces = spreadsheets.csv_pieces([column.name for column in export.table.columns], export.table.rows)
    while True:
        with without_collection():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def methods_of(export: AnalysisExport, on: date) -> list[str]:
    """Return the methods of an export in words, as they stand in its workbook."""
    question = parts.ask(Part.SURVIVAL, {"origin": export.origin})
    of = DataTold(
        export.version, export.data.revision, export.data.flow.considered, len(export.table.rows), on,
        export.is_synthetic,
    )  # fmt: skip
    return cohort_methods_words.paragraphs(export.definition, of, [question])


def dictionary_csv(*, without_dates: bool) -> bytes:
    """Return the data dictionary as a file of its own."""
    return spreadsheets.csv_file(dictionary_header(), dictionary(columns(without_dates=without_dates)))


def dictionary_header() -> list[str]:
    """Return the names of the columns of the dictionary."""
    return [_("Column"), _("Label"), _("Type"), _("Unit"), _("Meaning"), _("Codes"), _("Source")]


def dictionary(shown: Sequence[Column]) -> list[Sequence[Cell]]:
    """Return the dictionary: one row a column of the file."""
    entries = (cohort_column_words.entry(column) for column in shown)
    return [(one.name, one.label, one.kind, one.unit, one.meaning, one.codes, one.source) for one in entries]


def told(export: AnalysisExport, methods: Sequence[str] = ()) -> list[Sequence[Cell]]:
    """Return where the rows come from: definition, version, state of the data, rules, and the flow of patients."""
    definition, flow = export.definition, export.data.flow
    return [
        (_("Cohort"), _("A cohort, not named") if export.without_dates else export.cohort),
        (_("Version"), export.version),
        (_("Definition"), " ".join(cohort_words.definition_sentences(definition))),
        (_("Rule set"), str(states.word("ruleset", definition.ruleset).words)),
        (_("Engine version"), ENGINE_VERSION),
        (_("Edition of the rows"), edition_of(definition.ruleset)),
        (_("Data revision"), export.data.revision),
        (_("Origin of the endpoints"), export.origin.value),
        (_("Rows"), len(export.table.rows)),
        (_("Considered"), flow.considered),
        *((_("Left out: %(reason)s") % {"reason": line.words}, -line.patients)
          for line in cohort_words.flow_lines(flow)),
        *((_("Methods"), paragraph) for paragraph in methods),
    ]  # fmt: skip
