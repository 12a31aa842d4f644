// When a part of the page could not be fetched or sent, say so in the page, and leave everything as it was.
(() => {
  "use strict";
  const MARK = "no-answer";

  function take() {
    document.querySelector(`#messages > .${MARK}`)?.remove();
  }

  function tell() {
    take();
    const words = document.getElementById("no-answer")?.content.cloneNode(true);
    const messages = document.getElementById("messages");
    if (!words || !messages) return;
    words.firstElementChild.classList.add(MARK);
    messages.append(words);
    messages.scrollIntoView({ block: "nearest" });
  }

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, tell);
  }
  document.addEventListener("htmx:beforeSend", take);
})();
