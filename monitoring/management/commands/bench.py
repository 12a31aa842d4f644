"""Benchmarks: ratios within one run, in shuffled rounds, so that they hold on another machine."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.studies.benchmarks import recomputation

BENCHMARKS = {"recompute": recomputation.run}


class Command(BaseCommand):
    """Run the named benchmarks on the data that are loaded, and print what was measured."""

    help = "Measures; on loaded data: `load_study synthetic --patients 100000 --exactly 20`, then `bench recompute`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names, the number of rounds and the form of the answer."""
        parser.add_argument("name", nargs="*", choices=[*BENCHMARKS, []], default=[])
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--shards", type=int, default=2)
        parser.add_argument("--format", choices=["json", "table"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        if options["rounds"] < 1 or options["shards"] < 1:
            raise CommandError("Rounds and shards are at least 1.")
        found = {
            name: BENCHMARKS[name](rounds=options["rounds"], shards=options["shards"])
            for name in options["name"] or BENCHMARKS
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, indent=2))
            return
        for name, figures in found.items():
            self.stdout.write(name)
            for key, value in figures.items():
                self.stdout.write(f"  {key:<28} {value}")
