"""How long a cohort of a whole registry takes: the builder, each part in the worker, each part from cache, the exports.

Asked over the network of the machine of a product that runs. Beside each time stands the ratio to a yardstick of the
same run: of what is served to a bare handler, of what the worker makes to the raw reading of the same rows. Rounds are
shuffled.
"""

import http.client
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from monitoring import scope
from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.parts import Part, PartQuestion
from monitoring.models import AnalysisRow, CohortVersion
from monitoring.queries.analysis_rows import DataState
from monitoring.studies.benchmarks import cohort_world, full_patient, load, scratch_product
from monitoring.studies.benchmarks.cohort_world import Asked, CohortWorld
from monitoring.studies.benchmarks.pages import NothingLoaded
from monitoring.studies.benchmarks.served_requests import session_of

CALLS = 10  # of each address in every round
P99 = 99
FIGURES = (Part.SURVIVAL, Part.INCIDENCE, Part.TRANSPLANT, Part.SWIMMER, Part.TRAJECTORIES, Part.WATERFALL)
EXPORTS = ("csv", "parquet")
RAW_READ = "SELECT series_id, selection::text, course::text FROM monitoring_analysisrow WHERE ruleset = %s"


def run(*, rounds: int, patients: int) -> dict[str, Any]:
    """Start a product of its own with so many patients, measure it and take it away again; raises NotStarted."""
    with scratch_product.running() as product:
        product.command("load_study", "synthetic", "--patients", str(patients), "--seed", "1")
        said = product.command(
            "bench", "cohorts", "--at", str(product.port), "--rounds", str(rounds), "--format", "json"
        )
    report: dict[str, Any] = json.loads(said)["cohorts"]
    return report


def measure(port: int, *, rounds: int) -> dict[str, Any]:
    """Measure the product at a port, in whose database this process stands; the cohorts that it defines stay."""
    world, cookie = _written()
    began = time.monotonic()
    data = cohort_world.wait_for_rows(world)
    waited = time.monotonic() - began
    name = f"Bench {timezone.now():%Y-%m-%d %H:%M:%S.%f}"
    questions = [parts.first_asked(part, ()) for part in Part]
    version = cohort_world.define(world, name)
    computed = _computed(world, name, questions, data, rounds)
    for question in questions:
        cohort_world.ask(world, version, question, data)
    served = _served(port, cookie, version, questions, rounds)
    exported = {kind: _export(port, cookie, f"/cohorts/{version.cohort_id}/analysis-set.{kind}") for kind in EXPORTS}
    return {
        "patients": data.patients,
        "seconds_until_the_rows_were_made": round(waited, 1),
        **_of_worker(computed, _raw_seconds(world)),
        **_of_web(served),
        "export_seconds_to_first_byte": {kind: round(first, 2) for kind, (first, _) in exported.items()},
        "export_seconds": {kind: round(whole, 2) for kind, (_, whole) in exported.items()},
        "load_average": [round(each, 1) for each in os.getloadavg()],
        "cores": os.cpu_count(),
    }


@transaction.atomic
def _written() -> tuple[CohortWorld, str]:
    scope.enter_all_centres()
    centre = full_patient.largest_centre()
    if centre is None:
        raise NothingLoaded("Load data first: manage.py load_study synthetic --patients 50000.")
    world = cohort_world.write(centre, timezone.now())
    return world, session_of(world.person)


def _computed(
    world: CohortWorld, name: str, questions: Sequence[PartQuestion], data: DataState, rounds: int
) -> dict[str, list[Asked]]:
    """Each part asked alone of a cohort that is new, so that nothing is kept of it: seconds from asked to kept."""
    found: dict[str, list[Asked]] = {question.part.value: [] for question in questions}
    for number in range(rounds):
        for question in random.sample(questions, len(questions)):
            version = cohort_world.define(world, f"{name} {question.part} {number}")
            found[question.part.value].append(cohort_world.ask(world, version, question, data))
    return found


