"""The inclusion of the published studies as definitions that a centre starts its own from.

Source: Higué et al., Blood Cancer J 2025;15:141 (FILO), patients; Tiong et al., Br J Haematol 2020, methods.
"""

from collections.abc import Mapping

from monitoring.domain.cohorts.definition import CohortDefinition, Regimen
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import Marker, RuleSetId

ADULT = 18  # years; FILO 2025

FILO_2025 = CohortDefinition(
    failures=frozenset({FailureKind.RELAPSE, FailureKind.PROGRESSION}),
    regimens=frozenset({Regimen.VEN_AZA}),
    first_treatment_only=True,
    no_hsct_before=True,
    first_line=frozenset({FirstLineResponse.CR_MRD, FirstLineResponse.CR_MRD_LL}),
    age_from=ADULT,
)
_VENETOCLAX = frozenset({Regimen.VEN_AZA, Regimen.VEN_LDAC, Regimen.VEN_ALONE})
TIONG_2020_PERSISTENCE = CohortDefinition(
    ruleset=RuleSetId.TIONG2020,
    markers=frozenset({Marker.NPM1}),
    failures=frozenset({FailureKind.PERSISTENCE}),
    regimens=_VENETOCLAX,
)
TIONG_2020_RELAPSE = CohortDefinition(
    ruleset=RuleSetId.TIONG2020,
    markers=frozenset({Marker.NPM1}),
    failures=frozenset({FailureKind.RELAPSE, FailureKind.PROGRESSION}),
    regimens=_VENETOCLAX,
)
STARTS: Mapping[str, CohortDefinition] = {
    "filo2025": FILO_2025,
    "tiong2020-persistence": TIONG_2020_PERSISTENCE,
    "tiong2020-relapse": TIONG_2020_RELAPSE,
}
