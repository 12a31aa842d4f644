"""The marks, their lines and their rings as Plotly traces; colours are names, given by the browser."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from monitoring.charts import lines
from monitoring.charts.episodes import Role, Tone
from monitoring.charts.inputs import Scale
from monitoring.charts.marks import Mark, Shape
from monitoring.domain.terms import SampleClass, Tissue

Told = Sequence[Mapping[str, Any]]
MIDDLE_OF_LANE = 0.5
SYMBOL = {
    Shape.DETECTED: ("circle", 8.6),
    Shape.UNQUANTIFIED: ("triangle-down", 9.5),
    Shape.NOT_DETECTED: ("triangle-down", 9.5),
    Shape.LIMITED: ("triangle-down", 9.5),
    Shape.INDETERMINATE: ("circle", 9.5),
    Shape.NOT_EVALUABLE: ("x-thin-open", 8.5),
}  # sizes in px
BLOOD_DETECTED = ("diamond", 10.5)
RING_SIZE = {Role.INDEX: (15.5,), Role.CONFIRMING: (15.5, 22.0)}  # px
INK = {Tissue.BONE_MARROW: "bm", Tissue.PERIPHERAL_BLOOD: "pb"}


def lane_trace(as_of: str) -> dict[str, Any]:
    """Nothing to be seen: it holds the lane open where no sample stands in it."""
    return {
        "type": "scatter",
        "mode": "none",
        "x": [as_of],
        "y": [MIDDLE_OF_LANE],
        "yaxis": "y2",
        "hoverinfo": "skip",
        "meta": {"layer": "lane", "points": [], "lane": True},
    }


def line_traces(marks: Sequence[Mark], told: Told, ringed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The solid and the dotted line of each tissue, blood behind marrow."""
    traces = []
    for tissue in (Tissue.PERIPHERAL_BLOOD, Tissue.BONE_MARROW):
        solid, dotted = lines.joined(marks, tissue, ringed)
        for layer, run in (("line_dotted", dotted), ("line", solid)):
            if run:
                traces.append(_line_trace(layer, tissue, run, marks, told))
    return traces


def _line_trace(layer: str, tissue: Tissue, run: lines.Run, marks: Sequence[Mark], told: Told) -> dict[str, Any]:
    dash = {"width": 1.2, "dash": "2px,4px"} if layer == "line_dotted" else {"width": 1.6}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [None if at is None else marks[at].on.isoformat() for at in run],
        "y": [None if at is None else told[at]["y"][Scale.PCT_ABL1.value] for at in run],
        "connectgaps": False,
        "hoverinfo": "skip",
        "line": dash,
        "meta": {
            "layer": layer,
            "tissue": tissue.value,
            "points": run,
            "ink": INK[tissue],
        },
    }


def mark_traces(marks: Sequence[Mark], told: Told) -> list[dict[str, Any]]:
    """One trace for each tissue, shape and place; samples without a height stand in the lane."""
    groups: dict[tuple[bool, Tissue, Shape, bool], list[int]] = defaultdict(list)
    for at, mark in enumerate(marks):
        unread = mark.sample_class is SampleClass.IGNORED
        groups[mark.height_pct_abl1 is None, mark.tissue, mark.shape, unread].append(at)
    traces = [_mark_trace(*key, run, marks, told) for key, run in sorted(groups.items(), key=_back_to_front)]
    bars = [_bar_of(trace) for trace in traces if trace["meta"]["shape"] == Shape.INDETERMINATE.value]
    return traces + bars


def _back_to_front(
    group: tuple[tuple[bool, Tissue, Shape, bool], list[int]],
) -> tuple[bool, bool, bool]:
    """Blood behind marrow, what was detected in front."""
    (_, tissue, shape, unread), _ = group
    return not unread, tissue is Tissue.BONE_MARROW, shape is Shape.DETECTED


def _mark_trace(
    in_lane: bool,
    tissue: Tissue,
    shape: Shape,
    unread: bool,
    run: Sequence[int],
    marks: Sequence[Mark],
    told: Told,
) -> dict[str, Any]:
    symbol, size = _symbol(shape, tissue)
    inert = unread or shape in (Shape.NOT_EVALUABLE, Shape.INDETERMINATE)
    filled = shape is Shape.UNQUANTIFIED or (shape is Shape.DETECTED and tissue is Tissue.BONE_MARROW)
    ink = "inert" if inert else INK[tissue]
    fill = ink if filled else ("sunk" if shape is Shape.LIMITED else "paper")
    trace = _markers("mark", run, marks, told, in_lane) | {"marker": {"symbol": symbol, "size": size}}
    trace["meta"] |= {
        "tissue": tissue.value,
        "shape": shape.value,
        "unread": unread,
        "ink": ink,
        "fill": fill,
    }
    return trace


def _symbol(shape: Shape, tissue: Tissue) -> tuple[str, float]:
    """The Plotly symbol and its size in px."""
    if shape is Shape.DETECTED and tissue is Tissue.PERIPHERAL_BLOOD:
        return BLOOD_DETECTED
    return SYMBOL[shape]


def _bar_of(trace: Mapping[str, Any]) -> dict[str, Any]:
    """The upright bar inside an indeterminate circle."""
    meta = trace["meta"] | {"layer": "bar"}
    return {
        **trace,
        "hoverinfo": "skip",
        "marker": {"symbol": "line-ns-open", "size": 5},
        "meta": meta,
    }


def _markers(layer: str, run: Sequence[int], marks: Sequence[Mark], told: Told, in_lane: bool) -> dict[str, Any]:
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [marks[at].on.isoformat() for at in run],
        "y": [MIDDLE_OF_LANE if in_lane else told[at]["y"][Scale.PCT_ABL1.value] for at in run],
        "cliponaxis": False,
        "meta": {"layer": layer, "points": list(run), "lane": in_lane},
    }
    return trace | {"yaxis": "y2"} if in_lane else trace


def ring_traces(marks: Sequence[Mark], told: Told, ringed: Mapping[str, tuple[Tone, Role]]) -> list[dict[str, Any]]:
    """One ring around index samples, two around confirming ones."""
    groups: dict[tuple[Tone, Role, bool], list[int]] = defaultdict(list)
    for at, mark in enumerate(marks):
        if mark.sample_class is not None and mark.id in ringed:
            groups[(*ringed[mark.id], mark.height_pct_abl1 is None)].append(at)
    traces = []
    for (tone, role, in_lane), run in groups.items():
        for size in RING_SIZE[role]:
            ring = _markers("ring", run, marks, told, in_lane)
            ring |= {
                "hoverinfo": "skip",
                "marker": {"symbol": "circle-open", "size": size},
            }
            ring["meta"] |= {"tone": tone.value, "role": role.value}
            traces.append(ring)
    return traces
