"""`manage.py survival`: Kaplan-Meier, log-rank and follow-up of a csv file, without a database."""

from argparse import ArgumentParser, ArgumentTypeError
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from monitoring.domain.survival.columns import BadTable, Columns, decimal_of, observations_of
from monitoring.domain.survival.landmark import NobodyAtLandmark, landmark
from monitoring.domain.survival.log_rank import NotComparable
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.report import report_table, report_to_dict, survival_report
from monitoring.domain.wire.run import exact_json
from monitoring.management.command import ProductCommand

BAD_INPUT = 1  # exit status
FORMATS = ("json", "table")


def _time(text: str) -> Decimal:
    time = decimal_of(text)
    if time is None or time < 0:
        raise ArgumentTypeError(f"{text!r} is not a time of 0 or more")
    return time


def _times(text: str) -> list[Decimal]:
    return [_time(each) for each in text.split(",")]


class Command(ProductCommand):
    """Read times and events of patients, print survival by group with log-log intervals."""

    help = "Estimates survival from a csv file; needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", help="csv with a header, one row per patient")
        parser.add_argument("--time", required=True, metavar="COL", help="column of times, any one unit")
        parser.add_argument("--event", required=True, metavar="COL", help="column of events: 0 censored, 1 event")
        parser.add_argument("--group", metavar="COL", help="column of groups to compare")
        parser.add_argument("--at", type=_times, default=[], metavar="12,24", help="times of the estimates")
        parser.add_argument("--landmark", type=_time, metavar="T", help="count from T, those still at risk then")
        parser.add_argument("--format", choices=FORMATS, default=FORMATS[0])

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the estimates; what cannot be read gives one sentence and exit status 1."""
        try:
            observations = _read(options["file"], Columns(options["time"], options["event"], options["group"]))
            if options["landmark"] is not None:
                observations = self._from_landmark(observations, options["landmark"])
        except BadTable as error:
            raise CommandError(f"{options['file']}: {error}", returncode=BAD_INPUT) from None
        report = survival_report(observations)
        if options["group"] is not None and isinstance(report.compared, NotComparable):
            self.stderr.write(f"No log-rank test: {report.compared}.")
        told = report_to_dict(report, options["at"])
        self.stdout.write(exact_json(told) if options["format"] == FORMATS[0] else report_table(told))

    def _from_landmark(self, observations: list[Observation], at: Decimal) -> list[Observation]:
        """All times, those of --at too, then count from the landmark, and whoever left by then is told."""
        try:
            cohort = landmark(observations, at)
        except NobodyAtLandmark:
            raise BadTable(f"No patient was still at risk at the landmark {at}.") from None
        left, patients = cohort.left_before, len(observations)
        self.stderr.write(f"{left} of {patients} patients had left by {at}; times count from it.")
        return list(cohort.observations)


def _read(name: str, columns: Columns) -> list[Observation]:
    try:
        with Path(name).open(encoding="utf-8", newline="") as file:
            return observations_of(file, columns)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=BAD_INPUT) from None
    except UnicodeDecodeError:
        raise BadTable("it is not UTF-8 text.") from None
