"""The reactions of a plate as a run takes them: with their role, and left out or not.

Source: docs/methods/runs.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from monitoring.domain.control_names import control_named
from monitoring.domain.copies import copies_of_cq
from monitoring.domain.plate import Plate, Reaction, WellRole, distinct
from monitoring.domain.replicates import Well
from monitoring.domain.run_plan import RunPlan
from monitoring.domain.standard_curve import StandardCurve

OMITTED_ON_INSTRUMENT = "OMITTED_ON_INSTRUMENT"  # a code, where a person's reason stands otherwise


@dataclass(frozen=True, slots=True)
class RunWell:
    """One reaction with the role it has in the run and, where it is left out, why."""

    reaction: Reaction
    role: WellRole
    role_by_name: bool = False
    left_out_because: str = ""

    @property
    def well(self) -> Well:
        """The well as the rules of replicates see it."""
        return Well(self.reaction.cq, self.left_out_because)


@dataclass(frozen=True, slots=True)
class ReportedWell:
    """One well of a report: position, Cq (None: no amplification), copies by the curve, why it was left out.

    Copies are None without amplification and where there is no curve that may be used.
    """

    position: str
    cq: Decimal | None
    copies: Decimal | None
    left_out_because: str = ""


@dataclass(frozen=True, slots=True)
class RunWells:
    """The reactions of a run, in the order of the file, found by role, sample and target."""

    all: tuple[RunWell, ...]
    _by_place: Mapping[tuple[WellRole, str, str], tuple[RunWell, ...]] = field(repr=False)
    _by_target: Mapping[tuple[WellRole, str], tuple[RunWell, ...]] = field(repr=False)

    def of(self, role: WellRole, sample: str, target: str) -> tuple[RunWell, ...]:
        """Return the wells of one sample or control and one target."""
        return self._by_place.get((role, sample, target), ())

    def of_target(self, role: WellRole, target: str) -> tuple[RunWell, ...]:
        """Return the wells of one role and target."""
        return self._by_target.get((role, target), ())

    def targets(self) -> tuple[str, ...]:
        """Return the names of the targets, in the order of the file."""
        return distinct(well.reaction.target for well in self.all)

    def groups(self) -> tuple[tuple[WellRole, str, str], ...]:
        """Return every (role, sample, target) that was measured, in the order of the file."""
        return tuple(self._by_place)


def wells_of_run(plate: Plate, plan: RunPlan) -> RunWells:
    """Return the reactions of a plate with role and exclusions, without the targets that are not used."""
    wells = tuple(_taken(reaction, plan) for reaction in plate.reactions if reaction.target not in plan.not_used)
    by_place: dict[tuple[WellRole, str, str], list[RunWell]] = {}
    by_target: dict[tuple[WellRole, str], list[RunWell]] = {}
    for well in wells:
        by_place.setdefault((well.role, well.reaction.sample, well.reaction.target), []).append(well)
        by_target.setdefault((well.role, well.reaction.target), []).append(well)
    return RunWells(
        wells,
        {place: tuple(found) for place, found in by_place.items()},
        {place: tuple(found) for place, found in by_target.items()},
    )


def reported_wells(wells: Iterable[RunWell], curve: StandardCurve | None, cutoff: Decimal) -> tuple[ReportedWell, ...]:
    """Return wells as they are shown, with copies where a usable curve is given and the well is positive."""
    return tuple(_reported(well, curve, cutoff) for well in wells)


def as_replicates(wells: Sequence[RunWell]) -> tuple[Well, ...]:
    """Return wells as the rules of replicates see them."""
    return tuple(well.well for well in wells)


def _reported(well: RunWell, curve: StandardCurve | None, cutoff: Decimal) -> ReportedWell:
    cq = well.reaction.cq
    counted = curve is not None and cq is not None and well.well.is_positive(cutoff)
    copies = copies_of_cq(cq, curve) if counted and curve is not None and cq is not None else None
    return ReportedWell(well.reaction.well, cq, copies, well.left_out_because)


def _taken(reaction: Reaction, plan: RunPlan) -> RunWell:
    role, by_name = _role(reaction, plan)
    omitted = OMITTED_ON_INSTRUMENT if reaction.omitted else ""
    return RunWell(reaction, role, by_name, plan.exclusions.get((reaction.well, reaction.target), omitted))


def _role(reaction: Reaction, plan: RunPlan) -> tuple[WellRole, bool]:
    """What a person says, else the file, else the name; a standard stays one."""
    if reaction.role is WellRole.STANDARD:
        return reaction.role, False
    told = plan.roles.get(reaction.sample)
    if told is not None:
        return told, False
    named = control_named(reaction.sample) if reaction.role is WellRole.SAMPLE else None
    return named or reaction.role, named is not None or reaction.role_by_name
