"""Response tables in the form of FILO 2025: blood and marrow apart, groups, those not evaluated in no percentage."""

from datetime import timedelta
from typing import Any

from monitoring.domain.cohorts.patient import CycleGiven, Transplant
from monitoring.domain.cohorts.response_table import (
    ResponseGroup,
    before_transplant,
    depth_by_cycle,
    response_table,
)
from monitoring.domain.response import BelowDiagnosis
from monitoring.domain.terms import CycleResponse, Marker, Tissue
from tests.cohort_patients import RELAPSE_ON, TREATED_ON, cohort_patient, response_at

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


def cycle(number: int, days: int | None) -> CycleGiven:
    on = TREATED_ON + timedelta(days=28 * (number - 1))
    return CycleGiven(number, on, on + timedelta(days=27), days, days, 400, "AZACITIDINE", 7, "", "", None, "")


def patient(after: dict[Tissue, CycleResponse], days: int | None = 14, **more: Any) -> Any:
    return cohort_patient(after_c1_c2=after, cycles=(cycle(1, days),), comparable_by_days=days is not None, **more)


def test_groups_and_tissues_are_counted_apart() -> None:
    patients = [
        patient({PB: CycleResponse.NEGATIVITY, BM: CycleResponse.REDUCTION}, genes=frozenset({"NPM1", "FLT3-ITD"})),
        patient({PB: CycleResponse.PROGRESSION}, days=28, genes=frozenset({"NPM1", "NRAS"})),
        patient({PB: CycleResponse.STABLE, BM: CycleResponse.NOT_EVALUATED}, days=15),
        patient({BM: CycleResponse.STABLE}, days=None, marker=Marker.CBFB_MYH11, genes=frozenset({"NRAS"})),
    ]
    table = {column.group: column for column in response_table(patients)}
    assert {group: column.patients for group, column in table.items()} == {
        ResponseGroup.ALL: 4,
        ResponseGroup.SIGNALLING: 2,
        ResponseGroup.NO_SIGNALLING: 1,
        ResponseGroup.SHORT_VENETOCLAX: 1,
        ResponseGroup.LONG_VENETOCLAX: 2,
    }
    blood, marrow = table[ResponseGroup.ALL].tissues[PB], table[ResponseGroup.ALL].tissues[BM]
    assert (blood.evaluated, blood.not_evaluated, blood.responded) == (3, 1, 1)
    assert (marrow.evaluated, marrow.not_evaluated, marrow.responded) == (2, 2, 1)
    assert marrow.counts[CycleResponse.STABLE] == 1


def test_before_transplant_only_the_transplanted_are_counted() -> None:
    transplanted: dict[str, Any] = {"transplants": (Transplant(RELAPSE_ON + timedelta(days=140)),)}
    found = before_transplant(
        [
            cohort_patient(before_transplant={PB: response_at(2, PB, CycleResponse.NEGATIVITY)}, **transplanted),
            cohort_patient(**transplanted),
            cohort_patient(),
        ]
    )
    assert (found[PB].evaluated, found[PB].not_evaluated, found[PB].responded) == (1, 1, 1)
    assert found[BM].not_evaluated == 2


def test_depth_counts_a_patient_at_the_cycles_that_were_given() -> None:
    low = response_at(1, BM, CycleResponse.REDUCTION, below_diagnosis=BelowDiagnosis.LOW_POSITIVE)
    negative = response_at(2, BM, CycleResponse.NEGATIVITY, below_diagnosis=BelowDiagnosis.NEGATIVE)
    patients = [
        cohort_patient(cycles=(cycle(1, 14), cycle(2, 14)), responses=(low, negative)),
        cohort_patient(cycles=(cycle(1, 14),), responses=()),
    ]
    first, second = depth_by_cycle(patients, BM)
    assert (first.given, first.counts[BelowDiagnosis.LOW_POSITIVE], first.not_sampled) == (2, 1, 1)
    assert (second.given, second.counts[BelowDiagnosis.NEGATIVE], second.not_sampled) == (1, 1, 0)
    assert depth_by_cycle([], BM) == ()
