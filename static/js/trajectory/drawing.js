"use strict";
/* From the stored figure to what Plotly draws: one scale, one window, one language, one palette. */
window.Trajectory = window.Trajectory || {};

Trajectory.Drawing = class {
  /* view: width, scale, window [from, to], origin, isToday, narrow, unacknowledged, title, fitValues */
  constructor(figure, view, words, palette) {
    Object.assign(this, { view, words, palette, scale: view.scale, narrow: view.narrow });
    this.data = structuredClone(figure.data);
    this.layout = structuredClone(figure.layout);
    this.meta = Trajectory.alarmed(this.layout.meta, view.unacknowledged ?? [], this.data);
    this.ruler = new Trajectory.Ruler(palette.font);
    this.facts = new Trajectory.Facts(this.meta, words);
    this.levels = Trajectory.levels(this.meta, this.scale, words);
    this.scales = this.scaleFits();
    this.measure();
  }

  /* Which tissues stand on a scale. */
  scaleFits() {
    const needsBaseline = ["PCT_BASELINE", "LOG10_REDUCTION"];
    const fits = (scale) => (tissue) => !needsBaseline.includes(scale) || !(tissue in this.meta.absent);
    return Object.fromEntries(Object.keys(this.meta.scales).map((scale) => [scale, { fits: fits(scale) }]));
  }

  measure() {
    const { view, meta } = this;
    const axis = { ...meta.scales[this.scale] };
    this.axis = axis;
    const margin = this.margins();
    const main = view.main ? view.main : this.narrow ? 231 : Math.min(460, Math.max(250, view.width * 0.357));
    const first = new Trajectory.Frame(view, margin, 0, main, view.window, axis);
    if (view.fitValues) axis.range = this.fittedRange(first);
    this.head = new Trajectory.Head(meta, first, this.words, this.ruler, this.facts, this.narrow);
    this.frame = new Trajectory.Frame(view, margin, this.head.height, main, view.window, axis);
    Object.assign(this, Trajectory.Labels.ends(meta.points, (point) => this.frame.sees(point.on) && point.y[this.scale] !== undefined));
  }

  margins() {
    const own = this.ownMargins();
    const { l = 0, r = 0 } = this.narrow ? {} : (this.view.atLeast ?? {});
    return { ...own, l: Math.max(l, own.l), r: Math.max(r, own.r) };
  }

  ownMargins() {
    const size = Trajectory.SIZE;
    const ticks = Trajectory.valueTicks(this.scale, this.axis, this.words).ticktext;
    const left = Math.max(...ticks.map((text) => this.ruler.width(text, size.tick))) + 12;
    const bottom = this.narrow ? 38 : 62;
    const top = this.view.title ? 46 : 4;
    if (this.narrow) return { l: Math.max(40, left), r: 8, t: top, b: bottom };
    const names = this.levels.flatMap((level) => [this.ruler.width(level.name, size.small, true), this.ruler.width(level.by, size.small)]);
    return { l: Math.max(52, left), r: Math.max(24, ...names) + 12, t: top, b: bottom };
  }

  /* The range of what is in the window, in whole decades: empty ones take the room of the others. */
  fittedRange(frame) {
    const { axis } = this;
    const heights = this.meta.points.filter((point) => frame.sees(point.on)).map((point) => point.y[this.scale]);
    heights.push(...this.levels.map((level) => level.y));
    for (const trace of this.data) {
      if (trace.meta.layer === "forecast_wedge") heights.push(...(trace.meta.y[this.scale] ?? []).filter((_, at) => frame.sees(trace.x[at])));
    }
    const known = heights.filter((height) => height !== undefined).map((height) => (axis.type === "log" ? Math.log10(height) : height));
    if (!known.length) return axis.range;
    const [low, high] = [Math.floor(Math.min(...known)), Math.ceil(Math.max(...known))];
    return axis.type === "log" ? [low - 0.12, Math.max(high, low + 2) + 0.06] : [high + 0.12, low - 0.06];
  }

  build() {
    const placement = new Trajectory.Placement(this.frame.width + 0, 0, this.frame.floor, this.ruler);
    this.head.write(placement);
    this.notes = new Trajectory.Notes(this.view.notes, this.frame, this.words);
    this.notes.block(placement);
    new Trajectory.Labels(this).write(placement);
    const layout = this.drawnLayout();
    layout.annotations = [...placement.labels.map((label) => this.annotation(label)), ...this.notes.annotations(this.palette, this.hoverLabel()), ...this.axisLabels(), ...this.titles()];
    layout.shapes = new Trajectory.Shapes(this).all();
    const haloed = layout.annotations.map((one) => one.name !== "bare");
    return { data: this.traces(), layout, haloed, alt: this.alt() };
  }

  annotation({ text, x, y, align, size, bold, ink, hover, bare }) {
    return {
      name: bare ? "bare" : "haloed",
      text,
      xref: "paper", yref: "paper", x: this.frame.paperX(x), y: this.frame.paperY(y),
      xanchor: align === "centre" ? "center" : align, yanchor: "middle", align: align === "centre" ? "center" : align,
      showarrow: false, borderpad: 0, borderwidth: 0,
      font: { size, color: this.palette.of(ink), weight: bold ? 600 : 400 },
      ...(hover ? { hovertext: hover, hoverlabel: this.hoverLabel() } : {}),
    };
  }

  hoverLabel() {
    const { palette } = this;
    return { bgcolor: palette.of("surface"), bordercolor: palette.of("rule-strong"), font: { family: palette.font, size: 12, color: palette.of("ink") }, align: "left" };
  }

  drawnLayout() {
    const { frame, palette } = this;
    const height = frame.height + frame.margin.t + frame.margin.b;
    const lane = frame.lane / frame.height;
    return {
      width: this.view.width, height, margin: { ...frame.margin, pad: 0 }, autosize: false, showlegend: false,
      paper_bgcolor: palette.of("paper"), plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: palette.font, size: Trajectory.SIZE.tick, color: palette.of("ink-2") },
      hovermode: "closest", hoverdistance: 14, hoverlabel: this.hoverLabel(), dragmode: this.view.canDrag ? "zoom" : false,
      xaxis: this.timeAxis(),
      yaxis: {
        type: this.axis.type, range: this.axis.range, anchor: "x", domain: [lane, 1 - frame.head / frame.height], fixedrange: true, zeroline: false,
        showgrid: false, tickmode: "array", ...Trajectory.valueTicks(this.scale, this.axis, this.words), ticks: "",
        ticklabelstandoff: 6,
      },
      yaxis2: { anchor: "x", domain: [0, lane], range: [0, 1], fixedrange: true, showgrid: false, zeroline: false, showticklabels: false },
      meta: {},
    };
  }

  timeAxis() {
    this.timeTicks = new Trajectory.TimeTicks(this.frame, this.words, this.ruler);
    const { tickvals, ticktext, boundaries } = this.timeTicks.axis();
    const { palette } = this;
    return {
      type: "date", range: [...this.view.window], anchor: "y2", showgrid: false, zeroline: false, showline: true,
      linecolor: palette.of("rule-strong"), tickmode: "array", tickvals, ticktext, ticks: "", ticklabelstandoff: 4, tickangle: 0,
      minor: { tickmode: "array", tickvals: boundaries, ticks: "outside", ticklen: 5, tickcolor: palette.of("rule-strong") },
    };
  }

  /* The years and the months under the dates. */
  axisLabels() {
    const { frame, words } = this;
    const small = { size: Trajectory.SIZE.small, ink: "ink-2" };
    const labels = [];
    for (const year of this.timeTicks.years()) {
      labels.push(this.annotation({ text: year.text, size: Trajectory.SIZE.small, bold: true, ink: "ink", x: year.x + 3, y: frame.height + 30, align: "left" }));
    }
    const origin = this.meta.origins.find((one) => one.code === this.view.origin);
    const months = this.narrow ? [] : this.timeTicks.months(origin);
    const y = frame.height + 52;
    for (const month of months) labels.push(this.annotation({ ...small, text: month.text, x: month.x, y, align: "left" }));
    if (months.length) labels.push(this.annotation({ ...small, text: words.say("months"), x: Math.min(-7, months[0].x - 10), y, align: "right" }));
    return labels;
  }

  /* A picture that leaves the page says of whom, what, by which rules and as of when. */
  titles() {
    if (!this.view.title) return [];
    const { frame } = this;
    const [first, second] = this.view.title;
    const x = -frame.margin.l + 2;
    return [
      this.annotation({ text: first, bold: true, size: 14, ink: "ink", x, y: -36, align: "left" }),
      this.annotation({ text: second, size: 11, ink: "ink-2", x, y: -18, align: "left" }),
    ];
  }

  /* ---- traces ---- */

  traces() {
    return this.data.map((trace) => this.trace(trace)).filter(Boolean);
  }

  trace(trace) {
    const { layer } = trace.meta;
    if (layer === "lane") return trace;
    const y = this.heights(trace);
    if (!y) return null;
    const drawn = { ...trace, y, hoverlabel: this.hoverLabel() };
    if (layer.startsWith("forecast")) return this.forecast(drawn);
    if (layer.startsWith("line")) return { ...drawn, line: { ...trace.line, color: this.palette.of(trace.meta.ink) }, opacity: layer === "line" ? 1 : 0.8 };
    return this.markers(drawn);
  }

  /* The heights on this scale; a line is lifted where an end has none. */
  heights(trace) {
    if (trace.meta.lane) return trace.y;
    if (trace.meta.y) return trace.meta.y[this.scale] ?? null;
    return trace.meta.points.map((at) => (at === null ? null : (this.meta.points[at].y[this.scale] ?? null)));
  }

  forecast(trace) {
    const colour = this.palette.of("forecast");
    if (trace.meta.layer === "forecast_wedge") return { ...trace, fillcolor: colour, opacity: 0.13, line: { width: 0 } };
    if (trace.meta.layer === "forecast_line") return { ...trace, line: { ...trace.line, color: colour } };
    return { ...trace, marker: { ...trace.marker, color: colour, size: 10, line: { width: 1.6, color: colour } } };
  }

  markers(trace) {
    const { layer, ink, fill, shape, unread, points, tone } = trace.meta;
    if (layer === "ring") return this.ring(trace, tone);
    if (layer === "bar") return { ...trace, marker: { ...trace.marker, color: this.palette.of(ink), line: { width: 1.5, color: this.palette.of(ink) } } };
    const colour = this.palette.of(ink);
    const isOpenSymbol = shape === "NOT_EVALUABLE";
    const width = shape === "LIMITED" ? 0 : isOpenSymbol ? 1.8 : 1.5;
    const marker = { ...trace.marker, color: isOpenSymbol ? colour : this.palette.of(fill), opacity: 1, line: { width, color: colour } };
    return {
      ...trace, marker, opacity: unread ? 0.75 : 1,
      text: points.map((at) => this.facts.html(this.meta.points[at])), hovertemplate: "%{text}<extra></extra>",
    };
  }

  ring(trace, tone) {
    const colour = this.palette.of({ OPEN: "confirmed", SUSPECTED: "suspected" }[tone] ?? "ink-2");
    return { ...trace, marker: { ...trace.marker, color: colour, line: { width: tone === "PAST" ? 1.2 : 1.6, color: colour } } };
  }

  alt() {
    const { words, meta } = this;
    return words.say("figure.alt", {
      scale: words.say(`scale.${this.scale}`), from: words.date(this.view.window[0]), to: words.date(this.view.window[1]), number: meta.points.length,
    });
  }
};

