// The reader's colours: system, light or dark. Loaded before the page is drawn, so that nothing flashes.
// Without this file the switch works all the same, by CSS, for one page.
(() => {
  "use strict";
  const KEY = "mrd-theme";
  const THEMES = ["light", "dark"];

  function remembered() {
    try {
      const theme = localStorage.getItem(KEY);
      return THEMES.includes(theme) ? theme : "";
    } catch {
      return ""; // a browser that keeps nothing follows the system
    }
  }

  function remember(theme) {
    try {
      if (theme) localStorage.setItem(KEY, theme);
      else localStorage.removeItem(KEY);
    } catch {
      // the choice then lasts as long as the page
    }
  }

  function show(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    for (const choice of document.querySelectorAll('input[name="theme"]')) {
      choice.checked = choice.value === theme;
    }
  }

  show(remembered());
  document.addEventListener("DOMContentLoaded", () => show(remembered()));
  document.addEventListener("change", (event) => {
    if (event.target.name !== "theme") return;
    remember(event.target.value);
    show(event.target.value);
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) show(remembered());
  });
})();
