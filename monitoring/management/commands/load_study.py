"""`manage.py load_study`: data sets to look at and to measure with, each loaded once."""

from argparse import ArgumentParser
from datetime import date, datetime
from os import environ
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitoring.studies import demonstration, synthetic_loading, tiong2020_loading
from monitoring.studies.synthetic import MEAN_SAMPLES
from monitoring.studies.synthetic_loading import LoadedOtherwise, Wish

ALREADY = "It was loaded before; nothing was changed."


class Command(BaseCommand):
    """Load one data set."""

    help = (
        "Loads a data set: tiong2020 (twelve published cases), synthetic (a simulated registry), demonstration (both)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The data set, and what each of them can be told."""
        parser.add_argument("study", choices=["tiong2020", "synthetic", "demonstration"])
        parser.add_argument("--today", type=date.fromisoformat, help="the day on which follow-up ends (default: today)")
        synthetic = parser.add_argument_group("synthetic")
        synthetic.add_argument("--patients", type=int, help="how many patients")
        synthetic.add_argument("--seed", type=int, default=1, help="another seed, other patients")
        synthetic.add_argument("--samples", type=int, default=MEAN_SAMPLES, help="mean number of samples a patient")
        synthetic.add_argument("--exactly", type=int, default=0, help="exactly so many samples a patient")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say what was done."""
        now = timezone.now()
        today = options["today"] or timezone.localdate(now)
        if options["study"] == "tiong2020":
            loaded = tiong2020_loading.load(today=today, now=now)
            self.stdout.write("Tiong 2020: 12 cases loaded." if loaded else ALREADY)
        elif options["study"] == "demonstration":
            loaded = demonstration.load(_password(), today, now)
            self.stdout.write("Demonstration: people, Tiong 2020 and Northfield loaded." if loaded else ALREADY)
        else:
            self._load_synthetic(today, now, options)

    def _load_synthetic(self, today: date, now: datetime, options: dict[str, Any]) -> None:
        if not options["patients"]:
            raise CommandError("Say how many patients: --patients N.")
        wish = Wish(options["patients"], options["seed"], options["samples"], options["exactly"])
        try:
            loaded_now = synthetic_loading.load(wish, today=today, now=now, tell=self.stdout.write)
        except LoadedOtherwise as error:
            raise CommandError(
                f"Patients of this seed are there already with other options ({error}). Choose another seed."
            ) from error
        self.stdout.write(f"Synthetic registry: {loaded_now} patients loaded." if loaded_now else ALREADY)


def _password() -> str:
    """The password of the demonstration's logins, from the environment; there is none to fall back on."""
    file_name = environ.get("MRD_DEMO_PASSWORD_FILE")
    password = (
        Path(file_name).read_text(encoding="utf-8").strip() if file_name else environ.get("MRD_DEMO_PASSWORD", "")
    )
    if not password:
        raise CommandError("Set MRD_DEMO_PASSWORD, or MRD_DEMO_PASSWORD_FILE: the demonstration's logins need one.")
    return password
