"use strict";
/* The trajectory on a page: fetches the stored figure, draws it, listens to its buttons, theme, paper and width. */
window.Trajectory = window.Trajectory || {};

Trajectory.Panel = class {
  constructor(root) {
    this.root = root;
    this.labels = JSON.parse(document.getElementById(root.dataset.labels).textContent);
    this.words = new Trajectory.Words(this.labels);
    this.whole = root.querySelector("[data-plot=whole]");
    this.current = root.querySelector("[data-plot=current]");
    this.message = root.querySelector("[data-message]");
    this.narrow = matchMedia("(max-width: 46rem)");
    this.view = { scale: "PCT_ABL1" };
    this.notes = root.dataset.notes ? JSON.parse(document.getElementById(root.dataset.notes).textContent) : [];
    this.stack = Trajectory.stackOf(root.dataset.stack, this);
  }

  async start() {
    try {
      const response = await fetch(this.root.dataset.figure, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      this.figure = await response.json();
    } catch (error) {
      this.tell("figure.failed");
      this.root.dataset.state = "failed";
      return;
    }
    this.meta = this.figure.layout.meta;
    this.stack?.joined();
    this.view.window = this.windowOf("ALL");
    this.view.origin = this.meta.origins[0]?.code;
    this.offer();
    this.listen();
    this.draw();
  }

  windowOf(code) {
    const found = this.meta.windows.find((one) => one.code === code);
    return [found.from, found.to];
  }

  tell(code) {
    this.message.hidden = false;
    this.message.textContent = this.words.say(code);
  }

  /* ---- buttons ---- */

  /* Only what the series has: no button leads nowhere. */
  offer() {
    const scales = Object.entries(this.meta.scales).filter(([, scale]) => scale.shown).map(([code]) => code);
    this.fill("scale", scales.length ? scales : ["PCT_ABL1"], "scale.short");
    this.fill("window", this.meta.windows.map((one) => one.code).filter((code) => code !== "CURRENT"), "window");
    this.fill("origin", this.meta.origins.map((one) => one.code), "origin");
    this.press("scale", this.view.scale);
    this.press("window", "ALL");
    this.press("origin", this.view.origin);
    for (const element of this.root.querySelectorAll("[data-tools]")) element.hidden = false;
    for (const note of this.root.querySelectorAll("[data-when]")) note.hidden = !this.has(note.dataset.when);
  }

  has(what) {
    if (what === "forecast") return Boolean(this.meta.forecast);
    if (what === "cycles") return this.meta.cycles.length > 0;
    if (what === "notes") return this.notes.length > 0;
    if (what === "findings") return this.meta.lines.some((line) => line.findings);
    if (what === "episodes") return this.meta.episodes.length > 0;
    return this.meta.points.some((point) => point.shape === what);
  }

  fill(group, codes, labels) {
    const list = this.root.querySelector(`[data-group=${group}]`);
    list.replaceChildren(...codes.map((code) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: this.words.say(`${labels}.${code}`) });
      button.dataset[group] = code;
      item.append(button);
      return item;
    }));
    list.closest("[data-tools]")?.toggleAttribute("data-empty", codes.length < 2);
  }

  press(group, code) {
    for (const button of this.root.querySelectorAll(`button[data-${group}]`)) {
      button.setAttribute("aria-pressed", String(button.dataset[group] === code));
    }
  }

  click(button) {
    const { scale, window: span, origin, zoom, download } = button.dataset;
    if (scale) this.change("scale", scale, scale);
    if (span) this.chosen = span !== "ALL";
    if (span) this.change("window", span, this.windowOf(span));
    if (origin) this.change("origin", origin, origin);
    if (zoom) this.zoom(Number(zoom));
    if (download) this.download(download);
  }

  change(group, code, value) {
    this.view[group] = value;
    this.press(group, code);
    this.draw();
    this.stack?.follow(this, group, code, value);
  }

  /* Nearer or wider around the newest third, where the question usually lies. */
  zoom(factor) {
    const [from, to] = this.view.window.map(Trajectory.time);
    const [first, last] = this.windowOf("ALL").map(Trajectory.time);
    const span = Math.min(last - first, Math.max(Trajectory.NARROWEST, (to - from) * factor));
    const end = Math.min(last, to + (span - (to - from)) * (1 / 3));
    this.setWindow(Math.max(first, end - span), Math.max(end, first + span));
  }

  setWindow(from, to) {
    const missing = Math.max(0, Trajectory.NARROWEST - (to - from)) / 2;
    this.view.window = [Trajectory.iso(from - missing), Trajectory.iso(to + missing)];
    const whole = this.windowOf("ALL");
    this.press("window", this.view.window.join() === whole.join() ? "ALL" : null);
    this.draw();
    this.stack?.follow(this, "window", null, this.view.window);
  }

  /* ---- drawing ---- */

  listen() {
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && this.root.contains(button)) this.click(button);
    });
    const redraw = () => this.draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    this.narrow.addEventListener("change", redraw);
    document.addEventListener("change", (event) => event.target.name === "theme" && redraw());
    this.theme = new MutationObserver(redraw);
    this.watchTheme();
    addEventListener("beforeprint", () => this.print());
    addEventListener("afterprint", redraw);
    let width = this.whole.parentElement.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(this.whole.parentElement.clientWidth - width) < 2) return;
      width = this.whole.parentElement.clientWidth;
      redraw();
    }).observe(this.whole.parentElement);
  }

  watchTheme() {
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  draw() {
    if (!this.root.isConnected) return;
    const narrow = this.narrow.matches;
    const palette = new Trajectory.Palette(this.root);
    const width = narrow ? Trajectory.WIDE_ON_NARROW : Math.max(480, this.whole.parentElement.clientWidth);
    this.plot(this.whole, { ...this.common(), width, canDrag: !matchMedia("(pointer: coarse)").matches }, palette);
    this.current.hidden = !narrow;
    if (narrow) {
      const own = { width: this.root.clientWidth, window: this.chosen ? this.view.window : this.windowOf("CURRENT"), narrow: true, fitValues: true, canDrag: false };
      this.plot(this.current, { ...this.common(), ...own }, palette);
      if (!this.scrolled) this.whole.parentElement.scrollLeft = this.whole.parentElement.scrollWidth;
      this.scrolled = true;
    }
    this.root.dataset.state = "drawn";
    const isEmpty = this.meta.points.length === 0;
    this.root.toggleAttribute("data-empty", isEmpty);
    this.message.hidden = true;
    if (isEmpty) this.tell("figure.empty");
    this.tellMissing();
  }

  /* Paper: light and as wide as the sheet, whatever the screen was. */
  print() {
    if (!this.root.isConnected) return;
    this.theme.disconnect();
    const palette = Trajectory.Palette.light(this.root);
    this.theme.takeRecords();
    this.watchTheme();
    this.plot(this.whole, { ...this.common(), width: Trajectory.PAPER_WIDTH, main: Trajectory.PAPER_MAIN }, palette);
    this.current.hidden = true;
  }

  common() {
    const unacknowledged = (this.root.dataset.unacknowledged ?? "").split(" ").filter(Boolean);
    const fitValues = this.view.window.join() !== this.windowOf("ALL").join();
    return { ...this.view, notes: this.notes, atLeast: this.stack?.margins, unacknowledged, fitValues, isToday: this.root.dataset.asOf !== "past" };
  }

  plot(element, view, palette) {
    const { data, layout, haloed, alt } = new Trajectory.Drawing(this.figure, view, this.words, palette).build();
    element.setAttribute("aria-label", `${this.root.dataset.marker}, ${alt}`);
    Plotly.react(element, data, layout, Trajectory.CONFIG);
    this.finish(element, layout, haloed, palette);
    if (!element.dataset.listens) this.follow(element);
  }

  /* Halo behind labels; a view box, so that paper can shrink what it must. */
  finish(element, { width, height }, haloed, palette) {
    Trajectory.halo(element, haloed, palette.of("paper"));
    for (const svg of element.querySelectorAll(".main-svg")) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const svg of element.querySelectorAll(".main-svg")) svg.setAttribute("aria-hidden", "true");
  }

  /* Dragging over the curve zooms; a double click shows everything again. */
  follow(element) {
    element.dataset.listens = "true";
    element.on("plotly_relayout", (change) => {
      const [from, to] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (from && to) this.setWindow(Trajectory.time(from), Trajectory.time(to));
    });
    element.closest("[tabindex]")?.addEventListener("keydown", (event) => this.walk(event, element));
    element.on("plotly_doubleclick", () => this.change("window", "ALL", this.windowOf("ALL")));
  }

  /* Arrow keys go from sample to sample: what the pointer would show is shown, and read out. */
  walk(event, element) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.target !== event.currentTarget || this.narrow.matches) return;
    event.preventDefault();
    const marks = element.data.flatMap((trace, curveNumber) =>
      trace.meta.layer === "mark" ? trace.meta.points.map((at, pointNumber) => ({ at, curveNumber, pointNumber })) : []);
    const seen = marks.filter(({ at, curveNumber, pointNumber }) => {
      const on = this.meta.points[at].on;
      return element.data[curveNumber].y[pointNumber] !== null && on >= this.view.window[0] && on <= this.view.window[1];
    }).sort((a, b) => a.at - b.at);
    if (!seen.length) return;
    const before = seen.findIndex(({ at }) => at === this.at);
    const next = before < 0 ? (step > 0 ? 0 : seen.length - 1) : Math.min(seen.length - 1, Math.max(0, before + step));
    const { at, curveNumber, pointNumber } = seen[next];
    this.at = at;
    Plotly.Fx.hover(element, [{ curveNumber, pointNumber }], element.data[curveNumber].yaxis === "y2" ? "xy2" : "xy");
    this.root.querySelector("[data-spoken]").textContent = new Trajectory.Facts(this.meta, this.words).of(this.meta.points[at]).join(". ");
  }

  /* What has no place on a scale of diagnosis is named, not silently left out. */
  tellMissing() {
    const note = this.root.querySelector("[data-missing]");
    const needsBaseline = ["PCT_BASELINE", "LOG10_REDUCTION"].includes(this.view.scale);
    const reasons = new Map(this.meta.points.filter((point) => point.absent).map((point) => [point.tissue + point.absent, point]));
    note.hidden = !(needsBaseline && reasons.size);
    note.textContent = [...reasons.values()].map(({ tissue, absent }) => this.words.say(`absent.${absent}`, { tissue: this.words.say(`tissue.${tissue}`) })).join(" ");
  }

  /* ---- taken away ---- */

  async download(kind) {
    const name = [this.root.dataset.name, this.meta.marker, this.meta.ruleset, this.meta.as_of, this.meta.known_at && `known-${this.meta.known_at}`].filter(Boolean).join("_").replace(/[^\w.-]+/g, "-");
    if (kind === "csv") return Trajectory.save(`\uFEFF${Trajectory.csv(this.meta)}`, `${name}.csv`, "text/csv;charset=utf-8");
    const palette = Trajectory.Palette.light(this.root);
    const view = { ...this.common(), width: Trajectory.PICTURE.width, title: this.title() };
    const drawn = new Trajectory.Drawing(this.figure, view, this.words, palette).build();
    const svg = await Trajectory.svg(drawn, palette);
    if (kind === "svg") return Trajectory.save(svg, `${name}.svg`, "image/svg+xml");
    return Trajectory.save(await Trajectory.png(svg, drawn.layout), `${name}.png`, "image/png");
  }

  title() {
    const { words, meta } = this;
    const first = [this.root.dataset.name, this.root.dataset.marker, words.say(`scale.${this.view.scale}`)].filter(Boolean).join(" · ");
    const second = words.say("picture.note", { ruleset: words.say(`ruleset.${meta.ruleset}`), date: words.date(meta.as_of) });
    /* the moment is already in the time of the centre: its text is cut, never converted */
    const known = meta.known_at && words.say("picture.known_at", { moment: `${words.date(meta.known_at.slice(0, 10))}, ${meta.known_at.slice(11, 16)}` });
    return [Trajectory.escape(first), [second, known].filter(Boolean).join(" ")];
  }
};

Trajectory.NARROWEST = 21 * Trajectory.MS_PER_DAY;
Trajectory.WIDE_ON_NARROW = 896; /* pixels */
Trajectory.PAPER_WIDTH = 700;
Trajectory.PAPER_MAIN = 215; /* pixels of the curve itself: the page has room for one sheet */
Trajectory.CONFIG = { displayModeBar: false, displaylogo: false, doubleClick: false, showAxisDragHandles: false, showTips: false, responsive: false };

Trajectory.startIn = (scope) => {
  for (const root of scope.querySelectorAll("[data-trajectory][data-state=waiting]")) {
    root.dataset.state = "fetching";
    new Trajectory.Panel(root).start();
  }
};

Trajectory.startIn(document);
document.addEventListener("htmx:load", (event) => Trajectory.startIn(event.target.parentElement ?? document));
