// The token against forged requests, always the one of the present session: a form that was open while the reader
// signed in again is then still taken, and nothing typed is lost.
(() => {
  "use strict";
  const SAFE = ["get", "head", "options"];

  function token() {
    return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (!SAFE.includes(event.detail.verb)) event.detail.headers["X-CSRFToken"] = token();
  });

  document.addEventListener("submit", (event) => {
    const field = event.target.elements.namedItem("csrfmiddlewaretoken");
    if (field && token()) field.value = token();
  });
})();
