"use strict";
/* Words, numbers and dates of the figure in the reader's language. Labels come from the page, by code. */
window.Trajectory = window.Trajectory || {};

Trajectory.Words = class {
  constructor(labels) {
    this.labels = labels;
    const parts = new Intl.NumberFormat(labels.language).formatToParts(12345.6);
    const part = (type, otherwise) => parts.find((one) => one.type === type)?.value ?? otherwise;
    this.decimal = part("decimal", ".");
    this.group = part("group", "");
  }

  /* The label of a code, its {names} filled in; a code without a label stands for itself. */
  say(code, values = {}) {
    const text = this.labels[code] ?? code.slice(code.indexOf(".") + 1);
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /* An exact decimal, given as text with a point, in the reader's notation: no digit is added or lost. */
  number(text) {
    const [whole, fraction] = String(text).replace("-", "−").split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, this.group);
    return fraction === undefined ? grouped : grouped + this.decimal + fraction;
  }

  month(index) {
    return this.say(`month.${index + 1}`);
  }

  dayMonth(iso) {
    const on = Trajectory.day(iso);
    return this.say("date.day_month", { day: on.getUTCDate(), month: this.month(on.getUTCMonth()) });
  }

  date(iso) {
    const on = Trajectory.day(iso);
    return this.say("date.full", {
      day: on.getUTCDate(),
      month: this.month(on.getUTCMonth()),
      year: on.getUTCFullYear(),
    });
  }

  /* A number with its unit: never one without the other. */
  quantity(scale, text) {
    return this.say(`quantity.${scale}`, { number: this.number(text) });
  }
};

/* Days are days, never moments of a time zone. */
Trajectory.MS_PER_DAY = 86400000;
Trajectory.DAYS_PER_MONTH = 30.4375;
Trajectory.day = (iso) => new Date(`${iso.slice(0, 10)}T00:00:00Z`);
Trajectory.time = (iso) => Trajectory.day(iso).getTime();
Trajectory.iso = (ms) => new Date(ms).toISOString().slice(0, 10);

/* Plotly reads <b>, <i> and links in labels: what people typed is text. */
Trajectory.escape = (text) => String(text).replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
