"""`manage.py load_study`: data sets to look at and to measure with, each loaded once."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitoring.studies import synthetic_loading, tiong2020_loading
from monitoring.studies.synthetic import MEAN_SAMPLES
from monitoring.studies.synthetic_loading import LoadedOtherwise, Wish

ALREADY = "It was loaded before; nothing was changed."


class Command(BaseCommand):
    """Load one data set."""

    help = "Loads a data set: tiong2020 (the twelve published cases) or synthetic (a simulated registry)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The data set, and what each of them can be told."""
        parser.add_argument("study", choices=["tiong2020", "synthetic"])
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
            return
        wish = Wish(options["patients"], options["seed"], options["samples"], options["exactly"])
        try:
            loaded_now = synthetic_loading.load(wish, today=today, now=now, tell=self.stdout.write)
        except LoadedOtherwise as error:
            raise CommandError(
                f"Patients of this seed are there already with other options ({error}). Choose another seed."
            ) from error
        self.stdout.write(f"Synthetic registry: {loaded_now} patients loaded." if loaded_now else ALREADY)
