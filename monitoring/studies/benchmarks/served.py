"""What a running product does in a second, asked over the network of the same machine by a generator that costs little.

Beside each rate stand the ratio to a bare handler of the same server, and of what is written the ratio to the raw
insert of the same rows, from the same run. Rounds are shuffled, and each measurement begins when the worker has done
what the one before left to it. All of it is in a home of its own (scratch_product).
"""

import json
import os
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from monitoring import scope
from monitoring.actions import figures, recompute
from monitoring.models import RecomputeRequest
from monitoring.studies.benchmarks import (
    api,
    api_world,
    full_patient,
    hospital_record,
    load,
    quiet_worker,
    scratch_product,
)
from monitoring.studies.benchmarks import served_requests as asked
from monitoring.studies.benchmarks.api_world import RESULTS, ApiWorld
from monitoring.studies.benchmarks.hospital_record import HospitalRecord
from monitoring.studies.benchmarks.load import Load
from monitoring.studies.benchmarks.pages import NothingLoaded, PageNotServed
from monitoring.studies.benchmarks.served_requests import FIGURES_OF, TRANSACTION, Measured

READS, CALLS, WRITES, BULKS, TRANSACTIONS = 400, 100, 40, 4, 2  # requests in every round
FIGURE = "figure"
PERCENTILES = {"p50_ms": 50, "p99_ms": 99}
LOADED = ("load_study", "synthetic", "--patients", "3000", "--seed", "1")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: a machine and a technician, a clinician signed in, a hospital record."""

    world: ApiWorld
    cookie: str
    record: HospitalRecord


def run(*, rounds: int, shards: int) -> dict[str, Any]:
    """Start a product of its own, measure it and take it away again; raises NotStarted."""
    with scratch_product.running() as product:
        product.command(*LOADED)
        said = product.command("bench", "api", "--at", str(product.port), "--rounds", str(rounds), "--format", "json")
    report: dict[str, Any] = json.loads(said)["api"]
    return report


def measure(port: int, *, rounds: int) -> dict[str, Any]:
    """Measure the product at a port, in whose database this process stands; what it writes stays."""
    asking = _written()
    raw = [_raw(asking.world) for _ in range(rounds)]
    loads: dict[str, list[Load]] = {}
    for number in range(rounds + 1):
        parts = _parts(asking, f"R{number}")
        for name in random.sample(list(parts), len(parts)):
            each = parts[name]
            quiet_worker.wait()
            if name == FIGURE:
                _draw(asking.world)
            found = load.run(port, each.requests, connections=each.connections, status=each.status)
            if number:  # the first round warms up
                loads.setdefault(name, []).append(found)
    _check_current(asking.world)
    return _report(loads, {name: each.results for name, each in parts.items()}, statistics.median(raw))


@transaction.atomic
def _written() -> Asking:
    scope.enter_all_centres()
    centre = full_patient.largest_centre()
    if centre is None:
        raise NothingLoaded(f"Load data first: manage.py {' '.join(LOADED)}.")
    now = timezone.now()
    world, clinician = api_world.write(centre, now), full_patient.clinician_of(centre)
    scope.enter_all_centres()
    recompute.recompute_series([series.pk for series in world.series], now=now)
    record = hospital_record.write(centre, world.keeper, now)
    if not record.patients:
        raise NothingLoaded("No alert of the data that are loaded waits; load more patients.")
    return Asking(world, asked.session_of(clinician), record)


@transaction.atomic
def _draw(world: ApiWorld) -> None:
    """Store the figures that are asked for: the worker draws those of a large request only bit by bit."""
    scope.enter_all_centres()
    figures.refresh([series.pk for series in world.series[:FIGURES_OF]], now=timezone.now())


def _parts(asking: Asking, batch: str) -> dict[str, Measured]:
    now = timezone.now()
    world = api_world.with_new_token(asking.world, now)
    return {
        "bare_handler": Measured([load.request("GET", "/livez")] * READS, 4, 200),
        FIGURE: Measured(asked.figures(world.series[:FIGURES_OF], asking.cookie, READS), 4, 200),
        "search": Measured(asked.searches(world.series, world.machine_token, WRITES), 4, 200),
        "cds_hook": Measured(hospital_record.views(asking.record, CALLS, now), 2, 200),
        "single_create": Measured(asked.singles(world, f"{batch}s", WRITES), 4, 201),
        "bulk_50_series": Measured(asked.bulks(world, 50, f"{batch}f", BULKS), 2, 201, RESULTS),
        "bulk_1000_series": Measured(asked.bulks(world, RESULTS, f"{batch}m", BULKS), 2, 201, RESULTS),
        "transaction_of_100": Measured(asked.transactions(world, f"{batch}t", TRANSACTIONS), 2, 200, TRANSACTION),
    }


def _raw(world: ApiWorld) -> float:
    """Seconds that the raw insert of the rows of one bulk request takes, over one connection, rolled back."""
    with transaction.atomic():
        scope.enter_all_centres()
        rows = api.rows_of_a_request(world)
        spent = api.timed(lambda: api.insert(rows)).wall
        transaction.set_rollback(True)
    return spent


@transaction.atomic
def _check_current(world: ApiWorld) -> None:
    """What was written is what every reader gets: nothing waits to be computed."""
    scope.enter_all_centres()
    if RecomputeRequest.objects.filter(series__in=world.series).exists():
        raise PageNotServed("A series has no current verdict after the answers.")


def _report(loads: Mapping[str, Sequence[Load]], results: Mapping[str, int], raw: float) -> dict[str, Any]:
    rates = {name: statistics.median(len(one.calls) / one.seconds for one in rounds) for name, rounds in loads.items()}
    written = [name for name in rates if results[name] > 1]
    calls = {name: sorted(call for one in rounds for call in one.calls) for name, rounds in loads.items()}
    own = sum(one.own_seconds for rounds in loads.values() for one in rounds)
    return {
        "calls_a_second": {name: round(rate, 1) for name, rate in rates.items()},
        "results_a_second": {
            "raw_insert": round(RESULTS / raw), **{name: round(rates[name] * results[name]) for name in written},
        },
        "times_the_raw_insert": {
            name: round(RESULTS / raw / (rates[name] * results[name]), 2) for name in (*written, "single_create")
        },
        "times_the_bare_handler": {name: round(rates["bare_handler"] / rate, 1) for name, rate in rates.items()},
        **{
            key: {name: round(found[len(found) * percent // 100] * 1000, 1) for name, found in calls.items()}
            for key, percent in PERCENTILES.items()
        },
        "generator_share_of_a_core": round(own / sum(one.seconds for rounds in loads.values() for one in rounds), 3),
        "load_average": [round(each, 1) for each in os.getloadavg()],
        "cores": os.cpu_count(),
    }  # fmt: skip
