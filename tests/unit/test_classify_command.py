"""`manage.py classify`: its answers, its refusals, its exit status. The contract that other programs rely on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.domain.wire import Layout, classify_lines, series_from_line
from monitoring.management import classifying
from monitoring.management.classifying import LINES_AT_ONCE

ROOT = Path(__file__).resolve().parent.parent.parent
Line = dict[str, Any]


def result(**fields: Any) -> Line:
    usual = {"id": "s1", "collected_on": "2025-01-06", "tissue": "BM", "call": "DETECTED", "pct_abl1": "0.02"}
    return usual | fields


def series(*results: Line, **fields: Any) -> Line:
    return {"id": "p1", "marker": "NPM1", "results": list(results)} | fields


RELAPSE = series(
    result(id="s1", call="NOT_DETECTED", pct_abl1=None, abl1_copies=40000),
    result(id="s2", collected_on="2025-07-05", abl1_copies=40000),
    result(id="s3", collected_on="2025-07-26", pct_abl1="0.15", abl1_copies=40000),
    end_of_treatment="2025-01-06",
)


def answer(line: Line | str, **options: Any) -> Any:
    text = line if isinstance(line, str) else json.dumps(line)
    [told] = classify_lines([text], **options)
    return json.loads(told.text)


def error(line: Line | str) -> str:
    told = answer(line)
    assert set(told) == {"id", "error"}
    return str(told["error"])


def without(line: Line, key: str) -> Line:
    return {name: value for name, value in line.items() if name != key}


def test_it_answers_with_the_promised_keys() -> None:
    verdict = answer(RELAPSE)["verdicts"]["ELN2021"]
    assert list(verdict) == ["state", "samples", "episodes", "flags"]
    assert verdict["state"] == "CONFIRMED"
    assert verdict["samples"][0] == {"id": "s1", "class": "NEGATIVE"}
    [episode] = verdict["episodes"]
    assert without(episode, "because") == {
        "kind": "MOLECULAR_RELAPSE", "rule": "R1", "status": "CONFIRMED", "number": 1, "tissue": "BM",
        "relapse_on": "2025-07-05", "confirmed_on": "2025-07-26", "late": False, "waived": False, "index": "s2",
        "confirmed_by": "s3", "response": {},
    }  # fmt: skip


def test_it_answers_a_candidate_with_nulls() -> None:
    line = RELAPSE | {"results": RELAPSE["results"][:2]}
    [episode] = answer(line)["verdicts"]["ELN2021"]["episodes"]
    told = {name: episode[name] for name in ("number", "confirmed_on", "confirmed_by", "late", "waived", "response")}
    assert told == {
        "number": None, "confirmed_on": None, "confirmed_by": None, "late": False, "waived": False, "response": {},
    }  # fmt: skip


def test_it_answers_flags_with_code_day_and_result() -> None:
    flags = answer(series(result(pct_abl1=None)))["verdicts"]["ELN2021"]["flags"]
    assert flags == [
        {"code": "UNQUANTIFIED", "on": "2025-01-06", "result": "s1"},
        {"code": "END_OF_TREATMENT_MISSING", "on": None, "result": None},
    ]


def test_it_lists_samples_as_taken_with_the_ignored_and_without_the_later_ones() -> None:
    line = series(
        result(id="late", collected_on="2025-03-01"),
        result(id="blood", tissue="PB"),
        result(id="marrow"),
        as_of="2025-02-01",
    )
    verdicts = answer(line)["verdicts"]
    assert verdicts["ELN2021"]["samples"] == [
        {"id": "marrow", "class": "LOW_LEVEL"},
        {"id": "blood", "class": "LOW_LEVEL"},
    ]
    assert verdicts["TIONG2020"]["samples"] == [
        {"id": "marrow", "class": "DETECTED"},
        {"id": "blood", "class": "IGNORED"},
    ]


def test_it_answers_all_rule_sets_or_the_ones_asked_for() -> None:
    assert list(answer(RELAPSE)["verdicts"]) == ["ELN2021", "ELN2022", "ELN2025", "TIONG2020"]
    asked = [RULESETS[RuleSetId.ELN2025]]
    assert list(answer(RELAPSE, rulesets=asked)["verdicts"]) == ["ELN2025"]


def test_missing_keys_mean_nothing_and_unknown_keys_are_ignored() -> None:
    assert answer('{"marker": "NPM1", "weather": "fine"}')["verdicts"]["ELN2021"]["state"] == "NONE"
    assert answer('{"marker": "NPM1"}')["id"] is None


def test_numbers_come_as_text_or_as_numbers_and_stay_exact() -> None:
    line = '{"marker":"NPM1","results":[{"id":"s1","collected_on":"2025-01-06","tissue":"BM","call":"DETECTED",%s}]}'
    for written in ('"pct_abl1":"0.07"', '"pct_abl1":0.07', '"pct_abl1":7e-2', '"pct_abl1":"7E-2"'):
        [read] = series_from_line(line % written).series.results
        assert read.pct_abl1 == Decimal("0.07")


def test_the_day_of_the_line_counts_unless_another_is_given() -> None:
    line = RELAPSE | {"as_of": "2025-07-06"}
    assert answer(line)["verdicts"]["ELN2021"]["state"] == "SUSPECTED"
    assert answer(line, as_of=date(2025, 7, 26))["verdicts"]["ELN2021"]["state"] == "CONFIRMED"


def test_an_id_is_given_back_as_it_came() -> None:
    assert answer(series(id=7))["id"] == 7
    assert answer(series(id="é"))["id"] == "é"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "The line is not JSON."),
        ("[" * 100_000, "The line is not JSON."),
        ("[1]", "The line must hold one JSON object, a series."),
        ('{"marker": NaN}', "The line is not JSON: NaN is not a number."),
        ('{"results": [{"pct_abl1": Infinity}]}', "The line is not JSON: Infinity is not a number."),
    ],
)
def test_a_line_that_is_no_series_is_refused(text: str, sentence: str) -> None:
    assert error(text) == sentence
    assert answer(text)["id"] is None


def test_a_line_that_is_not_utf_8_is_refused() -> None:
    [told] = classify_lines([b'{"id":"\xe9"}'])
    assert json.loads(told.text)["error"] == "The line is not JSON: it is not written in UTF-8."


@pytest.mark.parametrize(
    ("fields", "beginning"),
    [
        ({"marker": "FLT3"}, "marker must be one of NPM1, RUNX1::RUNX1T1, CBFB::MYH11, not 'FLT3'"),
        ({"marker": ["NPM1"]}, "marker must be one of"),
        ({"marker": None}, "marker is missing"),
        ({"id": ["p1"]}, "id must be a text, not a list or an object"),
        ({"id": True}, "id must be a text"),
        ({"baseline": "1000"}, "baseline must be a JSON object"),
        ({"baseline": {"BM": "0"}}, "baseline.BM must be a finite decimal number greater than 0"),
        ({"baseline": {"PB": "much"}}, "baseline.PB must be a finite decimal number"),
        ({"end_of_treatment": "2025-02-30"}, "end_of_treatment must be a date written YYYY-MM-DD, not '2025-02-30'"),
        ({"end_of_treatment": "20250106"}, "end_of_treatment must be a date"),
        ({"end_of_treatment": "2025-W02-1"}, "end_of_treatment must be a date"),
        ({"end_of_treatment": 2025}, "end_of_treatment must be a date"),
        ({"treatment_starts": "2025-01-06"}, "treatment_starts must be a list"),
        ({"treatment_starts": ["2025-01-06", None]}, "treatment_starts[1] is missing"),
        ({"course_starts": [{"on": "2025-01-06", "kind": "DLI"}]}, "course_starts[0].kind must be one of HSCT"),
        ({"course_starts": [{"kind": "HSCT"}]}, "course_starts[0].on is missing"),
        ({"course_starts": ["HSCT"]}, "course_starts[0] must be a JSON object"),
        ({"death_on": True}, "death_on must be a date"),
        ({"as_of": "today"}, "as_of must be a date"),
        ({"results": {}}, "results must be a list"),
        ({"results": ["s1"]}, "results[0] must be a JSON object"),
    ],
)
def test_a_field_of_the_series_that_cannot_be_read_is_named(fields: Line, beginning: str) -> None:
    assert error(series() | fields).startswith(beginning)


@pytest.mark.parametrize(
    ("fields", "beginning"),
    [
        ({"id": None}, "results[0].id is missing"),
        ({"id": ""}, "results[0].id is missing"),
        ({"id": ["s1"]}, "results[0].id must be a text"),
        ({"collected_on": None}, "results[0].collected_on is missing"),
        ({"collected_on": "2025-13-01"}, "results[0].collected_on must be a date"),
        ({"tissue": "CSF"}, "results[0].tissue must be one of BM, PB, not 'CSF'"),
        ({"tissue": {}}, "results[0].tissue must be one of BM, PB"),
        ({"call": "POSITIVE"}, "results[0].call must be one of DETECTED"),
        ({"call": None}, "results[0].call is missing"),
        ({"pct_abl1": "0"}, "results[0].pct_abl1 must be a finite decimal number greater than 0, not '0'"),
        ({"pct_abl1": -1}, "results[0].pct_abl1 must be a finite decimal number greater than 0"),
        ({"pct_abl1": True}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": "NaN"}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": "1,5"}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": "1_0"}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": " 1"}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": "\u0663"}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": "1E+999"}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"pct_abl1": ""}, "results[0].pct_abl1 must be a finite decimal number"),
        ({"call": "NOT_DETECTED"}, "results[0].pct_abl1 is given although the call is NOT_DETECTED, not DETECTED"),
        ({"abl1_copies": -1}, "results[0].abl1_copies must be a number of copies, 0 or more, not -1"),
        ({"abl1_copies": False}, "results[0].abl1_copies must be a number of copies"),
        ({"lod_pct_abl1": 0}, "results[0].lod_pct_abl1 must be a finite decimal number greater than 0"),
        ({"loq_pct_abl1": "x"}, "results[0].loq_pct_abl1 must be a finite decimal number greater than 0"),
        ({"assay_key": 1}, "results[0].assay_key must be a text"),
        ({"timepoint": "LATER"}, "results[0].timepoint must be one of AFTER_CYCLE_2, END_OF_TREATMENT, not 'LATER'"),
        ({"timepoint": []}, "results[0].timepoint must be one of"),
    ],
)
def test_a_field_of_a_result_that_cannot_be_read_is_named(fields: Line, beginning: str) -> None:
    told = answer(series(result(**fields)))
    assert told["id"] == "p1"
    assert told["error"].startswith(beginning)


def test_two_results_of_one_id_are_refused() -> None:
    told = error(series(result(id="s1"), result(id="s2"), result(id="s1")))
    assert told == "results[2].id 's1' is given to more than one result."


def test_no_copies_at_all_is_a_number_of_copies() -> None:
    [sample] = answer(series(result(abl1_copies=0)))["verdicts"]["ELN2021"]["samples"]
    assert sample["class"] == "NOT_EVALUABLE"


def test_the_other_lines_are_answered_and_blank_ones_passed_over() -> None:
    told = list(classify_lines(["{", "", " \n", json.dumps(RELAPSE), "\ufeff" + json.dumps(RELAPSE)]))
    assert [each.malformed for each in told] == [True, False, False]


def test_the_table_tells_episodes_flags_and_errors() -> None:
    heading, verdicts, refusal = (each.text for each in classify_lines([json.dumps(RELAPSE), "{"], layout=Layout.TABLE))
    assert heading.split() == ["series", "rule", "set", "state", "episodes", "|", "flags"]
    assert "p1                ELN2021     CONFIRMED           #1 R1 CONFIRMED BM 2025-07-05 by 2025-07-26" in verdicts
    assert refusal.endswith("The line is not JSON.")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def write(*lines: str) -> str:
        path = tmp_path / "series.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    return write


def test_the_command_reads_a_file(file: Callable[..., str]) -> None:
    out = StringIO()
    call_command("classify", file(json.dumps(RELAPSE)), stdout=out)
    assert json.loads(out.getvalue())["verdicts"]["ELN2021"]["state"] == "CONFIRMED"


def test_the_command_exits_with_1_after_answering_the_rest(file: Callable[..., str]) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("classify", file("{", json.dumps(RELAPSE)), stdout=out)
    assert exit_.value.code == 1
    assert [list(json.loads(line)) for line in out.getvalue().splitlines()] == [["id", "error"], ["id", "verdicts"]]


@pytest.mark.parametrize("layout", Layout)
def test_a_long_file_is_answered_line_by_line_in_its_order(file: Callable[..., str], layout: Layout) -> None:
    """More lines than one process takes at once, among them blank and malformed ones."""
    lines = [json.dumps(RELAPSE | {"id": f"p{number}"}) for number in range(2 * LINES_AT_ONCE + 7)]
    lines[3], lines[LINES_AT_ONCE], lines[-1] = "", "{", json.dumps({"id": "last", "marker": "BCR::ABL1"})
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("classify", file(*lines), "--format", layout.value, stdout=out)
    assert exit_.value.code == 1
    wanted = [answer.text for answer in classify_lines(lines, layout=layout)]
    assert out.getvalue() == "".join(f"{text}\n" for text in wanted)


def test_a_killed_process_is_told_and_never_passes_for_the_end(
    file: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifying, "classify_lines", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    name = file(*[json.dumps(RELAPSE)] * (LINES_AT_ONCE + 1))
    with pytest.raises(CommandError, match="not all"):
        call_command("classify", name, stdout=StringIO())


def test_the_command_takes_rule_sets_before_or_after_the_file(file: Callable[..., str]) -> None:
    name = file(json.dumps(RELAPSE))
    for arguments in ([name, "--ruleset", "ELN2025", "ELN2021"], ["--ruleset", "ELN2021", "ELN2025", name]):
        out = StringIO()
        call_command("classify", *arguments, stdout=out)
        assert list(json.loads(out.getvalue())["verdicts"]) == ["ELN2021", "ELN2025"]


def test_the_command_takes_a_day_and_a_format(file: Callable[..., str]) -> None:
    out = StringIO()
    call_command("classify", file(json.dumps(RELAPSE)), "--as-of", "2025-07-06", "--format", "table", stdout=out)
    assert "SUSPECTED" in out.getvalue()


@pytest.mark.parametrize(
    "arguments", [["--ruleset", "ELN2018"], ["--as-of", "2025-02-30"], ["--format", "xml"], ["/no/such/file"]]
)
def test_the_command_refuses_what_it_does_not_know(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("classify", *arguments)


def test_the_command_needs_no_database_and_reads_standard_input() -> None:
    """In an environment without any setting, as a checker of the rules would run it."""
    ran = subprocess.run(
        [sys.executable, "manage.py", "classify", "-"],
        cwd=ROOT, input=json.dumps(RELAPSE) + "\n{\n", env={"PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert first["verdicts"]["ELN2022"]["state"] == "CONFIRMED"
    assert second == {"id": None, "error": "The line is not JSON."}
    assert (ran.returncode, ran.stderr) == (1, "")


def _classified(lines: str, output: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "classify", "-"],
        cwd=ROOT, input=lines, env={"PATH": os.environ["PATH"]}, stdout=output, stderr=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 2 * LINES_AT_ONCE])
def test_the_command_ends_without_a_word_when_nobody_reads_any_longer(count: int) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    ran = _classified((json.dumps(RELAPSE) + "\n") * count, writes)
    os.close(writes)
    assert (ran.returncode, ran.stderr) == (128 + signal.SIGPIPE, "")


def test_a_full_disk_is_told_and_never_passes_for_the_end() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = _classified(json.dumps(RELAPSE) + "\n", full.fileno())
    assert ran.returncode != 0
    assert ran.stderr == "CommandError: The answers are not all there: No space left on device.\n"
