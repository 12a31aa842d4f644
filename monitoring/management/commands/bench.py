"""Benchmarks: ratios within one run, in shuffled rounds, and simulations with a seed: both hold on another machine."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import CommandError

from monitoring.management.command import ProductCommand
from monitoring.studies.benchmarks import api, cohorts, kinetics, pages, recomputation, served
from monitoring.studies.benchmarks.pages import NothingLoaded
from monitoring.studies.benchmarks.recomputation import PatientsAreReal

BENCHMARKS = {"api": served.run, "api_in_process": api.run, "pages": pages.run, "recompute": recomputation.run}
SIMULATIONS = {"kinetics": kinetics.run}
REGISTRIES = {"cohorts": cohorts.run}  # of a whole registry: minutes, only where it is named
PATIENTS_OF_A_REGISTRY = 50_000
AT_A_PORT = {"api": served.measure, "cohorts": cohorts.measure}
SERIES_A_STRATUM = 5_000


class Command(ProductCommand):
    """Run the named benchmarks on the data that are loaded, or on simulated series, and print what was measured."""

    help = (
        "Measures; on loaded data: `load_study synthetic --patients 100000 --exactly 20`, then `bench recompute`. "
        "`bench kinetics` needs no data: it simulates series and counts how often the interval of the slope is right."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names, the number of rounds or series, and the form of the answer."""
        parser.add_argument("name", nargs="*", choices=[*BENCHMARKS, *SIMULATIONS, *REGISTRIES, []], default=[])
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--shards", type=int, default=2)
        parser.add_argument("--series", type=int, default=SERIES_A_STRATUM, help="simulated series a stratum")
        parser.add_argument("--seed", type=int, default=1, help="of the simulated series")
        parser.add_argument(
            "--at", type=int, help="`bench api` or `cohorts` of the product at this port; what it writes stays"
        )
        parser.add_argument("--patients", type=int, default=PATIENTS_OF_A_REGISTRY, help="of `bench cohorts`")
        parser.add_argument("--format", choices=["json", "table"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        if min(options["rounds"], options["shards"], options["series"], options["patients"]) < 1:
            raise CommandError("Rounds, shards, series and patients are at least 1.")
        names = options["name"] or [*BENCHMARKS, *SIMULATIONS]
        try:
            found = {name: _measured(name, options) for name in names}
        except (NothingLoaded, PatientsAreReal) as unfit:
            raise CommandError(str(unfit)) from unfit
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, indent=2))
            return
        for name, figures in found.items():
            self.stdout.write(name)
            for line in _lines(figures):
                self.stdout.write(line)


def _measured(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    if name in SIMULATIONS:
        return SIMULATIONS[name](series=options["series"], processes=options["shards"], seed=options["seed"])
    if options["at"] and name in AT_A_PORT:
        return AT_A_PORT[name](options["at"], rounds=options["rounds"])
    if name in REGISTRIES:
        return REGISTRIES[name](rounds=options["rounds"], patients=options["patients"])
    return BENCHMARKS[name](rounds=options["rounds"], shards=options["shards"])


def _lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """One line a figure; of a list of strata one line a stratum."""
    for key, value in figures.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"  {key}"
            yield from (f"    {', '.join(f'{name} {one}' for name, one in stratum.items())}" for stratum in value)
        else:
            yield f"  {key:<28} {value}"
