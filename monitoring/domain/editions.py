"""The editions of this code: of the rule engine and of each rule set. An edition rises when a verdict could change."""

from monitoring.domain import classify
from monitoring.domain.rulesets import RULESETS

ENGINE = "ENGINE"  # the name under which the edition of the engine is signed


def editions_of_code() -> dict[str, str]:
    """Return the edition of the engine and of every rule set, by name."""
    of_rulesets = {ruleset.id.value: ruleset.version for ruleset in RULESETS.values()}
    return {ENGINE: classify.ENGINE_VERSION, **of_rulesets}
