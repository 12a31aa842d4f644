"""Our curves and copies against those that instruments printed into their own exports.

Not one of these files holds a whole run with its standards, its printed curve and its printed quantities; each shows
a part, and each test says which. Where an export contradicts itself, the test says so.
"""

import re
import zipfile
from collections.abc import Iterable
from decimal import Decimal

import pytest

from monitoring.domain.copies import copies_of_cq
from monitoring.domain.plate import Plate, PrintedCurve
from monitoring.domain.problems import ProblemCode
from monitoring.domain.run_curves import RunCurve
from monitoring.domain.run_plan import RunPlan, TargetPlan
from monitoring.domain.run_report import RunReport, quantify_run
from monitoring.domain.standard_curve import NoCurve, StandardCurve, StandardWell, fit_standard_curve
from monitoring.domain.terms import Call
from monitoring.readers.reading import read_plate
from tests.reference.conftest import INSTRUMENT_FILES

D = Decimal
QUANTSTUDIO_CURVE = "quantstudio/appbio_quantstudio_example07.txt"
DESIGN_ANALYSIS = "quantstudio_da/appbio_quantstudio_design_quantity_test.xlsx"
LIGHTCYCLER = "lightcycler_sds/LightCycler_sample.txt"
STEPONE = "rdml/stepone_std.rdml"
EVERY_FILE = sorted(
    str(path.relative_to(INSTRUMENT_FILES)) for path in INSTRUMENT_FILES.rglob("*.*") if path.suffix != ".md"
)


def plate_of(name: str) -> Plate:
    return read_plate((INSTRUMENT_FILES / name).read_bytes(), name)


def curve_of(report: RunReport, target: str) -> RunCurve:
    [curve] = [curve for curve in report.curves if curve.target == target]
    return curve


def line_of(curve: RunCurve) -> StandardCurve:
    assert isinstance(curve.curve, StandardCurve)
    return curve.curve


def rounds_to(value: Decimal, printed: Decimal) -> bool:
    """Whether a value has the digits that were printed, one unit of the last allowed where means were rounded."""
    return abs(value - printed) <= D(1).scaleb(int(printed.as_tuple().exponent))


def results_of_quantstudio() -> list[dict[str, str]]:
    text = (INSTRUMENT_FILES / QUANTSTUDIO_CURVE).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.split("[Results]")[1].splitlines() if "\t" in line]
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def points_of_means(target: str) -> Iterable[StandardWell]:
    """The mean Cq of each dilution, which the instrument made of all its wells, more than it exported."""
    standards = [row for row in results_of_quantstudio() if (row["Target Name"], row["Task"]) == (target, "STANDARD")]
    means = {D(row["Quantity"].replace(",", "")): D(row["Ct Mean"]) for row in standards}
    return [StandardWell(copies, mean) for copies, mean in means.items()]


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_real_export_is_quantified_or_says_why_not(name: str) -> None:
    report = quantify_run(plate_of(name))
    failed = [finding for finding in report.findings() if finding.problem.severity.value == "FAILS"]
    assert failed, "none of them holds ABL1"
    assert {pair.quantification.call for pair in report.pairs} <= {Call.NOT_EVALUABLE}


@pytest.mark.parametrize("target", ["RNaseP", "IPC"])
def test_quantstudio_slope_and_intercept_agree_to_the_printed_digits(target: str) -> None:
    """Of a plate with several wells a dilution the file holds one or two; its means are of all of them.

    Means of equally many wells have the line of the wells. They are printed with three decimals, so that the last
    digit of the intercept may differ by one.
    """
    [printed] = [curve for curve in plate_of(QUANTSTUDIO_CURVE).curves if curve.target == target]
    line = fit_standard_curve(points_of_means(target))
    assert printed.slope is not None
    assert printed.intercept is not None
    assert round(line.slope, 3) == printed.slope
    assert rounds_to(line.intercept, printed.intercept)


def test_quantstudio_efficiency_is_that_of_its_printed_slope_as_far_as_that_is_printed() -> None:
    for printed in plate_of(QUANTSTUDIO_CURVE).curves:
        assert printed.slope is not None
        assert printed.efficiency_pct is not None
        ends = [StandardCurve(printed.slope + half, D(40)).efficiency_pct for half in (D("-0.0005"), D("0.0005"))]
        assert min(ends) <= printed.efficiency_pct <= max(ends)


