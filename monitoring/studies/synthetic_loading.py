"""The synthetic registry, loaded in batches.

Each batch is one transaction and leaves a mark: an interrupted load goes on where it stopped, a second changes nothing.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from monitoring.models import LoadedStudy
from monitoring.studies.registry import Registry, synthetic_registry
from monitoring.studies.registry_writing import write
from monitoring.studies.synthetic import simulate

BATCH_PATIENTS = 1_000
CONNECTIONS = 3  # one batch is made while PostgreSQL works on two: more than its two cores gained nothing


class LoadedOtherwise(Exception):
    """Patients of this seed are there already, but were made with other options."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: patients 1 to `patients` of a seed, with about `mean` or `exactly` so many samples."""

    patients: int
    seed: int
    mean: int
    exactly: int = 0

    @property
    def options(self) -> dict[str, int]:
        """What a later load of the same seed has to repeat."""
        return {"seed": self.seed, "mean": self.mean, "exactly": self.exactly}


def load(wish: Wish, *, today: date, now: datetime, tell: Callable[[str], None]) -> int:
    """Load what is missing of the wish; return how many patients were loaded now. Raises LoadedOtherwise."""
    with transaction.atomic():
        registry = synthetic_registry()
    batches = list(_batches(_missing(wish)))
    if len(batches) == 1:
        _load_batch(registry, wish, batches[0], today, now)
    elif batches:
        _load_side_by_side(registry, wish, batches, today, now, tell)
    return sum(len(batch) for batch in batches)


def _missing(wish: Wish) -> list[int]:
    """Return the numbers of the patients that no mark of this seed covers."""
    there: set[int] = set()
    for mark in LoadedStudy.objects.filter(name__startswith=f"synthetic {wish.seed}:").values_list("detail", flat=True):
        if {key: mark[key] for key in wish.options} != wish.options:
            raise LoadedOtherwise(str(mark))
        there.update(range(mark["first"], mark["last"] + 1))
    return [number for number in range(1, wish.patients + 1) if number not in there]


def _batches(numbers: list[int]) -> Iterator[range]:
    """Return runs of following numbers, none longer than a batch."""
    first = 0
    for place in range(1, len(numbers) + 1):
        over = place == len(numbers) or numbers[place] != numbers[place - 1] + 1
        if over or place - first == BATCH_PATIENTS:
            yield range(numbers[first], numbers[place - 1] + 1)
            first = place


def _load_side_by_side(
    registry: Registry, wish: Wish, batches: list[range], today: date, now: datetime, tell: Callable[[str], None]
) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        arriving = [pool.submit(_load_in_thread, registry, wish, batch, today, now) for batch in batches]
        try:
            for batch, loaded in zip(batches, arriving, strict=True):
                loaded.result()
                tell(f"{batch[-1]} of {wish.patients} patients")
        finally:
            for waiting in arriving:
                waiting.cancel()


def _load_in_thread(registry: Registry, wish: Wish, numbers: range, today: date, now: datetime) -> None:
    """Each thread has a connection of its own, which only that thread can close."""
    try:
        _load_batch(registry, wish, numbers, today, now)
    finally:
        connection.close()


def _load_batch(registry: Registry, wish: Wish, numbers: range, today: date, now: datetime) -> None:
    patients = [
        simulate(wish.seed, number, f"S{wish.seed}-{number:06}", today, wish.mean, wish.exactly) for number in numbers
    ]
    first, last = numbers[0], numbers[-1]
    detail: dict[str, Any] = {**wish.options, "first": first, "last": last, "today": today.isoformat()}
    write(registry, patients, LoadedStudy(name=f"synthetic {wish.seed}: {first}-{last}", detail=detail), now)
