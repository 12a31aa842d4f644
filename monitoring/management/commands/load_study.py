"""`manage.py load_study`: data sets to look at and to measure with, each loaded once."""

import secrets
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from os import environ
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from monitoring.management.command import ProductCommand
from monitoring.studies import demonstration, filo2025_loading, synthetic_loading, tiong2020_loading
from monitoring.studies.synthetic import MEAN_SAMPLES
from monitoring.studies.synthetic_loading import LoadedOtherwise, Wish

PASSWORD_BYTES = 9  # of chance, 12 characters
ALREADY = "It was loaded before; nothing was changed."


class Command(ProductCommand):
    """Load one data set."""

    help = (
        "Loads a data set: tiong2020 (twelve published cases), filo2025 (a synthetic cohort of seventy that matches the"
        " published counts), synthetic (a simulated registry), demonstration (patients to look at, with tiong2020)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The data set, and what each of them can be told."""
        parser.add_argument("study", choices=["tiong2020", "filo2025", "synthetic", "demonstration"])
        parser.add_argument("--today", type=date.fromisoformat, help="the day on which follow-up ends (default: today)")
        synthetic = parser.add_argument_group("synthetic")
        synthetic.add_argument("--patients", type=_number, help="how many patients")
        synthetic.add_argument("--seed", type=int, default=1, help="another seed, other patients")
        synthetic.add_argument("--samples", type=_number, default=MEAN_SAMPLES, help="mean number of samples a patient")
        synthetic.add_argument("--exactly", type=_number, default=0, help="exactly so many samples a patient")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say what was done."""
        now = timezone.now()
        today = options["today"] or timezone.localdate(now)
        if options["study"] == "tiong2020":
            loaded = tiong2020_loading.load(today=today, now=now)
            self.stdout.write("Tiong 2020: 12 cases loaded." if loaded else ALREADY)
        elif options["study"] == "filo2025":
            loaded = filo2025_loading.load(today=today, now=now)
            self.stdout.write("FILO 2025, synthetic cohort: 70 patients loaded." if loaded else ALREADY)
        elif options["study"] == "demonstration":
            self._load_demonstration(today, now)
        else:
            self._load_synthetic(today, now, options)

    def _load_demonstration(self, today: date, now: datetime) -> None:
        """The last line tells how to sign in; the password is nowhere else to be read."""
        password = _given_password() or secrets.token_urlsafe(PASSWORD_BYTES)
        if not demonstration.load(password, today, now):
            self.stdout.write(ALREADY)
        if demonstration.opens(password):
            names = ", ".join(login.username for login in (*demonstration.LOGINS, demonstration.STUDY_NURSE))
            self.stdout.write(f"Demonstration logins: {names}. Password of each: {password}")

    def _load_synthetic(self, today: date, now: datetime, options: dict[str, Any]) -> None:
        if not options["patients"]:
            raise CommandError("Say how many patients: --patients N.")
        wish = Wish(options["patients"], options["seed"], options["samples"], options["exactly"])
        try:
            loaded_now = synthetic_loading.load(wish, today=today, now=now, tell=self.say)
        except LoadedOtherwise as error:
            raise CommandError(
                f"Patients of this seed are there already with other options ({error}). Choose another seed."
            ) from error
        self.stdout.write(f"Synthetic registry: {loaded_now} patients loaded." if loaded_now else ALREADY)


def _number(text: str) -> int:
    """A whole number above zero."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"{number} is not above zero")
    return number


def _given_password() -> str:
    """The password of the demonstration's logins as the environment gives it; empty where it gives none."""
    file_name = environ.get("MRD_DEMO_PASSWORD_FILE")
    return Path(file_name).read_text(encoding="utf-8").strip() if file_name else environ.get("MRD_DEMO_PASSWORD", "")
