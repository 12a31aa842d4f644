"""`manage.py report_study`: what the stored records give for each checkable sentence of a published study."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from monitoring.management.command import ProductCommand
from monitoring.studies.statements.records import NotLoaded
from monitoring.studies.statements.report import STUDIES, as_json, as_rows, findings
from monitoring.studies.statements.statement import Finding, StatementVerdict

WIDTHS = {"id": 13, "statement": 44, "printed": 30, "computed": 30}  # columns of the table, characters


class Command(ProductCommand):
    """Print the statements of one study with printed and computed values and the verdict."""

    help = "Prints each checkable statement of a study: as printed, as computed from stored records, and the verdict."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The study and the form of the answer."""
        parser.add_argument("study", choices=sorted(STUDIES))
        parser.add_argument("--format", choices=["json", "table"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the records, compute, print."""
        study = STUDIES[options["study"]]
        try:
            found = findings(study, now=timezone.now())
        except NotLoaded as error:
            raise CommandError(f"{study.title} is not loaded: manage.py load_study {study.name}") from error
        if options["format"] == "json":
            self.stdout.write(as_json(found))
        else:
            self._write_table(f"{study.title}. Records: {study.source}.", found)

    def _write_table(self, title: str, found: Sequence[Finding]) -> None:
        counts = Counter(each.verdict for each in found)
        self.stdout.write(title)
        self.stdout.write(", ".join(f"{verdict.value} {counts[verdict]}" for verdict in StatementVerdict))
        rows = as_rows(found)
        for verdict in StatementVerdict:
            of_verdict = [row for row in rows if row["verdict"] == verdict.value]
            if of_verdict:
                self.stdout.write(f"\n{verdict.value}")
                for line in _lines([dict.fromkeys(WIDTHS, ""), *of_verdict]):
                    self.stdout.write(line)


def _lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    heads, *others = rows
    lines = _row({name: name for name in heads})
    for row in others:
        lines += _row({name: _text(row[name]) for name in WIDTHS})
        lines += [f"{'':{WIDTHS['id']}}  {part}" for part in wrap(row["why"], sum(WIDTHS.values()))]
    return lines


def _row(cells: dict[str, str]) -> list[str]:
    parts = {name: wrap(text, WIDTHS[name]) or [""] for name, text in cells.items()}
    height = max(len(part) for part in parts.values())
    return [
        "  ".join(f"{(part[line] if line < len(part) else ''):{WIDTHS[name]}}" for name, part in parts.items()).rstrip()
        for line in range(height)
    ]


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return ", ".join(_text(each) for each in value) if isinstance(value, list) else str(value)
