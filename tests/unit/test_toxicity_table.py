"""The table of toxicity over many patients: what papers print, where an input is published."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.domain.ctcae import Grade
from monitoring.domain.dosing import ChildPugh, Partner
from monitoring.domain.interactions import Cyp3a4Class
from monitoring.domain.toxicity import Count, Spell, count_for_fever
from monitoring.domain.toxicity_table import (
    NothingToSummarise,
    ToxicityCase,
    ToxicityCode,
    ToxicityRow,
    durations_of,
    of_patient,
    toxicity_table,
)
from monitoring.domain.treatment_free import IntervalEnd, treatment_free
from monitoring.models.choices import ChildPughChoice, Cyp3a4Choice, PartnerDrugChoice


def row(cases: list[ToxicityCase], code: ToxicityCode) -> ToxicityRow:
    return next(each for each in toxicity_table(cases) if each.code is code)


def group(
    of: int, neutropenia_4: int = 0, thrombocytopenia_4: int = 0, reduced: int = 0, fn: int = 0
) -> list[ToxicityCase]:
    return [
        ToxicityCase(
            neutrophils=Grade.LIFE_THREATENING if n < neutropenia_4 else Grade.MODERATE,
            platelets=Grade.LIFE_THREATENING if n < thrombocytopenia_4 else Grade.MODERATE,
            reductions=int(n < reduced),
            febrile_neutropenia=int(n < fn),
        )
        for n in range(of)
    ]


def test_tiong_2020_grade_4_by_regimen_adds_up_to_what_is_printed_of_all() -> None:
    ldac, azacitidine = group(9, 6, 4), group(3, 2, 1)
    everyone = ldac + azacitidine
    neutropenia = row(everyone, ToxicityCode.NEUTROPENIA_4)
    assert (neutropenia.affected, neutropenia.of, neutropenia.pct) == (8, 12, Decimal(67))
    thrombocytopenia = row(everyone, ToxicityCode.THROMBOCYTOPENIA_4)
    assert (thrombocytopenia.affected, thrombocytopenia.of, thrombocytopenia.pct) == (5, 12, Decimal(42))


def test_tiong_2020_percentages_follow_from_the_printed_counts() -> None:
    everyone = group(12, reduced=6, fn=2)
    assert row(everyone, ToxicityCode.DOSE_REDUCED).pct == 50
    assert row(everyone, ToxicityCode.FEBRILE_NEUTROPENIA).pct == 17


def test_filo_2025_neutropenia_is_printed_of_69_and_not_of_70() -> None:
    severe = [ToxicityCase(neutrophils=Grade.SEVERE)] * 36
    milder = [ToxicityCase(neutrophils=Grade.MODERATE)] * 33
    assert row(severe + milder, ToxicityCode.NEUTROPENIA_3_4).pct == 52
    assert row([*severe, *milder, ToxicityCase(neutrophils=Grade.NONE)], ToxicityCode.NEUTROPENIA_3_4).pct == 51
    assert row([*severe, *milder, ToxicityCase()], ToxicityCode.NEUTROPENIA_3_4).of == 69


def test_filo_2025_febrile_neutropenia() -> None:
    assert row(group(70, fn=11), ToxicityCode.FEBRILE_NEUTROPENIA).pct == 16


def test_a_patient_has_the_worst_of_the_cycles_and_the_sum_of_what_was_given() -> None:
    first = ToxicityCase(neutrophils=Grade.SEVERE, units={"PLATELETS": 2}, holds=1)
    second = ToxicityCase(
        neutrophils=Grade.LIFE_THREATENING,
        neutrophils_grade_4=Spell(date(2026, 3, 1), 6),
        units={"PLATELETS": 1, "RED_CELLS": 2},
        admitted=True,
    )
    told = of_patient([first, second, ToxicityCase(admitted=False)])
    assert (told.neutrophils, told.neutrophils_grade_4) == (Grade.LIFE_THREATENING, Spell(date(2026, 3, 1), 6))
    assert (dict(told.units), told.holds, told.admitted, told.platelets) == (
        {"PLATELETS": 3, "RED_CELLS": 2}, 1, True, None,
    )  # fmt: skip


def spells(*days: int, open_ended: tuple[int, ...] = ()) -> list[Spell]:
    closed = [Spell(date(2026, 3, 1), each) for each in days]
    return closed + [Spell(date(2026, 3, 1), each, is_at_least=True) for each in open_ended]


def test_median_and_quartiles_are_linear_between_ranks() -> None:
    told = durations_of(spells(3, 6, 8, 9, 13))
    assert (told.n, told.q1, told.median, told.q3, told.is_at_least) == (5, Decimal(6), Decimal(8), Decimal(9), False)
    assert durations_of(spells(3, 8)).median == Decimal("5.5")


def test_an_open_end_is_told_where_it_could_move_the_numbers() -> None:
    assert durations_of(spells(6, 8, 9, open_ended=(4,))).is_at_least
    assert not durations_of(spells(1, 2, 3, 4, open_ended=(30,))).is_at_least


def test_nothing_is_no_share_and_no_median() -> None:
    with pytest.raises(NothingToSummarise):
        durations_of([])
    with pytest.raises(NothingToSummarise):
        _ = row([ToxicityCase()], ToxicityCode.NEUTROPENIA_4).pct


def test_the_count_of_a_fever_is_the_nearest_and_of_two_the_lower() -> None:
    counts = [Count(date(2026, 3, day), Decimal(value)) for day, value in ((8, "0.9"), (12, "0.4"), (20, "0.1"))]
    assert count_for_fever(counts, date(2026, 3, 10)) == counts[1]
    assert count_for_fever(counts, date(2026, 3, 9)) == counts[0]
    assert count_for_fever(counts, date(2026, 3, 16)) is None


def test_the_words_of_the_rules_are_those_that_the_database_accepts() -> None:
    assert {each.value for each in Cyp3a4Class} == set(Cyp3a4Choice.values)
    assert {each.value for each in ChildPugh} == set(ChildPughChoice.values)
    assert {each.value for each in Partner} == set(PartnerDrugChoice.values)


def test_the_interval_without_treatment_ends_with_what_came_first() -> None:
    ends = [(IntervalEnd.NEXT_TREATMENT, date(2026, 6, 20)), (IntervalEnd.MOLECULAR_RELAPSE, date(2026, 6, 20))]
    found = treatment_free(date(2026, 6, 10), ends, date(2026, 9, 1))
    assert (found.end, found.days) == (IntervalEnd.MOLECULAR_RELAPSE, 10)


def test_the_interval_without_treatment_goes_on_until_last_seen() -> None:
    earlier = [(IntervalEnd.MOLECULAR_RELAPSE, date(2026, 1, 1))]
    found = treatment_free(date(2026, 6, 10), earlier, date(2026, 9, 1))
    assert (found.end, found.days) == (IntervalEnd.ONGOING, 83)
