"""The disease of a simulated patient: marker, mutations, karyotype, risk, first-line treatment.

Every share without a source is constructed.
"""

from datetime import date
from random import Random

from monitoring.domain.terms import Marker, Tissue
from monitoring.studies.measuring import as_text
from monitoring.studies.records import BaselineRecord, FindingRecord, PatientRecord

MARKERS = {Marker.NPM1: 0.70, Marker.RUNX1_RUNX1T1: 0.15, Marker.CBFB_MYH11: 0.15}
NPM1_TYPES = {"A": 0.80, "B": 0.13, "D": 0.07}
DIAGNOSIS_LEVEL = {Marker.NPM1: 2.85, Marker.RUNX1_RUNX1T1: 1.9, Marker.CBFB_MYH11: 1.9}  # log10 % of ABL1, marrow
SPREAD_OF_DIAGNOSIS_LEVEL = 0.25  # log10
BLOOD_BELOW_MARROW = {Marker.NPM1: 1.0, Marker.RUNX1_RUNX1T1: 0.5, Marker.CBFB_MYH11: 0.5}  # log10; ELN 2025 for NPM1
BLOOD_BELOW_MARROW_AT_DIAGNOSIS = 0.2  # log10: blasts circulate
MEAN_AGE = {Marker.NPM1: 58.0, Marker.RUNX1_RUNX1T1: 46.0, Marker.CBFB_MYH11: 46.0}
BASELINE_ABL1 = (20_000, 60_000, 100)  # copies a well: from, to, step
AGES = (18, 88)
SPREAD_OF_AGE = 13.0
DAYS_PER_YEAR = 365.25

AML_TYPES = {
    Marker.NPM1: "AML with mutated NPM1",
    Marker.RUNX1_RUNX1T1: "AML with RUNX1::RUNX1T1",
    Marker.CBFB_MYH11: "AML with CBFB::MYH11",
}
KARYOTYPES = {
    Marker.NPM1: "46,{sex}[20]",
    Marker.RUNX1_RUNX1T1: "46,{sex},t(8;21)(q22;q22.1)[18]/46,{sex}[2]",
    Marker.CBFB_MYH11: "46,{sex},inv(16)(p13.1q22)[19]/46,{sex}[1]",
}
# gene, variant, share of patients, method
MUTATIONS = {
    Marker.NPM1: (
        ("FLT3-ITD", "", 0.35, "fragment analysis"),
        ("FLT3-TKD", "D835Y", 0.09, "NGS"),
        ("DNMT3A", "R882H", 0.45, "NGS"),
        ("IDH1", "R132H", 0.10, "NGS"),
        ("IDH2", "R140Q", 0.14, "NGS"),
        ("TET2", "", 0.13, "NGS"),
        ("NRAS", "G12D", 0.16, "NGS"),
        ("SRSF2", "P95H", 0.04, "NGS"),
    ),
    Marker.RUNX1_RUNX1T1: (("OTHER", "KIT D816V", 0.22, "NGS"), ("NRAS", "G12D", 0.15, "NGS")),
    Marker.CBFB_MYH11: (
        ("OTHER", "KIT D816V", 0.15, "NGS"),
        ("NRAS", "Q61K", 0.40, "NGS"),
        ("KRAS", "G12D", 0.12, "NGS"),
    ),
}
FLT3_ITD = "FLT3-ITD"
HIGHEST_VAF_PCT = 49.0

FIRST_LINES = ("7+3, 3 x HiDAC", "7+3 + GO, 3 x IDAC", "FLAG-Ida, 2 x HiDAC", "CPX-351")
FIRST_LINE_WITH_FLT3 = "7+3 + midostaurin, 3 x HiDAC"


def draw_patient(rng: Random, pseudonym: str, diagnosed_on: date) -> PatientRecord:
    """Return a patient at diagnosis."""
    marker = rng.choices(list(MARKERS), list(MARKERS.values()))[0]
    sex = rng.choice("FM")
    age = min(AGES[1], max(AGES[0], rng.gauss(MEAN_AGE[marker], SPREAD_OF_AGE)))
    patient = PatientRecord(
        pseudonym=pseudonym,
        sex=sex,
        born_on=date.fromordinal(diagnosed_on.toordinal() - int(age * DAYS_PER_YEAR)),
        diagnosed_on=diagnosed_on,
        marker=marker,
        mutation_type=rng.choices(list(NPM1_TYPES), list(NPM1_TYPES.values()))[0] if marker is Marker.NPM1 else "",
        aml_type=AML_TYPES[marker],
        karyotype=KARYOTYPES[marker].format(sex="XX" if sex == "F" else "XY"),
        eln_risk="FAVOURABLE",
        remission="FIRST",
    )
    patient.findings = _draw_findings(rng, patient)
    if any(finding.gene == FLT3_ITD for finding in patient.findings):
        patient.eln_risk = "INTERMEDIATE"
    return patient


def draw_first_line(rng: Random, patient: PatientRecord) -> str:
    """Return a first-line regimen that fits the mutations."""
    if any(finding.gene.startswith("FLT3") for finding in patient.findings):
        return FIRST_LINE_WITH_FLT3
    return rng.choice(FIRST_LINES)


def draw_baselines(rng: Random, height: float) -> list[BaselineRecord]:
    """Return the levels at diagnosis in marrow and blood, given the marrow's in log10 of per cent of ABL1."""
    blood = height - abs(rng.gauss(BLOOD_BELOW_MARROW_AT_DIAGNOSIS, BLOOD_BELOW_MARROW_AT_DIAGNOSIS))
    return [
        BaselineRecord(Tissue.BONE_MARROW, as_text(10.0**height), rng.randrange(*BASELINE_ABL1)),
        BaselineRecord(Tissue.PERIPHERAL_BLOOD, as_text(10.0**blood), rng.randrange(*BASELINE_ABL1)),
    ]


def _draw_findings(rng: Random, patient: PatientRecord) -> list[FindingRecord]:
    findings = []
    if patient.marker is Marker.NPM1:
        vaf = as_text(rng.uniform(30.0, HIGHEST_VAF_PCT))
        variant = f"type {patient.mutation_type}"
        findings.append(FindingRecord("NPM1", variant, "PRESENT", 0, "NGS", vaf_pct=vaf))
    for gene, variant, share, method in MUTATIONS[patient.marker]:
        if rng.random() >= share:
            continue
        finding = FindingRecord(gene, variant, "PRESENT", 0, method)
        if gene == FLT3_ITD:
            finding.allelic_ratio = as_text(rng.uniform(0.05, 1.1))
        else:
            finding.vaf_pct = as_text(rng.uniform(5.0, HIGHEST_VAF_PCT))
        findings.append(finding)
    return findings
