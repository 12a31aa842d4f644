"""The trajectory: one language-neutral figure of one series by one rule set, as of one day.

The figure is a Plotly figure of plain lists and dicts, drawn on the scale per cent of ABL1. `layout.meta` holds what
the browser needs to draw it on another scale, in another language and in other colours: heights on every scale,
codes instead of words, names of colours instead of colours.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from monitoring.charts import axes, bands, forecast
from monitoring.charts.episodes import DrawnEpisode, drawn_episodes, rings
from monitoring.charts.events import (
    event_lines,
    line_shapes,
    sorted_starts,
    vertical,
)
from monitoring.charts.inputs import Scale, TrajectoryInputs
from monitoring.charts.marks import Mark, facts, marks_of_series
from monitoring.charts.scales import SCALE_NAMES, Baselines, is_shown
from monitoring.charts.thresholds import borders, threshold_lines, threshold_shapes
from monitoring.charts.traces import lane_trace, line_traces, mark_traces, ring_traces
from monitoring.domain.terms import CourseStart, RuleSetId, Tissue
from monitoring.domain.verdicts import Verdict

CHART_VERSION = 3
HEIGHT = 525  # px at 960 px of width
MARGIN = {"l": 52, "r": 98, "t": 4, "b": 62}
LANE = 0.062  # of the paper: the lane for samples without a height
HEAD = 0.205  # of the paper: event labels, treatments, heads of the cycles


class VerdictOfOtherRuleSet(ValueError):
    """The verdict was made by another rule set than the one the figure is asked for."""


def trajectory(inputs: TrajectoryInputs, verdict: Verdict, ruleset: RuleSetId, as_of: date) -> dict[str, Any]:
    """The figure of a series as `{data, layout}`; nothing later than `as_of` is in it, no number is 0, NaN or infinite
    on a logarithmic scale. Heights are per cent of ABL1; raises VerdictOfOtherRuleSet."""
    if verdict.ruleset is not ruleset:
        raise VerdictOfOtherRuleSet(f"{verdict.ruleset} is not {ruleset}")
    baselines = _baselines(inputs)
    marks = marks_of_series(inputs, verdict, as_of)
    meta = _meta(inputs, verdict, as_of, marks, baselines)
    ringed = rings(_drawn(inputs, verdict, as_of))
    data = [
        lane_trace(meta["as_of"]),
        *forecast.forecast_traces(inputs.forecast, marks, baselines),
        *line_traces(marks, meta["points"], ringed),
        *mark_traces(marks, meta["points"]),
        *ring_traces(marks, meta["points"], ringed),
    ]
    return {"data": data, "layout": _layout(inputs, as_of, meta, data)}


def _baselines(inputs: TrajectoryInputs) -> Baselines:
    known = {tissue: value for tissue, value in inputs.series.baseline_pct_abl1.items() if is_shown(value)}
    assays = {sample.tissue: sample.assay_key for sample in inputs.diagnosis_samples}
    return Baselines(known, assays, borders(inputs.thresholds, known))


def _meta(
    inputs: TrajectoryInputs,
    verdict: Verdict,
    as_of: date,
    marks: Sequence[Mark],
    baselines: Baselines,
) -> dict[str, Any]:
    """What the browser needs beside the traces: facts and codes, no words and no colours."""
    tissues = {mark.tissue for mark in marks}
    drawn = _drawn(inputs, verdict, as_of)
    return {
        "chart_version": CHART_VERSION,
        "marker": inputs.series.marker.value,
        "ruleset": verdict.ruleset.value,
        "state": verdict.state,
        "as_of": as_of.isoformat(),
        "tissues": [tissue.value for tissue in Tissue if tissue in tissues],
        "points": [facts(mark, baselines) for mark in marks],
        "episodes": [one.told() for one in drawn],
        "lines": event_lines(inputs.series, inputs.events, drawn, as_of, inputs.findings),
        "cycles": bands.cycle_bands(inputs.cycles, as_of),
        "treatments": bands.treatment_bars(inputs.treatments, as_of),
        "thresholds": threshold_lines(inputs.thresholds, verdict.ruleset, tissues, baselines),
        "forecast": forecast.forecast_told(inputs.forecast),
        "absent": {tissue.value: reason for tissue in Tissue if (reason := baselines.absent(tissue)) is not None},
        "origins": _origins(inputs, drawn, as_of),
    }


def _drawn(inputs: TrajectoryInputs, verdict: Verdict, as_of: date) -> list[DrawnEpisode]:
    return drawn_episodes(verdict, [start.on for start in sorted_starts(inputs.series, as_of)])


def _origins(inputs: TrajectoryInputs, drawn: Sequence[DrawnEpisode], as_of: date) -> list[dict[str, str]]:
    """Diagnosis, the latest HSCT, the latest relapse, the latest first cycle."""
    diagnosed = [inputs.diagnosed_on] if inputs.diagnosed_on else [s.collected_on for s in inputs.diagnosis_samples]
    transplants = [s.on for s in sorted_starts(inputs.series, as_of) if s.kind is CourseStart.HSCT]
    relapses = [one.episode.relapse_on for one in drawn if one.episode.number is not None]
    first_cycles = [c.starts_on for c in inputs.cycles if c.number == 1 and c.starts_on <= as_of]
    return axes.origins(
        diagnosed_on=min(diagnosed, default=None),
        hsct_on=max(transplants, default=None),
        relapse_on=max(relapses, default=None),
        cycle_1_on=max(first_cycles, default=None),
    )


def _layout(inputs: TrajectoryInputs, as_of: date, meta: dict[str, Any], data: Sequence[Any]) -> dict[str, Any]:
    """Axes, shapes and `meta`; the browser sets pixels, colours and labels."""
    whole = axes.extent(_days(inputs, meta), as_of)
    starts = [(start.on, start.kind.value) for start in sorted_starts(inputs.series, as_of)]
    mark_days = [date.fromisoformat(point["on"]) for point in meta["points"]]
    meta["windows"] = axes.windows(whole, as_of, starts, mark_days)
    meta["scales"] = _scales(meta, data)
    return {
        "height": HEIGHT,
        "margin": MARGIN,
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        **axes.layout_axes(whole, meta["scales"][Scale.PCT_ABL1.value], LANE, HEAD),
        "shapes": _shapes(meta),
        "meta": meta,
    }


def _days(inputs: TrajectoryInputs, meta: Mapping[str, Any]) -> list[date]:
    """Every day that the time axis has to reach."""
    days = [point["on"] for point in meta["points"]] + [line["on"] for line in meta["lines"]]
    spans = meta["cycles"] + meta["treatments"]
    days += [span[end] for span in spans for end in ("from", "to")]
    fitted = [one.on for one in inputs.forecast.points] if inputs.forecast else []
    return [date.fromisoformat(day) for day in days] + fitted


def _scales(meta: Mapping[str, Any], data: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Range of every scale from all that has a height on it: marks, levels, forecast."""
    standing = [point["y"] for point in meta["points"]]
    levels = [line["y"] for line in meta["thresholds"]]
    fitted = [trace["meta"]["y"] for trace in data if "y" in trace["meta"]]
    found = {}
    for scale, name in SCALE_NAMES:
        own = [y[name] for y in standing if name in y]
        values = own + [y[name] for y in levels if name in y]
        values += [height for y in fitted for height in y.get(name, ())]
        found[name] = axes.scale_axis(scale, values) | {"shown": bool(own)}
    return found


def _shapes(meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Bands behind everything, then levels, then event lines, then the day of the figure."""
    return [
        *bands.band_shapes(meta["cycles"], meta["treatments"], LANE),
        *threshold_shapes(meta["thresholds"]),
        *line_shapes(meta["lines"], LANE),
        vertical("as_of", meta["as_of"], 0.0, 1 - HEAD),
    ]
