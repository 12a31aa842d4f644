"""What REST v1 does in one process, beside the raw insert of the same rows and a bare handler, in the same run.

The caller is in the same process: there is no network in the numbers, and one process does everything in turn. Each
measured call is rolled back, so that every one finds the same tables. Rounds are shuffled, the medians compared.
"""

import random
import statistics
import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from monitoring import scope
from monitoring.actions import recompute
from monitoring.models import MrdResult, MrdSeries, RecomputeRequest, Sample
from monitoring.studies.benchmarks import api_world, full_patient
from monitoring.studies.benchmarks.api_world import RESULTS, ApiWorld
from monitoring.studies.benchmarks.full_patient import FullPatient
from monitoring.studies.benchmarks.pages import NothingLoaded, PageNotServed, Spent

SINGLES, FIGURES = 20, 100  # calls in every round
PERCENTILE = 99
ONE_BY_ONE = ("single_sent", "figure", "bare_handler")
BULK = "/api/v1/results/bulk?mode=all-or-nothing"
COLUMNS = "patient_id, series_id, sample_id, assay_id, version, determination, state, collected_on, tissue, \
timepoint, assay_key, call, pct_abl1, abl1_copies, entered_scale, problems, comment, constructed, entered_by_id, \
submitted_by_id, submitted_at, authorised_by_id, authorised_at, authorisation_basis, reason"


def run(*, rounds: int, shards: int) -> dict[str, Any]:
    """Return calls and results a second, the ratios to the raw insert and the bare handler, and p99 in milliseconds."""
    with transaction.atomic():
        scope.enter_all_centres()
        centre = full_patient.largest_centre()
        if centre is None:
            raise NothingLoaded("Load data first: manage.py load_study synthetic --patients 10000.")
        now = timezone.now()
        full, world = full_patient.write(centre, now), api_world.write(centre, now)
        recompute.recompute_series([row.pk for row in world.series], now=now)
        report = _measure(world, full, rounds)
        transaction.set_rollback(True)
    return report


