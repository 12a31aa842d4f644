"""The levels that the rule sets name, one line for each tissue, on every scale on which they have a height."""

from collections.abc import Collection, Iterable
from typing import Any

from monitoring.charts.inputs import Scale, Threshold
from monitoring.charts.scales import Baselines, heights, in_pct_abl1, is_shown, plain
from monitoring.domain.terms import RuleSetId, Tissue


def threshold_lines(
    thresholds: Iterable[Threshold],
    own: RuleSetId,
    tissues: Collection[Tissue],
    baselines: Baselines,
) -> list[dict[str, Any]]:
    """The lines of all rule sets for the tissues that were sampled; `own` tells those of the figure's rule set.

    A level given in a scale of diagnosis has no line where there is no diagnosis value.
    """
    lines = []
    for threshold in thresholds:
        if tissues and threshold.tissue not in tissues:
            continue
        baseline = baselines.pct_abl1.get(threshold.tissue)
        pct_abl1 = in_pct_abl1(threshold.scale, threshold.value, baseline)
        if pct_abl1 is not None and is_shown(pct_abl1):
            y = heights(pct_abl1, baseline)
            y[threshold.scale.value] = float(threshold.value)
            lines.append(_told(threshold, threshold.ruleset is own, y))
    return lines


def _told(threshold: Threshold, is_own: bool, y: dict[str, float]) -> dict[str, Any]:
    return {
        "ruleset": threshold.ruleset.value,
        "own": is_own,
        "tissue": threshold.tissue.value,
        "code": threshold.code,
        "scale": threshold.scale.value,
        "value": plain(threshold.value),
        "y": y,
    }


def threshold_shapes(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The levels as shapes under the curve, on the scale that is shown first."""
    return [
        {
            "type": "line",
            "name": f"threshold:{at}",
            "layer": "below",
            "xref": "paper",
            "yref": "y",
            "x0": 0,
            "x1": 1,
            "y0": line["y"][Scale.PCT_ABL1.value],
            "y1": line["y"][Scale.PCT_ABL1.value],
            "line": {"width": 1, "dash": "solid" if line["own"] else "6px,4px"},
        }
        for at, line in enumerate(lines)
    ]
