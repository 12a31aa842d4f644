"use strict";
/* Single letters as shortcuts, where a page offers what they do: never while something is typed, and they can be switched off (WCAG 2.1.4). */
(() => {
  const OFF = "mrd.shortcuts.off";
  const LIST = "mrd.list.of.patients";
  const kept = (store, key) => { try { return store.getItem(key); } catch { return null; } };
  const keep = (store, key, value) => { try { store.setItem(key, value); } catch { /* a browser that keeps nothing */ } };
  const isOff = () => kept(localStorage, OFF) === "1";
  const panel = () => document.querySelector("dialog[data-shortcuts]");

  const isTyped = (target) => target.closest("input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select, [contenteditable=''], [contenteditable='true']") !== null;

  /* The next of several buttons or links, after the one that is pressed or current. */
  const next = (all) => {
    const seen = [...all].filter((one) => one.offsetParent !== null);
    const at = seen.findIndex((one) => one.getAttribute("aria-pressed") === "true" || one.hasAttribute("aria-current"));
    return seen.length > 1 ? seen[(at + 1) % seen.length] : null;
  };

  const focus = (element) => {
    if (!element) return;
    element.closest("details:not([open])")?.setAttribute("open", "");
    if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.setAttribute("tabindex", "-1");
    element.scrollIntoView({ block: "start" });
    element.focus({ preventScroll: true });
  };

  const page = (selector) => document.querySelector(selector);
  const acts = {
    n: () => page("a[rel=next][data-neighbour]")?.click(),
    p: () => page("a[rel=prev][data-neighbour]")?.click(),
    m: () => next(document.querySelectorAll("[data-marker-link]"))?.click(),
    s: () => next(document.querySelectorAll("[data-trajectory] button[data-scale]"))?.click(),
    r: () => next(document.querySelectorAll("[data-trajectory] button[data-window]"))?.click(),
    a: () => focus(page("form.ack input:not([type=hidden]), form.ack textarea, #alerts form input:not([type=hidden])") ?? page("#alerts")),
    t: () => focus(page("#samples table") ?? page("#samples")),
    "/": () => (page("input[type=search]") ? focus(page("input[type=search]")) : page("a[data-search]")?.click()),
    "?": () => (panel().open ? panel().close() : panel().showModal()),
  };

  /* The list one came from, in its order: written when a patient is opened from it, kept for this tab only. */
  const remember = (event) => {
    const link = event.target.closest("main a[href^='/patients/']");
    const rows = link?.closest("[data-patients], table, main");
    if (!link || page("[data-trajectory]") || !rows) return;
    const found = [...rows.querySelectorAll("a[href^='/patients/']")].map((one) => one.pathname).filter((path) => /^\/patients\/\d+\/$/.test(path));
    keep(sessionStorage, LIST, JSON.stringify([...new Set(found)]));
  };

  const neighbours = () => {
    const room = page("[data-neighbours]");
    if (!room) return;
    let list = [];
    try { list = JSON.parse(kept(sessionStorage, LIST) ?? "[]"); } catch { return; }
    const at = list.indexOf(location.pathname);
    for (const [rel, to] of [["prev", list[at - 1]], ["next", list[at + 1]]]) {
      const link = room.querySelector(`a[rel=${rel}]`);
      link.hidden = at < 0 || !to;
      if (!link.hidden) link.href = to;
    }
    room.hidden = at < 0 || list.length < 2;
  };

  document.addEventListener("click", remember);
  document.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (!act || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyped(event.target)) return;
    if (isOff() || !panel() || (panel().open && event.key !== "?")) return;
    event.preventDefault();
    act();
  });

  const start = () => {
    neighbours();
    const dialog = panel();
    if (!dialog) return;
    const on = dialog.querySelector("[data-shortcuts-on]");
    on.checked = !isOff();
    on.addEventListener("change", () => keep(localStorage, OFF, on.checked ? "0" : "1"));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    for (const opener of document.querySelectorAll("[data-shortcuts-open]")) {
      opener.hidden = false;
      opener.addEventListener("click", () => dialog.showModal());
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