def _measure(world: ApiWorld, full: FullPatient, rounds: int) -> dict[str, Any]:
    parts = _parts(world, full)
    for do, _ in parts.values():
        timed(do)
    seconds: dict[str, list[Spent]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name in random.sample(list(parts), len(parts)):
            do, calls = parts[name]
            seconds[name] += [timed(do) for _ in range(calls)]
    return _report(seconds)


def _parts(world: ApiWorld, full: FullPatient) -> dict[str, tuple[Callable[[], None], int]]:
    few, many, one = (api_world.body(world, size) for size in (50, RESULTS, RESULTS))
    series = MrdSeries.objects.get(patient=full.patient)
    token = AuthToken.objects.create(user=full.clinician)[1]
    single = f'{{"results": [{one[one.index("[") + 1 : one.index("}}") + 2]}]}}'
    figure = f"/api/v1/series/{series.pk}/figure/"
    _get(figure, token)  # drawn once and kept, as it is after every change
    scope.enter_all_centres()
    rows = rows_of_a_request(world)
    return {
        "raw_insert": (lambda: insert(rows), 1),
        "bulk_sent_50_series": (lambda: _post(world.machine_token, few, world), 1),
        "bulk_sent_1000_series": (lambda: _post(world.machine_token, many, world), 1),
        "bulk_drafts": (lambda: _post(world.technician_token, many, world), 1),
        "single_sent": (lambda: _post(world.machine_token, single, world), SINGLES),
        "figure": (lambda: _get(figure, token), FIGURES),
        "bare_handler": (lambda: _get("/livez", ""), FIGURES),
    }


def timed(do: Callable[[], None]) -> Spent:
    """Do it in a transaction that is rolled back, and return what it took."""
    with transaction.atomic():
        scope.enter_all_centres()
        began = time.perf_counter(), time.process_time()
        do()
        spent = Spent(time.perf_counter() - began[0], time.process_time() - began[1])
        transaction.set_rollback(True)
    return spent


@cache
def _caller() -> Client:
    """One for all calls: a new one would load the middleware anew."""
    return Client(HTTP_HOST="localhost")


def _post(token: str, body: str, world: ApiWorld) -> None:
    answer = _caller().post(BULK, body, content_type="application/json", headers={"authorization": f"Bearer {token}"})
    if answer.status_code != HTTPStatus.CREATED:
        raise PageNotServed(f"{BULK} answered {answer.status_code}: {answer.content[:300]!r}")


def _get(address: str, token: str) -> None:
    answer = _caller().get(address, headers={"authorization": f"Bearer {token}"} if token else {})
    if answer.status_code != HTTPStatus.OK:
        raise PageNotServed(f"{address} answered {answer.status_code}.")


def rows_of_a_request(world: ApiWorld) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """The rows that a request of the machine leaves, as the columns of the raw insert; their samples are there."""
    with transaction.atomic():
        _post(world.machine_token, api_world.body(world, RESULTS), world)
        scope.enter_all_centres()
        found = list(MrdResult.objects.filter(assay=world.assay).order_by("pk"))
        samples = list(Sample.objects.filter(laboratory=world.assay.laboratory).order_by("pk").values_list(
            "id", "patient_id", "laboratory_id", "accession_number", "tissue", "collected_on"
        ))  # fmt: skip
        if RecomputeRequest.objects.filter(series__in=world.series).exists():
            raise PageNotServed("A series has no current verdict after the answer.")
        transaction.set_rollback(True)
    return [
        (sample, tuple(_plain(getattr(row, name)) for name in COLUMNS.replace(" ", "").split(",")))
        for row, sample in zip(found, samples, strict=True)
    ]


def _plain(value: Any) -> Any:
    return "[]" if isinstance(value, list) else value


def insert(rows: list[tuple[tuple[Any, ...], tuple[Any, ...]]]) -> None:
    """The same rows by the same driver, in one pipeline; the triggers of the tables run."""
    marks = ", ".join(["%s"] * len(COLUMNS.split(",")))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO monitoring_sample (id, patient_id, laboratory_id, accession_number, tissue, collected_on, "
            "timepoint, anticoagulant, haemodilution_noted, quality_note, constructed) "
            "VALUES (%s, %s, %s, %s, %s, %s, '', '', false, '', '[]')",
            [sample for sample, _ in rows],
        )
        cursor.executemany(
            f"INSERT INTO monitoring_mrdresult ({COLUMNS}) VALUES ({marks})",  # noqa: S608 - constants
            [row for _, row in rows],
        )


def _report(seconds: dict[str, list[Spent]]) -> dict[str, Any]:
    wall = {name: [each.wall for each in values] for name, values in seconds.items()}
    median = {name: statistics.median(values) for name, values in wall.items()}
    own = {name: statistics.median(each.own for each in values) for name, values in seconds.items()}
    many = [name for name in median if name.startswith(("bulk", "raw"))]
    return {
        "results_a_second": {name: round(RESULTS / median[name]) for name in many},
        "calls_a_second": {name: round(1 / median[name]) for name in ONE_BY_ONE},
        "times_the_raw_insert": {name: round(median[name] / median["raw_insert"], 2) for name in many},
        "times_the_bare_handler": {name: round(median[name] / median["bare_handler"], 1) for name in ONE_BY_ONE},
        "p99_ms": {
            name: round(sorted(wall[name])[len(wall[name]) * PERCENTILE // 100] * 1000, 1) for name in ONE_BY_ONE
        },
        "fastest_and_slowest_ms": {name: f"{min(wall[name]) * 1000:.0f}-{max(wall[name]) * 1000:.0f}" for name in many},
        "milliseconds_of_this_process": {name: round(value * 1000, 1) for name, value in own.items()},
    }
