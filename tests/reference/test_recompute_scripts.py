"""The scripts that are handed out recompute, from the exported csv, what the product computed itself."""

import csv
import io
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.part_incidence import incidence_answer
from monitoring.domain.cohorts.part_survival import survival_answer
from monitoring.domain.cohorts.part_transplant import transplant_answer
from monitoring.domain.cohorts.parts import NotAQuestion, Part, PartQuestion
from monitoring.domain.survival.exposures import EXPOSED, UNEXPOSED
from monitoring.reports import recompute_scripts
from monitoring.reports.analysis_files import csv_pieces
from monitoring.reports.recompute_scripts import ScriptOf
from tests.exported_cohort import exported, patients, transplanted_patients

OF = ScriptOf(7, 3, "cohort.csv")
COMMITTED = Path(__file__).parent / "r" / "recompute"  # what R 4.2.2 with survival 3.5-3 and cmprsk 2.2-11 printed
WITHIN = 1e-6
CURVES = {"not transplanted": UNEXPOSED, "transplanted": EXPOSED}


def asked(part: str, grouping: str) -> PartQuestion:
    return parts.ask(part, {"grouping": grouping, "endpoint": "RFS_MRD"})


def run(question: PartQuestion, language: str, room: Path) -> str:
    file = room / "cohort.csv"
    of = transplanted_patients() if question.part is Part.TRANSPLANT else patients()
    file.write_bytes(b"".join(csv_pieces(exported(of))))
    program = room / f"script.{language}"
    program.write_text(recompute_scripts.script(question, OF, language), encoding="utf-8")
    command = [sys.executable] if language == "py" else [shutil.which("Rscript") or "Rscript"]
    done = subprocess.run([*command, program, file], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def of_r(question: PartQuestion, room: Path) -> str:
    """R's answer: of the R that is here, else the committed one; where both are, they must not differ."""
    apart = question.grouping or f"{question.comparison}-{question.landmark_days}"
    name = f"{question.part}-{apart}.csv".lower()
    committed = (COMMITTED / name).read_text()
    if shutil.which("Rscript") is None:
        return committed
    now = run(question, "R", room)
    pairs = zip(cells(now), cells(committed), strict=True)
    assert all(one == pytest.approx(other, abs=1e-9) for one, other in pairs)
    return now


def cells(printed: str) -> list[str | float]:
    found = [cell for row in csv.reader(io.StringIO(printed)) for cell in row]
    return [float(cell) if cell[:1].isdigit() else cell for cell in found]


def same(found: str, expected: float | None) -> bool:
    """Where there is no interval R says nothing, and lifelines gives the estimate."""
    return expected is None or math.isclose(float(found), expected, abs_tol=WITHIN)


@pytest.mark.parametrize("grouping", ["NONE", "FIRST_LINE_RESPONSE"])
@pytest.mark.parametrize("language", ["py", "R"])
def test_survival_is_recomputed_from_the_export(grouping: str, language: str, tmp_path: Path) -> None:
    question = asked("SURVIVAL", grouping)
    printed = run(question, "py", tmp_path) if language == "py" else of_r(question, tmp_path)
    own = survival_answer(patients(), question)
    lines = printed.strip().splitlines()
    table = list(csv.DictReader(line for line in lines if not line.startswith("log-rank")))
    expected = [(group, each) for group in own.groups for each in group.milestones if each.estimate is not None]
    assert len(table) == len(expected) >= 1
    for row, (group, each) in zip(table, expected, strict=True):
        assert (row["group"], int(row["months"]), int(row["at_risk"])) == (group.name, each.months, each.at_risk)
        assert same(row["survival"], each.estimate)
        assert same(row["low"], each.low)
        assert same(row["high"], each.high)
    if own.comparison is None:
        assert grouping == "NONE"
    else:
        _, _, chi2, _, p = lines[-1].split(",")
        assert same(chi2, own.comparison.chi2)
        assert same(p, own.comparison.p)


@pytest.mark.parametrize("grouping", ["SIGNALLING"])
@pytest.mark.parametrize("language", ["py", "R"])
def test_incidence_is_recomputed_from_the_export(grouping: str, language: str, tmp_path: Path) -> None:
    question = asked("INCIDENCE", grouping)
    printed = run(question, "py", tmp_path) if language == "py" else of_r(question, tmp_path)
    own = incidence_answer(patients(), question)
    lines = [line for line in printed.strip().splitlines() if not line.startswith("gray")]
    found = {
        (row["group"], row["cause"], int(row["months"])): row["incidence"] for row in csv.DictReader(lines)
    }  # fmt: skip
    expected = {
        (group.name, curve.cause.value, each.months): each.estimate
        for group in own.groups for curve in group.causes for each in curve.milestones if each.estimate is not None
    }  # fmt: skip
    assert set(found) == set(expected)
    assert all(same(found[key], value) for key, value in expected.items())
    tests = [line.split(",") for line in printed.splitlines() if line.startswith("gray")]
    if language == "R" and own.comparisons:
        assert {row[1] for row in tests} == {each.cause.value for each in own.comparisons}
        assert all(
            same(row[3], each.test.chi2) and same(row[5], each.test.p)
            for row in tests for each in own.comparisons if row[1] == each.cause
        )  # fmt: skip


@pytest.mark.parametrize("way", [("LANDMARK", 180), ("SIMON_MAKUCH", 0), ("SIMON_MAKUCH", 120), ("NAIVE", 0)])
@pytest.mark.parametrize("language", ["py", "R"])
def test_the_comparison_by_transplant_is_recomputed_from_the_export(
    way: tuple[str, int], language: str, tmp_path: Path
) -> None:
    asked_way = {"endpoint": "RFS_MRD", "comparison": way[0], "landmark_days": way[1]}
    question = parts.ask("TRANSPLANT", asked_way)
    printed = run(question, "py", tmp_path) if language == "py" else of_r(question, tmp_path)
    own = transplant_answer(transplanted_patients(), question)
    lines = printed.strip().splitlines()
    table = list(csv.DictReader(line for line in lines if not line.startswith("log-rank")))
    expected = {(curve.name, each.months): each for curve in own.curves for each in curve.milestones}
    expected = {key: each for key, each in expected.items() if each.estimate is not None}
    assert {(CURVES[row["group"]], int(row["months"])) for row in table} == set(expected)
    assert len(own.curves) == len(CURVES)
    for row in table:
        each = expected[CURVES[row["group"]], int(row["months"])]
        assert int(row["at_risk"]) == each.at_risk
        assert same(row["survival"], each.estimate)
        assert same(row["low"], each.low)
        assert same(row["high"], each.high)
    _, _, chi2, _, p = lines[-1].split(",")
    assert own.comparison is not None
    assert same(chi2, own.comparison.chi2)
    assert same(p, own.comparison.p)


def test_what_is_pooled_cannot_be_recomputed_here() -> None:
    with pytest.raises(NotAQuestion):
        recompute_scripts.script(parts.ask("SURVIVAL", {"pooled": True}), OF, "py")


def test_a_part_without_a_script_is_refused() -> None:
    with pytest.raises(NotAQuestion):
        recompute_scripts.script(parts.ask("TOXICITY", {}), OF, "R")
