"use strict";
/* The head of the figure: event labels like flags on poles, treatments as bars, and what each cycle was. */
window.Trajectory = window.Trajectory || {};

Trajectory.Head = class {
  constructor(meta, frame, words, ruler, facts, narrow) {
    Object.assign(this, { meta, frame, words, ruler, facts, narrow });
    this.rows = this.eventRows();
    this.eventsHeight = Math.max(0, ...this.rows.map((one) => (one.row + one.lines) * Trajectory.SIZE.row));
    this.cycleGroups = this.groups();
    this.block = this.cycleBlock();
    this.bars = this.treatmentBars();
    const bottom = (bars) => Math.max(0, ...bars.map((bar) => bar.y + Trajectory.SIZE.bar + 4));
    const above = this.block ? bottom(this.bars.filter((bar) => bar.x0 < this.block.x1 + 6 && bar.end > this.block.x0 - 6)) : 0;
    const depth = Math.max(this.block ? above + Trajectory.SIZE.cycles : 0, bottom(this.bars));
    this.zoneTop = this.eventsHeight + (this.eventsHeight && depth ? 8 : 0);
    this.cyclesTop = this.zoneTop + above;
    this.height = this.zoneTop + depth + 24;
  }

  /* ---- events ---- */

  eventRows() {
    const seen = this.meta.lines
      .map((line, at) => ({ line, at }))
      .filter(({ line }) => this.frame.sees(line.on))
      .sort((a, b) => Trajectory.rank(a.line) - Trajectory.rank(b.line) || (a.line.on < b.line.on ? 1 : -1));
    const placed = [];
    for (const { line, at } of seen) placed.push(this.placeEvent(line, at, placed));
    return placed;
  }

  placeEvent(line, at, placed) {
    const label = this.eventLabel(line);
    const width = Math.max(
      this.ruler.width(label.main, Trajectory.SIZE.label, label.bold),
      label.second ? this.ruler.width(label.second, Trajectory.SIZE.small) : 0,
    );
    const flag = line.kind === "RELAPSE" && line.tone === "OPEN" ? 8 : 0;
    const event = { line, at, label, width, flag, x: this.frame.x(line.on), lines: label.second ? 2 : 1 };
    let best = null;
    for (let row = 0; row < 12; row += 1) {
      for (const side of ["left", "right"]) {
        const place = this.eventPlace(event, row, side, placed);
        if (place && (!best || place.cost < best.cost)) best = place;
      }
      if (best && best.cost < 2 * (row + 1)) break;
    }
    return best ?? { ...event, row: 0, side: "left", x0: event.x, x1: event.x, hidden: true };
  }

  eventPlace(event, row, side, placed) {
    const x0 = side === "left" ? event.x + 5 + event.flag : event.x - 5 - event.width;
    const place = { ...event, row, side, x0, x1: x0 + event.width };
    if (x0 < -this.frame.margin.l + 2 || place.x1 > this.frame.width + this.frame.margin.r) return null;
    let cost = row * 2 + (side === "left" ? 0 : 1);
    for (const other of placed) {
      const meets = row < other.row + other.lines && other.row < row + event.lines;
      if (meets && place.x0 < other.x1 + 10 && other.x0 < place.x1 + 10) return null;
      const poleThroughMe = other.row <= row + event.lines - 1 && other.x > place.x0 - 3 && other.x < place.x1 + 3;
      const myPoleThroughIt = other.row + other.lines - 1 >= row && event.x > other.x0 - 3 && event.x < other.x1 + 3;
      cost += (poleThroughMe ? 9 : 0) + (myPoleThroughIt ? 9 : 0);
    }
    return { ...place, cost };
  }

  eventLabel(line) {
    const { words } = this;
    const bold = Trajectory.isThick(line) || line.tone !== "PAST";
    const full = bold || line.kind === "RELAPSE";
    const date = full ? words.date(line.on) : words.dayMonth(line.on);
    const episode = line.episode === undefined ? null : this.meta.episodes[line.episode];
    const key = episode && line.kind === "RELAPSE" ? `event.${episode.kind}` : `event.${line.kind}`;
    const detail = line.findings ? this.findingNames(line) : Trajectory.escape(line.detail);
    const named = (line.findings || ["MUTATION_GAINED", "MUTATION_LOST", "TREATMENT"].includes(line.kind)) && detail;
    const main = words.say(named ? `${key}.named` : key, { name: detail }) + " " + date;
    const second = line.course ? words.say("event.course", { number: line.course }) : null;
    return { main, second, bold };
  }

  /* Gene and variant with the share of alleles, in the reader's notation. */
  findingNames(line) {
    return line.findings.map(({ name, vaf_pct: vaf }) => {
      const known = Trajectory.escape(name);
      return vaf === null ? known : this.words.say("event.with_vaf", { name: known, number: this.words.number(vaf) });
    }).join(", ");
  }

  /* ---- cycles ---- */

  /* Neighbouring cycles share a label where one alone has no room. */
  groups() {
    const found = [];
    this.meta.cycles.forEach((cycle, at) => {
      const x0 = Math.max(0, this.frame.x(cycle.from));
      const x1 = Math.min(this.frame.width, this.frame.x(cycle.to));
      if (x1 <= 0 || x0 >= this.frame.width) return;
      const last = found.at(-1);
      if (last && last.x1 - last.x0 < this.needed(last.cycles) && x0 - last.x1 < 30) {
        Object.assign(last, { x1, cycles: [...last.cycles, cycle] });
      } else {
        found.push({ x0, x1, at, cycles: [cycle] });
      }
    });
    return this.merged(found);
  }

  /* A last group that stayed too narrow joins the one before it. */
  merged(groups) {
    const last = groups.at(-1);
    const before = groups.at(-2);
    if (before && last.x1 - last.x0 < this.needed(last.cycles) && last.x0 - before.x1 < 30) {
      groups.splice(-2, 2, { ...before, x1: last.x1, cycles: [...before.cycles, ...last.cycles] });
    }
    return groups;
  }

  needed(cycles) {
    const { name, dose, days } = this.cycleTexts(cycles);
    const size = Trajectory.SIZE;
    return Math.max(this.ruler.width(name, size.label, true), this.ruler.width(dose, size.small), this.ruler.width(days, size.small)) + 3;
  }

  cycleTexts(cycles) {
    const span = (values) => {
      const known = values.filter((value) => value !== null && value !== undefined);
      if (!known.length) return "–";
      const [low, high] = [Math.min(...known), Math.max(...known)];
      return low === high ? String(low) : `${low}–${high}`;
    };
    const numbers = cycles.map((cycle) => cycle.number);
    const name = this.words.say("cycle.short", { number: numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : numbers[0] });
    return { name, dose: span(cycles.map((one) => one.dose_mg)), days: span(cycles.map((one) => one.given_days)) };
  }

  /* The span that heads and their caption take, so that treatments keep clear of it. */
  cycleBlock() {
    if (!this.cycleGroups.length) return null;
    const caption = ["cycles.drug", "cycles.dose", "cycles.days"].map((code) => this.words.say(code));
    const width = Math.max(...caption.map((text) => this.ruler.width(text, Trajectory.SIZE.small)));
    const [x0, x1] = [this.cycleGroups[0].x0, this.cycleGroups.at(-1).x1];
    const left = this.clearOfPoles(x0 - 6, width);
    if (left - width > -this.frame.margin.l) return { x0: left - width, x1, caption, captionX: left, align: "right" };
    if (x1 + width + 6 < this.frame.width + this.frame.margin.r) return { x0, x1: x1 + width + 6, caption, captionX: x1 + 6, align: "left" };
    return { x0, x1, caption: null };
  }

  /* The right end of a caption that no event line crosses, at or left of a place. */
  clearOfPoles(right, width) {
    const crossing = this.meta.lines.map((line) => this.frame.x(line.on)).filter((x) => x > right - width - 4 && x < right + 4);
    return crossing.length ? this.clearOfPoles(Math.min(...crossing) - 7, width) : right;
  }

  /* ---- other treatments ---- */

  treatmentBars() {
    const taken = [];
    const found = [];
    this.meta.treatments.forEach((treatment, at) => {
      const x0 = Math.max(0, this.frame.x(treatment.from));
      const x1 = Math.min(this.frame.width, this.frame.x(treatment.to));
      if (x1 <= 0 || x0 >= this.frame.width) return;
      const text = this.fitted(Trajectory.escape(treatment.regimen), x0, x1);
      const width = this.ruler.width(text, Trajectory.SIZE.small);
      const inside = width + 10 <= x1 - x0;
      const box = { x0, x1: inside ? x1 : Math.max(x1, x0 + width + 10) };
      let y = 0;
      while (taken.some((other) => Trajectory.shared({ ...box, x1: box.x1 + 6, y0: y, y1: y + Trajectory.SIZE.bar }, other) > 0)) y += Trajectory.SIZE.bar + 3;
      taken.push({ ...box, y0: y, y1: y + Trajectory.SIZE.bar });
      found.push({ at, x0, x1, end: box.x1, y, text, treatment, inside });
    });
    return found;
  }

  /* A regimen may reach beyond its bar, but not across an event line or the edge; then it is shortened. */
  fitted(text, x0, x1) {
    const end = (one) => x0 + this.ruler.width(one, Trajectory.SIZE.small) + 10;
    const poles = this.meta.lines.map((line) => this.frame.x(line.on)).filter((x) => x > x0 + 12);
    const limit = Math.max(x0 + 70, Math.min(this.frame.width, ...poles.filter((x) => x > x1 - 6)));
    if (end(text) <= Math.max(limit, x1)) return text;
    let kept = text;
    while (kept.length > 4 && end(`${kept}…`) > Math.max(limit, x1)) kept = kept.slice(0, -1);
    return `${kept}…`;
  }

  /* ---- what is written ---- */

  write(placement) {
    for (const event of this.rows) if (!event.hidden) this.writeEvent(event, placement);
    for (const bar of this.bars) {
      const y = this.zoneTop + bar.y + Trajectory.SIZE.bar / 2;
      placement.put({ text: bar.text, size: Trajectory.SIZE.small, ink: "ink-2", bare: true, hover: this.treatmentFacts(bar.treatment) }, bar.x0 + 5, y, "left");
    }
    for (const group of this.cycleGroups) this.writeCycles(group, placement);
    if (this.block?.caption) {
      this.block.caption.forEach((text, at) => {
        placement.put({ text, size: Trajectory.SIZE.small, ink: "ink-2" }, this.block.captionX, this.cyclesTop + 9 + at * 13.5, this.block.align);
      });
    }
  }

  writeEvent(event, placement) {
    const { label, line } = event;
    const align = event.side;
    const x = align === "left" ? event.x0 : event.x1;
    const y = event.row * Trajectory.SIZE.row + Trajectory.SIZE.row / 2;
    const quiet = line.marker_lost ? "overdue" : label.bold ? "ink" : "ink-2";
    const ink = { OPEN: "confirmed", SUSPECTED: "suspected" }[line.tone] ?? quiet;
    const hover = this.eventFacts(line);
    placement.put({ text: label.main, size: Trajectory.SIZE.label, bold: label.bold, ink, hover }, x, y, align);
    if (label.second) placement.put({ text: label.second, size: Trajectory.SIZE.small, ink: "ink-2" }, x, y + Trajectory.SIZE.row - 1, align);
  }

  writeCycles(group, placement) {
    const { name, dose, days } = this.cycleTexts(group.cycles);
    const x = (group.x0 + group.x1) / 2;
    const hover = group.cycles.map((cycle) => this.facts.cycle(cycle)).join("<br>");
    const small = { size: Trajectory.SIZE.small, ink: "ink-2", bare: true, hover };
    placement.put({ ...small, text: name, size: Trajectory.SIZE.label, bold: true, ink: "ink" }, x, this.cyclesTop + 9, "centre");
    placement.put({ ...small, text: dose }, x, this.cyclesTop + 22.5, "centre");
    placement.put({ ...small, text: days }, x, this.cyclesTop + 36, "centre");
  }

  eventFacts(line) {
    const heading = this.words.say(line.episode === undefined ? `event.${line.kind}` : `event.${line.kind}.long`);
    const told = [`${heading}, ${this.words.date(line.on)}`, line.findings ? this.findingNames(line) : Trajectory.escape(line.detail)];
    if (line.marker_lost) told.push(this.words.say("event.marker_lost", { name: this.meta.marker }));
    const episode = this.meta.episodes[line.episode];
    if (episode) {
      told.push(this.facts.episode(episode), this.words.say(`status.${episode.status}`));
      if (episode.confirmed_on) told.push(this.words.say("event.confirmed_on", { date: this.words.date(episode.confirmed_on) }));
    }
    return told.filter(Boolean).join("<br>");
  }

  treatmentFacts(treatment) {
    const to = Trajectory.iso(Trajectory.time(treatment.to) - Trajectory.MS_PER_DAY);
    const span = treatment.ongoing
      ? this.words.say("span.ongoing", { from: this.words.date(treatment.from) })
      : this.words.say("span.closed", { from: this.words.date(treatment.from), to: this.words.date(to) });
    return `${Trajectory.escape(treatment.regimen)}<br>${span}`;
  }

  /* How high the pole of an event reaches. */
  poleTop(at) {
    const event = this.rows.find((one) => one.at === at);
    return event ? event.row * Trajectory.SIZE.row + 1 : this.zoneTop;
  }
};

Trajectory.ORDER = ["HSCT", "HAEMATOLOGICAL_RELAPSE", "DEATH", "RELAPSE", "END_OF_TREATMENT", "TREATMENT", "DLI",
  "MUTATION_GAINED", "MUTATION_LOST", "GVHD", "REMISSION", "MUTATION_PERSISTENT"];

/* What is open comes first, then what begins a course. */
Trajectory.rank = (line) => ({ OPEN: -2, SUSPECTED: -1 })[line.tone] ?? (line.marker_lost ? 0 : Trajectory.ORDER.indexOf(line.kind));

Trajectory.isThick = (line) => line.marker_lost || ["HSCT", "HAEMATOLOGICAL_RELAPSE", "DEATH"].includes(line.kind);
