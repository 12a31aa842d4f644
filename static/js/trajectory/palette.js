"use strict";
/* Colours by name, read from the style sheet, so that the figure follows the page's theme. */
window.Trajectory = window.Trajectory || {};

Trajectory.Palette = class {
  constructor(element) {
    const style = getComputedStyle(element);
    this.colours = {};
    for (const name of Trajectory.Palette.NAMES) {
      this.colours[name] = style.getPropertyValue(`--${name}`).trim();
    }
    this.font = style.getPropertyValue("--font-data").trim() || style.fontFamily;
  }

  of(name) {
    return this.colours[name];
  }

  /* The colours of paper, whatever the theme of the screen. */
  static light(element) {
    const root = document.documentElement;
    const before = root.getAttribute("data-theme");
    root.setAttribute("data-theme", "light");
    const palette = new Trajectory.Palette(element);
    if (before === null) root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", before);
    palette.colours.paper = "#ffffff";
    return palette;
  }
};

Trajectory.Palette.NAMES = [
  "paper", "surface", "sunk", "ink", "ink-2", "ink-3", "rule", "rule-strong", "grid", "band", "band-given",
  "bm", "pb", "inert", "forecast", "threshold", "confirmed", "suspected", "overdue",
];
