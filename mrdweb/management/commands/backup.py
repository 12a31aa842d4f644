"""`manage.py backup FILE`: everything that is on record, in one file, while the product runs or not."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mrdweb import env
from mrdweb.embedded import backup
from mrdweb.embedded.faults import CannotStart

BYTES_PER_MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    """Write the file, read it through, and say what it holds."""

    help = "Writes results, verdicts, history and audit of this place into a new file. MRD_HOME says which place."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, or say why not."""
        file: Path = options["file"]
        try:
            held, sha256 = backup.backup(file, dict(os.environ))
        except (CannotStart, env.SettingMissing) as fault:
            raise CommandError(str(fault)) from fault
        megabytes = file.stat().st_size / BYTES_PER_MEGABYTE
        self.stdout.write(f"{file} ({megabytes:.1f} MB) holds {held}.")
        self.stdout.write(f"SHA-256 {sha256}")
        self.stdout.write("It is as confidential as the database. The secrets of the home are not in it.")
