"""The Cq of a designed plate: molecules counted by Poisson, cycles by the assay's line, pipetting scatter on top."""

import math
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from monitoring.domain.plate import Reaction
from monitoring.studies.measuring import CERTAIN_COPIES, draw_poisson
from monitoring.studies.plates.measured_plate import CYCLES, MeasuredPlate, with_curves
from monitoring.studies.plates.plate_design import DesignedPlate, DesignedReaction
from monitoring.studies.plates.plate_targets import CHEMISTRY, CHEMISTRY_OF_OTHERS, Chemistry

SEED_BITS = 64  # each well has its own chance: what is in one never shifts another
CQ_DIGITS = 3  # decimals that most instruments print


def measure_plate(
    design: DesignedPlate,
    rng: Random,
    chemistry: Mapping[str, Chemistry] = CHEMISTRY,
    cycles: int = CYCLES,
    digits: int = CQ_DIGITS,
) -> MeasuredPlate:
    """Return the plate as it was measured; the same seed gives the same plate, Cq with so many decimals."""
    reactions = tuple(
        _measure(reaction, rng, chemistry.get(reaction.content.target, CHEMISTRY_OF_OTHERS), cycles, digits)
        for reaction in design.reactions
    )
    return with_curves(MeasuredPlate(design.name, reactions, design.block, cycles))


def draw_cq(rng: Random, true_copies: float, chemistry: Chemistry, cycles: int = CYCLES) -> float | None:
    """Return the Cq in cycles of a well with these mean copies, None where nothing amplified in time."""
    counted = draw_molecules(rng, true_copies)
    if counted < 1:
        return None
    cq = chemistry.intercept + chemistry.slope * math.log10(counted) + rng.gauss(0.0, chemistry.scatter)
    return cq if cq < cycles else None


def draw_molecules(rng: Random, mean: float) -> float:
    """Return how many molecules were pipetted: Poisson, above 30 by its normal limit."""
    if mean <= CERTAIN_COPIES:
        return draw_poisson(rng, mean)
    return max(1.0, rng.gauss(mean, math.sqrt(mean)))


def _measure(reaction: DesignedReaction, rng: Random, chemistry: Chemistry, cycles: int, digits: int) -> Reaction:
    content = reaction.content
    own = Random(rng.getrandbits(SEED_BITS))  # noqa: S311 - a repeatable simulation, not a secret
    cq = draw_cq(own, float(content.true_copies), chemistry, cycles)
    return Reaction(
        well=reaction.well,
        sample=reaction.sample,
        target=content.target,
        role=reaction.role,
        cq=None if cq is None else Decimal(f"{cq:.{digits}f}"),
        standard_copies=content.standard_copies,
    )