def _served(
    port: int, cookie: str, version: CohortVersion, questions: Sequence[PartQuestion], rounds: int
) -> dict[str, list[float]]:
    """Seconds of each call by what was asked; the first round warms up."""
    addresses = _addresses(version.cohort_id, questions)
    seconds: dict[str, list[float]] = {name: [] for name in addresses}
    for number in range(rounds + 1):
        for name in random.sample(list(addresses), len(addresses)):
            asked = load.request("GET", addresses[name], (cookie, "HX-Request: true"))
            found = load.run(port, [asked] * CALLS, connections=1, status=200)
            if number:
                seconds[name] += found.calls
    return seconds


def _addresses(cohort: int, questions: Sequence[PartQuestion]) -> dict[str, str]:
    asked = {question.part: (f"/cohorts/{cohort}/parts/{question.part}/", _query(question)) for question in questions}
    return {
        "bare_handler": "/livez",
        "builder": "/cohorts/new/",
        "builder_filo2025": "/cohorts/new/?start=filo2025",
        "page": f"/cohorts/{cohort}/",
        **{f"part_{part}": f"{address}?{query}" for part, (address, query) in asked.items()},
        **{f"figure_{part}": f"{asked[part][0]}figure.svg?{asked[part][1]}" for part in FIGURES},
    }


def _query(question: PartQuestion) -> str:
    return "&".join(f"{name}={value}" for name, value in parts.said(question).items())


def _export(port: int, cookie: str, address: str) -> tuple[float, float]:
    """Seconds to the first byte and to the last; a file of many rows is asked for until the worker has made it."""
    began = time.perf_counter()
    while (answer := _asked(port, cookie, address)).status == http.client.FOUND:
        answer.read()
        time.sleep(cohort_world.LOOK_SECONDS)
    if not answer.read(1) or answer.status != http.client.OK:
        raise load.NotAnswered(f"{address} answered {answer.status}.")
    first = time.perf_counter() - began
    answer.read()
    return first, time.perf_counter() - began


def _asked(port: int, cookie: str, address: str) -> http.client.HTTPResponse:
    name, _, value = cookie.partition(": ")
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=load.PATIENCE_SECONDS)
    asked.request("GET", address, headers={name: value})
    return asked.getresponse()


@transaction.atomic
def _raw_seconds(world: CohortWorld) -> float:
    """Seconds that the raw reading of all rows of the centre takes over one connection."""
    scope.enter(world.person)
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(RAW_READ, [cohort_world.EVERYBODY.ruleset.value])
        if len(cursor.fetchall()) < 1:
            raise NothingLoaded(f"There is no row of {AnalysisRow._meta.db_table}.")
    return time.perf_counter() - began


def _of_worker(computed: Mapping[str, Sequence[Asked]], raw: float) -> dict[str, Any]:
    medians = {name: statistics.median(one.clock for one in asked) for name, asked in computed.items()}
    own = {name: [one.own for one in asked if one.own is not None] for name, asked in computed.items()}
    return {
        "worker_own_seconds": {name: round(statistics.median(spent), 2) for name, spent in own.items() if spent},
        "worker_seconds": {name: round(seconds, 2) for name, seconds in medians.items()},
        "raw_read_seconds": round(raw, 2),
        "times_the_raw_read": {name: round(seconds / raw, 1) for name, seconds in medians.items()},
    }


def _of_web(served: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    medians = _each(served, statistics.median)
    return {
        "served_ms": {name: round(seconds * 1000, 1) for name, seconds in medians.items()},
        "served_p99_ms": {
            name: round(seconds * 1000, 1)
            for name, seconds in _each(served, lambda calls: sorted(calls)[len(calls) * P99 // 100]).items()
        },
        "times_the_bare_handler": {
            name: round(seconds / medians["bare_handler"], 1) for name, seconds in medians.items()
        },
    }


def _each(of: Mapping[str, Sequence[float]], told: Callable[[Sequence[float]], float]) -> dict[str, float]:
    return {name: told(values) for name, values in of.items()}
