"""A measurement read back in words."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.utils import translation

from monitoring.wording.measurements import (
    abl1_band_said,
    mean_copies,
    on_every_scale,
    positive_wells_said,
    result_said,
    taken_for,
    wells_said,
)


@dataclass
class Measured:
    call: str
    pct_abl1: Decimal | None = None
    target_copies: Decimal | None = None
    abl1_copies: Decimal | None = Decimal(32_724)
    lod_pct_abl1: Decimal | None = Decimal("0.00305582")


def test_a_level_is_said_on_two_scales_with_its_limit() -> None:
    said = result_said(Measured("DETECTED", Decimal("0.0931258")))
    assert said == ("0.0931\u00a0% of ABL1, that is 93.1 copies per 100,000 ABL1; limit 0.00306\u00a0% of ABL1.")


def test_not_detected_is_said_with_its_limit_and_never_as_zero() -> None:
    assert result_said(Measured("NOT_DETECTED")) == "Not detected; limit 0.00306\u00a0% of ABL1."
    assert (
        result_said(Measured("NOT_DETECTED", lod_pct_abl1=None, abl1_copies=None)) == "Not detected; limit not known."
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("DETECTED", "but the target was seen"),
        ("INDETERMINATE", "seen in a well"),
        ("NOT_DETECTED", "says nothing"),
    ],
)
def test_too_little_control_gene_comes_before_what_was_seen(call: str, words: str) -> None:
    said = result_said(Measured(call, Decimal(2) if call == "DETECTED" else None, abl1_copies=Decimal(403)))
    assert said.startswith("Not evaluable: ABL1 403 copies, below 1,000")
    assert words in said


@pytest.mark.parametrize("call", ["INDETERMINATE", "NOT_EVALUABLE", "UNKNOWN", "DETECTED"])
def test_what_has_no_value_says_so(call: str) -> None:
    assert "0 %" not in result_said(Measured(call))


def test_a_level_is_written_on_every_scale() -> None:
    lines = {
        line.scale: line.shown
        for line in on_every_scale(Measured("DETECTED", Decimal("0.0931258")), Decimal("5409.03"))
    }
    assert lines == {
        "% of ABL1": "0.0931\u00a0%",
        "copies per 10⁴ ABL1": "9.31",
        "copies per 10⁵ ABL1": "93.1",
        "ratio to ABL1": "0.000931",
        "% of diagnosis": "0.00172\u00a0%",
        "reduction from diagnosis": "4.76\u00a0log",
    }


def test_the_scales_of_diagnosis_need_the_level_at_diagnosis() -> None:
    assert len(on_every_scale(Measured("DETECTED", Decimal("0.1")), None)) == 4


def test_what_is_not_evaluable_has_no_level_on_any_scale() -> None:
    assert on_every_scale(Measured("DETECTED", Decimal("2.5"), abl1_copies=Decimal(403)), Decimal(1000)) == []


@pytest.mark.parametrize(
    ("copies", "shown"),
    [("30.47486", "30.5"), ("0", "0"), ("0.6666", "0.667"), ("32724.41", "32,724"), ("999.6", "999.6")],
)
def test_mean_copies_keep_three_digits_below_a_hundred(copies: str, shown: str) -> None:
    assert mean_copies(Decimal(copies)) == shown


def test_wells_are_said_one_by_one() -> None:
    assert wells_said([Decimal(34), Decimal(0), Decimal(30_000)]) == "34; none; 30,000"


def test_a_number_is_said_with_what_it_was_taken_for() -> None:
    said = taken_for("1,234", Decimal("1.234"), [Decimal(1234)])
    assert said == "“1,234” is read as 1.234, not as 1234."
    with translation.override("fr"):
        assert "1,234" in taken_for("1.234", Decimal("1.234"), [Decimal(1234)])


def test_reported_values_have_no_wells() -> None:
    assert (positive_wells_said(2, 3), positive_wells_said(None, None)) == ("2 of 3", "reported")


@pytest.mark.parametrize(("copies", "band"), [(850, "too low"), (6_396, "limited"), (10_000, ""), (40_000, "")])
def test_the_band_of_the_control_gene_is_said_where_it_limits(copies: int, band: str) -> None:
    assert abl1_band_said(Decimal(copies)) == band
