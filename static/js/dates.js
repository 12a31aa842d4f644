// A typed date is answered with its weekday, in the words that the server sent along: 2026-12-03 is Thu 3 Dec 2026.
(() => {
  "use strict";
  const TYPED = /^\s*(\d{4})-(\d{2})-(\d{2})\s*$/;

  function dayOf(year, month, day) {
    const date = new Date(Date.UTC(year, month - 1, day));
    const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return exists ? date : null;
  }

  function said(typed, names) {
    const found = TYPED.exec(typed);
    if (!found) return "";
    const [year, month, day] = found.slice(1).map(Number);
    const date = dayOf(year, month, day);
    if (!date) return names.none;
    const weekday = names.weekdays.split("|")[(date.getUTCDay() + 6) % 7];
    const number = day === 1 ? names.first : day;
    return `${weekday} ${number} ${names.months.split("|")[month - 1]} ${found[1]}`;
  }

  function echo(input) {
    const output = document.querySelector(`output[data-day-of="${CSS.escape(input.id)}"]`);
    if (output) output.textContent = said(input.value, output.dataset);
  }

  document.addEventListener("input", (event) => {
    if (event.target.id) echo(event.target);
  });
})();
