"""Every finding of quality control has a reason and a recommendation."""

from decimal import Decimal

import pytest

from monitoring.domain.problems import Gene, Problem, ProblemCode, Severity
from monitoring.wording.problems import all_said, said
from monitoring.wording.words import Tone


@pytest.mark.parametrize("code", ProblemCode)
@pytest.mark.parametrize("found", [Decimal("38.61"), None])
def test_every_finding_is_said_with_what_to_do(code: ProblemCode, found: Decimal | None) -> None:
    told = said(Problem(code, Gene.TARGET, found), "NPM1")
    assert told.reason
    assert told.advice.endswith(".")
    assert "%" not in told.reason + told.advice


def test_too_little_control_gene_is_said_with_its_copies() -> None:
    told = said(Problem(ProblemCode.ABL1_INSUFFICIENT, Gene.ABL1, Decimal(850)), "NPM1")
    assert told.reason == "ABL1 850 copies: below 1,000, not evaluable"
    assert told.advice.startswith("Repeat with new cDNA")


def test_copies_just_below_the_border_are_not_rounded_onto_it() -> None:
    told = said(Problem(ProblemCode.ABL1_INSUFFICIENT, Gene.ABL1, Decimal("999.6")), "NPM1")
    assert told.reason.startswith("ABL1 999.6 copies")


def test_a_finding_of_the_target_names_the_marker() -> None:
    told = said(Problem(ProblemCode.ONE_VALID_WELL, Gene.TARGET), "CBFB::MYH11")
    assert told.reason == "CBFB::MYH11 was measured in one well only"


def test_what_fails_the_sample_is_said_first() -> None:
    found = (
        Problem(ProblemCode.BELOW_QUANTIFICATION, Gene.TARGET),
        Problem(ProblemCode.ABL1_INSUFFICIENT, Gene.ABL1, Decimal(500)),
        Problem(ProblemCode.MUTATION_TYPE_NOT_COVERED, Gene.TARGET),
    )
    assert [each.tone for each in all_said(found, "NPM1")] == [Tone.OVERDUE, Tone.SUSPECTED, Tone.QUIET]
    assert found[2].severity is Severity.FAILS


def test_a_computed_number_is_rounded_and_stays_on_its_side_of_the_limit() -> None:
    steep = Problem(ProblemCode.SLOPE_TOO_STEEP, Gene.TARGET, Decimal("-3.9000412345678901234"))
    assert said(steep, "NPM1").reason == "Standard curve of NPM1 too steep, slope -3.90004"
    plain = Problem(ProblemCode.R2_LOW, Gene.ABL1, Decimal("0.97871290264391256689"))
    assert said(plain, "NPM1").reason == "Standard curve of ABL1: R² 0.9787 is below 0.98"


def test_a_finding_of_a_whole_run_names_what_it_speaks_of() -> None:
    assert said(Problem(ProblemCode.ROLE_BY_NAME), "", "no-template control").reason.endswith("no-template control")
