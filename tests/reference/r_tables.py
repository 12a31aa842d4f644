"""R's committed answers and the patients they were asked about: tests/reference/r/survival/script.R made them."""

import csv
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from monitoring.domain.survival.exposures import ExposedPatient
from monitoring.domain.survival.observations import Observation

FOLDER = Path(__file__).resolve().parent / "r" / "survival"
SETS = ("hand_ties", "hand_delayed", "lung", "veteran", "mgus2", "heart", "simulated_ties", "simulated_delayed")
EVERYBODY = "all"
AGREEMENT = 1e-6

Row = dict[str, str]


def rows(path: str) -> list[Row]:
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answers(table: str, **wanted: str) -> list[Row]:
    return [row for row in rows(f"answers/{table}.csv") if all(row[key] == value for key, value in wanted.items())]


def exact(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def exposed_patients(name: str) -> list[ExposedPatient]:
    return [
        ExposedPatient(
            Observation(Decimal(row["time"]), row["cause"] or None, row["group"], exact(row["entry"])),
            exact(row["exposed_at"]),
        )
        for row in rows(f"data/{name}.csv")
    ]


def patients(name: str, group: str = EVERYBODY) -> list[Observation]:
    everybody = [patient.observation for patient in exposed_patients(name)]
    return [each for each in everybody if group in (EVERYBODY, each.group)]


def strata(name: str) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for row, each in zip(rows(f"data/{name}.csv"), patients(name), strict=True):
        found.setdefault(row["stratum"], []).append(each)
    return found


def sets_with(table: str, **wanted: str) -> list[str]:
    return sorted({row["set"] for row in answers(table, **wanted)})


def by_curve(table: str, *keys: str) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in answers(table):
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return iter(found.items())


def agrees(ours: float | None, r: str) -> bool:
    """R's NA is our None: a number on one side only is a disagreement."""
    if ours is None or not r:
        return ours is None and not r
    return math.isclose(ours, float(r), rel_tol=AGREEMENT, abs_tol=AGREEMENT)


def all_agree(ours: Sequence[float | None], r: Row, columns: Sequence[str]) -> bool:
    return all(agrees(value, r[column]) for value, column in zip(ours, columns, strict=True))
