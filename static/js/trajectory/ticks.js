"use strict";
/* The ticks of the axes: dates in true time, months from a chosen day, powers of ten in plain numbers. */
window.Trajectory = window.Trajectory || {};

Trajectory.TimeTicks = class {
  constructor(frame, words, ruler) {
    Object.assign(this, { frame, words, ruler });
    this.pxPerMonth = (frame.width / (frame.to - frame.from)) * Trajectory.MS_PER_DAY * Trajectory.DAYS_PER_MONTH;
  }

  /* Months where there is room for their names, otherwise every second, third, sixth or January; days when zoomed in. */
  axis() {
    if (this.pxPerMonth > 260) return this.days();
    const step = [1, 2, 3, 6, 12].find((months) => months * this.pxPerMonth >= 37) ?? 12;
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
    const names = { tickvals: [], ticktext: [] };
    let year = null;
    for (const start of starts) {
      const on = new Date(start);
      const end = Date.UTC(on.getUTCFullYear(), on.getUTCMonth() + 1, 1);
      const [from, to] = [Math.max(start, this.frame.from), Math.min(end, this.frame.to)];
      if (this.frame.xAt(to) - this.frame.xAt(from) < 22) continue;
      names.tickvals.push(Trajectory.iso((from + to) / 2));
      names.ticktext.push(this.named(on, year));
      year = on.getUTCFullYear();
    }
    return { ...names, boundaries: starts.filter((start) => start >= this.frame.from).map(Trajectory.iso) };
  }

  monthTicks(starts, step) {
    const shown = starts.filter((start) => start >= this.frame.from);
    let year = null;
    const ticktext = shown.map((start) => {
      const on = new Date(start);
      const text = step === 12 ? `<b>${on.getUTCFullYear()}</b>` : this.named(on, year);
      year = on.getUTCFullYear();
      return text;
    });
    return { tickvals: shown.map(Trajectory.iso), ticktext, boundaries: shown.map(Trajectory.iso) };
  }

  days() {
    const step = [1, 2, 7, 14].find((days) => (days / Trajectory.DAYS_PER_MONTH) * this.pxPerMonth >= 50) ?? 14;
    const shown = [];
    for (let at = this.frame.from; at <= this.frame.to; at += step * Trajectory.MS_PER_DAY) shown.push(Trajectory.iso(at));
    let year = null;
    const ticktext = shown.map((iso) => {
      const same = iso.slice(0, 4) === year;
      year = iso.slice(0, 4);
      return this.words.dayMonth(iso) + (same ? "" : `<br><b>${year}</b>`);
    });
    return { tickvals: shown, ticktext, boundaries: shown };
  }

  named(on, year) {
    const name = this.words.month(on.getUTCMonth());
    return on.getUTCFullYear() === year ? name : `${name}<br><b>${on.getUTCFullYear()}</b>`;
  }

  /* Months from the origin as labels under the dates; the first one says from what. */
  months(origin) {
    if (!origin) return [];
    const step = [1, 2, 3, 6, 12, 24, 36, 60].find((months) => months * this.pxPerMonth >= 44) ?? 120;
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
  if (n > 5 || n < -6) return `10<sup>${String(n).replace("-", "−")}</sup>`;
  return words.number(n < 0 ? (10 ** n).toFixed(-n) : String(10 ** n));
};
