/*
 * The order pad: keys, pasted columns, prices while typing. The page works without it.
 *
 *   <form data-pad data-price-url data-suggest-url data-add-url>
 *     <tr data-row id="row-1"> input[name=code] input[name=quantity] input[name=remark]
 *       input[name=day] input[name=was] what stands in the draft, input[name=n] the row's number
 *     <template data-row-template> one empty row, "__n__" where its number stands
 *       [data-out] button that takes the row out
 *     <textarea name="paste">, [data-undo] button, [data-progress] how far a long list is
 *
 * The price address is sent the whole form and answers with HTML: every element with an id replaces
 * the one on the page, and <tr data-class-for="row-3" class="err" data-was> sets a row's class and
 * what stands in the draft now. Fields are never replaced, so nothing moves under the cursor.
 * Events of the form: "heliu:kept" when the server has the rows, "heliu:unkept" when it was not
 * reached (pad_kept.js listens).
 */
(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const MOST_ROWS_IN_PAGE = 200;
  const ROWS_IN_PART = 1000;
  const REST = 400;
  const REST_LONG = 1200; /* a pad of thousands is judged as a whole each time */
  const SUGGEST_REST = 120;
  const PATIENCE = 30000; /* then the network is taken for gone */
  const AGAIN = 10000; /* a poor one is tried again */
  const pad = $("form[data-pad]");
  if (!pad) return;

  const padRows = () => $$("[data-row]", pad);
  const seenRows = () => padRows().filter((row) => !row.hidden);
  const fieldsOf = (row) => $$("input[name=code], input[name=quantity], input[name=remark], input[name=day]", row);
  const typedIn = (row) => fieldsOf(row).filter((field) => field.type !== "hidden");

  /* ------------------------------------------------------------------ rows */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8") return;
    const bad = padRows().filter((row) => row.classList.contains("err"));
    if (!bad.length) return;
    event.preventDefault();
    const here = bad.findIndex((row) => row.contains(document.activeElement));
    const row = bad[(here + 1) % bad.length];
    ($("[aria-invalid=true]", row) || fieldsOf(row)[0]).focus();
    row.scrollIntoView({ block: "nearest" });
  });

  function addRow() {
    const template = $("template[data-row-template]", pad);
    const place = padRows().at(-1);
    const number = Number($("input[name=n]", place).value) + 1;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(number));
    const row = holder.content.firstElementChild;
    place.after(row);
    return row;
  }

  /* ----------------------------------------------------------------- paste */
  function numberIn(text) {
    const plain = text.normalize("NFKC").replace(/[\s,']/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? plain.replace(/\.0+$/, "") : null;
  }

  /* One to three columns: code, quantity, remark. A head is a first line whose second cell is no
     number while a later one is. What cannot be read is kept exactly as pasted. */
  function readSheet(text) {
    const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim());
    const cells = lines.map((line) => line.split("\t").map((cell) => cell.trim()));
    const numeric = (row) => row.length > 1 && numberIn(row[1]) !== null;
    if (cells.length > 1 && cells[0].length > 1 && !numeric(cells[0]) && cells.slice(1).some(numeric)) {
      cells.shift();
    }
    return cells.map(([code = "", quantity = "", remark = ""]) => ({
      code,
      quantity: numberIn(quantity) ?? quantity,
      remark,
    }));
  }

  let before = null;
  const values = () => padRows().map((row) => fieldsOf(row).map((field) => field.value));

  function remember() {
    before = values();
    $("[data-undo]").hidden = false;
  }

  function fill(sheet, from) {
    remember();
    let row = from;
    for (const [index, line] of sheet.entries()) {
      if (index) row = padRows()[padRows().indexOf(row) + 1] || addRow();
      for (const field of fieldsOf(row)) field.value = line[field.name] ?? field.value;
    }
    changed();
  }

  /* A row that is taken out is empty and not seen; the server takes it out of the draft. */
  function takeOut(row) {
    const there = seenRows();
    const next = there[there.indexOf(row) + 1] || addRow();
    remember();
    for (const field of fieldsOf(row)) field.value = "";
    row.hidden = true;
    fieldsOf(next)[0].focus();
    changed();
  }

  pad.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-out]");
    if (!button) return;
    event.preventDefault();
    takeOut(button.closest("[data-row]"));
  });

  function undo() {
    padRows().forEach((row, index) => {
      row.hidden = false;
      fieldsOf(row).forEach((field, place) => {
        field.value = before?.[index]?.[place] ?? "";
      });
    });
    before = null;
    $("[data-undo]").hidden = true;
    changed();
  }

  pad.addEventListener("paste", (event) => {
    const row = event.target.closest?.("[data-row]");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!row || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const sheet = readSheet(text);
    if (sheet.length > MOST_ROWS_IN_PAGE) readList(text);
    else fill(sheet, row);
  });

  /* ---------------------------------------------- long lists, part by part
     Each part goes under a key of its own, so that one sent twice is read once. */
  async function readList(text) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    const [head, key] = [lines[0], crypto.getRandomValues(new Uint32Array(4)).join("-")];
    const place = $("[data-progress]", pad);
    const [bar, words] = [$("progress", place), $("[data-words]", place)];
    place.hidden = false;
    bar.max = lines.length;
    place.scrollIntoView({ block: "nearest" });
    await save();
    for (let from = 0; from < lines.length; from += ROWS_IN_PART) {
      const part = lines.slice(from, from + ROWS_IN_PART);
      const body = new FormData();
      for (const name of ["csrfmiddlewaretoken", "seller", "pad"]) {
        body.set(name, pad.elements[name].value);
      }
      body.set("part", String(from));
      body.set("paste", (from ? [head, ...part] : part).join("\n"));
      body.set("idempotency_key", `${key}-${from}`);
      const answer = await fetch(pad.dataset.addUrl, { method: "POST", body }).catch(() => null);
      if (!answer?.ok) {
        /* The rest as a plain form: it says what is wrong and keeps what was pasted. */
        $("textarea[name=paste]", pad).value = (from ? [head, ...lines.slice(from)] : lines).join("\n");
        pad.requestSubmit($("[data-read-paste]", pad));
        return;
      }
      bar.value = from + part.length;
      words.textContent = words.dataset.words
        .replace("{n}", bar.value.toLocaleString("en"))
        .replace("{of}", bar.max.toLocaleString("en"));
    }
    location.assign(location.pathname);
  }

  pad.addEventListener("submit", async (event) => {
    if (event.submitter?.dataset.readPaste === undefined) return;
    const text = $("textarea[name=paste]", pad).value;
    const file = $("input[type=file]", pad).files[0];
    const isText = file && /\.(csv|tsv|txt)$/i.test(file.name);
    const long = text.split("\n").length > ROWS_IN_PART && !file;
    if (!long && !(isText && !text.trim() && file.size > 20000)) return;
    event.preventDefault();
    const body = isText ? new Uint8Array(await file.arrayBuffer()) : null;
    readList(body ? decoded(body) : text);
  });

  function decoded(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("gb18030").decode(bytes);
    }
  }

  /* ---------------------------------------------------------------- prices */
  let pricing = 0;
  let sending = null;
  let wanted = false;
  function changed() {
    clearTimeout(pricing);
    pad.dispatchEvent(new CustomEvent("heliu:unkept"));
    pricing = setTimeout(save, pad.elements.leaf ? REST_LONG : REST);
  }

  /* One at a time: two under way would tell the server of one change twice, and only the first
     answer says where somebody else was at the same row. */
  function save() {
    clearTimeout(pricing);
    wanted = true;
    sending ??= sendAll().finally(() => (sending = null));
    return sending;
  }

  async function sendAll() {
    while (wanted) {
      wanted = false;
      await send();
    }
  }

  async function send() {
    let answer;
    try {
      answer = await fetch(pad.dataset.priceUrl, {
        method: "POST",
        body: new FormData(pad),
        headers: { "HX-Request": "true" },
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      pad.dispatchEvent(new CustomEvent("heliu:unreached"));
      pricing = setTimeout(save, AGAIN);
      return; /* off line: the fields keep what was typed and the form can still be sent */
    }
    if (answer.redirected) pad.dispatchEvent(new CustomEvent("heliu:unreached")); /* signed out */
    if (!answer.ok || answer.redirected) return;
    patch(await answer.text());
    pad.dispatchEvent(new CustomEvent("heliu:kept"));
  }

  /* The form goes after what is under way, which may still be older than what it says: the server
     would take the two for two rows. */
  pad.addEventListener("submit", async (event) => {
    clearTimeout(pricing);
    if (!sending || event.defaultPrevented) return;
    event.preventDefault();
    await sending;
    pad.requestSubmit(standing(event.submitter));
  });

  /* The button that was pressed, or the one that an answer has put in its place. */
  function standing(button) {
    const same = (one) => one.type === "submit" && one.name === button.name && one.value === button.value;
    return button && !button.isConnected ? [...pad.elements].find(same) : button;
  }

  function patch(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const fresh of $$("[id]", holder.content)) {
      const old = document.getElementById(fresh.id);
      if (old && !$("input, select, textarea", old)) old.replaceWith(fresh);
    }
    for (const mark of $$("[data-class-for]", holder.content)) {
      const row = document.getElementById(mark.dataset.classFor);
      if (!row) continue;
      const wrong = mark.classList.contains("err");
      row.classList.toggle("err", wrong);
      $("input[name=was]", row).value = mark.dataset.was;
      for (const field of fieldsOf(row)) {
        field.removeAttribute("aria-invalid");
        if (wrong && mark.dataset.field === field.name) field.setAttribute("aria-invalid", "true");
      }
    }
  }

  /* ----------------------------------------------------------- suggestions */
  let suggesting = 0;
  function suggest(event) {
    const list = $("datalist", pad);
    const text = event.target.name === "code" ? event.target.value.trim() : "";
    clearTimeout(suggesting);
    if (!text) return;
    suggesting = setTimeout(async () => {
      const query = new URLSearchParams({ q: text, seller: pad.elements.seller.value });
      const answer = await fetch(`${pad.dataset.suggestUrl}?${query}`).catch(() => null);
      if (!answer?.ok) return;
      const { hits } = await answer.json();
      list.replaceChildren(
        ...hits.map((hit) => {
          const option = document.createElement("option");
          option.value = hit.code;
          option.label = hit.name;
          return option;
        }),
      );
    }, SUGGEST_REST);
  }

  /* ------------------------------------------------------------------ keys */
  pad.addEventListener("input", changed);
  pad.addEventListener("input", suggest);
  pad.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row || event.target.tagName !== "INPUT") return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Delete") {
      event.preventDefault();
      takeOut(row);
    }
    if (event.ctrlKey || event.metaKey) return;
    if (event.target.type === "date" && event.key.startsWith("Arrow")) return; /* they set the day */
    const all = seenRows();
    const place = typedIn(row).indexOf(event.target);
    const cell = (other, index) => other && (typedIn(other)[index] || typedIn(other)[0]);
    const atEnd = event.target.selectionStart === event.target.value.length;
    const atStart = event.target.selectionEnd === 0;
    const below = all[all.indexOf(row) + 1];
    const targets = {
      Enter: () => (place < typedIn(row).length - 1 ? typedIn(row)[place + 1] : cell(below || addRow(), 0)),
      ArrowDown: () => cell(below, place),
      ArrowUp: () => cell(all[all.indexOf(row) - 1], place),
      ArrowRight: () => atEnd && typedIn(row)[place + 1],
      ArrowLeft: () => atStart && place > 0 && typedIn(row)[place - 1],
    };
    const target = targets[event.key]?.();
    if (event.key === "Enter") event.preventDefault();
    if (target) {
      event.preventDefault();
      target.focus();
      target.select();
    }
  });
  $("[data-undo]").addEventListener("click", undo);

  window.heliuPad = { rows: padRows, fieldsOf, addRow, save };
})();
