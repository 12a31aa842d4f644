"""Names of controls and of the control gene: what is recognised, and that no patient is taken for a control."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.control_names import control_named, is_control_gene
from monitoring.domain.plate import WellRole

CONTROLS = {
    WellRole.NO_TEMPLATE: ["NTC", "ntc", "NTC 1", "NTC_12", "NTC-2", "NTC NPM1", "H2O", "H2O 3", "Water",
                           "water control", "No template control", "no-template", "témoin eau", "Wasser"],
    WellRole.NO_RT: ["no RT", "no-RT", "noRT", "NRT", "NRT 2", "RT-", "-RT", "RT −", "minus RT", "no RT control",
                     "sans RT"],
    WellRole.EXTRACTION_BLANK: ["Extraction blank", "extraction_blank 1", "Blank", "BLANK 2", "blanc d'extraction"],
    WellRole.WILD_TYPE: ["WT", "wt 1", "Wild type", "wild-type NPM1", "NPM1 WT", "Wildtype control", "type sauvage"],
    WellRole.POSITIVE_CONTROL: ["Pos ctrl", "Positive control", "positive control 2", "pos", "Pos. Ctrl. NPM1",
                                "contrôle positif", "Positivkontrolle", "OCI-AML3"],
}  # fmt: skip
PATIENTS = [
    "", "25-0101", "WT-2024-118", "WT 2024", "NTC123", "H2O2-25", "RT-12", "RT", "POS-1234", "Posner", "Waters",
    "Blanche",
    "25-0101 WT follow-up", "Blank, Jeanne", "EB", "PC", "ABL1", "NPM1", "control", "control 7", "neg", "1", "12", "S1",
    "Sample 1", "Watermann 2", "No RTX 3", "M3905 R Ctx", "Pos 2024", "wt2023001",
]  # fmt: skip


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in CONTROLS.items() for name in names])
def test_a_control_is_known_by_its_name(role: WellRole, name: str) -> None:
    assert control_named(name) is role


@pytest.mark.parametrize("name", PATIENTS)
def test_a_patient_is_no_control(name: str) -> None:
    assert control_named(name) is None


@given(st.from_regex(r"[A-Za-z]{0,3}[-/ ]?(19|20)?[0-9]{2}[-/ ]?[0-9]{4,7}", fullmatch=True))
def test_no_accession_number_is_a_control(number: str) -> None:
    assert control_named(number) is None


@given(st.sampled_from(sorted(name for names in CONTROLS.values() for name in names)), st.integers(100, 10**9))
def test_a_long_number_makes_a_control_a_sample(name: str, number: int) -> None:
    assert control_named(f"{name} {number}") is None


@pytest.mark.parametrize("name", ["ABL", "ABL1", "abl1", "c-ABL", "cABL1", "hABL1", "ABL-1", " Abl 1 "])
def test_the_control_gene_is_known_by_its_name(name: str) -> None:
    assert is_control_gene(name)


@pytest.mark.parametrize("name", ["BCR::ABL1", "BCR-ABL", "ABL2", "NPM1", "ABLIM1", "GUSB", "ABL1 e13a2", ""])
def test_other_genes_are_not(name: str) -> None:
    assert not is_control_gene(name)
