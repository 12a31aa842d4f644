"""How long all verdicts take, as a multiple of copying the same rows out of the database.

Yardstick 1.0: COPY BINARY of the rows of the current results, by one process. Beside it, as a yardstick of its own,
only those columns of them that a rule reads. Rounds are shuffled, the medians compared. All of it is done by the role
of this process: the worker, which does it in the end, is asked for by MRD_PROCESS=worker.
"""

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from monitoring import scope
from monitoring.domain.classify import classify_all
from monitoring.domain.results import Result
from monitoring.domain.rulesets import DEFAULT_RULESET, RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.models import Baseline, ClinicalEvent, MrdResult, MrdSeries, Patient, Treatment
from monitoring.studies.benchmarks.pages import NothingLoaded

NAIVE_SAMPLE = 300  # series of the loop that is measured for comparison and scaled up

COPY_ROWS = "COPY (SELECT * FROM monitoring_mrdresult WHERE state = 'AUTHORISED') TO STDOUT (FORMAT BINARY)"
COPY_COLUMNS = """COPY (
  SELECT series_id, collected_on, id, tissue, call, pct_abl1, abl1_copies, lod_pct_abl1, loq_pct_abl1, assay_key,
         timepoint
  FROM monitoring_mrdresult WHERE state = 'AUTHORISED'
) TO STDOUT (FORMAT BINARY)"""
ROWS, COLUMNS = "copy_binary", "copy_binary_of_columns"
VERDICTS = ("monitoring_storedverdict", "monitoring_storedepisode")


class PatientsAreReal(ValueError):
    """There are patients here who are not made up: nobody takes their verdicts away to measure how fast they come."""


def run(*, rounds: int, shards: int) -> dict[str, Any]:
    """Return the ratios to the yardsticks, the seconds behind them, and the largest memory of a process in MB.

    Takes all verdicts away and computes them anew; raises PatientsAreReal, and NothingLoaded.
    """
    _check_data()
    parts: dict[str, Callable[[], None]] = {
        ROWS: lambda: _copy_out(COPY_ROWS),
        COLUMNS: lambda: _copy_out(COPY_COLUMNS),
        "alerting_rule_set": lambda: _recompute(shards, "--ruleset", DEFAULT_RULESET.value),
        "all_rule_sets": lambda: _recompute(shards, "--verdicts-only"),
        "all_with_alerts_and_lists": lambda: _recompute(shards),
        "nothing_changed": lambda: _recompute(shards),
        "all_verified_nothing_changed": lambda: _recompute(shards, "--verify", "--verdicts-only"),
        "naive_loop": _naive_loop,
    }
    seconds: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name in random.sample(list(parts), len(parts)):
            prepare = BEFORE.get(name, _nothing)
            prepare()
            began = time.perf_counter()
            parts[name]()
            seconds[name].append(time.perf_counter() - began)
    return _report(seconds)


@transaction.atomic
def _check_data() -> None:
    scope.enter_all_centres()
    if Patient.objects.filter(is_synthetic=False).exists():
        raise PatientsAreReal("This place holds real patients. Measure where only load_study has written.")
    if not MrdResult.objects.exists():
        raise NothingLoaded("Load data first: manage.py load_study synthetic --patients 100000 --exactly 20.")


def _nothing() -> None:
    """Nothing has to be prepared."""


def _forget_verdicts() -> None:
    """Let everything be computed and written for the first time.

    By the owner where this place knows it, whose TRUNCATE leaves nothing to clean up while the next part is measured.
    """
    if "owner" in settings.DATABASES:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(VERDICTS)}")
        return
    with transaction.atomic():
        scope.enter_all_centres()
        with connection.cursor() as cursor:
            for table in VERDICTS:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant


BEFORE: dict[str, Callable[[], None]] = {
    "alerting_rule_set": _forget_verdicts,
    "all_rule_sets": _forget_verdicts,
    "all_with_alerts_and_lists": _forget_verdicts,
    "nothing_changed": lambda: _recompute(2),
    "all_verified_nothing_changed": lambda: _recompute(2),
}


def _report(seconds: dict[str, list[float]]) -> dict[str, Any]:
    series, results = MrdSeries.objects.count, MrdResult.objects.count
    with transaction.atomic():
        scope.enter_all_centres()
        counted = {"series": series(), "results": results()}
    median = {name: statistics.median(values) for name, values in seconds.items()}
    median["naive_loop"] *= counted["series"] / min(NAIVE_SAMPLE, counted["series"])
    return {
        **counted,
        "role": connection.settings_dict["USER"],
        "ratios": {name: round(value / median[ROWS], 2) for name, value in median.items()},
        "ratios_to_the_columns_read": {name: round(value / median[COLUMNS], 2) for name, value in median.items()},
        "seconds": {name: round(value, 2) for name, value in median.items()},
        "peak_mb_of_a_process": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def _copy_out(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        scope.enter_all_centres()
        with cursor.copy(statement) as copy:
            for _ in copy:
                pass


def _recompute(shards: int, *options: str) -> None:
    command = [sys.executable, sys.argv[0], "recompute", "--all", "--shards", str(shards), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def _naive_loop() -> None:
    """What one would write first: model instances, a query for each table and series."""
    today = timezone.now().date()
    with transaction.atomic():
        scope.enter_all_centres()
        for row in MrdSeries.objects.order_by("pk")[:NAIVE_SAMPLE]:
            classify_all(_naive_series(row), [RULESETS[DEFAULT_RULESET]], today)


def _naive_series(row: MrdSeries) -> Series:
    results = MrdResult.objects.filter(series=row, state="AUTHORISED").order_by("collected_on", "pk")
    first_line = Treatment.objects.filter(patient=row.patient, kind="FIRST_LINE", ends_on__isnull=False).last()
    list(ClinicalEvent.objects.filter(patient=row.patient))
    return Series(
        id=str(row.pk),
        marker=Marker(row.marker),
        results=tuple(
            Result(
                str(r.pk), r.collected_on, Tissue(r.tissue), Call(r.call), r.pct_abl1, r.abl1_copies,
                r.lod_pct_abl1, r.loq_pct_abl1, r.assay_key,
            )
            for r in results
        ),
        baseline_pct_abl1={Tissue(b.tissue): b.pct_abl1 for b in Baseline.objects.filter(series=row)},
        end_of_treatment=first_line.ends_on if first_line else None,
    )  # fmt: skip
