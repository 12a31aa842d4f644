"""`manage.py import_run FILE ...`: takes the files of one run in, as the page of the laboratory does."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from monitoring import scope
from monitoring.actions import runs
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.run_files import DroppedFile, FileNotRead
from monitoring.management.command import ProductCommand
from monitoring.models import Laboratory, QpcrRun, User
from monitoring.wording.file_refusals import refusal


class Command(ProductCommand):
    """Take a run in; matching, review and submission are done by people on its pages."""

    help = "Takes the files of one run in. A file that cannot be read, or was taken in before, leaves nothing behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, the laboratory, and in whose name."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--laboratory", required=True, metavar="CODE")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who takes it in; works in the laboratory")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Print the number of the run."""
        laboratory = Laboratory.objects.select_related("centre").filter(code=options["laboratory"]).first()
        if laboratory is None:
            raise CommandError(f"There is no laboratory with the code {options['laboratory']}.")
        person = User.objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['by']}.")
        scope.enter(person)
        run = self._taken_in(person, laboratory, [_read(path) for path in options["files"]])
        self.stdout.write(f"Run {run.pk} is taken in: {run.name}, {run.reactions.count()} reactions.")

    def _taken_in(self, person: User, laboratory: Laboratory, files: list[DroppedFile]) -> QpcrRun:
        try:
            return runs.take_in(by=person, laboratory=laboratory, files=files, now=timezone.now())
        except FileNotRead as error:
            raise CommandError(refusal(error.refused, error.name)) from error
        except runs.FileTakenBefore as refused:
            raise CommandError(f"This file was taken in before, as run {refused.run_id}.") from refused
        except (ActionRefused, PermissionDenied) as refused:
            raise CommandError(str(refused)) from refused


def _read(path: Path) -> DroppedFile:
    try:
        return DroppedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be opened: {error.strerror}.") from error
