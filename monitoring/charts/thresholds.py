"""The levels that the rule sets name: one line for each tissue, on every scale on which it has a height."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from monitoring.charts.inputs import Scale, Threshold
from monitoring.charts.scales import NEEDS_BASELINE, Baselines, heights, in_pct_abl1, is_shown, on_scale, plain
from monitoring.domain.terms import RuleSetId, Tissue


def borders(
    thresholds: Iterable[Threshold], baseline_pct_abl1: Mapping[Tissue, Decimal]
) -> dict[tuple[Tissue, Scale], tuple[Decimal, ...]]:
    """For each tissue and scale the levels across which no number may be rounded."""
    found: dict[tuple[Tissue, Scale], tuple[Decimal, ...]] = {}
    for threshold in thresholds:
        baseline = baseline_pct_abl1.get(threshold.tissue)
        pct_abl1 = in_pct_abl1(threshold.scale, threshold.value, baseline)
        if pct_abl1 is None:
            continue
        for scale in Scale:
            if baseline is not None or scale not in NEEDS_BASELINE:
                border = threshold.value if scale is threshold.scale else on_scale(scale, pct_abl1, baseline)
                found[threshold.tissue, scale] = (*found.get((threshold.tissue, scale), ()), border)
    return found


def threshold_lines(
    thresholds: Iterable[Threshold], own: RuleSetId, tissues: Collection[Tissue], baselines: Baselines
) -> list[dict[str, Any]]:
    """The lines for the tissues that were sampled, all where none was; `own` tells those of the figure's rule set.

    A level given in a scale of diagnosis has no line where there is no diagnosis value.
    """
    lines = []
    for threshold in thresholds:
        if tissues and threshold.tissue not in tissues:
            continue
        baseline = baselines.pct_abl1.get(threshold.tissue)
        pct_abl1 = in_pct_abl1(threshold.scale, threshold.value, baseline)
        if pct_abl1 is not None and is_shown(pct_abl1):
            y = heights(pct_abl1, baseline) | {threshold.scale.value: float(threshold.value)}
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
