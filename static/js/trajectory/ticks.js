"use strict";
/* The ticks of the axes: dates in true time, months from a chosen day, powers of ten in plain numbers. */
window.Trajectory = window.Trajectory || {};

Trajectory.MONTH_NAME = 34; /* pixels that the name of a month needs */

Trajectory.TimeTicks = class {
  constructor(frame, words, ruler) {
    Object.assign(this, { frame, words, ruler });
    this.pxPerMonth = (frame.width / (frame.to - frame.from)) * Trajectory.MS_PER_DAY * Trajectory.DAYS_PER_MONTH;
  }

  /* Months where there is room for their names, otherwise every second, third, sixth or January; days when zoomed in. */
  axis() {
    if (this.pxPerMonth > 260) return this.days();
    const step = [1, 2, 3, 6, 12].find((months) => months * this.pxPerMonth >= Trajectory.MONTH_NAME) ?? 12;
    const starts = this.monthStarts(step);
    return step === 1 ? this.monthNames(starts) : this.monthTicks(starts, step);
  }

  monthStarts(step) {
    const first = new Date(this.frame.from);
    const found = [];
    let [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
    month -= month % step;
    for (let at = Date.UTC(year, month, 1); at <= this.frame.to; month += step, at = Date.UTC(year, month, 1)) found.push(at);
    return found;
  }

  /* The name stands in the middle of its month, the tick at its first day. */
  monthNames(starts) {
    const ticks = { tickvals: [], ticktext: [] };
    for (const start of starts) {
      const on = new Date(start);
      const end = Date.UTC(on.getUTCFullYear(), on.getUTCMonth() + 1, 1);
      const [from, to] = [Math.max(start, this.frame.from), Math.min(end, this.frame.to)];
      if (this.frame.xAt(to) - this.frame.xAt(from) < 22) continue;
      ticks.tickvals.push(Trajectory.iso((from + to) / 2));
      ticks.ticktext.push(this.words.month(on.getUTCMonth()));
    }
    return { ...ticks, boundaries: starts.filter((start) => start >= this.frame.from).map(Trajectory.iso) };
  }

  monthTicks(starts, step) {
    const shown = starts.filter((start) => start >= this.frame.from);
    const name = (start) => (step === 12 ? String(new Date(start).getUTCFullYear()) : this.words.month(new Date(start).getUTCMonth()));
    const iso = shown.map(Trajectory.iso);
    return { tickvals: iso, ticktext: shown.map(name), boundaries: iso };
  }

  days() {
    const step = [1, 2, 7, 14].find((days) => (days / Trajectory.DAYS_PER_MONTH) * this.pxPerMonth >= 50) ?? 14;
    const shown = [];
    for (let at = this.frame.from; at <= this.frame.to; at += step * Trajectory.MS_PER_DAY) shown.push(Trajectory.iso(at));
    return { tickvals: shown, ticktext: shown.map((iso) => this.words.dayMonth(iso)), boundaries: shown };
  }

  /* Each year once, at its first of January, the first at the edge. */
  years() {
    if (this.pxPerMonth * 6 < Trajectory.MONTH_NAME) return [];
    const first = new Date(this.frame.from).getUTCFullYear();
    const last = new Date(this.frame.to).getUTCFullYear();
    const found = [];
    for (let year = first; year <= last; year += 1) {
      const x = Math.max(0, this.frame.xAt(Date.UTC(year, 0, 1)));
      const before = found.at(-1);
      if (before && x - before.x < 40) found.pop();
      if (x < this.frame.width - 20) found.push({ text: String(year), x });
    }
    return found;
  }

  /* Months from the origin as labels under the dates; the first one says from what. */
  months(origin) {
    if (!origin) return [];
    const step = [1, 3, 6, 12, 24, 36, 60].find((months) => months * this.pxPerMonth >= 60) ?? 120;
    const month = Trajectory.MS_PER_DAY * Trajectory.DAYS_PER_MONTH;
    const start = Trajectory.time(origin.on);
    const first = Math.ceil((this.frame.from - start) / month / step) * step;
    const from = this.words.say(`origin.${origin.code}`);
    const found = [];
    let free = -Infinity;
    for (let n = first; start + n * month <= this.frame.to; n += step) {
      const number = this.words.number(String(n));
      const says = (n === 0 && first <= 0) || (first > 0 && n === first);
      const text = says ? this.words.say("months.from", { number, origin: from }) : number;
      const x = this.frame.xAt(start + n * month);
      const width = this.ruler.width(text, Trajectory.SIZE.small);
      const x0 = says ? x - this.ruler.width(number, Trajectory.SIZE.small) / 2 : x - width / 2;
      if (x0 < free + 8 && !says) continue;
      found.push({ text, x: x0, x1: x0 + width, says });
      free = x0 + width;
    }
    return found.filter((one) => one.x1 <= this.frame.width + 40);
  }
};

/* Ticks of the vertical axis: every power of ten, or every log of reduction. */
Trajectory.valueTicks = (scale, axis, words) => {
  const [a, b] = axis.range;
  const ticks = [];
  for (let n = Math.ceil(Math.min(a, b)); n <= Math.max(a, b); n += 1) ticks.push(n);
  if (axis.type !== "log") return { tickvals: ticks, ticktext: ticks.map((n) => words.number(String(n))) };
  return { tickvals: ticks.map((n) => 10 ** n), ticktext: ticks.map((n) => Trajectory.powerOfTen(n, words)) };
};

Trajectory.powerOfTen = (n, words) => {
  if (n > 5 || n < -6) return `10${[...String(n)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("")}`;
  return words.number(n < 0 ? (10 ** n).toFixed(-n) : String(10 ** n));
};
