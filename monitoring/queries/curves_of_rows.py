"""The small curves of the rows of a list, drawn afresh from what is on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitoring.charts.sparkline import sparkline
from monitoring.domain.classify import classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.queries import figures, series_inputs


def read(rulesets: Mapping[int, RuleSetId], *, now: datetime) -> dict[int, dict[str, Any]]:
    """Return the small curve of each of these series by its rule set; a fixed number of queries."""
    inputs = series_inputs.read_current(rulesets)
    around = figures.read_cycles_and_baselines(inputs)
    found = {}
    for each in inputs:
        ruleset, day = rulesets[each.series_id], each.today(now)
        verdict = classify(each.series, RULESETS[ruleset], day)
        drawn = figures.trajectory_inputs(each, around[each.series_id], ruleset, forecast=None)
        found[each.series_id] = sparkline(drawn, verdict, day)
    return found
