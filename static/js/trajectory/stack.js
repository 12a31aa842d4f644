"use strict";
/* Several curves of one patient, one under the other: one time axis, one scale, the same margins. */
window.Trajectory = window.Trajectory || {};

Trajectory.Stack = class {
  constructor() {
    this.panels = [];
  }

  /* A figure has come: the axis holds every curve that is there. */
  joined() {
    const there = this.panels.filter((panel) => panel.meta);
    const alls = there.map((panel) => panel.windowOf("ALL"));
    const whole = [alls.map(([from]) => from).sort()[0], alls.map(([, to]) => to).sort().at(-1)];
    for (const panel of there) {
      Object.assign(panel.meta.windows.find((one) => one.code === "ALL"), { from: whole[0], to: whole[1] });
      panel.view.window = [...whole];
    }
    this.level(there);
    for (const panel of there) if (panel.root.dataset.state === "drawn") panel.draw();
  }

  /* The widest names decide the margins of all, so that one day stands over the same day. */
  level(there) {
    this.margins = undefined;
    const palette = new Trajectory.Palette(there[0].root);
    const own = there.map((panel) => new Trajectory.Drawing(panel.figure, { ...panel.common(), width: 800 }, panel.words, palette).ownMargins());
    this.margins = { l: Math.max(...own.map((one) => one.l)), r: Math.max(...own.map((one) => one.r)) };
  }

  /* What one curve shows, the others show too, where they have it. */
  follow(leader, group, code, value) {
    for (const panel of this.panels) {
      if (panel === leader || !panel.meta || group === "origin") continue;
      if (group === "scale" && !panel.meta.scales[code]?.shown) continue;
      panel.view[group] = Array.isArray(value) ? [...value] : value;
      panel.chosen = leader.chosen;
      panel.press(group, code);
      panel.draw();
    }
  }
};

Trajectory.stacks = new Map();

Trajectory.stackOf = (name, panel) => {
  if (!name) return null;
  if (!Trajectory.stacks.has(name)) Trajectory.stacks.set(name, new Trajectory.Stack());
  const stack = Trajectory.stacks.get(name);
  stack.panels = [...stack.panels.filter((one) => one.root.isConnected), panel];
  return stack;
};
