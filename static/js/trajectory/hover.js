"use strict";
/* Everything known of one sample, in words: for the pointer, for the keyboard, and as text. */
window.Trajectory = window.Trajectory || {};

Trajectory.Facts = class {
  constructor(meta, words) {
    Object.assign(this, { meta, words });
  }

  /* The lines told on a sample; the first is its heading. */
  of(point) {
    return [
      `${this.words.date(point.on)}, ${this.words.say(`tissue.${point.tissue}`)}`,
      ...this.values(point),
      this.limits(point),
      point.abl1_copies && this.words.say("fact.abl1", { number: this.words.number(point.abl1_copies) }),
      point.assay_key && this.words.say("fact.assay", { assay: Trajectory.escape(point.assay_key) }),
      this.classed(point),
      ...this.roles(point),
      point.timepoint && this.words.say(`timepoint.${point.timepoint}`),
      ...(point.remarks ?? []).map((code) => this.words.say(`remark.${code}`)),
      this.since(point),
    ].filter(Boolean);
  }

  values(point) {
    const { words } = this;
    if (point.shape === "DETECTED" && point.pct_abl1) {
      const others = Object.entries(point.label).filter(([scale]) => scale !== "PCT_ABL1");
      return [words.quantity("PCT_ABL1", point.pct_abl1), ...others.map(([scale, text]) => words.quantity(scale, text))];
    }
    const what = words.say(`shape.${point.shape}`);
    if (!point.label.PCT_ABL1) return [what];
    const reduction = point.label.LOG10_REDUCTION;
    const atLeast = reduction && words.say("fact.at_least", { quantity: words.quantity("LOG10_REDUCTION", reduction) });
    return [what, point.shape === "NOT_DETECTED" ? atLeast : null];
  }

  limits(point) {
    const { words } = this;
    const told = [];
    if (point.lod_pct_abl1) told.push(words.say("fact.lod", { quantity: words.quantity("PCT_ABL1", point.lod_pct_abl1) }));
    if (point.loq_pct_abl1) told.push(words.say("fact.loq", { quantity: words.quantity("PCT_ABL1", point.loq_pct_abl1) }));
    if (point.height_is === "FROM_ABL1") {
      told.push(words.say("fact.one_copy", { quantity: words.quantity("PCT_ABL1", point.label.PCT_ABL1) }));
    }
    return told.join(", ");
  }

  classed(point) {
    if (!point.class) return this.words.say("fact.diagnosis");
    return this.words.say("fact.class", {
      class: this.words.say(`class.${point.class}`),
      ruleset: this.words.say(`ruleset.${this.meta.ruleset}`),
    });
  }

  roles(point) {
    const told = [];
    for (const episode of this.meta.episodes) {
      const name = this.episode(episode);
      if (episode.index === point.id) {
        told.push(this.words.say(episode.waived ? "role.waived" : "role.index", { episode: name }));
      } else if (episode.confirmed_by === point.id) {
        told.push(this.words.say(episode.late ? "role.confirming_late" : "role.confirming", { episode: name }));
      }
    }
    return told;
  }

  episode(episode) {
    const kind = this.words.say(`kind.${episode.kind}`);
    return episode.number === null
      ? this.words.say(`status.${episode.status}`)
      : this.words.say("episode.numbered", { kind, number: episode.number });
  }

  /* Days since the course began, months since diagnosis. */
  since(point) {
    const told = [];
    const start = this.meta.lines.filter((line) => line.course === point.course).at(-1);
    const days = (from) => Math.round((Trajectory.time(point.on) - Trajectory.time(from)) / Trajectory.MS_PER_DAY);
    if (start) told.push(this.words.say("fact.day_after", { number: days(start.on), event: this.words.say(`event.${start.kind}`) }));
    const diagnosis = this.meta.origins.find((origin) => origin.code === "DIAGNOSIS");
    if (diagnosis && days(diagnosis.on) > 0) {
      const months = (days(diagnosis.on) / Trajectory.DAYS_PER_MONTH).toFixed(1);
      told.push(this.words.say("fact.month", { number: this.words.number(months) }));
    }
    return told.join(", ");
  }

  html(point) {
    return this.of(point).join("<br>");
  }

  cycle(cycle) {
    const { words } = this;
    return [
      words.say("cycle.heading", { number: cycle.number, date: words.date(cycle.from) }),
      cycle.dose_mg && words.say("cycle.dose", { number: words.number(cycle.dose_mg) }),
      this.daysGiven(cycle),
      cycle.partner && words.say(`partner.${cycle.partner}`) + this.partnerDose(cycle),
    ].filter(Boolean).join("<br>");
  }

  daysGiven(cycle) {
    const { given_days: given, planned_days: planned } = cycle;
    if (given !== null && planned) return this.words.say("cycle.given_of", { given, planned });
    if (planned) return this.words.say("cycle.planned", { planned });
    return given === null ? null : this.words.say("cycle.given", { given });
  }

  partnerDose(cycle) {
    const told = [];
    if (cycle.partner_dose_mg_m2) told.push(` ${this.words.number(cycle.partner_dose_mg_m2)} mg/m²`);
    if (cycle.partner_days) told.push(this.words.say("cycle.partner_days", { number: cycle.partner_days }));
    return told.join(", ");
  }
};
