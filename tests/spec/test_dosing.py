"""Runs the tables of dosing.md."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitoring.domain.dosing import ChildPugh, DosingWarning, EarlierCycles, Partner, Prescription, check
from monitoring.domain.interactions import Cyp3a4Class
from monitoring.domain.venetoclax_days import CycleDays, HeldDays

DAY_1 = date(2026, 3, 2)
CLASSES = {
    "none": Cyp3a4Class.NONE,
    "moderate": Cyp3a4Class.MODERATE_INHIBITOR,
    "strong": Cyp3a4Class.STRONG_INHIBITOR,
    "posaconazole": Cyp3a4Class.POSACONAZOLE,
    "inducer": Cyp3a4Class.STRONG_INDUCER,
}
PARTNERS = {"azacitidine": Partner.AZACITIDINE, "LDAC": Partner.LOW_DOSE_CYTARABINE}


def day(number: str) -> date:
    return DAY_1 + timedelta(days=int(number) - 1)


def read_cycle(text: str) -> Prescription:  # noqa: C901 - one branch a word of the table
    cycle, holds, given = Prescription(), [], None
    for token in [] if text == "-" else text.split("; "):
        if dose := re.fullmatch(r"(\d+) mg", token):
            cycle = replace(cycle, dose_mg=int(dose[1]))
        elif days := re.fullmatch(r"(\d+) d", token):
            cycle = replace(cycle, planned_days=int(days[1]))
        elif token in PARTNERS:
            cycle = replace(cycle, partner=PARTNERS[token])
        elif drug := re.fullmatch(r"(\w+) \((.+)\)", token):
            cycle = replace(cycle, cyp3a4=CLASSES[drug[1]], cyp3a4_drug=drug[2])
        elif liver := re.fullmatch(r"Child-Pugh (\w)", token):
            cycle = replace(cycle, liver=ChildPugh(liver[1]))
        elif reduced := re.fullmatch(r"reduced to (\d+) mg", token):
            cycle = replace(cycle, reduced_to_mg=(int(reduced[1]),))
        elif typed := re.fullmatch(r"given (\d+)", token):
            given = int(typed[1])
        elif held := re.fullmatch(r"held (\d+) (?:to (\d+)|on)", token):
            holds.append(HeldDays(day(held[1]), day(held[2]) if held[2] else None))
        else:
            raise AssertionError(f"cannot read: {token}")
    days_of = CycleDays(DAY_1, day("28"), cycle.planned_days, given, tuple(holds))
    return replace(cycle, days=days_of)


def read_before(text: str) -> EarlierCycles:
    before = EarlierCycles()
    for token in text.split("; "):
        if dose := re.fullmatch(r"(\d+) mg", token):
            before = replace(before, dose_mg=int(dose[1]))
        elif days := re.fullmatch(r"(\d+) d", token):
            before = replace(before, planned_days=int(days[1]))
        elif token in CLASSES:
            before = replace(before, cyp3a4=CLASSES[token])
        elif long := re.fullmatch(r"long (\d)", token):
            before = replace(before, long_cytopenias=int(long[1]))
        elif token == "last":
            before = replace(before, last_had_one=True)
        elif now := re.fullmatch(r"now (\d)", token):
            before = replace(before, grade_now=int(now[1]))
        else:
            raise AssertionError(f"cannot read: {token}")
    return before


def said(warnings: tuple[DosingWarning, ...]) -> str:
    lines = []
    for warning in warnings:
        numbers = "".join(f" {name} {number}" for name, number in warning.numbers.items())
        lines.append(f"{warning.severity} {warning.code}{numbers}")
    return ", ".join(lines) or "-"


def all_rows() -> list[list[str]]:
    text = (Path(__file__).parent / "dosing.md").read_text(encoding="utf-8")
    rows = []
    for section in text.split("\n## ")[1:]:
        lines = [line for line in section.splitlines() if line.startswith("|")]
        rows += [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert len(rows) > 40
    return rows


@pytest.mark.parametrize("row", all_rows(), ids=lambda row: row[0])
def test_the_table_of_dosing(row: list[str]) -> None:
    _, cycle, *before, expected = row
    earlier = read_before(before[0]) if before else None
    assert said(check(read_cycle(cycle), earlier)) == expected


def test_every_warning_names_where_it_stands() -> None:
    warned = [check(read_cycle(row[1]), read_before(row[2]) if len(row) == 4 else None) for row in all_rows()]
    assert all(warning.sources for warnings in warned for warning in warnings)