def test_quantstudio_contradicts_itself_and_is_told() -> None:
    """Through the wells of the file IPC has another slope than the printed one: only 5 of its wells are there."""
    report = quantify_run(plate_of(QUANTSTUDIO_CURVE))
    ipc = curve_of(report, "IPC")
    assert ipc.points == 5
    assert round(line_of(ipc).slope, 3) == D("-3.852")
    assert (ProblemCode.CURVE_DIFFERS_FROM_PRINTED, D("-4.031")) in [(each.code, each.found) for each in ipc.problems]
    assert ProblemCode.CURVE_DIFFERS_FROM_PRINTED not in [each.code for each in curve_of(report, "RNaseP").problems]


def test_design_and_analysis_prints_a_curve_that_its_rows_do_not_hold() -> None:
    """Slope -1.8786 and 0.043 of ten standards; the file holds two, one of them silent: refused, and no copies."""
    plate = plate_of(DESIGN_ANALYSIS)
    assert [(curve.target, curve.slope) for curve in plate.curves] == [("ABC", D("-1.8786")), ("DEF", D("0.043"))]
    report = quantify_run(plate)
    for target in ("ABC", "DEF"):
        curve = curve_of(report, target)
        assert isinstance(curve.curve, NoCurve)
        assert [problem.code for problem in curve.problems] == [ProblemCode.TOO_FEW_DILUTIONS]
        assert isinstance(curve.printed, PrintedCurve)


def test_stepone_efficiency_agrees_to_two_decimals() -> None:
    """The instrument computes in single precision: 93.91181 printed, 93.91024 exact, 15 wells of 5 standards."""
    with zipfile.ZipFile(INSTRUMENT_FILES / STEPONE) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    printed = D(re.findall(r"<amplificationEfficiency>([0-9.]+)", text)[0])
    curve = curve_of(quantify_run(plate_of(STEPONE)), "RNase P")
    assert curve.points == 15
    assert curve.problems == ()
    assert curve.efficiency_pct is not None
    assert round(curve.efficiency_pct, 2) == round(printed, 2)


def test_stepone_water_at_the_cycle_count_is_silent() -> None:
    report = quantify_run(plate_of(STEPONE))
    [water] = report.controls
    assert [well.cq for well in water.wells] == [None, None, None]
    assert water.problems == ()


def test_lightcycler_concentrations_agree_to_the_digits_of_their_cp() -> None:
    """All 52 printed concentrations lie on one line; by it as a stored curve, copies agree as far as Cp is printed.

    Cp has two decimals: half a unit of the last is 0.34 % of the copies; concentrations have three digits, up to
    0.5 %. Together they differ by less than 0.9 %.
    """
    plate = plate_of(LIGHTCYCLER)
    printed = [
        (each.cq, each.printed_copies) for each in plate.reactions if each.cq is not None and each.printed_copies
    ]
    assert len(printed) >= 50
    line = fit_standard_curve(StandardWell(copies, cq) for cq, copies in printed)
    assert line.r2 is not None
    assert line.r2 > D("0.999999")
    assert all(abs(copies_of_cq(cq, line) / copies - 1) < D("0.009") for cq, copies in printed)


def test_lightcycler_measured_by_another_line_than_its_own_standards_make() -> None:
    """Its concentrations follow a slope of -3.481; the least squares of its 35 standards have -3.554: told, not hidden.

    The software draws its line by another criterion than least squares; ours is the published one (EAC).
    """
    plate = plate_of(LIGHTCYCLER)
    curve = curve_of(quantify_run(plate), plate.targets()[0])
    assert (curve.points, round(line_of(curve).slope, 4)) == (35, D("-3.5541"))


def test_a_control_gene_of_another_name_makes_the_stepone_samples_evaluable() -> None:
    """RNase P as its own control gene would be no pair; named as control it leaves no target to quantify."""
    report = quantify_run(plate_of(STEPONE), RunPlan(control_gene="RNase P", otherwise=TargetPlan()))
    assert report.pairs == ()
    assert [(each.sample, each.call) for each in report.samples] == [
        ("pop1_RNase P", Call.DETECTED),
        ("pop2_RNase P", Call.DETECTED),
    ]
