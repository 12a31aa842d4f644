"use strict";
/* The labels of marks, levels, forecast and day: direct, beside what they name. */
window.Trajectory = window.Trajectory || {};

Trajectory.RADIUS = { INDEX: 8.5, CONFIRMING: 12, NONE: 5 };

Trajectory.Labels = class {
  constructor(drawing) {
    Object.assign(this, drawing);
  }

  /* Marks, rings and lines are in the way of every label; then the needed ones choose first. */
  write(placement) {
    this.blockMarks(placement);
    this.crossLines(placement);
    this.writeUnit(placement);
    this.writeAsOf(placement);
    this.writeLevels(placement);
    this.writeForecast(placement);
    const wanted = this.meta.points.map((point, at) => this.labelOf(point, at)).filter(Boolean);
    wanted.sort((a, b) => a.order - b.order);
    for (const one of wanted) {
      if (one.y > this.frame.floor) this.inLane(one, placement);
      else placement.around(one.label, one.x, one.y, one.radius);
    }
  }

  writeUnit(placement) {
    placement.put({ text: this.words.say(`scale.${this.scale}`), size: Trajectory.SIZE.small, ink: "ink-2" }, -this.frame.margin.l + 2, this.frame.head - 12);
  }

  /* Beside its mark and nowhere else: the lane is one line high. Where there is no room, the copies alone. */
  inLane({ label, x, y, radius, brief }, placement) {
    for (const text of [label.text, brief].filter(Boolean)) {
      for (const [at, align] of [[x + radius + 4, "left"], [x - radius - 4, "right"]]) {
        const box = placement.box({ ...label, text }, at, y, align);
        const isInside = box.x0 > -this.frame.margin.l && box.x1 < this.frame.width + this.frame.margin.r;
        if (placement.isFree(box) && isInside) return placement.put({ ...label, text }, at, y, align);
      }
    }
    return null;
  }

  spot(point) {
    const height = point.y[this.scale];
    const inLane = point.y.PCT_ABL1 === undefined;
    if (!this.frame.sees(point.on) || (height === undefined && !inLane)) return null;
    return { x: this.frame.x(point.on), y: inLane ? this.frame.floor + this.frame.lane / 2 : this.frame.y(height) };
  }

  radius(point) {
    return Trajectory.RADIUS[this.roleOf(point)?.role ?? "NONE"];
  }

  /* The loudest thing a sample is to an episode. */
  roleOf(point) {
    if (!point.class) return null;
    const roles = [];
    for (const episode of this.meta.episodes) {
      if (episode.status === "ABSORBED") continue;
      if (episode.index === point.id) roles.push({ role: "INDEX", episode });
      if (episode.confirmed_by === point.id) roles.push({ role: "CONFIRMING", episode });
    }
    const loudness = (one) => ["PAST", "SUSPECTED", "OPEN"].indexOf(one.episode.tone) * 2 + (one.role === "CONFIRMING");
    return roles.sort((a, b) => loudness(b) - loudness(a))[0] ?? null;
  }

  blockMarks(placement) {
    for (const point of this.meta.points) {
      const spot = this.spot(point);
      if (!spot) continue;
      const r = this.radius(point) + 0.5;
      placement.block(spot.x - r, spot.y - r, spot.x + r, spot.y + r);
    }
  }

  crossLines(placement) {
    const spots = this.meta.points.map((point) => this.spot(point));
    for (const trace of this.data) {
      if (trace.meta.layer === "forecast_line") this.crossForecast(trace, placement);
      if (!trace.meta.layer.startsWith("line")) continue;
      const run = trace.meta.points;
      for (let at = 1; at < run.length; at += 1) {
        const [a, b] = [spots[run[at - 1]], spots[run[at]]];
        if (a && b) placement.line(a.x, a.y, b.x, b.y, trace.meta.layer === "line" ? 0.9 : 0.45);
      }
    }
    for (const line of this.meta.lines) {
      if (this.frame.sees(line.on)) placement.line(this.frame.x(line.on), 0, this.frame.x(line.on), this.frame.floor, 0.7);
    }
    if (this.frame.sees(this.meta.as_of)) placement.line(this.frame.x(this.meta.as_of), this.frame.head, this.frame.x(this.meta.as_of), this.frame.floor, 0.5);
    for (const level of this.levels) {
      placement.line(0, this.frame.y(level.y), this.frame.width, this.frame.y(level.y), 0.12);
    }
  }

  crossForecast(trace, placement) {
    const heights = trace.meta.y[this.scale] ?? [];
    for (let at = 1; at < heights.length; at += 1) {
      placement.line(this.frame.x(trace.x[at - 1]), this.frame.y(heights[at - 1]), this.frame.x(trace.x[at]), this.frame.y(heights[at]), 0.7);
    }
  }

  labelOf(point, at) {
    const spot = this.spot(point);
    const told = spot && this.textOf(point, at);
    if (!told) return null;
    const { text, order, brief, needed = false, small = false } = told;
    const ink = small ? "ink-2" : { BM: "bm", PB: "pb" }[point.tissue];
    const size = small ? Trajectory.SIZE.small : Trajectory.SIZE.label;
    return { label: { text, size, bold: !small, ink, needed }, order, brief, radius: this.radius(point), ...spot };
  }

  textOf(point, at) {
    const { words } = this;
    const number = point.label[this.scale] === undefined ? null : words.number(point.label[this.scale]);
    const role = this.roleOf(point);
    if (point.class === "IGNORED") return this.unread(point, at, number);
    if (point.shape === "DETECTED" && number !== null) {
      const isFirst = this.firsts.has(at);
      const named = isFirst ? words.say("label.named", { tissue: words.say(`tissue.${point.tissue}`), number }) : number;
      if (role) return this.ringed(role, named);
      return isFirst ? { text: named, order: 2, needed: true } : { text: number, order: this.lasts.has(at) ? 3 : 5 - at / 1000 };
    }
    return this.inert(point, at, number, role);
  }

  /* A tissue that the rule set does not read is told once. */
  unread(point, at, number) {
    if (number === null || this.firstUnread !== at) return null;
    const tissue = this.words.say(`tissue.${point.tissue}`);
    return { text: this.words.say("label.unread", { tissue, number }), order: 4, small: true };
  }

  ringed({ role, episode }, number) {
    const code = episode.waived ? "label.waived" : role === "INDEX" ? "label.index" : "label.confirming";
    const loud = episode.tone === "PAST" ? 1 : 0;
    const closed = ["NOT_CONFIRMED", "TREATED_UNCONFIRMED", "CLOSED_BY_EVENT"].includes(episode.status);
    const text = closed ? this.words.say("label.closed", { number, status: this.words.say(`status.${episode.status}`) }) : this.words.say(code, { number });
    return { text, order: loud, needed: true };
  }

  inert(point, at, number, role) {
    const { words } = this;
    const copies = point.abl1_copies ? words.number(point.abl1_copies) : null;
    const seen = point.remarks?.includes("TARGET_SEEN_INADEQUATE");
    if (point.shape === "NOT_EVALUABLE" || number === null) {
      const what = words.say(seen ? "label.target_seen" : `shape.${point.shape}`);
      const text = copies ? words.say("label.with_abl1", { what, copies }) : what;
      return { text, brief: copies && words.say("label.abl1", { copies }), order: 3.5, small: true };
    }
    if (point.shape === "LIMITED") return { text: copies ? words.say("label.limited", { copies }) : words.say("shape.LIMITED"), order: 4, small: true };
    if (point.shape === "INDETERMINATE") return { text: words.say("shape.INDETERMINATE"), order: 4, small: true };
    if (point.shape === "UNQUANTIFIED") {
      const text = words.say("label.below", { number });
      return role ? this.ringed(role, text) : { text, order: 4, small: true };
    }
    return this.undetected(point, at, number);
  }

  /* The first undetected sample says what the open triangle means, and names its series where it begins it. */
  undetected(point, at, number) {
    const key = this.scale === "LOG10_REDUCTION" ? "label.not_detected_log10" : "label.not_detected";
    const text = this.words.say(key, { number });
    const tissue = this.words.say(`tissue.${point.tissue}`);
    if (this.firsts.has(at) && this.narrow) {
      return { text: this.words.say("label.series", { tissue, text: this.words.say("shape.NOT_DETECTED") }), order: 6, small: true };
    }
    if (this.firsts.has(at)) return { text: this.words.say("label.series", { tissue, text }), order: 2.4, needed: true, small: true };
    return this.firstUndetected === at ? { text, order: 2.5, small: true } : null;
  }

  /* First marks of each tissue name their series, the last ones are read first. */
  static ends(points, isSeen) {
    const firsts = new Map();
    const lasts = new Map();
    let firstUndetected = -1;
    let firstUnread = -1;
    points.forEach((point, at) => {
      if (!isSeen(point)) return;
      if (point.class === "IGNORED" && firstUnread < 0 && point.shape === "DETECTED") firstUnread = at;
      if (point.class === "IGNORED" || point.class === "LIMITED_NEGATIVE" || point.class === "NOT_EVALUABLE" || point.class === "INDETERMINATE") return;
      if (!firsts.has(point.tissue)) firsts.set(point.tissue, at);
      lasts.set(point.tissue, at);
      if (point.shape === "NOT_DETECTED" && firstUndetected < 0) firstUndetected = at;
    });
    return { firsts: new Set(firsts.values()), lasts: new Set(lasts.values()), firstUndetected, firstUnread };
  }

  writeAsOf(placement) {
    if (!this.frame.sees(this.meta.as_of)) return;
    const x = this.frame.x(this.meta.as_of);
    const key = this.view.isToday ? "label.today" : "label.as_of";
    const text = this.words.say(key, { date: this.words.dayMonth(this.meta.as_of) });
    const label = { text, size: Trajectory.SIZE.small, bold: true, ink: "ink" };
    const y = this.frame.floor + this.frame.lane / 2;
    const fits = x + 5 + placement.size(label).width <= this.frame.width + this.frame.margin.r;
    placement.put(label, fits ? x + 5 : x - 5, y, fits ? "left" : "right");
  }

  /* Levels are named in the margin; on a narrow figure over their line. */
  writeLevels(placement) {
    const names = this.levels.map((level) => ({ ...level, at: this.frame.y(level.y) })).filter((one) => one.at > this.frame.head - 20 && one.at <= this.frame.floor);
    names.sort((a, b) => a.at - b.at);
    if (this.narrow) return this.levelsInside(names, placement);
    let free = -Infinity;
    for (const one of names) {
      const y = Math.max(one.at + 5.5, free);
      const x = this.frame.width + 7;
      placement.put({ text: one.name, size: Trajectory.SIZE.small, bold: true, ink: "ink" }, x, y - 6.5);
      placement.put({ text: one.by, size: Trajectory.SIZE.small, ink: "ink-2" }, x, y + 6.5);
      free = y + 28;
    }
    return null;
  }

  /* Over or under its line, where nothing else is. */
  levelsInside(names, placement) {
    const { frame } = this;
    const behind = this.meta.lines.filter((line) => frame.sees(line.on)).map((line) => frame.x(line.on) + 5);
    for (const one of names) {
      const label = { text: `${one.by} · ${one.name}`, size: Trajectory.SIZE.small, ink: "ink-2", needed: true };
      const above = [4, ...behind].map((x) => [x, one.at - 8, "left"]);
      placement.best(label, [...above, [frame.width, one.at - 8, "right"], [4, one.at + 9, "left"], [frame.width, one.at + 9, "right"]]);
    }
  }

  writeForecast(placement) {
    const { forecast } = this.meta;
    if (!forecast || !this.scales[this.scale].fits(forecast.tissue)) return;
    const ticks = this.data.find((trace) => trace.meta.layer === "forecast_tick");
    const heights = ticks?.meta.y[this.scale] ?? [];
    forecast.crossings.forEach((crossing, at) => {
      if (heights[at] === undefined || !this.frame.sees(crossing.on)) return;
      const text = this.words.say("label.about", { date: this.words.dayMonth(crossing.on) });
      placement.around({ text, size: Trajectory.SIZE.small, ink: "ink-2", needed: true }, this.frame.x(crossing.on), this.frame.y(heights[at]), 4);
    });
    if (forecast.doubling_days && !this.narrow) this.writeDoubling(forecast, heights.at(-1), placement);
  }

  /* Above the last level reached where there is room, otherwise under the wedge. */
  writeDoubling(forecast, height, placement) {
    const { words, frame } = this;
    const last = forecast.crossings.at(-1);
    if (last && !frame.sees(last.on)) return;
    const x = Math.min(frame.width, last ? frame.x(last.on) + 40 : frame.width);
    if (x < 150) return;
    const top = height === undefined ? frame.head + 60 : frame.y(height);
    const days = words.number(forecast.doubling_days);
    const doubling = { text: words.say("label.doubling", { days }), size: Trajectory.SIZE.label, bold: true, ink: "ink" };
    const interval = this.interval(forecast);
    const both = { ...doubling, text: interval ? `${doubling.text}<br>${interval}` : doubling.text };
    const places = [[x, top - 36, "right"], [frame.width, frame.floor - 24, "right"], [frame.width, frame.floor - 64, "right"], [x - 90, top + 20, "right"]];
    const place = placement.choose(both, places);
    placement.put(doubling, place.x, place.y - (interval ? 7 : 0), place.align);
    if (interval) placement.put({ text: interval, size: Trajectory.SIZE.small, ink: "ink-2" }, place.x, place.y + 7, place.align);
  }

  interval({ doubling_days_low: low, doubling_days_high: high }) {
    if (!low || !high) return null;
    return this.words.say("label.interval", { low: this.words.number(low), high: this.words.number(high) });
  }
};
