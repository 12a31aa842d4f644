"""What made-up plates measure: the transcripts of this product, each with its dye and the line of its PCR.

Every slope, intercept and scatter is constructed inside the limits of EAC (slope -3.9 to -3.0 Cq per log10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

NPM1_A, NPM1_B, NPM1_D = "NPM1mutA", "NPM1mutB", "NPM1mutD"
CBFB_A, CBFB_D, CBFB_E = "CBFB::MYH11 A", "CBFB::MYH11 D", "CBFB::MYH11 E"
RUNX1 = "RUNX1::RUNX1T1"
ABL1 = "ABL1"
NPM1_TARGETS = (NPM1_A, NPM1_B, NPM1_D)
TARGETS = (*NPM1_TARGETS, CBFB_A, CBFB_D, CBFB_E, RUNX1, ABL1)  # eight: as many as a well can be read for

# Copies a well; EAC plasmid dilutions, Gabert et al., Leukemia 2003;17:2318.
TARGET_STANDARDS = tuple(Decimal(copies) for copies in (10, 100, 1_000, 100_000, 1_000_000))
ABL1_STANDARDS = tuple(Decimal(copies) for copies in (1_000, 10_000, 100_000))

DYES: Mapping[str, str] = {
    NPM1_A: "FAM",
    NPM1_B: "Texas Red",
    NPM1_D: "Cy5",
    CBFB_A: "Quasar 705",
    CBFB_D: "ATTO 425",
    CBFB_E: "Alexa 594",
    RUNX1: "ROX",
    ABL1: "VIC",
}
DYE_OF_OTHERS = "FAM"


@dataclass(frozen=True, slots=True)
class Chemistry:
    """The true line of an assay: slope (Cq per log10 copies), intercept (Cq of one copy), scatter (SD in Cq)."""

    slope: float
    intercept: float
    scatter: float = 0.06


CHEMISTRY: Mapping[str, Chemistry] = {
    NPM1_A: Chemistry(-3.42, 39.4),
    NPM1_B: Chemistry(-3.39, 39.1),
    NPM1_D: Chemistry(-3.45, 39.6),
    CBFB_A: Chemistry(-3.36, 38.9),
    CBFB_D: Chemistry(-3.40, 39.2),
    CBFB_E: Chemistry(-3.38, 39.0),
    RUNX1: Chemistry(-3.33, 38.7),
    ABL1: Chemistry(-3.40, 39.5),
}
CHEMISTRY_OF_OTHERS = Chemistry(-3.40, 39.3)


def standards_of(target: str) -> tuple[Decimal, ...]:
    """Return the nominal copies a well of the dilutions that a target is standardised with."""
    return ABL1_STANDARDS if target == ABL1 else TARGET_STANDARDS


def dye_of(target: str) -> str:
    """Return the dye that a target is read with."""
    return DYES.get(target, DYE_OF_OTHERS)
