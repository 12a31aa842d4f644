"""Columns of response: blood and marrow apart, by cycle and as they count after C1 +/- C2.

Source: A5; docs/methods/cohort_exports.md.
"""

from collections.abc import Callable
from decimal import Decimal

from monitoring.domain.cohorts.analysis_column import DAYS, LOG10, PCT_ABL1, Column, ColumnType, Value
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.part_waterfall import judged_response
from monitoring.domain.cohorts.patient import CohortPatient, ResponseAt
from monitoring.domain.terms import CycleResponse, Tissue

CYCLES = (1, 2)
TISSUES = {"blood": Tissue.PERIPHERAL_BLOOD, "marrow": Tissue.BONE_MARROW}
_Get = Callable[[CohortPatient, Origin], Value]


def response_columns() -> tuple[Column, ...]:
    """Return the columns of both tissues."""
    return tuple(
        column
        for name, tissue in TISSUES.items()
        for column in (
            *_by_cycle(name, tissue),
            *_judged(name, tissue),
            *_best(name, tissue),
            _before_hsct(name, tissue),
        )
    )


def _by_cycle(name: str, tissue: Tissue) -> list[Column]:
    return [
        Column(
            f"response_{name}_c{cycle}", ColumnType.TEXT, _response(tissue, cycle), source="A5",
            words="RESPONSE_CYCLE", about=(("cycle", str(cycle)), ("tissue", name)), codes=CycleResponse,
        )
        for cycle in CYCLES
    ]  # fmt: skip


def _judged(name: str, tissue: Tissue) -> list[Column]:
    about = (("tissue", name),)
    return [
        Column(
            f"response_{name}_after_c1_c2", ColumnType.TEXT,
            lambda one, _: one.course.after_c1_c2.get(tissue, CycleResponse.NOT_EVALUATED),
            source="A5", words="RESPONSE_C1_C2", about=about, codes=CycleResponse,
        ),
        Column(
            f"reference_pct_abl1_{name}", ColumnType.EXACT, _of_judged(tissue, lambda found: found.reference_pct_abl1),
            PCT_ABL1, "A5", words="REFERENCE", about=about,
        ),
        Column(
            f"log10_reduction_{name}", ColumnType.EXACT, _of_judged(tissue, _reduction),
            LOG10, "A5", words="LOG10_REDUCTION", about=about,
        ),
        Column(
            f"log10_reduction_{name}_is_at_least", ColumnType.FLAG,
            _of_judged(tissue, lambda found: int(found.is_at_least)),
            source="A5", words="AT_LEAST", about=about,
        ),
    ]  # fmt: skip


def _best(name: str, tissue: Tissue) -> list[Column]:
    def best(one: CohortPatient, _: Origin) -> Value:
        found = one.course.best.get(tissue)
        return found.response if found else CycleResponse.NOT_EVALUATED

    def days(one: CohortPatient, _: Origin) -> Value:
        found = one.course.best.get(tissue)
        return found.days if found else None

    about = (("tissue", name),)
    return [
        Column(f"best_response_{name}", ColumnType.TEXT, best, source="A5", words="BEST", about=about,
               codes=CycleResponse),
        Column(f"best_response_{name}_days", ColumnType.WHOLE, days, DAYS, "A5", words="BEST_DAYS", about=about),
    ]  # fmt: skip


def _before_hsct(name: str, tissue: Tissue) -> Column:
    def before(one: CohortPatient, _: Origin) -> Value:
        found = one.course.before_transplant.get(tissue)
        return found.response if found else None

    return Column(f"response_{name}_before_hsct", ColumnType.TEXT, before, source="docs/methods/cohorts.md",
                  words="BEFORE_HSCT", about=(("tissue", name),), codes=CycleResponse)  # fmt: skip


def _response(tissue: Tissue, cycle: int) -> _Get:
    def found(one: CohortPatient, _: Origin) -> Value:
        return next(
            (each.response for each in one.course.responses if each.cycle == cycle and each.tissue is tissue), None
        )

    return found


def _of_judged(tissue: Tissue, get: Callable[[ResponseAt], Value]) -> _Get:
    def found(one: CohortPatient, _: Origin) -> Value:
        judged = judged_response(one, tissue)
        return None if judged is None else get(judged)

    return found


def _reduction(found: ResponseAt) -> Decimal | None:
    return found.log10_reduction
