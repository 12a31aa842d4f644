"""The standard curve: fit, limits, refusal."""

from decimal import Decimal, localcontext

import pytest

from monitoring.domain.problems import Gene, ProblemCode, Severity
from monitoring.domain.standard_curve import (
    CurveLimits,
    CurveNotAcceptable,
    StandardCurve,
    StandardWell,
    assess_curve,
    check_curve,
    fit_standard_curve,
)

D = Decimal


def standards(*wells: tuple[int, str | None]) -> list[StandardWell]:
    return [StandardWell(D(copies), None if cq is None else D(cq)) for copies, cq in wells]


def test_a_slope_on_its_limit_is_found_there_and_accepted() -> None:
    curve = fit_standard_curve(standards((10, "35"), (100, "32"), (1000, "29")))
    assert (curve.slope, curve.intercept, curve.r2) == (D(-3), D(38), D(1))
    check_curve(curve, CurveLimits())


def test_standards_that_are_no_powers_of_ten_lie_on_their_line() -> None:
    cqs = [(copies, str(40 - D("3.9") * D(copies).log10())) for copies in (17, 170, 1700)]
    curve = fit_standard_curve(standards(*cqs))
    assert curve.slope == D("-3.9")
    check_curve(curve, CurveLimits())


def test_the_fit_does_not_depend_on_the_callers_precision() -> None:
    wells = standards((10, "36.61"), (100, "33.17"), (1000, "29.84"))
    usual = fit_standard_curve(wells)
    with localcontext() as context:
        context.prec = 4
        assert fit_standard_curve(wells) == usual


@pytest.mark.parametrize(
    ("wells", "code"),
    [
        (standards((10, "36"), (100, "33")), ProblemCode.TOO_FEW_DILUTIONS),
        (standards((10, "36"), (10, "36.1"), (100, "33"), (1000, None)), ProblemCode.TOO_FEW_DILUTIONS),
        ([], ProblemCode.TOO_FEW_DILUTIONS),
        (standards((10, "30"), (100, "33"), (1000, "36")), ProblemCode.CURVE_NOT_FALLING),
        (standards((10, "30"), (100, "30"), (1000, "30")), ProblemCode.CURVE_NOT_FALLING),
    ],
)
def test_no_line_can_be_drawn(wells: list[StandardWell], code: ProblemCode) -> None:
    with pytest.raises(CurveNotAcceptable) as refused:
        fit_standard_curve(wells, Gene.TARGET)
    assert refused.value.problem.code is code
    assert refused.value.problem.gene is Gene.TARGET


def test_the_refusal_names_the_limit_broken_and_the_number_found() -> None:
    with pytest.raises(CurveNotAcceptable) as refused:
        check_curve(StandardCurve(D("-2.95"), D(40), D("0.90")), CurveLimits(), Gene.ABL1)
    assert refused.value.problem.code is ProblemCode.SLOPE_TOO_SHALLOW
    assert refused.value.problem.found == D("-2.95")


def test_a_laboratory_may_be_stricter() -> None:
    strict = CurveLimits(slope_steepest=D("-3.6"), slope_shallowest=D("-3.1"))
    curve = StandardCurve(D("-3.7"), D(40), D("0.99"))
    assert assess_curve(curve, CurveLimits()) == ()
    assert [problem.code for problem in assess_curve(curve, strict)] == [ProblemCode.SLOPE_TOO_STEEP]


def test_wells_that_warn() -> None:
    curve = fit_standard_curve(
        standards((10, None), (10, None), (100, "33.2"), (100, "33.3"), (1000, "29.8"), (10_000, "26.4"))
    )
    found = assess_curve(curve, CurveLimits())
    assert [(problem.code, problem.found) for problem in found] == [
        (ProblemCode.SINGLE_STANDARD_WELLS, D(1000)),
        (ProblemCode.STANDARD_UNDETERMINED, D(10)),
    ]
    assert {problem.severity for problem in found} == {Severity.WARNS}


def test_a_curve_without_r2_warns() -> None:
    found = assess_curve(StandardCurve(D("-3.4"), D(40)), CurveLimits())
    assert [problem.code for problem in found] == [ProblemCode.R2_UNKNOWN]
