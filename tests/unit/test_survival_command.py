"""`manage.py survival`: its answers, its refusals, its exit status. The contract that other programs rely on."""

import json
import math
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parent.parent.parent
TWO_ARMS = "months,dead,arm\n5,1,a\n7.5,0,a\n9,1,b\n12,1,b\n14,0,b\n"
COLUMNS = ("--time", "months", "--event", "dead")


def file_of(folder: Path, text: str) -> Path:
    path = folder / "patients.csv"
    path.write_text(text, encoding="utf-8")
    return path


def answer(path: Path, *options: str) -> Any:
    out = StringIO()
    call_command("survival", str(path), *COLUMNS, *options, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def refusal(folder: Path, text: str, *options: str) -> str:
    with pytest.raises(CommandError) as refused:
        answer(file_of(folder, text), *options)
    assert refused.value.returncode == 1
    return str(refused.value)


def test_it_answers_with_the_promised_keys(tmp_path: Path) -> None:
    told = answer(file_of(tmp_path, TWO_ARMS), "--group", "arm", "--at", "6,12")
    assert list(told) == ["groups", "logrank", "followup_reverse_km"]
    assert [list(group) for group in told["groups"]] == [["name", "n", "events", "median", "median_ci", "at"]] * 2
    assert list(told["groups"][0]["at"][0]) == ["t", "survival", "ci_low", "ci_high", "at_risk"]
    assert list(told["logrank"]) == ["chi2", "df", "p"]
    assert list(told["followup_reverse_km"]) == ["median", "q1", "q3"]


def test_a_group_is_estimated_by_itself(tmp_path: Path) -> None:
    first, second = answer(file_of(tmp_path, TWO_ARMS), "--group", "arm", "--at", "12")["groups"]
    assert (first["name"], first["n"], first["events"]) == ("a", 2, 1)
    assert (second["median"], second["median_ci"]) == (12, [9, None])
    assert math.isclose(second["at"][0]["survival"], 1 / 3)
    assert second["at"][0]["at_risk"] == 2


def test_beyond_the_last_patient_there_is_no_number(tmp_path: Path) -> None:
    at = answer(file_of(tmp_path, TWO_ARMS), "--at", "20")["groups"][0]["at"][0]
    assert at == {"t": 20, "survival": None, "ci_low": None, "ci_high": None, "at_risk": 0}


def test_without_groups_there_is_one_and_no_test(tmp_path: Path) -> None:
    told = answer(file_of(tmp_path, TWO_ARMS))
    assert [group["name"] for group in told["groups"]] == ["all"]
    assert told["logrank"] is None


def test_from_a_landmark_times_count_anew(tmp_path: Path) -> None:
    told = answer(file_of(tmp_path, TWO_ARMS), "--landmark", "7.5", "--at", "1.5")
    assert told["groups"][0]["n"] == 3
    assert math.isclose(told["groups"][0]["at"][0]["survival"], 2 / 3)


def test_the_table_says_not_reached(tmp_path: Path) -> None:
    out = StringIO()
    path = file_of(tmp_path, "months,dead\n5,0\n6,0\n")
    call_command("survival", str(path), *COLUMNS, "--format", "table", stdout=out)
    assert "all: n 2, events 0, median not reached" in out.getvalue()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("months,dead\n5,1\nsoon,0\n", "Row 3, column months: 'soon' is not a number."),
        ("months,dead\n-5,1\n", "Row 2, column months: -5 is negative."),
        ("months,dead\nNaN,1\n", "Row 2, column months: 'NaN' is not a number."),
        ("months,dead\n5,yes\n", "Row 2, column dead: 'yes' is neither 0 (censored) nor 1 (event)."),
        ("months,dead\n5,0\n6,2\n", "Row 3, column dead: 2 is neither 0 (censored) nor 1 (event)."),
        ("months,dead\n5,1\n\n6\n", "Row 4 has 1 cells, the header has 2."),
        ("months,alive\n5,1\n", "Row 1: column dead is not in the header: months, alive."),
        ("months,dead,dead\n5,1,1\n", "Row 1: column dead is twice in the header: months, dead, dead."),
        ("months,dead\n", "The file holds no patient below its header."),
        ("", "Row 1: column months is not in the header: nothing."),
    ],
)
def test_a_refusal_names_row_and_column(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, text).endswith(sentence)


def test_a_patient_without_group_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "months,dead,arm\n5,1,\n", "--group", "arm").endswith(
        "Row 2, column arm: there is no group."
    )


def test_a_second_cause_is_refused_plainly(tmp_path: Path) -> None:
    told = refusal(tmp_path, "months,dead\n5,1\n6,0\n7,2\n")
    assert "Row 4, column dead: 2 is a second cause of event beside 1" in told
    assert "competing causes need cumulative incidences" in told


def test_a_landmark_after_everybody_left_is_refused(tmp_path: Path) -> None:
    assert "No patient was still at risk at the landmark 99." in refusal(tmp_path, TWO_ARMS, "--landmark", "99")


def test_the_program_ends_with_status_1_and_one_sentence_and_needs_no_database(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "survival", str(tmp_path / "nothing.csv"), *COLUMNS]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("cannot be read: No such file or directory.")
