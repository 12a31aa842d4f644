"""The registry of guideline editions that can be asked for a verdict."""

from collections.abc import Mapping
from types import MappingProxyType

from monitoring.domain.rulesets.eln2021 import ELN2021
from monitoring.domain.rulesets.eln2022 import ELN2022
from monitoring.domain.rulesets.eln2025 import ELN2025
from monitoring.domain.rulesets.guideline import RuleSet, Threshold
from monitoring.domain.rulesets.tiong2020 import TIONG2020
from monitoring.domain.terms import RuleSetId

RULESETS: Mapping[RuleSetId, RuleSet] = MappingProxyType(
    {ruleset.id: ruleset for ruleset in (ELN2021, ELN2022, ELN2025, TIONG2020)}
)
DEFAULT_RULESET = RuleSetId.ELN2021

__all__ = ["DEFAULT_RULESET", "RULESETS", "RuleSet", "Threshold"]
