"""Checks the seals of the audit trail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from monitoring.management.command import ProductCommand
from monitoring.queries import audit_seals


class Command(ProductCommand):
    """Recompute every seal and say which batch was changed, if any."""

    help = "Recomputes the seals of the audit trail; exit status 1 and a sentence for each batch that does not agree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the last digest that was written down elsewhere, so that a cut tail is found too."""
        parser.add_argument("--expect-digest", help="a digest noted earlier that must be among the seals")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was checked; fail when anything differs."""
        report = audit_seals.verify(options["expect_digest"])
        for sentence in report.faults:
            self.stderr.write(sentence)
        if report.faults:
            raise CommandError(f"The audit trail does not agree with its seals: {len(report.faults)} fault(s).")
        self.stdout.write(
            f"{report.seals} seals over {report.entries} entries agree; {report.unsealed} wait for the next seal. "
            f"Last digest: {report.last_digest or 'none yet'}"
        )
