// Svod's pages with a script. Every page works without it: it only sends the page's own forms in the background and
// swaps the blocks marked `data-live` of the page that comes back. What somebody is typing is never swapped.
"use strict";

(() => {
  const words = document.body.dataset;

  // Swapping ---------------------------------------------------------------------------------------------------------

  const isDirty = (element) =>
    element.matches("[data-dirty]") || element.querySelector("[data-dirty]") !== null;

  /** What the reader did to the page and the server does not know. */
  function keep(from, to) {
    const open = from.querySelectorAll("details");
    to.querySelectorAll("details").forEach((it, index) => {
      if (open[index] && open[index].open) it.open = true;
    });
    const said = from.querySelectorAll("[data-saved-at]");
    to.querySelectorAll("[data-saved-at]").forEach((it, index) => {
      if (said[index]) it.replaceWith(said[index].cloneNode(true));
    });
  }

  /** Replaces a block, or, where something in it is being typed, the live blocks inside it. Says if anything changed. */
  function swap(from, to) {
    keep(from, to);
    if (from.isEqualNode(to)) return false;
    if (!isDirty(from)) {
      from.replaceWith(to);
      return true;
    }
    if (from.matches("[data-dirty]")) return false;
    let changed = false;
    for (const inner of from.querySelectorAll("[data-live][id]")) {
      const fresh = to.querySelector("#" + CSS.escape(inner.id));
      if (fresh && inner.isConnected && swap(inner, fresh)) changed = true;
    }
    return changed;
  }

  // These change with every exchange and are seen where they stand: no need to announce them.
  const QUIET = ["nav", "exchange"];

  /** Swaps the outermost live blocks of the page for those of `fresh`; `ids` names the only ones to take. */
  function swapPage(fresh, ids) {
    const active = document.activeElement && document.activeElement.id;
    const scroll = window.scrollY;
    let changed = false;
    reveal(fresh);
    for (const block of document.querySelectorAll("[data-live][id]")) {
      if (!block.isConnected || block.parentElement.closest("[data-live]")) continue;
      if (ids && !ids.includes(block.id)) continue;
      const next = fresh.getElementById(block.id);
      if (next && swap(block, next) && !QUIET.includes(block.id)) changed = true;
    }
    if (active && document.activeElement === document.body) {
      const again = document.getElementById(active);
      if (again) again.focus({ preventScroll: true });
    }
    window.scrollTo({ top: scroll });
    return changed;
  }

  function parse(text) {
    return new DOMParser().parseFromString(text, "text/html");
  }

  async function load(address, byItself) {
    const headers = byItself ? { "X-Fragment": "1", "X-By-Itself": "1" } : { "X-Fragment": "1" };
    const response = await fetch(address, { headers, credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    if (response.redirected && new URL(response.url).pathname === ENTRANCE) {
      lock();
      throw new Error("locked");
    }
    return parse(await response.text());
  }

  /** Sends a form's fields and gives the page that comes back, with its status. */
  async function send(address, fields) {
    const response = await fetch(address, {
      method: "POST",
      headers: { "X-Csrf": words.csrf, "X-Fragment": "1" },
      body: fields,
      credentials: "same-origin",
    });
    // Nobody is in any more: what was typed stays until somebody is.
    if (response.status === 401) throw new Error("locked");
    return { status: response.status, page: parse(await response.text()) };
  }

  /** A page that asks instead of saving takes the place of the one that was shown. */
  function showInstead(page) {
    const content = page.getElementById("content") || page.querySelector("main");
    const here = document.getElementById("content");
    if (content && here) {
      here.replaceWith(content);
      content.focus();
    }
  }

  let noteTimer = 0;
  function note(text) {
    const place = document.getElementById("note");
    place.textContent = text;
    place.classList.add("on");
    clearTimeout(noteTimer);
    noteTimer = setTimeout(() => place.classList.remove("on"), 4000);
  }

  function clock() {
    return new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  }

  // What arrives by exchange -----------------------------------------------------------------------------------------

  let refreshing = false;
  let again = false;
  let saving = 0;

  async function refresh() {
    if (refreshing || saving > 0) {
      again = true;
      return;
    }
    refreshing = true;
    try {
      if (swapPage(await load(location.href, true), null)) note(words.note);
    } catch {
      // The next event asks again.
    } finally {
      refreshing = false;
      if (again) {
        again = false;
        setTimeout(refresh, 200);
      }
    }
  }

  let events = null;
  function listen() {
    if (events || !document.querySelector("[data-live]")) return;
    events = new EventSource("/events");
    events.addEventListener("changed", () => setTimeout(refresh, 100));
  }
  // A browser holds six connections to one host: a page that is not looked at gives its own back.
  function leave() {
    if (events) events.close();
    events = null;
  }
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      leave();
    } else {
      listen();
      refresh();
    }
  });

  // Nobody at the computer ------------------------------------------------------------------------------------------

  const ENTRANCE = "/people/enter";
  const DEED_NOTED_MS = 60000;

  /** Leaves the page for the entrance, unless something is being typed that would be lost. */
  function lock() {
    if (document.querySelector("[data-dirty]")) return;
    location.href = ENTRANCE + "?back=" + encodeURI(location.pathname);
  }

  if (words.idle) {
    const idle = Number(words.idle);
    let noted = Date.now();
    let timer = setTimeout(lock, idle);
    const deed = () => {
      clearTimeout(timer);
      timer = setTimeout(lock, idle);
      if (Date.now() - noted < DEED_NOTED_MS) return;
      noted = Date.now();
      fetch("/people/here", { credentials: "same-origin" }).catch(() => {});
    };
    for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, deed, { passive: true });
  }

  // A cell of the table ----------------------------------------------------------------------------------------------

  const shown = (cell) => (cell.querySelector(".nothing") ? "" : cell.textContent);

  function fit(box) {
    box.style.height = "auto";
    box.style.height = box.scrollHeight + 2 + "px";
  }

  function edit(cell, first) {
    const box = document.createElement("textarea");
    box.className = "cell-box";
    box.rows = 1;
    box.value = first === undefined ? shown(cell) : first;
    box.setAttribute("aria-label", cell.dataset.label);
    box.dataset.dirty = "";
    const state = document.createElement("span");
    state.className = "cell-state";
    state.setAttribute("role", "status");
    cell.hidden = true;
    cell.dataset.dirty = "";
    cell.after(box, state);
    fit(box);
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    let done = false;

    const close = () => {
      done = true;
      box.remove();
      state.remove();
      cell.hidden = false;
      cell.removeAttribute("data-dirty");
    };
    const save = async (after) => {
      if (done) return;
      if (box.value.trim() === shown(cell).trim()) {
        close();
        after(cell);
        return;
      }
      done = true;
      saving += 1;
      state.className = "cell-state";
      state.textContent = words.saving;
      try {
        const answer = await sendCell(cell, box.value);
        close();
        if (answer.status >= 400) {
          showInstead(answer.page);
        } else {
          swapPage(answer.page, null);
          after(document.getElementById(cell.id) || cell);
          note(words.saved + " " + clock());
        }
      } catch {
        done = false;
        state.className = "cell-state failed";
        state.textContent = words.failed;
      } finally {
        saving -= 1;
        if (again) refresh();
      }
    };

    box.addEventListener("input", () => fit(box));
    box.addEventListener("blur", () => save(() => {}));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        close();
        cell.focus();
      } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        save((now) => focusCell(now, 0, 1));
      } else if (event.key === "Tab") {
        const next = beside(cell, event.shiftKey ? -1 : 1);
        if (!next) return;
        event.preventDefault();
        save(() => {
          const now = document.getElementById(next.id);
          if (now) edit(now);
        });
      }
    });
  }

  function sendCell(cell, value) {
    const name = cell.dataset.edit;
    const fields = new URLSearchParams();
    fields.set(name, value);
    fields.set("was-" + name, shown(cell));
    fields.set("seen-" + name, cell.dataset.seen);
    fields.set("back", location.pathname + location.search);
    return send(cell.closest("[data-action]").dataset.action, fields);
  }

  const cells = (cell) => Array.from(cell.closest("[data-grid]").querySelectorAll("a[data-edit]"));
  const row = (cell) => Array.from(cell.closest("tr").querySelectorAll("a[data-edit]"));

  function beside(cell, step) {
    const all = cells(cell);
    return all[all.indexOf(cell) + step];
  }

  /** Moves to the cell so many columns and rows away. */
  function focusCell(cell, columns, rows) {
    if (columns) {
      const next = row(cell)[row(cell).indexOf(cell) + columns];
      if (next) next.focus();
      return;
    }
    const all = cells(cell).filter((it) => it.dataset.edit === cell.dataset.edit);
    const next = all[all.indexOf(cell) + rows] || cell;
    const now = document.getElementById(next.id);
    if (now) now.focus();
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest && event.target.closest("a[data-edit]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "F2" || event.key === "Enter") {
      event.preventDefault();
      edit(cell);
    } else if (ARROWS[event.key]) {
      event.preventDefault();
      focusCell(cell, ARROWS[event.key][0], ARROWS[event.key][1]);
    } else if (event.key.length === 1 && event.key !== " ") {
      event.preventDefault();
      edit(cell, event.key);
    }
  });

  // Keys of every page: Ctrl+K searches, Ctrl+Z outside of a text box asks what to undo, arrows move through a list.
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const find = document.querySelector("[data-find]");
    if ((event.ctrlKey || event.metaKey) && (key === "k" || key === "л") && find) {
      event.preventDefault();
      find.focus();
      find.select();
      return;
    }
    const undo = document.querySelector("a[data-undo]");
    const isTyping = event.target.matches && event.target.matches("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && (key === "z" || key === "я") && undo && !isTyping) {
      event.preventDefault();
      undo.click();
      return;
    }
    const list = document.querySelector("[data-arrows]");
    if (!list || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const links = [...list.querySelectorAll("a[href]")];
    const at = links.indexOf(document.activeElement);
    if (at < 0 && isTyping && event.key === "ArrowUp") return;
    const next = links[at < 0 ? 0 : at + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });

  // Pressing ---------------------------------------------------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const cell = event.target.closest("a[data-edit]");
    if (cell) {
      event.preventDefault();
      edit(cell);
      return;
    }
    const link = event.target.closest("a[data-swap]");
    if (link) {
      event.preventDefault();
      const address = link.href;
      try {
        swapPage(await load(address), link.dataset.swap.split(" "));
        history.pushState({}, "", address);
      } catch {
        location.href = address;
      }
      return;
    }
    const proof = event.target.closest("a[href^='#proof-']");
    if (proof && document.getElementById("proof")) {
      event.preventDefault();
      const address = new URL(location.href);
      address.searchParams.set("proof", proof.hash.slice("#proof-".length));
      try {
        swapPage(await load(address), ["proof"]);
        history.replaceState({}, "", address);
      } catch {
        location.hash = proof.hash;
      }
      return;
    }
    if (event.target.closest("[data-print]")) window.print();
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const source = document.getElementById(copy.dataset.copy);
      source.select();
      try {
        await navigator.clipboard.writeText(source.value);
      } catch {
        document.execCommand("copy");
      }
      note(copy.dataset.copied);
    }
  });

  addEventListener("popstate", () => refresh());

  // Forms that save by themselves ------------------------------------------------------------------------------------

  async function autosave(form) {
    if (!form.reportValidity()) return;
    const state = form.querySelector("[data-saved-at]");
    const typed = new URLSearchParams(new FormData(form));
    saving += 1;
    state.className = "saved";
    state.textContent = words.saving;
    try {
      const answer = await send(form.action, typed);
      const stillSame = typed.toString() === new URLSearchParams(new FormData(form)).toString();
      if (stillSame) form.removeAttribute("data-dirty");
      if (answer.status >= 400) {
        showInstead(answer.page);
      } else {
        swapPage(answer.page, null);
        const now = document.getElementById(form.id);
        const place = now && now.querySelector("[data-saved-at]");
        if (place) place.textContent = words.saved + " " + clock();
      }
    } catch {
      state.className = "saved failed";
      state.textContent = words.failed;
    } finally {
      saving -= 1;
      if (again) refresh();
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && event.target.type !== "hidden") form.dataset.dirty = "";
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("[data-autosave]")) autosave(form);
    // Unlike submit(), this tells the listener below, which takes the mark of unsaved input off.
    if (form && event.target.matches("[data-send-at-once]")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-autosave]")) {
      event.preventDefault();
      autosave(event.target);
    } else {
      event.target.removeAttribute("data-dirty");
    }
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-dirty]")) event.preventDefault();
  });

  // A file dropped on its field --------------------------------------------------------------------------------------

  for (const area of document.querySelectorAll("[data-drop]")) {
    const input = area.querySelector("input[type=file]");
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      area.classList.add("over");
    });
    area.addEventListener("dragleave", () => area.classList.remove("over"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("over");
      input.files = event.dataTransfer.files;
      if (input.files.length > 0) area.closest("form").requestSubmit();
    });
  }

  /** Shows what makes sense only with a script. */
  function reveal(root) {
    root.querySelectorAll("button[data-print][hidden], button[data-copy][hidden]").forEach((it) => {
      it.hidden = false;
    });
  }

  reveal(document);
  listen();
})();
