"""Code systems, and the codes by which results, tissues and alerts are named. Free of Django.

Source: LOINC, SNOMED CT, HL7 terminology R4; docs/methods/fhir.md tells which were looked up.
"""

from collections.abc import Mapping
from typing import Any

from monitoring.domain.terms import Call, FlagCode, Marker, Tissue

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
V2_SPECIMEN = "http://terminology.hl7.org/CodeSystem/v2-0487"
V2_IDENTIFIER = "http://terminology.hl7.org/CodeSystem/v2-0203"
V2_SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
FLAG_CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category"
LOCAL_PATH = "/fhir/CodeSystem/mrd"

RATIO_CODES = {
    Marker.NPM1: "NPM1-ABL1-RATIO",
    Marker.RUNX1_RUNX1T1: "RUNX1T1-ABL1-RATIO",
    Marker.CBFB_MYH11: "INV16-ABL1-RATIO",
}
# The fusion and its control transcript; "Blood or Tissue" stands for blood here.
LOINC_CODES = {
    (Marker.RUNX1_RUNX1T1, Tissue.BONE_MARROW): "72208-2",
    (Marker.RUNX1_RUNX1T1, Tissue.PERIPHERAL_BLOOD): "72207-4",
    (Marker.CBFB_MYH11, Tissue.BONE_MARROW): "72209-0",
    (Marker.CBFB_MYH11, Tissue.PERIPHERAL_BLOOD): "72210-8",
}
TISSUE_CODES = {
    Tissue.BONE_MARROW: [
        (SNOMED, "396997002", "Specimen from bone marrow obtained by aspiration"),
        (V2_SPECIMEN, "MAR", "Marrow"),
    ],
    Tissue.PERIPHERAL_BLOOD: [(SNOMED, "119297000", "Blood specimen"), (V2_SPECIMEN, "BLD", "Whole blood")],
}
# BMA is not in the table of R4, but laboratories send it.
TISSUE_OF_CODE = {
    (SNOMED, "396997002"): Tissue.BONE_MARROW,
    (SNOMED, "119359002"): Tissue.BONE_MARROW,
    (V2_SPECIMEN, "MAR"): Tissue.BONE_MARROW,
    (V2_SPECIMEN, "BMA"): Tissue.BONE_MARROW,
    (SNOMED, "119297000"): Tissue.PERIPHERAL_BLOOD,
    (SNOMED, "258580003"): Tissue.PERIPHERAL_BLOOD,
    (SNOMED, "122555007"): Tissue.PERIPHERAL_BLOOD,
    (V2_SPECIMEN, "BLD"): Tissue.PERIPHERAL_BLOOD,
    (V2_SPECIMEN, "WB"): Tissue.PERIPHERAL_BLOOD,
    (V2_SPECIMEN, "BLDV"): Tissue.PERIPHERAL_BLOOD,
}
AML = (SNOMED, "91861009", "Acute myeloid leukemia")
TRANSPLANT = (SNOMED, "58390007", "Allogeneic bone marrow transplantation")
VENETOCLAX = (ATC, "L01XX52", "venetoclax")

TARGET_COPIES, ABL1_COPIES, LOD, LOQ, CALL = "TARGET-COPIES", "ABL1-COPIES", "LOD", "LOQ", "CALL"
CONTROL_GENE_INSUFFICIENT = "control-gene-insufficient"
SENSITIVITY_INSUFFICIENT = "sensitivity-insufficient"
ONE_OF_THREE = "one-of-three"
ASSAY_FAILED = "assay-failed"

CONFIRMED, SUSPECTED, SECOND = "confirmed-molecular-relapse", "suspected-molecular-relapse", "second-molecular-relapse"
PROGRESSION = "molecular-progression"
FLAG_CODES = {
    FlagCode.HIGH_LEVEL: "high-level",
    FlagCode.PERSISTENCE: "mrd-persistence",
    FlagCode.PROGRESSION_ON_THERAPY: "progression-on-therapy",
}

LOCAL_CODES: dict[str, str] = {
    "NPM1-ABL1-RATIO": "NPM1 mutated transcript / ABL1 transcript",
    "RUNX1T1-ABL1-RATIO": "RUNX1::RUNX1T1 transcript / ABL1 transcript",
    "INV16-ABL1-RATIO": "CBFB::MYH11 transcript / ABL1 transcript",
    TARGET_COPIES: "Mean copies of the target a well",
    ABL1_COPIES: "Mean copies of ABL1 a well",
    LOD: "Limit of detection of this sample",
    LOQ: "Limit of quantification of this sample",
    "CQ-TARGET": "Cq of the target",
    "CQ-ABL1": "Cq of ABL1",
    CALL: "Call of the sample",
    CONFIRMED: "Confirmed molecular relapse",
    SUSPECTED: "Suspected molecular relapse",
    PROGRESSION: "Molecular progression",
    "progression-on-therapy": "Progression on therapy",
    SECOND: "Second molecular relapse",
    "high-level": "High level",
    "mrd-persistence": "MRD persistence",
    CONTROL_GENE_INSUFFICIENT: "Control gene insufficient",
    SENSITIVITY_INSUFFICIENT: "Sensitivity insufficient",
    ONE_OF_THREE: "One of three wells",
    ASSAY_FAILED: "Assay failed",
    **{call.value: call.value.replace("_", " ").capitalize() for call in Call},
}
LOCAL_CODES |= {
    flag.value.lower().replace("_", "-"): flag.value.replace("_", " ").capitalize()
    for flag in FlagCode
    if flag not in FLAG_CODES
}


def local(base: str) -> str:
    """Return the address of our own code system."""
    return base + LOCAL_PATH


def is_local(system: object) -> bool:
    """Whether a system is our own, under whatever name this server is reached."""
    return isinstance(system, str) and system.endswith(LOCAL_PATH)


def coding(system: str, code: str, display: str = "") -> dict[str, Any]:
    """Return a Coding."""
    return {"system": system, "code": code} | ({"display": display} if display else {})


def local_coding(base: str, code: str) -> dict[str, Any]:
    """Return a Coding of our own code system."""
    return coding(local(base), code, LOCAL_CODES[code])


def code_of_flag(code: str) -> str:
    """Return the code under which the alert of a flag is published."""
    known = {flag.value: word for flag, word in FLAG_CODES.items()}
    return known.get(code, code.lower().replace("_", "-"))


def code_system(url: str, number: str, name: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Return a code system as a resource."""
    return {
        "resourceType": "CodeSystem",
        "id": number,
        "url": url,
        "version": "1",
        "name": name,
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "count": len(words),
        "concept": [{"code": code, "display": display} for code, display in words.items()],
    }
