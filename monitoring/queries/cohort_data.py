"""The patients of a cohort: the analysis set of its centre, or of all centres together, through its definition."""

from collections.abc import Sequence

from monitoring import scope
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.flow import Flow, flow_of
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.parts import POOLED_LEAST
from monitoring.models import Centre, CohortVersion
from monitoring.queries import analysis_rows
from monitoring.queries.analysis_rows import DataState, without_collection


@without_collection()
def read(version: CohortVersion, *, pooled: bool) -> CohortData:
    """Return the patients of a version with the flow that led to them; `pooled`: of every centre of its kind."""
    definition = definition_json.from_json(version.definition)
    with scope.centres_only(_centres(version.centre, pooled=pooled)):
        flow = flow_of(definition, analysis_rows.read_selections(definition.ruleset))
        patients = tuple(analysis_rows.read_patients(definition.ruleset, flow.included))
    with scope.centres_only([version.centre_id]):
        own = analysis_rows.read_series(definition.ruleset) if pooled else None
        state = analysis_rows.data_state(definition.ruleset)
    others = frozenset[int]() if own is None else frozenset({patient.series_id for patient in patients} - set(own))
    if own is not None and 0 < len(others) < POOLED_LEAST:  # the difference to the own curve would tell of single ones
        patients, others = tuple(patient for patient in patients if patient.series_id in own), frozenset()
    return CohortData(definition, flow, patients, state.revision, state.patients, others)


def state_of(centre_id: int, definition: CohortDefinition) -> DataState:
    """Return the state of the data that a cohort of a centre is made of."""
    with scope.centres_only([centre_id]):
        return analysis_rows.data_state(definition.ruleset)


@without_collection()
def preview(centre_id: int, definition: CohortDefinition) -> Flow:
    """Return the flow of the centre's patients through a definition, while it is being written."""
    with scope.centres_only([centre_id]):
        return flow_of(definition, analysis_rows.read_selections(definition.ruleset))


def _centres(centre: Centre, *, pooled: bool) -> Sequence[int]:
    """Real patients and invented ones are never counted together."""
    if not pooled:
        return [centre.pk]
    return list(Centre.objects.filter(is_synthetic=centre.is_synthetic).values_list("pk", flat=True))
