"""The analysis set as a table: every column explained, one row a patient, and a shared file that tells nobody apart."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from monitoring.domain.cohorts.analysis_column import Leaving
from monitoring.domain.cohorts.analysis_columns import COLUMNS, analysis_table, columns
from monitoring.domain.cohorts.endpoints import Endpoint, Origin, endpoint_times
from monitoring.domain.cohorts.patient import CohortPatient, MutationChange, Transplant
from monitoring.domain.terms import CycleResponse, Marker, Tissue
from monitoring.wording import cohort_column_words
from tests.cohort_patients import RELAPSE_ON, TREATED_ON, cohort_patient, response_at
from tests.exported_cohort import patients

RELAPSE = Origin.MOLECULAR_RELAPSE


def row(patient: CohortPatient, origin: Origin = RELAPSE, *, without_dates: bool = False) -> dict[str, Any]:
    table = analysis_table([patient], origin, without_dates=without_dates)
    return {column.name: value for column, value in zip(table.columns, table.rows[0], strict=True)}


def test_each_column_is_told_once_and_each_entry_is_a_column() -> None:
    names = [column.name for column in COLUMNS]
    assert len(set(names)) == len(names)
    told = {column.told_as for column in COLUMNS}
    places = {value for column in COLUMNS for name, value in column.about if name == "of"}
    assert told | places == set(cohort_column_words.WORDS)
    assert all(cohort_column_words.entry(column).meaning for column in COLUMNS)
    assert not any("%(" in cohort_column_words.entry(column).label for column in COLUMNS)


def test_a_day_stands_as_date_and_as_days_from_the_failure() -> None:
    found = row(cohort_patient(died_on=RELAPSE_ON + timedelta(days=100)))
    assert (found["failure_on"], found["failure_day"]) == (RELAPSE_ON, 0)
    assert (found["died_on"], found["died_day"]) == (RELAPSE_ON + timedelta(days=100), 100)
    assert (found["c1_on"], found["c1_day"]) == (TREATED_ON, 30)
    assert (found["diagnosed_day"], found["age_at_failure"]) == ((date(2023, 1, 10) - RELAPSE_ON).days, 61)


def test_without_a_failure_days_are_counted_from_treatment_then_from_diagnosis() -> None:
    assert row(cohort_patient(failure=None))["c1_day"] == 0
    assert row(cohort_patient(failure=None, course=None))["diagnosed_day"] == 0
    assert row(cohort_patient(failure=None, course=None, diagnosed_on=None))["last_contact_day"] is None


def test_blood_and_marrow_stand_apart_with_undetected_as_a_lower_bound() -> None:
    marrow = response_at(
        1, Tissue.BONE_MARROW, CycleResponse.NEGATIVITY, log10_reduction=Decimal("3.20"), is_at_least=True
    )
    found = row(cohort_patient(responses=(marrow,), after_c1_c2={Tissue.BONE_MARROW: CycleResponse.NEGATIVITY}))
    assert (found["response_marrow_c1"], found["response_marrow_after_c1_c2"]) == ("NEGATIVITY", "NEGATIVITY")
    assert (found["log10_reduction_marrow"], found["log10_reduction_marrow_is_at_least"]) == (Decimal("3.20"), 1)
    assert (found["response_blood_c1"], found["response_blood_after_c1_c2"]) == (None, "NOT_EVALUATED")
    assert (found["log10_reduction_blood"], found["log10_reduction_blood_is_at_least"]) == (None, None)


@pytest.mark.parametrize("origin", [Origin.MOLECULAR_RELAPSE, Origin.CYCLE_1, Origin.HSCT])
def test_times_are_those_of_the_figure(origin: Origin) -> None:
    cohort = [*patients(12), cohort_patient(transplants=(Transplant(TREATED_ON + timedelta(days=60)),))]
    table = analysis_table(cohort, origin, without_dates=False)
    at = {column.name: place for place, column in enumerate(table.columns)}
    for endpoint in Endpoint:
        figure = endpoint_times(cohort, endpoint, origin)
        rows = [found for found in table.rows if found[at[f"{endpoint.lower()}_days"]] is not None]
        assert [found[at[f"{endpoint.lower()}_days"]] for found in rows] == [time.days for time in figure.times]
        assert [found[at[f"{endpoint.lower()}_first_event"]] for found in rows] == [t.event for t in figure.times]
        out = [found[at[f"{endpoint.lower()}_left_out"]] for found in table.rows]
        assert [reason for reason in out if reason] == [reason for _, reason in figure.left_out]


def test_a_shared_file_holds_no_date_name_or_free_text() -> None:
    patient = cohort_patient(
        not_transplanted_because="brother in Lyon", death_cause="at home", first_line_regimens=("trial of Dr X",),
        mutation_changes=(MutationChange("NPM1", "GAINED", RELAPSE_ON),),
    )  # fmt: skip
    found = row(patient, without_dates=True)
    assert not any(isinstance(value, date) for value in found.values())
    hidden = (patient.pseudonym, "Lyon", "at home", "Dr X")
    assert not any(word in str(value) for word in hidden for value in found.values())
    assert patient.centre not in found.values()
    assert not {"pseudonym", "centre", "died_on", "regimen"} & set(found)
    assert found["number"] == 1
    assert {each.leaving for each in columns(without_dates=True)} == {Leaving.ALWAYS, Leaving.INSTEAD}


def test_a_running_number_does_not_follow_the_order_of_the_patients() -> None:
    cohort = [cohort_patient(marker=marker) for marker in (Marker.RUNX1_RUNX1T1, Marker.NPM1, Marker.CBFB_MYH11)]
    one, other = (analysis_table(order, RELAPSE, without_dates=True).rows for order in (cohort, cohort[::-1]))
    assert one == other
    assert [found[0] for found in one] == [1, 2, 3]
