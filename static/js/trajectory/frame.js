"use strict";
/* The frame of the figure in pixels: head with labels and cycles, the curve, the lane under it, the time scales. */
window.Trajectory = window.Trajectory || {};

Trajectory.SIZE = { label: 12, small: 11, tick: 12, row: 14.5, lane: 28, cycles: 52, bar: 17 };

Trajectory.Frame = class {
  constructor(view, margin, head, main, range, axis) {
    this.margin = margin;
    this.head = head;
    this.main = main;
    this.lane = Trajectory.SIZE.lane;
    this.width = view.width - margin.l - margin.r;
    this.height = head + main + this.lane;
    this.from = Trajectory.time(range[0]);
    this.to = Trajectory.time(range[1]);
    this.axis = axis;
  }

  x(iso) {
    return this.xAt(Trajectory.time(iso));
  }

  xAt(ms) {
    return ((ms - this.from) / (this.to - this.from)) * this.width;
  }

  y(height) {
    const [bottom, top] = this.axis.range;
    const value = this.axis.type === "log" ? Math.log10(height) : height;
    return this.head + (1 - (value - bottom) / (top - bottom)) * this.main;
  }

  get floor() {
    return this.head + this.main;
  }

  sees(iso) {
    const x = this.x(iso);
    return x >= -0.5 && x <= this.width + 0.5;
  }

  paperX(x) {
    return x / this.width;
  }

  paperY(y) {
    return 1 - y / this.height;
  }
};
