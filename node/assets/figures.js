// The form of figures with a script: arrows go from cell to cell, a copied range is pasted as in a table, and the rules
// that saving applies are asked for while somebody types. Without it the form is a form.
"use strict";

(() => {
  const form = document.getElementById("entry-form");
  if (!form) return;
  const CHECK_AFTER_MS = 200;

  const boxes = () => Array.from(form.querySelectorAll("input[data-column]"));
  const inRow = (box) => Array.from(box.closest("tr").querySelectorAll("input[data-column]"));
  /** The boxes of the same column, from this one on. */
  const below = (box) => {
    const column = boxes().filter((it) => it.dataset.column === box.dataset.column);
    return column.slice(column.indexOf(box));
  };

  form.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.matches("input[data-column]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      const next = below(box)[1];
      if (next) next.focus();
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      const column = boxes().filter((it) => it.dataset.column === box.dataset.column);
      const before = column[column.indexOf(box) - 1];
      if (before) before.focus();
    } else if (event.key === "ArrowRight" && box.selectionStart === box.value.length) {
      const next = inRow(box)[inRow(box).indexOf(box) + 1];
      if (next) next.focus();
    } else if (event.key === "ArrowLeft" && box.selectionEnd === 0) {
      const before = inRow(box)[inRow(box).indexOf(box) - 1];
      if (before) before.focus();
    }
  });

  form.addEventListener("focusin", (event) => {
    if (event.target.matches("input[data-column]")) event.target.select();
  });

  // A range of a table comes as lines of cells parted by tabs: rows go down the column, cells along the row.
  form.addEventListener("paste", (event) => {
    const box = event.target;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!box.matches("input[data-column]") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const starts = below(box);
    text.split("\n").forEach((line, index) => {
      const start = starts[index];
      if (!start) return;
      const row = inRow(start).slice(inRow(start).indexOf(start));
      line.split("\t").forEach((cell, at) => {
        if (row[at]) row[at].value = cell.trim();
      });
    });
    form.dataset.dirty = "";
    later();
  });

  let timer = 0;
  let asked = 0;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(check, CHECK_AFTER_MS);
  }

  async function check() {
    asked += 1;
    const mine = asked;
    try {
      const response = await fetch(form.dataset.check, {
        method: "POST",
        headers: { "X-Csrf": document.body.dataset.csrf, "X-Fragment": "1" },
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      });
      if (!response.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const place of form.querySelectorAll("[id^='rule-']")) {
        const said = page.getElementById(place.id);
        place.textContent = said ? said.textContent : "";
      }
    } catch {
      // Saving applies the same rules.
    }
  }

  form.addEventListener("input", later);
})();
