"""The response table as it is printed: in the form of FILO 2025, Table 1, with its numbers and exact intervals."""

from typing import Any

import pytest

from monitoring.domain.cohorts.patient import Transplant
from monitoring.domain.survival.binomial import proportion
from monitoring.domain.terms import CycleResponse, Marker, Tissue
from monitoring.wording import cohort_response_words as words
from monitoring.wording.cohort_numbers import NOTHING
from tests.cohort_patients import cohort_patient, response_at
from tests.simulated_cohort import asked, day

BLOOD = Tissue.PERIPHERAL_BLOOD
# FILO 2025, Table 1, blood, all patients
PRINTED = {
    CycleResponse.NEGATIVITY: (27, "42"),
    CycleResponse.REDUCTION: (16, "25"),
    CycleResponse.STABLE: (14, "22"),
    CycleResponse.PROGRESSION: (7, "11"),
}
NOT_EVALUATED = 6


def filo() -> list[Any]:
    blood = [each for each, (n, _) in PRINTED.items() for _ in range(n)]
    blood += [CycleResponse.NOT_EVALUATED] * NOT_EVALUATED
    return [cohort_patient(after_c1_c2={BLOOD: each}) for each in blood]


def shown(patients: list[Any]) -> Any:
    return asked("RESPONSE", patients)[1]


def test_the_table_is_that_of_filo_row_by_row() -> None:
    table = words.table(shown(filo()))
    blood, marrow = table.tissues
    assert table.columns[0] == ("All", "70 patients")
    assert (blood.tissue, marrow.tissue) == ("Blood", "Marrow")
    assert [row.words for row in blood.rows] == [
        "Negativity", "Reduction, 1 log or more", "Response", "Stable", "Progression, 1 log or more", "Not evaluated",
    ]  # fmt: skip
    first = [row.cells[0] for row in blood.rows]
    assert [cell.n for cell in first] == ["27", "16", "43", "14", "7", "6"]
    assert [cell.pct for cell in first] == ["42", "25", "67", "22", "11", ""]
    assert blood.evaluated[0] == "64 evaluated"


def test_each_interval_is_the_exact_one() -> None:
    cell = words.table(shown(filo())).tissues[0].rows[0].cells[0]
    found = proportion(27, 64)
    assert cell.interval == f"{round(found.low * 100)}–{round(found.high * 100)}"


def test_of_nobody_evaluated_no_per_cent_is_told() -> None:
    marrow = words.table(shown(filo())).tissues[1]
    assert marrow.evaluated[0] == "none evaluated"
    assert {(row.cells[0].pct, row.cells[0].interval) for row in marrow.rows[:-1]} == {(NOTHING, NOTHING)}
    assert marrow.rows[-1].cells[0].n == "70"


def test_the_first_sentence_tells_blood_and_marrow_apart() -> None:
    said = words.lead(shown(filo()))
    assert "in blood in 43 of 64, 67\u00a0% (" in said
    assert "in marrow in nobody, as none was evaluated" in said


def test_fishers_p_stands_in_the_note_and_who_is_left_out_by_days() -> None:
    blood = {BLOOD: CycleResponse.NEGATIVITY}
    stable = {BLOOD: CycleResponse.STABLE}
    patients = [
        *(cohort_patient(after_c1_c2=blood, genes=frozenset({"FLT3-ITD"})) for _ in range(8)),
        *(cohort_patient(after_c1_c2=stable) for _ in range(8)),
        cohort_patient(after_c1_c2=blood, marker=Marker.CBFB_MYH11, comparable_by_days=False),
    ]
    note = words.note(shown(patients))
    assert "Fisher exact: blood p\u00a0<\u00a00.001, not adjusted." in note
    assert "marrow p" not in note
    assert "17 patients whose venetoclax days changed between C1 and C2, or are not on record, are left out" in note


@pytest.mark.parametrize("transplanted", [0, 2])
def test_response_before_transplant_is_of_those_transplanted(transplanted: int) -> None:
    before = {BLOOD: response_at(2, BLOOD, CycleResponse.NEGATIVITY)}
    patients = [
        *(cohort_patient(transplants=(Transplant(day(140)),), before_transplant=before) for _ in range(transplanted)),
        cohort_patient(),
    ]
    table = words.before_transplant(shown(patients))
    if not transplanted:
        assert table is None
        return
    assert table is not None
    assert table.columns == (("Before transplant", "2 patients"),)
    assert table.tissues[0].rows[0].cells[0].n == "2"
    assert table.tissues[1].evaluated == ("none evaluated",)
