"""The synthetic cohort of 70 that matches the published counts of FILO 2025; one row of filo2025.csv a patient.

Individual data of the paper are not published. Every day, level and person here is constructed, so that the tables come
out as printed and the curves lie within the printed figures: docs/methods/filo2025.md tells how each column was chosen.
Levels are per cent of ABL1, ND is not detected, empty is not sampled. No row holds a response or a class.
Paper: Higué et al., Blood Cancer J 2025;15:141.
"""

import csv
from dataclasses import dataclass
from importlib import resources

from monitoring.domain.terms import Marker, Tissue

NAME = "filo2025"
NOT_DETECTED = "ND"
YES = "1"


@dataclass(frozen=True, slots=True)
class SyntheticPatient:
    """One row: days are counted from the molecular relapse unless the name says otherwise; levels as text."""

    number: int
    sex: str
    age_at_relapse: int
    marker: Marker
    mutation_type: str
    mutations: tuple[str, ...]
    diagnosis_to_relapse: int
    pb_in_remission: str
    bm_end_of_treatment: str
    relapse_tissue: Tissue
    level_at_relapse: str
    relapse_to_venetoclax: int
    pb_before_venetoclax: str
    bm_before_venetoclax: str
    cycles: int
    venetoclax_days_c1: int | None
    venetoclax_days_c2: int | None
    pb_after: tuple[str, str]
    bm_after: tuple[str, str]
    pb_before_hsct: str
    venetoclax_to_hsct: int | None
    conditioning: str
    donor: str
    not_transplanted_because: str
    second_molecular_relapse: int | None
    haematological_relapse: int | None
    has_second_remission: bool
    last_news: int
    cause_of_death: str
    last_sample: str
    has_posaconazole: bool
    g_csf: bool | None
    is_outpatient: bool
    lowest_neutrophils: str
    has_febrile_neutropenia: bool
    red_cell_units: int
    platelet_units: int

    @property
    def pseudonym(self) -> str:
        """The name of the patient in the product."""
        return f"FILO-{self.number:02}"

    @property
    def transplanted(self) -> int | None:
        """The day of the transplant; None for those without."""
        return None if self.venetoclax_to_hsct is None else self.relapse_to_venetoclax + self.venetoclax_to_hsct


def read_patients() -> tuple[SyntheticPatient, ...]:
    """Return the seventy patients in the order of their numbers."""
    text = resources.files("monitoring.studies").joinpath("filo2025.csv").read_text(encoding="utf-8")
    return tuple(_patient(row) for row in csv.DictReader(text.splitlines()))


def _patient(row: dict[str, str]) -> SyntheticPatient:
    return SyntheticPatient(
        number=int(row["number"]),
        sex=row["sex"],
        age_at_relapse=int(row["age_at_relapse"]),
        marker=Marker(row["marker"]),
        mutation_type=row["mutation_type"],
        mutations=tuple(gene for gene in row["mutations"].split(";") if gene),
        diagnosis_to_relapse=int(row["diagnosis_to_relapse_days"]),
        pb_in_remission=row["pb_in_remission"],
        bm_end_of_treatment=row["bm_end_of_treatment"],
        relapse_tissue=Tissue(row["relapse_tissue"]),
        level_at_relapse=row["level_at_relapse"],
        relapse_to_venetoclax=int(row["relapse_to_venetoclax_days"]),
        pb_before_venetoclax=row["pb_before_venetoclax"],
        bm_before_venetoclax=row["bm_before_venetoclax"],
        cycles=int(row["cycles"]),
        venetoclax_days_c1=_number(row["venetoclax_days_c1"]),
        venetoclax_days_c2=_number(row["venetoclax_days_c2"]),
        pb_after=(row["pb_after_c1"], row["pb_after_c2"]),
        bm_after=(row["bm_after_c1"], row["bm_after_c2"]),
        pb_before_hsct=row["pb_before_hsct"],
        venetoclax_to_hsct=_number(row["venetoclax_to_hsct_days"]),
        conditioning=row["conditioning"],
        donor=row["donor"],
        not_transplanted_because=row["not_transplanted_because"],
        second_molecular_relapse=_number(row["second_molecular_relapse_days"]),
        haematological_relapse=_number(row["haematological_relapse_days"]),
        has_second_remission=row["second_remission"] == YES,
        last_news=int(row["last_news_days"]),
        cause_of_death=row["cause_of_death"],
        last_sample=row["last_sample"],
        has_posaconazole=row["posaconazole"] == YES,
        g_csf=None if not row["g_csf"] else row["g_csf"] == YES,
        is_outpatient=row["outpatient"] == YES,
        lowest_neutrophils=row["lowest_neutrophils"],
        has_febrile_neutropenia=row["febrile_neutropenia"] == YES,
        red_cell_units=int(row["red_cell_units"]),
        platelet_units=int(row["platelet_units"]),
    )


def _number(cell: str) -> int | None:
    return int(cell) if cell else None
