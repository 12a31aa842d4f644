"""An Observation as a laboratory sends it: which marker, what call, on which scale. Free of Django.

Source: docs/methods/fhir.md, "Results".
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.fhir import moments, quantities
from api.fhir.codes import ABL1_COPIES, LOD, LOINC, LOINC_CODES, LOQ, RATIO_CODES, TARGET_COPIES, is_local
from api.fhir.elements import an_object, codings, components, identifiers, required, text
from api.fhir.moments import Collected
from api.fhir.refusals import Issue, unprocessable
from api.fhir.sent_calls import Measured, Told, measured
from monitoring.domain.terms import Marker, Tissue
from monitoring.domain.units import from_pct_abl1

WHERE = "Observation"
REQUIRED = ("identifier", "status", "code", "subject", "effectiveDateTime", "specimen")
COUNTS = {"final", "corrected", "amended"}
TAKES_BACK = {"entered-in-error", "cancelled"}
STATUSES = {"registered", "preliminary", "unknown", *COUNTS, *TAKES_BACK}
PER_CENT = Decimal(100)
LIMITS = {LOD, LOQ}


@dataclass(frozen=True, slots=True)
class SentObservation:
    """What is said of one sample; `only_tissue` is what the code says of it, `measured` None where nothing counts."""

    identifiers: list[tuple[str, str]]
    status: str
    marker: Marker
    only_tissue: Tissue | None
    collected: Collected
    method: str
    measured: Measured | None
    warnings: list[Issue]


def read(resource: dict[str, Any]) -> SentObservation:
    """Return what an Observation says; raises FhirRefused with the place that is wrong."""
    required(resource, REQUIRED, WHERE)
    status = text(resource, "status", WHERE)
    if status not in STATUSES:
        raise unprocessable("code-invalid", "This status is not known.", f"{WHERE}.status")
    marker, tissue, says_control = _marker(resource)
    told = _told(resource, says_control=says_control)
    counted = measured(resource, told) if status in COUNTS else None
    return SentObservation(
        identifiers=identifiers(resource, WHERE),
        status=status,
        marker=marker,
        only_tissue=tissue,
        collected=moments.read(resource["effectiveDateTime"], f"{WHERE}.effectiveDateTime"),
        method=text(an_object(resource, "method", WHERE), "text", f"{WHERE}.method"),
        measured=counted,
        warnings=_warnings(told, counted) if counted else [],
    )


def check_tissue(sent: SentObservation, tissue: Tissue) -> None:
    """Refuse a code of marrow on a specimen of blood (422, business-rule)."""
    if sent.only_tissue is Tissue.BONE_MARROW and tissue is not Tissue.BONE_MARROW:
        raise unprocessable("business-rule", "This code is of marrow; the specimen is blood.", f"{WHERE}.code")


def _marker(resource: dict[str, Any]) -> tuple[Marker, Tissue | None, bool]:
    by_code = {code: marker for marker, code in RATIO_CODES.items()}
    by_loinc = {code: key for key, code in LOINC_CODES.items()}
    found: set[Marker] = set()
    tissue, says_control = None, False
    for system, code in codings(an_object(resource, "code", WHERE), f"{WHERE}.code"):
        if is_local(system) and code in by_code:
            found.add(by_code[code])
            says_control = True
        elif system == LOINC and code in by_loinc:
            marker, of = by_loinc[code]
            found.add(marker)
            tissue = of if of is Tissue.BONE_MARROW else tissue
    if len(found) != 1:
        why = "None of these codes is an MRD ratio." if not found else "These codes are of different markers."
        raise unprocessable("code-invalid", why, f"{WHERE}.code")
    return found.pop(), tissue, says_control


def _told(resource: dict[str, Any], *, says_control: bool) -> Told:
    numbers: dict[str, Decimal] = {}
    for code, each, expression in components(resource, WHERE):
        if code in {TARGET_COPIES, ABL1_COPIES, *LIMITS} and "valueQuantity" in each:
            place = f"{expression}.valueQuantity"
            value = an_object(each, "valueQuantity", expression)
            read_by = quantities.pct_abl1 if code in LIMITS else quantities.copies
            if code in numbers:
                raise unprocessable("business-rule", f"{code} stands twice.", expression)
            numbers[code] = read_by(value, place)
    return Told(
        target_copies=numbers.get(TARGET_COPIES),
        abl1_copies=numbers.get(ABL1_COPIES),
        lod_pct_abl1=numbers.get(LOD),
        loq_pct_abl1=numbers.get(LOQ),
        says_control=says_control or ABL1_COPIES in numbers,
    )


def _warnings(told: Told, counted: Measured) -> list[Issue]:
    found = []
    parts = {TARGET_COPIES: told.target_copies, ABL1_COPIES: told.abl1_copies, LOD: counted.lod_pct_abl1}
    for name, value in parts.items():
        if value is None:
            found.append(Issue("warning", "required", f"{name} was not told.", f"{WHERE}.component"))
    if _contradicts(told, counted):
        text_of = "VALUE_MISMATCH: the value is not 100 x target / ABL1 of the copies that stand beside it."
        found.append(Issue("warning", "business-rule", text_of, f"{WHERE}.valueQuantity"))
    return found


def _contradicts(told: Told, counted: Measured) -> bool:
    """Whether value and copies differ by more than half a unit of the last digit that was told."""
    if counted.value is None or counted.scale is None or told.target_copies is None or not told.abl1_copies:
        return False
    if told.target_copies == 0:
        return True
    by_copies = from_pct_abl1(PER_CENT * told.target_copies / told.abl1_copies, counted.scale)
    exponent = counted.value.as_tuple().exponent
    last = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return abs(counted.value - by_copies) > last / 2
