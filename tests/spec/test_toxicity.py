"""Runs the tables of toxicity.md."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from monitoring.domain.ctcae import Lineage, compare_febrile_grade, febrile_criterion, grade_of
from monitoring.domain.toxicity import Count, counted_cycles, cycle_toxicity, grade_4_spells

DAY_0 = date(2026, 3, 1)


def on(number: str) -> date:
    return DAY_0 + timedelta(days=int(number))


def number_of(day: date) -> int:
    return (day - DAY_0).days


def rows(heading: str) -> list[list[str]]:
    text = (Path(__file__).parent / "toxicity.md").read_text(encoding="utf-8")
    section = next(part for part in text.split("\n## ") if part.startswith(heading))
    lines = [line for line in section.splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert found
    return found


def read_counts(text: str) -> list[Count]:
    pairs = re.findall(r"d(\d+) ([\d.]+|-)", text)
    return [Count(on(day), neutrophils=None if value == "-" else Decimal(value)) for day, value in pairs]


@pytest.mark.parametrize("heading", ["Neutrophils", "Platelets", "Haemoglobin"])
def test_grades_from_values(heading: str) -> None:
    found = {value: grade_of(Lineage[heading.upper()], Decimal(value)) for value, _ in rows(heading)}
    assert found == {value: int(grade) for value, grade in rows(heading)}


@pytest.mark.parametrize("row", rows("Duration"), ids=lambda row: row[0])
def test_duration_of_grade_4(row: list[str]) -> None:
    _, counts, expected = row
    spells = grade_4_spells(read_counts(counts), Lineage.NEUTROPHILS)
    told = [f"d{number_of(s.starts_on)} {'>= ' if s.is_at_least else ''}{s.days} d" for s in spells]
    assert "; ".join(told) == ("" if expected == "-" else expected)


@pytest.mark.parametrize("row", rows("A cycle"), ids=lambda row: row[0])
def test_nadir_and_recovery_of_a_cycle(row: list[str]) -> None:
    _, cycles, counts, *expected = row
    days_1 = [(int(number), on(day)) for number, day in re.findall(r"C(\d) d(\d+)", cycles)]
    stops = [on(day) for day in re.findall(r"stop d(\d+)", cycles)]
    told = ["-", "-"]
    for cycle in counted_cycles(days_1, stops):
        found = cycle_toxicity(cycle, read_counts(counts)).get(Lineage.NEUTROPHILS)
        if found is not None:
            words = [f"{found.nadir} (G{found.grade}) d{number_of(found.nadir_on)}"]
            if found.grade_4:
                words.append(f"{'>= ' if found.grade_4.is_at_least else ''}{found.grade_4.days} d")
            if found.recovered_on:
                words.append(f"recovered d{number_of(found.recovered_on)}")
            if found.carried_over:
                words.append("carried over")
            told[cycle.number - 1] = ", ".join(words)
    assert told == expected


@pytest.mark.parametrize("row", rows("Febrile"), ids=lambda row: row[0])
def test_febrile_neutropenia(row: list[str]) -> None:
    _, neutrophils, temperature, sustained, *expected = row
    criterion = febrile_criterion(
        None if neutrophils == "?" else Decimal(neutrophils),
        None if temperature == "?" else Decimal(temperature),
        {"yes": True, "no": False, "?": None}[sustained],
    )
    compared = [compare_febrile_grade(criterion, typed) for typed in (2, 3, 4)]
    assert [criterion, *compared] == expected
