"""A question to a part of a cohort as it is written into an address: every answer is a text there."""

from collections.abc import Mapping
from typing import Any

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.parts import PartQuestion

LONGEST_DAYS = 4  # digits of a landmark in days


def asked_of(part: str, given: Mapping[str, str]) -> PartQuestion:
    """Return the question that parameters ask; raises NotAQuestion naming one that is not understood."""
    asked: dict[str, Any] = dict(given)
    if "landmark_days" in given:
        digits = given["landmark_days"]
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_DAYS
        asked["landmark_days"] = int(digits) if is_number else -1
    if "pooled" in given:
        asked["pooled"] = {"yes": True, "no": False}.get(given["pooled"], given["pooled"])
    return parts.ask(part, asked)
