// The token against forged requests, always the one of the present session: a form that was open while the reader
// signed in again is then still taken, and nothing typed is lost.
(() => {
  "use strict";
  const SAFE = ["get", "head", "options"];

  // Pages in the window of a hospital record have cookies of their own (mrdweb/framed.py).
  const NAME = /^\/(framed|smart)\//.test(location.pathname) ? "framed_csrftoken" : "csrftoken";

  function token() {
    return document.cookie.match(new RegExp(`(?:^|;\\s*)${NAME}=([^;]+)`))?.[1] ?? "";
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (!SAFE.includes(event.detail.verb)) event.detail.headers["X-CSRFToken"] = token();
  });

  document.addEventListener("submit", (event) => {
    const field = event.target.elements.namedItem("csrfmiddlewaretoken");
    if (field && token()) field.value = token();
  });
})();
