"""`manage.py quantify`: its answers, its refusals, its exit status. The contract that other programs rely on."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from monitoring.domain.plate import FileFormat, NoteCode, Plate, Reaction, ReaderNote, WellRole
from monitoring.domain.run_report import quantify_run
from monitoring.domain.wire.run import WireProblem, exact_json, report_table, report_to_dict
from monitoring.wording.run_problems import ROLES, left_out_because, told_problems
from tests.plates_by_hand import ABL1, FOLLOW_UP, NPM1, both_standards, good_run, plate, sample, standards, water

ROOT = Path(__file__).resolve().parent.parent.parent
TASKS = {WellRole.SAMPLE: "sample", WellRole.STANDARD: "standard", WellRole.NO_TEMPLATE: "NTC"}
POOR = sample("25-0102", ("36.00", "36.20", None), ("29.95", "29.95"))
EMPTY = sample("25-0103", (None, None, None), ("24.50", "24.60"))


def csv(made: Plate) -> str:
    lines = ["well,sample,target,role,cq,standard_copies"]
    for each in made.reactions:
        role, cq, copies = TASKS[each.role], each.cq or "", each.standard_copies or ""
        lines.append(f"{each.well},{each.sample},{each.target},{role},{cq},{copies}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    path = tmp_path / "run.csv"
    path.write_text(csv(good_run(POOR, EMPTY)), encoding="utf-8")
    return path


def answer(path: Path, *options: str) -> Any:
    out = StringIO()
    call_command("quantify", str(path), *options, stdout=out)
    return json.loads(out.getvalue(), parse_float=Decimal)


def test_it_answers_with_the_promised_keys(run_file: Path) -> None:
    told = answer(run_file)
    assert list(told) == ["format", "curves", "samples", "pairs", "problems"]
    assert told["format"] == "PLAIN_CSV"
    assert list(told["curves"][0]) == ["target", "slope", "intercept", "r2", "efficiency_pct", "points"]
    assert list(told["samples"][0]) == ["sample", "target", "wells", "copies_mean", "call", "flags"]
    assert list(told["pairs"][0]) == [
        "sample", "target", "control", "pct_abl1", "abl1_copies", "lod_pct_abl1", "call", "class",
    ]  # fmt: skip
    assert list(told["problems"][0]) == ["severity", "where", "message"]


def test_its_numbers_are_json_numbers_with_every_digit(run_file: Path) -> None:
    told = answer(run_file)
    [npm1, _abl1] = told["curves"]
    assert (npm1["slope"], npm1["points"]) == (Decimal("-3.4244186046511627907"), 10)
    assert told["samples"][0]["wells"] == [Decimal(cq) for cq in FOLLOW_UP[0]]
    assert f"{told['pairs'][0]['pct_abl1']:.6g}" == "0.0931258"


def test_a_well_without_amplification_is_null_and_no_copies_are_not_zero(run_file: Path) -> None:
    [npm1] = [each for each in answer(run_file)["samples"] if (each["sample"], each["target"]) == ("25-0103", NPM1)]
    assert npm1 == {
        "sample": "25-0103", "target": NPM1, "wells": [None, None, None], "copies_mean": None, "call": "NOT_DETECTED",
        "flags": [],
    }  # fmt: skip


def test_a_target_seen_in_a_poor_sample_is_not_blank(run_file: Path) -> None:
    told = answer(run_file)
    [pair] = [pair for pair in told["pairs"] if pair["sample"] == "25-0102"]
    assert (pair["call"], pair["class"]) == ("DETECTED", "NOT_EVALUABLE")
    [measured] = [each for each in told["samples"] if (each["sample"], each["target"]) == ("25-0102", NPM1)]
    assert measured["flags"] == ["ABL1_INSUFFICIENT", "BELOW_QUANTIFICATION", "TARGET_SEEN"]
    assert measured["copies_mean"] > 0


def test_a_problem_is_told_with_reason_and_recommendation(run_file: Path) -> None:
    [told] = [each for each in answer(run_file)["problems"] if "below 1,000" in each["message"]]
    assert (told["severity"], told["where"]) == ("REPEAT", f"25-0102 / {NPM1}")
    assert told["message"].startswith("ABL1 844 copies: below 1,000, not evaluable; repeat with new cDNA")


def test_the_sentences_are_english_whatever_the_language(run_file: Path) -> None:
    with translation.override("fr"):
        assert answer(run_file)["problems"][0]["message"].startswith("ABL1 844 copies")


def test_it_prints_tables_for_people(run_file: Path) -> None:
    out = StringIO()
    call_command("quantify", str(run_file), "--format", "table", stdout=out)
    assert "25-0101  NPM1 mut A  ABL1" in out.getvalue()
    assert "0.0931258" in out.getvalue()


def test_it_needs_no_database(run_file: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "only for tests"}
    command = [sys.executable, "manage.py", "quantify", str(run_file)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pairs"][0]["call"] == "DETECTED"


def test_a_refused_file_gives_one_sentence_with_its_place_and_status_1(run_file: Path) -> None:
    broken = run_file.read_text(encoding="utf-8").replace("34.80", "34x80")
    run_file.write_text(broken, encoding="utf-8")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("quantify", str(run_file), stdout=out, stderr=err)
    assert left.value.code == 1
    assert out.getvalue() == ""
    assert err.getvalue().startswith(f"{run_file}, line 22, column cq: “34x80” is no number.")
    assert len(err.getvalue().splitlines()) == 1


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("quantify", str(tmp_path / "none.csv"))


def test_a_curve_that_cannot_be_fitted_has_no_numbers() -> None:
    made = plate(standards(NPM1, [(10, "36.60")]), water(NPM1))
    [curve] = json.loads(exact_json(report_to_dict(quantify_run(made), [])))["curves"]
    assert curve == {
        "target": NPM1, "slope": None, "intercept": None, "r2": None, "efficiency_pct": None, "points": 2,
    }  # fmt: skip


def test_the_flags_of_a_sample_say_why_it_is_not_evaluable() -> None:
    made = plate(both_standards(), water(NPM1, ABL1, cqs=["37.0", None]), sample("S1", *FOLLOW_UP))
    npm1, abl1 = json.loads(exact_json(report_to_dict(quantify_run(made), [])))["samples"]
    assert (npm1["call"], npm1["flags"]) == ("NOT_EVALUABLE", ["NEGATIVE_CONTROL_POSITIVE", "TARGET_SEEN"])
    assert (abl1["call"], abl1["flags"]) == ("NOT_EVALUABLE", ["NEGATIVE_CONTROL_POSITIVE"])


def test_a_line_too_shallow_has_no_efficiency() -> None:
    made = plate(standards(NPM1, [(10, "30.0000001"), (100, "30.00000005"), (1000, "30.0")]), water(NPM1))
    [curve] = json.loads(exact_json(report_to_dict(quantify_run(made), [])))["curves"]
    assert curve["efficiency_pct"] is None
    assert curve["slope"] < 0


def test_a_well_that_is_left_out_is_flagged_and_not_listed() -> None:
    made = good_run()
    omitted = [
        Reaction(**{name: getattr(each, name) for name in Reaction.__dataclass_fields__} | {"omitted": place == 0})
        for place, each in enumerate(each for each in made.reactions if each.sample == "25-0101")
    ]
    others = tuple(each for each in made.reactions if each.sample != "25-0101")
    told = json.loads(exact_json(report_to_dict(quantify_run(Plate(made.format, (*others, *omitted))), [])))
    assert (told["samples"][0]["wells"], told["samples"][0]["flags"]) == ([35.1, 35.0], ["WELL_LEFT_OUT"])


def test_the_table_of_a_run_with_problems_shows_them() -> None:
    told = report_table(quantify_run(good_run()), [WireProblem("WARNS", "run", "something")])
    assert told.endswith("WARNS     run    something")


def test_what_a_reader_had_to_decide_is_told() -> None:
    notes = (ReaderNote(NoteCode.CQ_ZERO, 3), ReaderNote(NoteCode.DECIMAL_COMMA))
    told = told_problems(quantify_run(Plate(FileFormat.CFX_CSV, good_run().reactions, notes=notes)))
    assert [(each.where, each.message) for each in told] == [
        ("file", "3 Cq of 0 were read as no amplification."),
        ("file", "1 number was read with a decimal comma."),
    ]


def test_every_role_has_its_words() -> None:
    assert set(ROLES) == set(WellRole)


def test_a_reason_for_leaving_a_well_out_is_a_persons_words_or_the_instruments() -> None:
    assert left_out_because("OMITTED_ON_INSTRUMENT") == "left out on the instrument"
    assert left_out_because("bubble") == "bubble"
