"""How long the pages of the desk take on the server, as multiples of a plain query in the same run.

Yardstick 1.0: reading a thousand results with one statement. Rounds are shuffled, the medians compared. Everything is
written in one transaction that is rolled back: nothing stays, no worker is woken.
"""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring import scope
from monitoring.models import SeriesSummary
from monitoring.studies.benchmarks import full_patient
from monitoring.studies.benchmarks.full_patient import FullPatient

WARM_UP = 3  # the first answers compile templates and fill caches
CALLS = 20  # of each page in every round
PLAIN_QUERY = "SELECT id, collected_on, pct_abl1 FROM monitoring_mrdresult ORDER BY id LIMIT 1000"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of this process alone: on a busy machine the second says more."""

    wall: float
    own: float


class NothingLoaded(ValueError):
    """There is no centre to measure at."""


class PageNotServed(RuntimeError):
    """A page answered with something else than itself."""


def run(*, rounds: int, shards: int) -> dict[str, Any]:
    """Return the ratios to the yardstick, the milliseconds behind them, and the queries of each page."""
    with transaction.atomic():
        scope.enter_all_centres()
        centre = full_patient.largest_centre()
        if centre is None:
            raise NothingLoaded("Load data first: manage.py load_study synthetic --patients 10000.")
        report = _measure(full_patient.write(centre, timezone.now()), rounds)
        transaction.set_rollback(True)
    return report


def _measure(full: FullPatient, rounds: int) -> dict[str, Any]:
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(full.clinician, backend="django.contrib.auth.backends.ModelBackend")
    parts: dict[str, Callable[[], None]] = {
        "plain_query": _plain_query,
        "worklist": lambda: _open(browser, "/"),
        "patient_page": lambda: _open(browser, f"/patients/{full.patient.pk}/"),
        "patient_figure": lambda: _open(browser, f"/patients/{full.patient.pk}/figure/"),
    }
    for part in [*parts.values()] * WARM_UP:
        part()
    seconds: dict[str, list[Spent]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name in random.sample(list(parts), len(parts)):
            seconds[name] += [_timed(parts[name]) for _ in range(CALLS)]
    return _report(seconds) | {"queries": {name: _queries(part) for name, part in parts.items()}}


def _timed(part: Callable[[], None]) -> Spent:
    began = time.perf_counter(), time.process_time()
    part()
    return Spent(time.perf_counter() - began[0], time.process_time() - began[1])


def _open(browser: Client, address: str) -> None:
    answer = browser.get(address)
    scope.enter_all_centres()  # the request has left its scope behind
    if answer.status_code != HTTPStatus.OK:
        raise PageNotServed(f"{address} answered {answer.status_code}.")


def _plain_query() -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_QUERY)
        cursor.fetchall()


def _queries(part: Callable[[], None]) -> int:
    with CaptureQueriesContext(connection) as captured:
        part()
    return len(captured)


def _report(seconds: dict[str, list[Spent]]) -> dict[str, Any]:
    median = {name: statistics.median(one.wall for one in values) for name, values in seconds.items()}
    own = {name: statistics.median(one.own for one in values) for name, values in seconds.items()}
    return {
        "series": SeriesSummary.objects.count(),
        "ratios": {name: round(value / median["plain_query"], 1) for name, value in median.items()},
        "milliseconds": {name: round(value * 1000, 1) for name, value in median.items()},
        "milliseconds_of_this_process": {name: round(value * 1000, 1) for name, value in own.items()},
    }