/* An episode that nobody has acknowledged keeps its alarm colour, also when it is past. */
Trajectory.alarmed = (meta, unacknowledged, data) => {
  const samples = new Set();
  for (const episode of meta.episodes) {
    if (!unacknowledged.includes(episode.index) || episode.tone !== "PAST") continue;
    episode.tone = "OPEN";
    samples.add(episode.index).add(episode.confirmed_by);
  }
  for (const line of meta.lines) if (line.episode !== undefined) line.tone = meta.episodes[line.episode].tone;
  const isAlarmed = (at) => samples.has(meta.points[at].id);
  const alarmed = data.filter((trace) => trace.meta.layer === "ring" && trace.meta.points.some(isAlarmed));
  for (const trace of alarmed) data.push(Trajectory.part(trace, isAlarmed, "OPEN"));
  for (const trace of alarmed) Object.assign(trace, Trajectory.part(trace, (at) => !isAlarmed(at), trace.meta.tone));
  return meta;
};

/* A ring trace with some of its marks. */
Trajectory.part = (trace, isIn, tone) => {
  const kept = trace.meta.points.map((at, place) => ({ at, place })).filter(({ at }) => isIn(at));
  return {
    ...trace,
    x: kept.map(({ place }) => trace.x[place]),
    y: kept.map(({ place }) => trace.y[place]),
    meta: { ...trace.meta, points: kept.map(({ at }) => at), tone },
  };
};
