"""How an assay on record is set up, as the laboratory's arithmetic wants it."""

from decimal import Decimal

from monitoring.domain.assay import AssaySettings, BelowQuantification
from monitoring.domain.copies import UndeterminedWells
from monitoring.domain.run_plan import TargetPlan
from monitoring.domain.standard_curve import CurveLimits
from monitoring.domain.terms import Marker
from monitoring.models import Assay
from monitoring.models.choices import QuantificationModeChoice


def settings_of(assay: Assay) -> AssaySettings:
    """Return cut-off, limits, limits of the curve and mutation type of an assay."""
    blank = assay.limit_of_blank_copies
    return AssaySettings(
        cq_cutoff=Decimal(assay.cq_cutoff),
        undetermined=UndeterminedWells(assay.undetermined),
        lod_copies=Decimal(assay.limit_copies),
        loq_copies=Decimal(assay.loq_copies),
        below_quantification=BelowQuantification.WITH_VALUE
        if assay.reports_below_loq
        else BelowQuantification.WITHOUT_VALUE,
        curve_limits=CurveLimits(
            slope_steepest=Decimal(assay.slope_steepest),
            slope_shallowest=Decimal(assay.slope_shallowest),
            r2_fails_below=Decimal(assay.r2_fails_below),
            r2_warns_below=Decimal(assay.r2_warns_below),
        ),
        mutation_types=frozenset({assay.mutation_type} if assay.mutation_type else ()),
        limit_of_blank=None if blank is None else Decimal(blank),
    )


def target_plan_of(assay: Assay) -> TargetPlan:
    """Return how a target of a run is measured by an assay on record."""
    return TargetPlan(
        assay=settings_of(assay),
        marker=Marker(assay.marker),
        by_delta_cq=assay.mode == QuantificationModeChoice.DELTA_CQ,
        delta_cq_slope=Decimal(assay.delta_cq_slope),
    )
