"""`manage.py classify`: verdicts for series in JSON Lines, without a database."""

import os
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.wire import Layout
from monitoring.domain.wire.fields import MalformedSeries, day
from monitoring.management.classifying import Asked, classify_on_every_processor
from monitoring.management.command import ProductCommand

STANDARD_INPUT = "-"
RULESET_IDS = [ruleset_id.value for ruleset_id in RULESETS]
MALFORMED_LINES = 1  # exit status
READER_IS_GONE = 128 + signal.SIGPIPE  # as a shell tells of a program that the signal ended


def _date(text: str) -> date:
    try:
        return day(text, "--as-of")
    except MalformedSeries as error:
        raise ArgumentTypeError(str(error)) from None


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115  closed below; only opening may fail with a sentence
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
    with stream:
        yield stream


class Command(ProductCommand):
    """Classify series given as JSON Lines, one series per line, one answer per line."""

    help = "Classify series given as JSON Lines; needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", nargs="?", default=None, help="JSON Lines file; - or nothing: standard input")
        parser.add_argument(
            "--ruleset", nargs="+", action="extend", metavar="ID", help=f"of {', '.join(RULESET_IDS)}; default: all"
        )
        parser.add_argument("--as-of", type=_date, help="YYYY-MM-DD, in place of the lines' own")
        parser.add_argument("--format", choices=[layout.value for layout in Layout], default=Layout.JSONL.value)

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer every line; exit with status 1 where one was malformed."""
        names, file = _rulesets_and_file(options["ruleset"] or [], options["file"])
        rulesets = [ruleset for ruleset in RULESETS if not names or ruleset.value in names]
        asked = Asked(rulesets, options["as_of"], Layout(options["format"]))
        malformed = False
        try:
            with _opened(file) as lines:
                for answer in classify_on_every_processor(lines, asked):
                    self.stdout.write(answer.text)
                    malformed = malformed or answer.malformed
            self.stdout.flush()
        except BrokenProcessPool as error:
            raise CommandError(
                "A process that classifies was killed: the answers above are not all. Ask again."
            ) from error
        except BrokenPipeError:  # `classify … | head`: whoever reads wants no more
            _write_no_more()
            sys.exit(READER_IS_GONE)
        except OSError as error:
            _write_no_more()
            raise CommandError(f"The answers are not all there: {error.strerror}.") from error
        if malformed:
            sys.exit(MALFORMED_LINES)


def _write_no_more() -> None:
    """Let what is still kept for the standard output go nowhere: to write it at the exit would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _rulesets_and_file(names: list[str], file: str | None) -> tuple[list[str], str]:
    """Tell the file from the rule sets where it is written after them."""
    *before, last = names or [""]
    if file is None and before and last not in RULESET_IDS:
        names, file = before, last
    unknown = [name for name in names if name not in RULESET_IDS]
    if unknown:
        raise CommandError(f"--ruleset must be of {', '.join(RULESET_IDS)}, not {', '.join(unknown)}.")
    return names, STANDARD_INPUT if file is None else file
