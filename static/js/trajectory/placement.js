"use strict";
/* Where labels go: beside their mark, on nothing else. Boxes are in pixels from the upper left of the plot. */
window.Trajectory = window.Trajectory || {};

Trajectory.Ruler = class {
  constructor(family) {
    this.context = document.createElement("canvas").getContext("2d");
    this.family = family;
    this.known = new Map();
  }

  width(text, size, bold = false) {
    const key = `${size}|${bold}|${text}`;
    if (!this.known.has(key)) {
      this.context.font = `${bold ? 600 : 400} ${size}px ${this.family}`;
      this.known.set(key, this.context.measureText(text).width);
    }
    return this.known.get(key);
  }
};

Trajectory.Placement = class {
  constructor(width, top, bottom, ruler) {
    Object.assign(this, { width, top, bottom, ruler, boxes: [], segments: [], labels: [] });
  }

  /* Something that no label may cover. */
  block(x0, y0, x1, y1) {
    this.boxes.push({ x0, y0, x1, y1 });
  }

  /* A line that labels should rather not cross; the weight says how much rather. */
  line(x0, y0, x1, y1, weight) {
    this.segments.push({ x0, y0, x1, y1, weight });
  }

  size(label) {
    const lines = label.text.split("<br>");
    const width = Math.max(...lines.map((line) => this.ruler.width(line, label.size, label.bold)));
    return { width, height: lines.length * label.size * 1.3 };
  }

  box(label, x, y, align) {
    const { width, height } = this.size(label);
    const x0 = align === "left" ? x : align === "right" ? x - width : x - width / 2;
    return { x0, x1: x0 + width, y0: y - height / 2, y1: y + height / 2 };
  }

  /* Put a label at a fixed place, whatever is there. */
  put(label, x, y, align = "left") {
    const box = this.box(label, x, y, align);
    this.boxes.push({ ...box, isLabel: true });
    this.labels.push({ ...label, x, y, align });
    return box;
  }

  /* Put a label beside a mark; one that is not needed is left out where there is no free place near. */
  around(label, x, y, radius) {
    const near = Trajectory.Placement.near(radius);
    const places = label.needed ? [...near, ...Trajectory.Placement.far(radius)] : near;
    this.best(label, places.map(([dx, dy, align]) => [x + dx, y + dy, align]));
  }

  /* Put a label at the best of some places; one that is not needed, only where it is free. */
  best(label, places) {
    const { x, y, align, box } = this.choose(label, places);
    if (label.needed || this.overlap(box) <= Trajectory.Placement.TOLERATED) this.put(label, x, y, align);
  }

  /* The best of some places, the first ones preferred. */
  choose(label, places) {
    let best = null;
    for (const [order, [x, y, align]] of places.entries()) {
      const box = this.box(label, x, y, align);
      const cost = this.cost(box) + order * 1.5;
      if (!best || cost < best.cost) best = { cost, x, y, align, box };
    }
    return best;
  }

  cost(box) {
    const outside = Math.max(0, -box.x0, box.x1 - this.width) + Math.max(0, this.top - box.y0, box.y1 - this.bottom);
    const crossed = this.segments.reduce((sum, one) => sum + one.weight * Trajectory.within(one, box), 0);
    return outside * 40 + this.overlap(box) * 3 + crossed;
  }

  overlap(box) {
    return this.boxes.reduce((sum, other) => sum + Trajectory.shared(box, other), 0);
  }

  isFree(box, gap = 3) {
    const wide = { x0: box.x0 - gap, x1: box.x1 + gap, y0: box.y0, y1: box.y1 };
    return this.boxes.every((other) => Trajectory.shared(wide, other) === 0);
  }
};

Trajectory.Placement.TOLERATED = 6; /* square pixels of overlap that nobody sees */

Trajectory.Placement.near = (radius) => {
  const beside = radius + 5;
  return [[beside, 0, "left"], [beside - 1, -8, "left"], [beside - 1, 9, "left"], [-beside, -3, "right"],
    [-beside + 1, -9, "right"], [-beside + 1, 9, "right"], [0, -radius - 9, "centre"], [0, radius + 10, "centre"]];
};

Trajectory.Placement.far = (radius) => [9, 18, 28].flatMap((by) => [
  [radius + 3, -8 - by, "left"], [radius + 3, 9 + by, "left"], [-radius - 3, -8 - by, "right"],
  [-radius - 3, 9 + by, "right"], [0, -radius - 9 - by, "centre"], [0, radius + 10 + by, "centre"]]);

/* The area that two boxes share. */
Trajectory.shared = (a, b) => {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return width > 0 && height > 0 ? width * height : 0;
};

/* The length of a line inside a box (Liang and Barsky 1984). */
Trajectory.within = (line, box) => {
  const dx = line.x1 - line.x0;
  const dy = line.y1 - line.y0;
  let from = 0;
  let to = 1;
  for (const [step, gap] of [[-dx, line.x0 - box.x0], [dx, box.x1 - line.x0], [-dy, line.y0 - box.y0], [dy, box.y1 - line.y0]]) {
    if (step === 0 && gap < 0) return 0;
    if (step < 0) from = Math.max(from, gap / step);
    if (step > 0) to = Math.min(to, gap / step);
  }
  return to > from ? (to - from) * Math.hypot(dx, dy) : 0;
};
