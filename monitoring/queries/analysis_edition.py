"""By which rule sets the analysis set is kept, and the editions by which a row of it counts."""

from collections.abc import Iterable

from monitoring.domain import classify
from monitoring.domain.cohorts.assembly import ANALYSIS_EDITION
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.models import AnalysisRow, Centre, CohortVersion, LoadedStudy

# By which rule sets the studies of the product are told; names as LoadedStudy has them.
RULESETS_OF_STUDIES = {
    "tiong2020": frozenset({RuleSetId.TIONG2020}),
    "filo2025": frozenset({RuleSetId.ELN2021}),
}


def edition_of(ruleset: RuleSetId) -> str:
    """Return the edition of rows by a rule set: of the engine, of the rule set, of the analysis set."""
    return f"{classify.ENGINE_VERSION}/{RULESETS[ruleset].version}/{ANALYSIS_EDITION}"


def rulesets_in_use() -> frozenset[RuleSetId]:
    """Return the rule sets of some cohort, of the studies that were loaded, and those that raise alerts somewhere."""
    of_cohorts = CohortVersion.objects.values_list("definition__ruleset", flat=True).distinct()
    of_centres = Centre.objects.values_list("alerting_ruleset", flat=True).distinct()
    studies = LoadedStudy.objects.filter(name__in=RULESETS_OF_STUDIES).values_list("name", flat=True)
    named = {RuleSetId(each) for each in (*of_cohorts, *of_centres) if each in set(RuleSetId)}
    return frozenset(named.union(*(RULESETS_OF_STUDIES[name] for name in studies)))


def rulesets_kept() -> frozenset[RuleSetId]:
    """Return the rule sets by which there are rows that this transaction sees."""
    return frozenset(RuleSetId(each) for each in AnalysisRow.objects.values_list("ruleset", flat=True).distinct())


def editions(rulesets: Iterable[RuleSetId]) -> dict[str, list[str]]:
    """Return rule sets and their editions, each in the same order, as parameters of a statement."""
    in_order = sorted(rulesets)
    return {"rulesets": [each.value for each in in_order], "editions": [edition_of(each) for each in in_order]}
