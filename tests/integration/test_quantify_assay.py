"""`manage.py quantify --assay`: the settings of an assay on record."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from monitoring.models import Assay
from monitoring.models.choices import QuantificationModeChoice
from tests.plates_by_hand import ABL1, FOLLOW_UP, NPM1, good_run, plate, sample, water
from tests.unit.test_quantify_command import csv
from tests.world import World


def assay_of(world: World, **settings: Any) -> Assay:
    assay = world.assay
    for name, value in settings.items():
        setattr(assay, name, value)
    assay.save()
    return assay


def answer(path: Path, assay: Assay) -> Any:
    out = StringIO()
    call_command("quantify", str(path), "--assay", str(assay.pk), stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    path = tmp_path / "run.csv"
    path.write_text(csv(good_run()), encoding="utf-8")
    return path


def test_the_cut_off_of_the_assay_decides(world: World, run_file: Path) -> None:
    assay = assay_of(world, cq_cutoff="34.9", mutation_type="", target_names=[NPM1])
    assert answer(run_file, assay)["pairs"][0]["call"] == "INDETERMINATE"


def test_the_limits_of_its_curve_decide(world: World, run_file: Path) -> None:
    assay = assay_of(world, slope_steepest="-3.42", mutation_type="", target_names=[NPM1])
    told = answer(run_file, assay)
    assert told["pairs"][0]["call"] == "NOT_EVALUABLE"
    assert "too steep" in told["problems"][0]["message"]


def test_the_only_target_is_taken_whatever_it_is_called(world: World, run_file: Path) -> None:
    assay = assay_of(world, loq_copies="100", reports_below_loq=False, mutation_type="", target_names=["another name"])
    assert answer(run_file, assay)["pairs"][0]["pct_abl1"] is None


def test_an_assay_of_one_mutation_type_asks_for_that_of_the_patient(world: World, run_file: Path) -> None:
    told = answer(run_file, assay_of(world, mutation_type="A"))
    assert "mutation type of this patient is not recorded" in told["problems"][0]["message"]


def test_an_assay_without_standards_gives_a_call(world: World, tmp_path: Path) -> None:
    path = tmp_path / "relative.csv"
    path.write_text(csv(plate(water(NPM1, ABL1), sample("S1", *FOLLOW_UP))), encoding="utf-8")
    told = answer(path, assay_of(world, mode=QuantificationModeChoice.DELTA_CQ, mutation_type=""))
    assert [(pair["call"], pair["class"]) for pair in told["pairs"]] == [("DETECTED", "NOT_EVALUABLE")]
    assert any("relative to diagnosis only" in problem["message"] for problem in told["problems"])


def test_an_assay_that_is_not_on_record_is_refused(world: World, run_file: Path) -> None:
    with pytest.raises(CommandError, match="There is no assay 999999"):
        call_command("quantify", str(run_file), "--assay", "999999")


def test_an_assay_that_fits_no_target_of_several_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    others = [sample("S1", *FOLLOW_UP, target=name) for name in ("CBFB::MYH11 A", "WT1")]
    path.write_text(csv(plate(*others)), encoding="utf-8")
    with pytest.raises(CommandError, match="No target of the file is called as assay"):
        call_command("quantify", str(path), "--assay", str(assay_of(world, mutation_type="D").pk))
