"""Observations that were taken in, and the answers that show them as every reader sees them from now on."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.fhir import answers, results
from api.fhir.answers import Answer
from api.fhir.callers import Caller
from api.fhir.refusals import Issue, not_found


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An Observation that was taken in, by its id; how the sender wants it answered, and what it is to be told."""

    root: int
    created: bool
    prefer: str
    issues: Sequence[Issue]


def answers_to(caller: Caller, taken: Sequence[TakenIn]) -> list[Answer]:
    """Return the answers, in the order of what was taken in; raises FhirRefused (404) for what is not to be seen."""
    shown = results.numbered(caller, {each.root for each in taken})
    if any(each.root not in shown for each in taken):
        raise not_found()
    return [
        answers.of_write(
            caller.base, shown[each.root], created=each.created, prefer=each.prefer, issues=each.issues
        )
        for each in taken
    ]  # fmt: skip
