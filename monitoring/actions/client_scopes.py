"""Scopes of SMART v2: `system/Observation.crus` - whose, of what, which interactions, in this order.

Source: HL7 SMART app launch 2.x, scopes and launch context.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.models.choices import ClientKindChoice as Kind

INTERACTIONS = "cruds"
_FORM = re.compile(r"system/([A-Z][A-Za-z]*|\*)\.(c?r?u?d?s?)")
READABLE = (
    "Patient", "Specimen", "Observation", "DiagnosticReport", "MedicationAdministration", "MedicationStatement",
    "Procedure", "Condition", "DetectedIssue", "Flag", "Provenance", "AuditEvent",
)  # fmt: skip
WRITABLE = ("Specimen", "Observation", "DiagnosticReport")  # by laboratories only


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token allows for one resource type."""

    resource: str
    interactions: frozenset[str]

    def __str__(self) -> str:
        return f"system/{self.resource}.{''.join(each for each in INTERACTIONS if each in self.interactions)}"


def parse(text: str) -> list[Scope]:
    """Return the scopes of a text; words of another form are left out, as OAuth asks."""
    found = []
    for word in text.split():
        match = _FORM.fullmatch(word)
        if match and match[2]:
            found.append(Scope(match[1], frozenset(match[2])))
    return found


def granted(asked: str, allowed: str) -> str:
    """Return what of the scopes that are asked for is allowed; nothing asked for is everything allowed."""
    may = parse(allowed)
    wanted = parse(asked) if asked.strip() else may
    given: dict[str, set[str]] = {}
    for want in wanted:
        for have in may:
            if want.resource in (have.resource, "*"):
                given.setdefault(have.resource, set()).update(want.interactions & have.interactions)
    return " ".join(str(Scope(name, frozenset(which))) for name, which in given.items() if which)


def allows(scope: str, resource: str, interaction: str) -> bool:
    """Whether a granted scope allows one interaction (c, r, u, d, s) with a resource type."""
    return any(each.resource == resource and interaction in each.interactions for each in parse(scope))


def possible(kind: str) -> str:
    """Return every scope that a machine of a kind may be given."""
    reading = dict.fromkeys(READABLE, "rs")
    if kind == Kind.LABORATORY:
        reading |= dict.fromkeys(WRITABLE, "crus")
    if kind == Kind.HOSPITAL:
        reading["Subscription"] = "cruds"
    return _written(reading.items())


def _written(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(str(Scope(name, frozenset(which))) for name, which in pairs)
