"""Headings, wells and roles are found whatever the keyboard, the locale and the version."""

import pytest

from monitoring.domain.plate import WellRole
from monitoring.readers.headings import folded
from monitoring.readers.roles import ROLE_WORDS, role_in_well, role_of
from monitoring.readers.wells import position_of, well_name


@pytest.mark.parametrize(
    ("heading", "name"),
    [("Cт", "ct"), ("CТ", "ct"), ("ΔΔCт", "δδct"), ("R²", "r2"), ("R^2", "r2"), ("Échantillon", "echantillon"),
     ("25 µL", "25ul"), ("25 μL", "25ul"), ("Ｃｑ", "cq"), ("Cq Std. Dev", "cqstddev"), ("% Var", "%var")],
)  # fmt: skip
def test_headings_are_folded(heading: str, name: str) -> None:
    assert folded(heading) == name


@pytest.mark.parametrize(
    ("text", "well"),
    [("A01", "A1"), ("a1", "A1"), ("H12", "H12"), ("P24", "P24"), ("AF48", "AF48"), ("17", "17"), ("1.0", "1"),
     ("A0", ""), ("A49", ""), ("0", ""), ("1537", ""), ("AG1", ""), ("A1B", ""), ("", ""), ("-1", "")],
)  # fmt: skip
def test_wells_are_written_in_one_way(text: str, well: str) -> None:
    assert well_name(text) == well


@pytest.mark.parametrize(
    ("number", "size", "position"),
    [("13", 96, "B1"), ("96", 96, "H12"), ("384", 384, "P24"), ("97", 96, "97"), ("5", 0, "5")],
)
def test_numbers_of_wells_have_positions_on_a_known_plate(number: str, size: int, position: str) -> None:
    assert position_of(number, size) == position


@pytest.mark.parametrize(
    ("word", "role"),
    [("UNKNOWN", WellRole.SAMPLE), ("Unkn-01", WellRole.SAMPLE), ("Unkn", WellRole.SAMPLE),
     ("Std-1", WellRole.STANDARD), ("STANDARD", WellRole.STANDARD), ("NTC", WellRole.NO_TEMPLATE),
     ("Neg Ctrl", WellRole.NO_TEMPLATE),
     ("NRT", WellRole.NO_RT), ("NoRT", WellRole.NO_RT), ("Pos Ctrl-2", WellRole.POSITIVE_CONTROL),
     ("Endogenous Control", WellRole.SAMPLE), ("Target", WellRole.SAMPLE), ("Blocked IPC", None), ("x" * 200, None)],
)  # fmt: skip
def test_words_of_instruments_tell_the_role(word: str, role: WellRole | None) -> None:
    assert role_of(word) is role


@pytest.mark.parametrize("role", WellRole)
def test_every_role_has_our_own_word(role: WellRole) -> None:
    assert role_of(role.value) is role
    assert ROLE_WORDS[role]


@pytest.mark.parametrize(
    ("told", "sample", "role"),
    [
        (WellRole.SAMPLE, "no-RT", (WellRole.NO_RT, True)),
        (WellRole.NO_TEMPLATE, "Extraction blank", (WellRole.EXTRACTION_BLANK, True)),
        (WellRole.NO_TEMPLATE, "NTC", (WellRole.NO_TEMPLATE, False)),
        (WellRole.STANDARD, "NTC", (WellRole.STANDARD, False)),
        (WellRole.SAMPLE, "26-0042", (WellRole.SAMPLE, False)),
        (None, "", (WellRole.SAMPLE, False)),
        (None, "x" * 5_000, (WellRole.SAMPLE, False)),
    ],
)
def test_a_controls_name_is_more_exact_than_unknown(
    told: WellRole | None, sample: str, role: tuple[WellRole, bool]
) -> None:
    assert role_in_well(told, sample) == role
