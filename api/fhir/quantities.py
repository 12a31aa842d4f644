"""Quantities on the wire and the scales they mean. A number without its unit is refused, never guessed.

Source: UCUM; docs/methods/fhir.md. Free of Django.
"""

from decimal import Decimal
from typing import Any

from api.fhir.codes import UCUM
from api.fhir.refusals import unprocessable
from monitoring.domain.units import Scale, to_pct_abl1

SCALE_OF_UNIT = {
    "%": Scale.PCT_ABL1,
    "1": Scale.RATIO,
    "{ratio}": Scale.RATIO,
    "{copies}/10*4{copies}": Scale.PER_10_4_ABL1,
    "{copies}/10*5{copies}": Scale.PER_10_5_ABL1,
}
# An annotation carries no meaning: that the copies below the line are those of ABL1 has to stand elsewhere.
NAMES_NO_CONTROL_GENE = {Scale.PER_10_4_ABL1, Scale.PER_10_5_ABL1}
COPIES = "{copies}"
PER_CENT = "%"
COMPARATORS = {"<", "<=", ">", ">="}


def quantity(value: Decimal, unit: str, comparator: str = "") -> dict[str, Any]:
    """Return a Quantity with its digits."""
    told: dict[str, Any] = {"value": value} | ({"comparator": comparator} if comparator else {})
    return told | {"unit": unit, "system": UCUM, "code": unit}


def number(told: dict[str, Any], expression: str) -> Decimal:
    """Return the number of a Quantity, not negative; raises FhirRefused (422)."""
    value = told.get("value")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise unprocessable("value", "A quantity needs a number.", f"{expression}.value")
    if value < 0:
        raise unprocessable("value", "This must not be negative.", f"{expression}.value")
    return Decimal(value)


def unit(told: dict[str, Any], expression: str) -> str:
    """Return the UCUM code of a Quantity; raises FhirRefused (422, value)."""
    code = told.get("code")
    if told.get("system") != UCUM or not isinstance(code, str) or not code:
        raise unprocessable("value", "A number without its UCUM unit is refused, never guessed.", f"{expression}.code")
    return code


def scale(told: dict[str, Any], expression: str) -> Scale:
    """Return the scale of a level; raises FhirRefused (422, value)."""
    code = unit(told, expression)
    if code not in SCALE_OF_UNIT:
        known = ", ".join(SCALE_OF_UNIT)
        raise unprocessable("value", f"A level is told in one of these units: {known}.", f"{expression}.code")
    return SCALE_OF_UNIT[code]


def pct_abl1(told: dict[str, Any], expression: str) -> Decimal:
    """Return a limit in per cent of ABL1, above 0; raises FhirRefused (422, value)."""
    value, on = number(told, expression), scale(told, expression)
    if value == 0:
        raise unprocessable("value", "A limit is above 0.", f"{expression}.value")
    return to_pct_abl1(value, on)


def copies(told: dict[str, Any], expression: str) -> Decimal:
    """Return mean copies a well; raises FhirRefused (422, value)."""
    value = number(told, expression)
    if unit(told, expression) not in {COPIES, "1"}:
        raise unprocessable("value", "Copies are told in {copies}.", f"{expression}.code")
    return value
