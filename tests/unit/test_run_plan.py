"""What a person says beside the file: control gene, roles, wells left out; and what the names say where nobody does."""

from dataclasses import replace
from decimal import Decimal

import pytest

from monitoring.domain.assay import AssaySettings, AssaySettingsRefused
from monitoring.domain.plate import WellRole
from monitoring.domain.problems import ProblemCode
from monitoring.domain.run_plan import (
    ControlRange,
    ControlRangeRefused,
    DeltaCqSlopeRefused,
    ExclusionWithoutReason,
    RunPlan,
    TargetPlan,
)
from monitoring.domain.run_report import quantify_run
from monitoring.domain.run_wells import OMITTED_ON_INSTRUMENT
from monitoring.domain.terms import Call
from tests.plates_by_hand import (
    ABL1,
    ABL1_STANDARDS,
    FOLLOW_UP,
    NPM1,
    NPM1_STANDARDS,
    both_standards,
    codes,
    good_run,
    pair_of,
    plate,
    reactions,
    sample,
    standards,
    water,
)

D = Decimal


def test_a_run_without_control_gene_says_so_once() -> None:
    report = quantify_run(plate(standards(NPM1, NPM1_STANDARDS), water(NPM1), reactions("S1", NPM1, FOLLOW_UP[0])))
    assert codes(report) == [("", "", "CONTROL_GENE_NOT_FOUND")]
    assert pair_of(report, "S1").quantification.call is Call.NOT_EVALUABLE
    assert pair_of(report, "S1").control is None
    assert report.samples[0].mean is not None


def test_two_targets_called_abl1_are_one_too_many_until_a_person_chooses() -> None:
    made = good_run(reactions("25-0101", "c-ABL", ["24.0", "24.1"]))
    assert ("", "", "CONTROL_GENE_AMBIGUOUS") in codes(quantify_run(made))
    chosen = quantify_run(made, RunPlan(control_gene=ABL1, not_used=frozenset({"c-ABL"})))
    assert pair_of(chosen).quantification.call is Call.DETECTED


def test_the_plan_may_name_another_control_gene() -> None:
    made = plate(
        standards(NPM1, NPM1_STANDARDS),
        standards("GUSB", ABL1_STANDARDS),
        water(NPM1, "GUSB"),
        reactions("S1", NPM1, FOLLOW_UP[0]),
        reactions("S1", "GUSB", FOLLOW_UP[1]),
    )
    assert pair_of(quantify_run(made, RunPlan(control_gene="GUSB")), "S1").control == "GUSB"


def test_a_control_told_by_its_name_is_told_in_the_report() -> None:
    report = quantify_run(
        plate(both_standards(), sample("H2O 2", (None, None), (None, None)), sample("S1", *FOLLOW_UP))
    )
    assert ("H2O 2", "", "ROLE_BY_NAME") in codes(report)
    assert [control.role for control in report.controls] == [WellRole.NO_TEMPLATE] * 2
    assert [pair.sample for pair in report.pairs] == ["S1"]


def test_a_person_may_say_that_it_is_a_patient_all_the_same() -> None:
    report = quantify_run(good_run(sample("WT", *FOLLOW_UP)), RunPlan(roles={"WT": WellRole.SAMPLE}))
    assert pair_of(report, "WT").quantification.call is Call.DETECTED
    assert report.findings() == ()


def test_a_standard_stays_a_standard_whatever_it_is_called() -> None:
    named = [replace(reaction, sample="NTC") for reaction in standards(NPM1, NPM1_STANDARDS)]
    report = quantify_run(plate(named, standards(ABL1, ABL1_STANDARDS), water(NPM1, ABL1), sample("S1", *FOLLOW_UP)))
    assert report.findings() == ()


def test_a_person_may_name_standards_that_the_file_does_not_mark() -> None:
    unmarked = [
        replace(reaction, role=WellRole.SAMPLE, standard_copies=None) for reaction in standards(NPM1, NPM1_STANDARDS)
    ]
    names = {reaction.sample: WellRole.STANDARD for reaction in unmarked}
    copies = {f"Std {copies}": D(copies) for copies, _cq in NPM1_STANDARDS}
    plan = RunPlan(roles=names, targets={NPM1: TargetPlan(standard_copies=copies)})
    made = plate(unmarked, standards(ABL1, ABL1_STANDARDS), water(NPM1, ABL1), sample("S1", *FOLLOW_UP))
    assert f"{pair_of(quantify_run(made, plan), 'S1').quantification.pct_abl1:.6g}" == "0.0931258"


def test_a_run_without_water_is_warned_of() -> None:
    report = quantify_run(plate(both_standards(), sample("S1", *FOLLOW_UP)))
    assert codes(report) == [("", NPM1, "NO_TEMPLATE_MISSING"), ("", ABL1, "NO_TEMPLATE_MISSING")]


def test_wells_without_a_name_are_not_pooled() -> None:
    report = quantify_run(good_run(sample("", *FOLLOW_UP)))
    [finding] = report.findings()
    assert (finding.problem.code, len(finding.wells)) == (ProblemCode.SAMPLE_NOT_NAMED, 6)
    assert [pair.sample for pair in report.pairs] == ["25-0101"]


def test_a_well_left_out_keeps_its_cq_and_its_reason() -> None:
    made = good_run()
    place = next(each.well for each in made.reactions if each.sample == "25-0101")
    [npm1, _abl1] = quantify_run(made, RunPlan(exclusions={(place, NPM1): "bubble in the well"})).samples
    assert (npm1.wells[0].left_out_because, npm1.wells[0].cq) == ("bubble in the well", D("34.80"))
    assert npm1.wells_call.valid_wells == 2


def test_what_the_instrument_left_out_takes_no_part() -> None:
    made = plate(
        both_standards(),
        water(NPM1, ABL1),
        [replace(reaction, omitted=True) for reaction in reactions("S1", NPM1, ["25.00"])],
        sample("S1", *FOLLOW_UP),
    )
    [npm1, _abl1] = quantify_run(made).samples
    assert npm1.wells[0].left_out_because == OMITTED_ON_INSTRUMENT
    assert npm1.wells_call.valid_wells == 3


def test_a_well_is_left_out_with_a_reason_or_not_at_all() -> None:
    with pytest.raises(ExclusionWithoutReason):
        RunPlan(exclusions={("A1", NPM1): " "})


def test_leaving_out_what_is_not_there_is_told() -> None:
    report = quantify_run(good_run(), RunPlan(exclusions={("H99", NPM1): "bubble"}))
    assert codes(report) == [("", NPM1, "EXCLUSION_WITHOUT_WELL")]


def test_a_limit_of_blank_may_be_zero_and_never_less() -> None:
    assert AssaySettings(limit_of_blank=D(0)).limit_of_blank == 0
    for refused in ("-0.1", "NaN"):
        with pytest.raises(AssaySettingsRefused):
            AssaySettings(limit_of_blank=D(refused))


@pytest.mark.parametrize("sd", ["0", "-0.1", "NaN"])
def test_a_range_without_spread_is_refused(sd: str) -> None:
    with pytest.raises(ControlRangeRefused):
        ControlRange(D("26.40"), D(sd))


def test_a_slope_that_rises_is_refused() -> None:
    with pytest.raises(DeltaCqSlopeRefused):
        TargetPlan(delta_cq_slope=D("3.4"))
