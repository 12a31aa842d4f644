// What is typed into a form stays in this tab until it is sent: a reload or a signed-out session loses nothing.
// It is kept for the person whose form it is, in this tab only, half a day at most, and forgotten once it is written.
(() => {
  "use strict";
  const PREFIX = "typed:";
  const LONGEST = 12 * 3600 * 1000; // ms
  const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "typed_by", "content"]);

  function store() {
    try {
      return window.sessionStorage;
    } catch {
      return null; // a browser that keeps nothing: the server still keeps what was sent
    }
  }

  function forget(wanted) {
    const kept = store();
    if (!kept) return;
    for (const key of Object.keys(kept)) {
      if (key.startsWith(PREFIX) && wanted(key, JSON.parse(kept.getItem(key)))) kept.removeItem(key);
    }
  }

  function typed(form) {
    return [...new FormData(form)].filter(([name]) => !NEVER_KEPT.has(name));
  }

  function keep(form, sent) {
    store()?.setItem(PREFIX + form.dataset.kept, JSON.stringify({ at: Date.now(), sent, values: typed(form) }));
  }

  function fill(form, values) {
    for (const [name, value] of values) {
      const control = form.elements.namedItem(name);
      if (!control) continue;
      if (control instanceof RadioNodeList) control.value = value;
      else if (control.type === "checkbox") control.checked = true;
      else control.value = value;
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function begin(form) {
    const kept = store()?.getItem(PREFIX + form.dataset.kept);
    const note = document.querySelector("[data-kept-note]");
    if (kept && !("keptShown" in form.dataset)) {
      const before = JSON.stringify(typed(form));
      const { values } = JSON.parse(kept);
      if (JSON.stringify(values) !== before) {
        fill(form, values);
        if (note) note.hidden = false;
      }
    }
    form.addEventListener("input", () => keep(form, false));
    form.addEventListener("submit", () => keep(form, true));
    note?.querySelector("[data-kept-forget]")?.addEventListener("click", () => {
      store()?.removeItem(PREFIX + form.dataset.kept);
      form.reset();
      note.hidden = true;
      form.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  const form = document.querySelector("form[data-kept]");
  const written = document.querySelector("[data-kept-done]");
  const person = form ? form.dataset.kept.split(":")[0] : written?.dataset.keptDone;
  forget((key, entry) => !key.startsWith(`${PREFIX}${person}:`) || Date.now() - entry.at > LONGEST);
  if (written) forget((_key, entry) => entry.sent);
  if (form) begin(form);
})();
