"""A run on its way to the report: its wells, its curves, the plan, and which target is the control gene."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitoring.domain.control_names import control_genes
from monitoring.domain.plate import Plate
from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.domain.run_curves import RunCurve, curve_of_run
from monitoring.domain.run_plan import RunPlan
from monitoring.domain.run_wells import RunWell, RunWells, wells_of_run


@dataclass(frozen=True, slots=True)
class RunSetting:
    """What every rule of a run may look at; `control_gene` is None where none or several were found, and why."""

    wells: RunWells
    curves: Mapping[str, RunCurve]
    plan: RunPlan
    control_gene: str | None
    control_gene_problems: tuple[Problem, ...]

    def gene(self, target: str) -> Gene:
        """Return whether a target is the control gene."""
        return Gene.ABL1 if target == self.control_gene else Gene.TARGET

    def cutoff(self, target: str) -> Decimal:
        """Return from which cycle on a well of the target is negative."""
        return self.plan.of_target(target).assay.cq_cutoff

    def amplified(self, wells: Sequence[RunWell]) -> list[Decimal]:
        """Return the Cq of the wells that count and are positive."""
        return [
            well.reaction.cq
            for well in wells
            if well.reaction.cq is not None
            and well.well.is_valid
            and well.well.is_positive(self.cutoff(well.reaction.target))
        ]


def setting_of_run(plate: Plate, plan: RunPlan) -> RunSetting:
    """Return the wells of a plate with its curves, roles and control gene settled."""
    wells = wells_of_run(plate, plan)
    control_gene, problems = _control_gene(wells, plan)
    relative = {target for target in wells.targets() if plan.of_target(target).by_delta_cq}
    curves = {
        target: curve_of_run(
            wells,
            target,
            plan.of_target(target),
            Gene.ABL1 if target == control_gene else Gene.TARGET,
            plate.curves,
            may_miss=target in relative or (target == control_gene and bool(relative)),
        )
        for target in wells.targets()
    }
    return RunSetting(wells, curves, plan, control_gene, problems)


def _control_gene(wells: RunWells, plan: RunPlan) -> tuple[str | None, tuple[Problem, ...]]:
    """The target that the plan names, else the only one that is called like ABL1; two are one too many."""
    named = control_genes(wells.targets()) if plan.control_gene is None else (plan.control_gene,)
    found = [target for target in named if target in wells.targets()]
    if len(found) == 1:
        return found[0], ()
    code = ProblemCode.CONTROL_GENE_AMBIGUOUS if found else ProblemCode.CONTROL_GENE_NOT_FOUND
    return None, (Problem(code, Gene.ABL1),)
