// Alerts appear while a page is open. The server says that something changed (a stream), or is asked every few seconds
// where a stream does not come through; what changed is then asked for. Of several tabs one holds the stream.
(() => {
  "use strict";
  const badge = document.querySelector("[data-live]");
  if (!badge) return;

  const SILENT = 4000; // ms; a stream that says nothing at its start is kept back by something in between
  const ASK_SHOWN = 5000; // ms between two questions where there is no stream
  const ASK_HIDDEN = 30000;
  const STREAM_AGAIN = 60000; // ms after which a refused stream is tried again
  const title = document.title;
  const told = document.querySelector("[data-live-told]");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("mrd-alerts") : null;

  let token = null; // of the standing that this page shows
  let shown = ""; // what waited when the list was drawn
  let waiting = null;
  let asking = false;
  let askAgain = false;
  let isOver = false;
  let timer = 0;

  /* ---- what waits ---- */

  function show(now) {
    badge.hidden = now.waiting === 0;
    badge.querySelector("[data-live-number]").textContent = now.waiting;
    badge.querySelector("[data-live-words]").textContent = now.said;
    document.title = now.waiting ? `(${now.waiting}) ${title}` : title;
    if (waiting !== null && now.waiting !== waiting) told.textContent = now.said;
    waiting = now.waiting;
  }

  async function ask() {
    if (isOver) return;
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(`${badge.dataset.liveSince}?shown=${shown}`, { credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 403) isOver = true;
      if (answer.ok) await take(await answer.json());
    } catch {
      // no network at present: the next question, or the next stream, finds out
    }
    asking = false;
    if (askAgain) {
      askAgain = false;
      ask();
    }
  }

  async function take(now) {
    const isNew = token !== null && now.token !== token;
    show(now);
    if (listHere()) {
      if (isNew) await refresh(now); // the list that is drawn brings its own token
    } else {
      token = now.token;
    }
  }

  /* ---- the list ---- */

  // Somebody is at work in the list: a field or a folded part is open, and nothing may be taken away.
  function isInUse(list) {
    if (list.querySelector("details[open], dialog[open], .htmx-request, .opened")) return true;
    const fields = list.querySelectorAll("textarea, select, input:not([type=hidden])");
    return [...fields].some((field) => field.checkVisibility());
  }

  function readList() {
    const list = listHere();
    if (!list) return;
    token = list.dataset.liveToken;
    shown = token.split(".")[1];
  }

  function listHere() {
    return document.querySelector("#list[data-live-token]");
  }

  function placeOf(element, list) {
    if (!list.contains(element)) return null;
    if (element.id) return `#${CSS.escape(element.id)}`;
    const href = element.getAttribute("href");
    return href ? `a[href="${CSS.escape(href)}"]` : null;
  }

  async function refresh(now, isAsked = false) {
    if (!isAsked && isInUse(listHere())) return offer(listHere(), now);
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    const list = listHere();
    if (!isAsked && isInUse(list)) return offer(list, now); // opened while the answer was on its way
    const at = placeOf(document.activeElement, list);
    document.getElementById("live-news")?.remove();
    htmx.swap(list, text, { swapStyle: "outerHTML", settleDelay: 0, swapDelay: 0 });
    if (at) document.querySelector(`#list ${at}`)?.focus({ preventScroll: true });
  }

  function offer(list, now) {
    let news = document.getElementById("live-news");
    if (!news) {
      news = document.getElementById("live-news-words").content.firstElementChild.cloneNode(true);
      news.id = "live-news";
      list.before(news);
      news.querySelector("button").addEventListener("click", () => refresh(now, true));
    }
    news.querySelector("[data-news]").textContent = now.news;
  }

  /* ---- being told ---- */

  function stir() {
    ask();
    others?.postMessage("alerts");
  }

  function askFromTimeToTime() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stir();
      if (!isOver) askFromTimeToTime();
    }, document.hidden ? ASK_HIDDEN : ASK_SHOWN);
  }

  function listen() {
    if (isOver) return;
    const source = new EventSource(badge.dataset.live);
    const silent = setTimeout(giveUp, SILENT);

    function giveUp() {
      clearTimeout(silent);
      source.close();
      if (isOver) return;
      askFromTimeToTime();
      setTimeout(listen, STREAM_AGAIN);
    }

    source.addEventListener("standing", (event) => {
      clearTimeout(silent);
      clearTimeout(timer);
      badge.dataset.liveBy = "stream";
      if (event.data !== token) stir();
    });
    source.addEventListener("alerts", stir);
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) giveUp();
    });
  }

  others?.addEventListener("message", ask);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  document.addEventListener("htmx:afterSwap", readList);
  readList();
  ask();
  if (navigator.locks) navigator.locks.request("mrd-alerts", () => new Promise(listen));
  else listen();
})();
