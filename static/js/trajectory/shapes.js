"use strict";
/* What lies behind the curve: bands, grid, levels, event lines. */
window.Trajectory = window.Trajectory || {};

Trajectory.Shapes = class {
  constructor(drawing) {
    Object.assign(this, drawing);
  }

  /* Back to front: bands, grid, levels, events. All lie under the curve, in the order given. */
  all() {
    const isSpan = (shape) => /^(band|given|treatment):/.test(shape.name);
    const stored = this.layout.shapes.filter((shape) => !shape.name.startsWith("threshold"));
    const spans = stored.filter(isSpan).map((shape) => this.shape(shape)).filter(Boolean);
    const poles = stored.filter((shape) => !isSpan(shape)).map((shape) => this.shape(shape));
    return [...spans, ...this.grid(), this.laneLine(), ...this.levels.map((level) => this.level(level)), ...poles, ...this.notes.stems(this.palette), ...this.flags(), ...this.dottedTriangles()];
  }

  grid() {
    return Trajectory.valueTicks(this.scale, this.axis, this.words).tickvals.map((y) => ({
      type: "line", layer: "below", xref: "paper", yref: "y", x0: 0, x1: 1, y0: y, y1: y, line: { width: 1, color: this.palette.of("grid") },
    }));
  }

  shape(shape) {
    const [kind, at] = shape.name.split(":");
    const styled = { ...shape };
    if (kind === "band") return { ...styled, y0: this.frame.paperY(this.frame.floor), y1: this.frame.paperY(this.head.cyclesTop), fillcolor: this.palette.of("band"), line: { width: 1.5, color: this.palette.of("paper") } };
    if (kind === "given") return this.headBar(styled, this.head.cyclesTop + 45, 4, "band-given");
    if (kind === "treatment") return this.treatmentBar(styled, Number(at));
    if (kind === "as_of") return { ...styled, y0: 0, y1: this.frame.paperY(this.frame.head), line: { width: 1, color: this.palette.of("ink-2"), dash: "1px,3px" } };
    return this.pole(styled, this.meta.lines[at], Number(at));
  }

  headBar(shape, top, height, colour) {
    return { ...shape, ysizemode: "scaled", yanchor: undefined, y0: this.frame.paperY(top + height), y1: this.frame.paperY(top), fillcolor: this.palette.of(colour), line: { width: 0 } };
  }

  treatmentBar(shape, at) {
    const bar = this.head.bars.find((one) => one.at === at);
    return bar ? this.headBar(shape, this.head.zoneTop + bar.y, Trajectory.SIZE.bar, "band") : null;
  }

  pole(shape, line, at) {
    const open = { OPEN: { color: "confirmed", width: 1.4 }, SUSPECTED: { color: "suspected", width: 1.2, dash: "5px,3px" } }[line.tone];
    const found = { MUTATION_GAINED: { color: "ink-2", width: 1, dash: "6px,3px" }, MUTATION_PERSISTENT: { color: "ink-2", width: 1, dash: "1px,4px" } }[line.kind];
    const blind = line.marker_lost && { color: "overdue", width: 2.4, dash: "7px,3px" };
    const style = open ?? (blind || found) ?? (Trajectory.isThick(line) ? { color: "ink", width: 2 } : { color: "ink-2", width: 1 });
    return { ...shape, y0: this.frame.paperY(this.frame.floor), y1: this.frame.paperY(this.head.poleTop(at)), line: { ...style, color: this.palette.of(style.color) } };
  }

  level({ y, own }) {
    return {
      type: "line", layer: "below", xref: "paper", yref: "y", x0: 0, x1: 1, y0: y, y1: y,
      line: { width: 1, color: this.palette.of("threshold"), dash: own ? "solid" : "6px,4px" },
    };
  }

  /* A flag at the head of an open relapse date. */
  flags() {
    return this.meta.lines.map((line, at) => ({ line, at })).filter(({ line }) => line.kind === "RELAPSE" && line.tone === "OPEN" && this.frame.sees(line.on)).map(({ line, at }) => ({
      type: "path", layer: "below", xref: "x", yref: "paper", xsizemode: "pixel", ysizemode: "pixel", xanchor: line.on, yanchor: this.frame.paperY(this.head.poleTop(at)),
      path: "M0,0L9,0L6,-4.5L9,-9L0,-9Z", fillcolor: this.palette.of("confirmed"), line: { width: 0 },
    }));
  }

  /* Plotly's markers have no dotted outline. */
  dottedTriangles() {
    return this.meta.points.filter((point) => point.shape === "LIMITED" && this.frame.sees(point.on)).map((point) => {
      const inLane = point.y.PCT_ABL1 === undefined;
      const at = inLane ? this.frame.lane / this.frame.height / 2 : point.y[this.scale];
      return at === undefined ? null : this.dottedTriangle(point, inLane ? "paper" : "y", at);
    }).filter(Boolean);
  }

  dottedTriangle(point, yref, at) {
    const colour = point.class === "IGNORED" ? "inert" : { BM: "bm", PB: "pb" }[point.tissue];
    return {
      type: "path", layer: "above", xref: "x", yref, xsizemode: "pixel", ysizemode: "pixel", xanchor: point.on, yanchor: at,
      path: "M-5,3.5L5,3.5L0,-5.5Z", fillcolor: "rgba(0,0,0,0)", line: { width: 1.3, color: this.palette.of(colour), dash: "2px,1.8px" },
    };
  }

  laneLine() {
    const y = this.frame.paperY(this.frame.floor);
    return { type: "line", layer: "below", xref: "paper", yref: "paper", x0: 0, x1: 1, y0: y, y1: y, line: { width: 1, color: this.palette.of("rule-strong") } };
  }
};
