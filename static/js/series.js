// The grid of a series: Enter and arrows move between rows, a block is pasted from a spreadsheet, F8 goes to what is wrong.
(() => {
  "use strict";
  const form = document.getElementById("series");
  if (!form) return;
  const MOST_ROWS = 96;
  const CELLS = "input[type=text], select";
  let before = null; // the cell that has the focus, as it was when it got it

  const bodies = () => [...form.querySelectorAll("tbody[data-row]")];
  const cells = (body) => [...body.querySelectorAll(`tr:first-child ${CELLS.replace(", ", ", tr:first-child ")}`)];

  function place(cell) {
    const rows = bodies();
    const row = rows.findIndex((body) => body.contains(cell));
    return row < 0 ? null : { row, column: cells(rows[row]).indexOf(cell) };
  }

  function go(row, column) {
    const body = bodies()[row];
    if (!body) return false;
    cells(body)[column]?.focus();
    return true;
  }

  function addRow() {
    const rows = bodies();
    if (rows.length >= MOST_ROWS) return false;
    const last = rows[rows.length - 1];
    const old = last.dataset.row;
    const fresh = `row-${rows.length + 1}`;
    const body = last.cloneNode(true);
    body.dataset.row = fresh;
    for (const element of body.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby", "data-day-of"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replaceAll(old, fresh));
      }
    }
    for (const cell of cells(body)) {
      cell.value = "";
      cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+/, String(rows.length + 1)));
    }
    for (const answer of body.querySelectorAll(`#out-${fresh}, #say-${fresh}`)) answer.replaceChildren();
    body.querySelector("th").textContent = String(rows.length + 1);
    last.after(body);
    form.elements.namedItem("rows").value = String(rows.length + 1);
    return true;
  }

  function put(cell, text) {
    if (cell.tagName !== "SELECT") {
      cell.value = text;
      return;
    }
    const wanted = text.toLowerCase();
    const option = [...cell.options].find(
      (each) => each.value.toLowerCase() === wanted || each.text.toLowerCase() === wanted,
    );
    cell.value = option ? option.value : "";
  }

  function paste(event) {
    const start = place(event.target);
    const text = event.clipboardData?.getData("text") ?? "";
    if (!start || !/[\t\n\r]/.test(text.trimEnd())) return; // one cell: the browser pastes it
    event.preventDefault();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    lines.forEach((line, down) => {
      if (!bodies()[start.row + down] && !addRow()) return;
      const row = cells(bodies()[start.row + down]);
      line.split("\t").forEach((value, right) => {
        const cell = row[start.column + right];
        if (cell) put(cell, value.trim());
      });
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function nextRemark(from) {
    const rows = bodies();
    for (let step = 1; step <= rows.length; step += 1) {
      const body = rows[(from + step) % rows.length];
      const remark = body.querySelector(".say, .problems");
      if (!remark) continue;
      const cell = remark.dataset.cell ? cells(body).find((each) => each.name.endsWith(remark.dataset.cell)) : null;
      (cell ?? cells(body)[0]).focus();
      return;
    }
  }

  form.addEventListener("focusin", (event) => {
    before = event.target.matches(CELLS) ? { cell: event.target, value: event.target.value } : null;
  });
  form.addEventListener("paste", paste);
  form.addEventListener("keydown", (event) => {
    const at = event.target.matches(CELLS) ? place(event.target) : null;
    if (event.key === "F8") {
      event.preventDefault();
      nextRemark(at ? at.row : -1);
    } else if (!at) {
      return;
    } else if (event.key === "Escape" && before?.cell === event.target) {
      event.target.value = before.value;
    } else if (event.key === "Enter") {
      event.preventDefault(); // Enter moves on; only the buttons send
      if (at.row + 1 < bodies().length || addRow()) go(at.row + 1, at.column);
    } else if (event.target.tagName !== "SELECT" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      go(at.row + (event.key === "ArrowDown" ? 1 : -1), at.column);
    }
  });
})();
