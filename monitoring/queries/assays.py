"""How an assay on record is set up, as the laboratory's arithmetic wants it."""

from decimal import Decimal

from monitoring.domain.assay import AssaySettings, BelowQuantification
from monitoring.models import Assay


def settings_of(assay: Assay) -> AssaySettings:
    """Return the cut-off, limits and mutation type of an assay."""
    return AssaySettings(
        cq_cutoff=Decimal(assay.cq_cutoff),
        lod_copies=Decimal(assay.limit_copies),
        loq_copies=Decimal(assay.loq_copies),
        below_quantification=BelowQuantification.WITH_VALUE
        if assay.reports_below_loq
        else BelowQuantification.WITHOUT_VALUE,
        mutation_types=frozenset({assay.mutation_type} if assay.mutation_type else ()),
    )
