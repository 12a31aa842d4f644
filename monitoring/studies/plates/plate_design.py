"""The design of a plate: what stands in each well, with the copies that are truly there.

A design holds no Cq: `simulated_cq` measures it. Standards after EAC, Gabert et al., Leukemia 2003;17:2318.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from monitoring.domain.plate import WellRole, distinct
from monitoring.studies.plates.block import BLOCK_96, Block
from monitoring.studies.plates.plate_targets import ABL1, NPM1_TARGETS, TARGET_STANDARDS, standards_of

PER_CENT = Decimal(100)
CONTROL_NAMES = {
    WellRole.NO_TEMPLATE: "NTC",
    WellRole.NO_RT: "no-RT",
    WellRole.EXTRACTION_BLANK: "Extraction blank",
    WellRole.WILD_TYPE: "Wild-type NPM1",
    WellRole.POSITIVE_CONTROL: "Positive control",
}
POSITIVE_CONTROL_COPIES = Decimal(5_000)  # copies a well of the target; constructed
CONTROL_ABL1_COPIES = Decimal(30_000)  # copies a well of a control made from cDNA; constructed


class PlateTooSmall(Exception):
    """The wells of a design do not fit on its block."""


@dataclass(frozen=True, slots=True)
class PlatedSample:
    """One patient's sample: accession number, true level in per cent of ABL1, true ABL1 copies a well."""

    accession: str
    target: str
    pct_abl1: Decimal
    abl1_copies: Decimal

    @property
    def target_copies(self) -> Decimal:
        """Return the true copies a well of the target."""
        return self.pct_abl1 * self.abl1_copies / PER_CENT


@dataclass(frozen=True, slots=True)
class Replicates:
    """How many wells each part of a plate gets; triplicate target and duplicate ABL1 after EAC."""

    target: int = 3
    abl1: int = 2
    standard: int = 2
    control: int = 2

    def of_sample(self, target: str) -> int:
        """Return the wells of a patient's sample for one target."""
        return self.abl1 if target == ABL1 else self.target


@dataclass(frozen=True, slots=True)
class Content:
    """One target in a tube: its true copies, and the nominal ones of a standard."""

    target: str
    true_copies: Decimal
    standard_copies: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tube:
    """What is pipetted into one well: a sample, and every target that is read there."""

    sample: str
    role: WellRole
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class DesignedReaction:
    """One target in one well with its true copies."""

    well: str
    sample: str
    role: WellRole
    content: Content


@dataclass(frozen=True, slots=True)
class DesignedPlate:
    """A plate before it is measured."""

    name: str
    block: Block
    reactions: tuple[DesignedReaction, ...]

    def targets(self) -> tuple[str, ...]:
        """Return the names of the targets in the order of their first appearance."""
        return distinct(reaction.content.target for reaction in self.reactions)

    def with_copies(self, sample: str, target: str, true_copies: Decimal) -> "DesignedPlate":
        """Return the plate with other true copies in the wells of one sample and target: a spoilt control, say."""
        changed = tuple(
            replace(reaction, content=replace(reaction.content, true_copies=true_copies))
            if (reaction.sample, reaction.content.target) == (sample, target)
            else reaction
            for reaction in self.reactions
        )
        return replace(self, reactions=changed)


def design_plate(
    name: str, samples: Sequence[PlatedSample], block: Block = BLOCK_96, replicates: Replicates | None = None
) -> DesignedPlate:
    """Return a plate with one target a well: standards, controls and samples; raises PlateTooSmall."""
    wells = replicates or Replicates()
    targets = (*distinct(sample.target for sample in samples), ABL1)
    tubes = [tube for target in targets for tube in _standards(target, wells.standard)]
    tubes += [tube for role in CONTROL_NAMES for target in targets for tube in _controls(role, target, wells.control)]
    for sample in samples:
        for target in (sample.target, ABL1):
            content = Content(target, _copies_of_sample(sample, target))
            tubes += [Tube(sample.accession, WellRole.SAMPLE, (content,))] * wells.of_sample(target)
    return place_tubes(name, tubes, block)


def design_multiplex_plate(
    name: str, samples: Sequence[PlatedSample], targets: Sequence[str], block: Block = BLOCK_96, wells: int = 2
) -> DesignedPlate:
    """Return a plate whose every well is read for all targets and ABL1; the standards are pools of all plasmids."""
    read = (*(target for target in targets if target != ABL1), ABL1)
    tubes = [
        Tube(f"Std {copies}", WellRole.STANDARD, tuple(Content(target, copies, copies) for target in read))
        for copies in TARGET_STANDARDS
        for _ in range(wells)
    ]
    for role, control in CONTROL_NAMES.items():
        tubes += [Tube(control, role, tuple(Content(target, _copies_of_control(role, target)) for target in read))] * 2
    for sample in samples:
        contents = tuple(Content(target, _copies_of_sample(sample, target)) for target in read)
        tubes += [Tube(sample.accession, WellRole.SAMPLE, contents)] * wells
    return place_tubes(name, tubes, block)


def place_tubes(name: str, tubes: Iterable[Tube], block: Block) -> DesignedPlate:
    """Return the plate with the tubes row by row; raises PlateTooSmall."""
    tubes = tuple(tubes)
    if len(tubes) > block.size:
        raise PlateTooSmall(f"{len(tubes)} > {block.size}")
    placed = (
        DesignedReaction(well, tube.sample, tube.role, content)
        for well, tube in zip(block.wells(), tubes, strict=False)
        for content in tube.contents
    )
    return DesignedPlate(name, block, tuple(placed))


def _standards(target: str, wells: int) -> list[Tube]:
    return [
        Tube(f"Std {target} {copies}", WellRole.STANDARD, (Content(target, copies, copies),))
        for copies in standards_of(target)
        for _ in range(wells)
    ]


def _controls(role: WellRole, target: str, wells: int) -> list[Tube]:
    if role is WellRole.WILD_TYPE and target not in (*NPM1_TARGETS, ABL1):
        return []
    return [Tube(CONTROL_NAMES[role], role, (Content(target, _copies_of_control(role, target)),))] * wells


def _copies_of_control(role: WellRole, target: str) -> Decimal:
    if role is WellRole.POSITIVE_CONTROL:
        return CONTROL_ABL1_COPIES if target == ABL1 else POSITIVE_CONTROL_COPIES
    return CONTROL_ABL1_COPIES if (role, target) == (WellRole.WILD_TYPE, ABL1) else Decimal(0)


def _copies_of_sample(sample: PlatedSample, target: str) -> Decimal:
    if target == ABL1:
        return sample.abl1_copies
    return sample.target_copies if target == sample.target else Decimal(0)
