"""`manage.py restore FILE`: what a backup holds, in a new home or in the place of what is there."""

import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mrdweb import env
from mrdweb.embedded import backup
from mrdweb.embedded.faults import CannotStart


class Command(BaseCommand):
    """Restore while the product is stopped; whatever goes wrong, what was there stays."""

    help = "Restores a backup into a home that is not running. MRD_HOME says which."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether data that are there may be set aside."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="set aside what is there, under another name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it, or say why not."""
        try:
            found = backup.restore(
                options["file"], dict(os.environ), replaces=options["replace"], now=datetime.now(UTC)
            )
        except (CannotStart, env.SettingMissing) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"Restored: {found.held}.")
        if found.kept_as:
            self.stdout.write(f"What was there before is kept as the database {found.kept_as}.")
        self.stdout.write("Start the product; migrations that the backup lacks are run. Then: manage.py verify_audit")
