"""`manage.py quantify`: an instrument's export quantified; needs a database only where an assay is named."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import translation

from monitoring import scope
from monitoring.domain.control_names import is_control_gene
from monitoring.domain.plate import Plate
from monitoring.domain.run_names import target_key
from monitoring.domain.run_plan import DEFAULT_PLAN, RunPlan
from monitoring.domain.run_report import quantify_run
from monitoring.domain.wire.run import WireProblem, exact_json, report_table, report_to_dict
from monitoring.management.command import ProductCommand
from monitoring.models import Assay
from monitoring.queries.assays import target_plan_of
from monitoring.readers.reading import LARGEST_FILE, read_plate
from monitoring.readers.refusal import FileRefused
from monitoring.wording import file_refusals, run_problems

REFUSED_FILE = 1  # exit status
FORMATS = ("json", "table")


class Command(ProductCommand):
    """Read an export, quantify it by the laboratory's arithmetic, print curves, samples, pairs and problems."""

    help = "Quantifies an instrument's export; without --assay it needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", help="an export in any format that is read")
        parser.add_argument("--assay", type=int, metavar="ID", help="the number of the assay on record that was run")
        parser.add_argument("--format", choices=FORMATS, default=FORMATS[0])

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the run; a file that cannot be read gives one sentence and exit status 1."""
        # English whatever the server's language: other programs read the sentences too
        with translation.override("en"):
            plate = self._plate(options["file"])
            plan = DEFAULT_PLAN if options["assay"] is None else _plan(options["assay"], plate)
            report = quantify_run(plate, plan)
            told = [
                WireProblem(each.severity.value, each.where, each.message)
                for each in run_problems.told_problems(report)
            ]
            as_table = options["format"] != FORMATS[0]
            self.stdout.write(report_table(report, told) if as_table else exact_json(report_to_dict(report, told)))

    def _plate(self, name: str) -> Plate:
        try:
            return read_plate(_content(name), Path(name).name)
        except FileRefused as refusal:
            self.stderr.write(file_refusals.refusal(refusal, name))
            sys.exit(REFUSED_FILE)


def _content(name: str) -> bytes:
    """One byte more than is read is enough to know that the file is too large."""
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error


def _plan(assay_id: int, plate: Plate) -> RunPlan:
    """The assay for the targets that bear its name, or for the only target beside the control gene."""
    with transaction.atomic():
        scope.enter_all_centres()
        assay = Assay.objects.filter(pk=assay_id).first()
        if assay is None:
            raise CommandError(f"There is no assay {assay_id}.")
        targets = [target for target in plate.targets() if not is_control_gene(target)]
        own_keys = {target_key(name) for name in (*assay.target_names, f"{assay.marker} {assay.mutation_type}")}
        named = [target for target in targets if target_key(target) in own_keys]
        measured = named or (targets if len(targets) == 1 else [])
        if not measured:
            raise CommandError(f"No target of the file is called as assay {assay_id}: it holds {', '.join(targets)}.")
        return RunPlan(targets=dict.fromkeys(measured, target_plan_of(assay)))
