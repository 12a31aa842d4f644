"""Adds a centre, with a laboratory of its own where it has one."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from monitoring.actions import setting_up
from monitoring.actions.refusals import ActionRefused
from monitoring.management.command import ProductCommand
from monitoring.models import Assay, Centre, Laboratory
from monitoring.models.choices import MarkerChoice, RuleSetChoice


class Command(ProductCommand):
    """Add a centre, its laboratory and an assay for each marker and type that it measures."""

    help = "Adds a centre: add_centre NF 'Northfield' --time-zone Europe/London --laboratory NFL --assay NPM1:A NPM1:B"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the centre's code and name, and what it has."""
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("--time-zone", default="Europe/Paris")
        parser.add_argument("--ruleset", choices=RuleSetChoice.values, default=RuleSetChoice.ELN2021)
        parser.add_argument("--laboratory", metavar="CODE", help="the code of its laboratory")
        parser.add_argument("--assay", nargs="*", default=[], metavar="MARKER[:TYPE]", help="what it measures")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Add them, all or none; a refusal is a sentence."""
        centre = Centre(
            code=options["code"], name=options["name"], time_zone=options["time_zone"],
            alerting_ruleset=options["ruleset"],
        )  # fmt: skip
        try:
            setting_up.add_centre(centre=centre)
            self._add_laboratory(centre, options)
        except (ActionRefused, ValidationError) as error:
            raise CommandError("; ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(f"Added {centre.name} ({centre.code}).")

    def _add_laboratory(self, centre: Centre, options: dict[str, Any]) -> None:
        if not options["laboratory"]:
            return
        laboratory = Laboratory(centre=centre, code=options["laboratory"], name=f"{centre.name}, laboratory")
        setting_up.add_laboratory(laboratory=laboratory)
        for wanted in options["assay"]:
            marker, mutation_type = _marker_and_type(wanted)
            name = f"{marker} type {mutation_type} / ABL1" if mutation_type else f"{marker} / ABL1"
            key = "/".join(part for part in (marker, mutation_type, laboratory.code, "ABL1") if part)
            setting_up.add_assay(
                assay=Assay(
                    laboratory=laboratory, marker=marker, mutation_type=mutation_type, name=name, version="1",
                    assay_key=key,
                )
            )  # fmt: skip


def _marker_and_type(wanted: str) -> tuple[str, str]:
    """`NPM1:A` is marker and type, `RUNX1::RUNX1T1` a marker whose name holds colons."""
    for marker in MarkerChoice.values:
        if wanted == marker:
            return marker, ""
        if wanted.startswith(f"{marker}:") and wanted[len(marker) + 1 :].isalnum():
            return marker, wanted[len(marker) + 1 :]
    raise CommandError(
        f"{wanted} is no marker; say one of {', '.join(MarkerChoice.values)}, with :TYPE where it has one."
    )
