/*
 * Heliu: what a keyboard and a paste need. No dependency; every page works without it.
 *
 * Marks it looks for:
 *   [data-find] find field     [data-filter] filter of the page    a[data-go=h] target of "g h"
 *   [data-key=a] button of a queue that opens its sheet            [data-toast] counts down
 *   form[data-refresh] asks the server again when a choice changes
 *   form[data-pad] order pad, see the second part
 */
(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const visible = (element) => element && element.offsetParent !== null;

  /* ------------------------------------------------------------- keyboard */
  const lettersOff = () => localStorage.getItem("heliu-letters") === "off";
  const typing = (target) =>
    target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  const rows = () =>
    $$(".tbl tbody tr, .qrow").filter((row) => visible(row) && rowLink(row));
  const rowLink = (row) => (row.matches("a[href]") ? row : $("a[href]", row));

  function moveRow(step) {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
    if (next) rowLink(next).focus();
  }

  function pressFilled() {
    const inside = document.activeElement?.closest("dialog, form, .stage") || document;
    const button =
      $$(".btn.pri", inside).find(visible) || $$(".btn.pri").find(visible);
    if (button) button.click();
    return Boolean(button);
  }

  let afterG = 0;

  const letters = {
    j: () => moveRow(1),
    k: () => moveRow(-1),
    x: () => $("input[type=checkbox]", document.activeElement?.closest("tr") || document.body)?.click(),
    "?": () => $("#keys")?.showModal(),
    "/": () => $("[data-filter]")?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") {
      const field = $("[data-find]");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
      return;
    }
    if (command && event.key === "Enter") {
      if (pressFilled()) event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      const menu = $$("details.menu[open]").pop();
      if (menu) {
        menu.open = false;
        $("summary", menu).focus();
      }
      return;
    }
    if (event.key === "F8" && nextBadRow()) {
      event.preventDefault();
      return;
    }
    if (command || event.altKey || typing(event.target) || lettersOff()) return;
    if (afterG && Date.now() - afterG < 1200) {
      afterG = 0;
      const target = $(`a[data-go="${CSS.escape(event.key)}"]`);
      if (target) {
        event.preventDefault();
        target.click();
      }
      return;
    }
    if (event.key === "g") {
      afterG = Date.now();
      return;
    }
    const keyed = $(`[data-key="${CSS.escape(event.key)}"]`);
    const act = visible(keyed) ? () => keyed.click() : letters[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  const toggle = $("[data-keys-toggle]");
  if (toggle) {
    const say = () => {
      toggle.textContent = lettersOff() ? toggle.dataset.on : toggle.dataset.off;
    };
    toggle.addEventListener("click", () => {
      localStorage.setItem("heliu-letters", lettersOff() ? "on" : "off");
      say();
    });
    say();
  }

  /* ---------------------------------------------------- rows, menus, toasts */
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const row = event.target.closest(".tbl:not(.pad) tbody tr");
    const busy = event.target.closest("a, button, input, select, textarea, label, summary");
    if (row && !busy && !String(getSelection())) {
      const link = $("a[href]:only-of-type", row.cells[0] || row);
      if (link) link.click();
    }
  });

  for (const toast of $$("[data-toast]")) {
    const left = document.createElement("span");
    left.className = "t";
    left.setAttribute("aria-hidden", "true");
    toast.append(left);
    let seconds = 10;
    const timer = setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return;
      seconds -= 1;
      left.textContent = `${seconds} s`;
      if (seconds <= 0) {
        clearInterval(timer);
        toast.remove();
      }
    }, 1000);
  }

  /* ------------------------------------------------ a form is sent only once
     The idempotency key lies in the form and is never made anew here, so that a retry after a
     lost answer carries the same key and the server acts once. */
  const RETRY_AFTER = 10000;
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of $$("button[aria-disabled=true]", form)) button.removeAttribute("aria-disabled");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    setTimeout(() => {
      if (event.defaultPrevented && !form.hasAttribute("hx-post")) return;
      form.dataset.sent = "1";
      event.submitter?.setAttribute("aria-disabled", "true");
      setTimeout(() => release(form), RETRY_AFTER);
    });
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach(release));

  /* ------------------------------------------ choices that change the page
     A choice sends the form's own button, so that without this the button does the same; with this
     nobody needs to see it. */
  for (const form of $$("form[data-refresh]")) {
    const button = $("[data-refresh-button]", form);
    form.addEventListener("change", () => form.requestSubmit(button));
    if (button) button.hidden = true;
  }

  /* ------------------------------------- what was typed stays over a new language
     The words of the page come anew from the server; its fields are kept in this tab and filled in
     again. Passwords, keys and tokens are never kept. */
  const KEPT = "heliu-typed";
  const fields = () =>
    $$("main input, main textarea, main select").filter(
      (field) => field.name && !/^(hidden|password|file|submit)$/.test(field.type),
    );
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[action$='/language']")) return;
    const kept = fields().map((field) => [field.name, field.checked, field.value]);
    sessionStorage.setItem(KEPT, JSON.stringify({ page: location.href, kept }));
  });
  function fillAgain() {
    const text = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    const { page, kept } = JSON.parse(text || "{}");
    if (page !== location.href) return;
    let changed = false;
    for (const [index, field] of fields().entries()) {
      const [name, checked, value] = kept[index] || [];
      if (name !== field.name) continue;
      const isChoice = /^(checkbox|radio)$/.test(field.type);
      if (isChoice ? field.checked === checked || field.value !== value : field.value === value) continue;
      if (isChoice) field.checked = checked;
      else field.value = value;
      changed = true;
    }
    if (changed) $("form[data-pad]")?.dispatchEvent(new Event("input"));
  }

  /* ---------------------------------------------------------------- signature
     <form data-sign> with .pen canvas and input[name=signature]: what is drawn goes into the field
     as a PNG. Without this the field stays away and a photo is the proof. */
  for (const form of $$("form[data-sign]")) {
    const pen = $(".pen", form);
    const canvas = $("canvas", pen);
    const field = $("input[name=signature]", form);
    const ink = canvas.getContext("2d");
    const spot = (event) => {
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    };
    const clear = () => {
      ink.fillStyle = "#fff";
      ink.fillRect(0, 0, canvas.width, canvas.height);
      field.value = "";
    };
    pen.hidden = false;
    clear();
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      Object.assign(ink, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
      ink.beginPath();
      ink.moveTo(...spot(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      ink.lineTo(...spot(event));
      ink.stroke();
    });
    canvas.addEventListener("pointerup", () => {
      canvas.toBlob((blob) => {
        const files = new DataTransfer();
        files.items.add(new File([blob], "signature.png", { type: "image/png" }));
        field.files = files.files;
      }, "image/png");
    });
    $("button", pen).addEventListener("click", clear);
  }

  /* --------------------------------------------------------------- order pad
     <form data-pad data-price-url="/pad/price" data-suggest-url="/suggest">
       <tr data-row id="row-1"> input[name=code] input[name=quantity] [input[name=remark]]
       <template data-row-template> one empty row, "__n__" where its number stands
       <textarea name="paste">, [data-undo-paste] button
     The price address is sent the whole form and answers with HTML: every element with an id
     replaces the one on the page, and <tr data-class-for="row-3" class="err"> sets a row's class.
     Fields are never replaced, so nothing moves under the cursor. The suggest address answers with
     {hits: [{code, name}]} for what is typed into a code field; they fill the <datalist>. */
  const MOST_ROWS_IN_PAGE = 200;
  const REST = 400;
  const SUGGEST_REST = 120;
  const pad = $("form[data-pad]");
  const padRows = () => (pad ? $$("[data-row]", pad) : []);
  const fieldsOf = (row) => $$("input[name=code], input[name=quantity], input[name=remark]", row);
  const typedIn = (row) => fieldsOf(row).filter((field) => field.type !== "hidden");

  function nextBadRow() {
    const bad = padRows().filter((row) => row.classList.contains("err"));
    if (!bad.length) return false;
    const here = bad.findIndex((row) => row.contains(document.activeElement));
    const row = bad[(here + 1) % bad.length];
    ($("[aria-invalid=true]", row) || fieldsOf(row)[0]).focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function addRow() {
    const template = $("template[data-row-template]", pad);
    if (!template) return null;
    const place = padRows().at(-1);
    const number = padRows().length + 1;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(number));
    const row = holder.content.firstElementChild;
    place.after(row);
    return row;
  }

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

  function fill(sheet, from) {
    before = values();
    let row = from;
    for (const [index, line] of sheet.entries()) {
      if (index) row = padRows()[padRows().indexOf(row) + 1] || addRow();
      if (!row) break;
      for (const field of fieldsOf(row)) field.value = line[field.name] ?? field.value;
    }
    const undo = $("[data-undo-paste]");
    if (undo) undo.hidden = false;
    price();
  }

  function undoPaste() {
    padRows().forEach((row, index) => {
      fieldsOf(row).forEach((field, place) => {
        field.value = before?.[index]?.[place] ?? "";
      });
    });
    before = null;
    $("[data-undo-paste]").hidden = true;
    price();
  }

  let pricing = 0;
  let asked = 0;
  function price() {
    if (!pad.dataset.priceUrl) return;
    clearTimeout(pricing);
    pricing = setTimeout(async () => {
      const turn = ++asked;
      let answer;
      try {
        answer = await fetch(pad.dataset.priceUrl, {
          method: "POST",
          body: new FormData(pad),
          headers: { "HX-Request": "true" },
        });
      } catch {
        return; /* off line: the fields keep what was typed and the form can still be sent */
      }
      if (!answer.ok || turn !== asked) return;
      patch(await answer.text());
    }, REST);
  }

  let suggesting = 0;
  function suggest(event) {
    const list = $("datalist", pad);
    const text = event.target.name === "code" ? event.target.value.trim() : "";
    clearTimeout(suggesting);
    if (!list || !text || !pad.dataset.suggestUrl) return;
    suggesting = setTimeout(async () => {
      const seller = $("input[name=seller]", pad)?.value || "";
      const query = new URLSearchParams({ q: text, seller });
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
      row.classList.toggle("err", mark.classList.contains("err"));
      for (const field of fieldsOf(row)) {
        const wrong = mark.classList.contains("err") && mark.dataset.field === field.name;
        field.removeAttribute("aria-invalid");
        if (wrong) field.setAttribute("aria-invalid", "true");
      }
    }
  }

  if (pad) {
    pad.addEventListener("input", price);
    pad.addEventListener("input", suggest);
    pad.addEventListener("paste", (event) => {
      const row = event.target.closest?.("[data-row]");
      const text = event.clipboardData?.getData("text/plain") || "";
      if (!row || !/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      const sheet = readSheet(text);
      const whole = $("textarea[name=paste]", pad);
      if (sheet.length > MOST_ROWS_IN_PAGE && whole) {
        whole.value = text;
        pad.requestSubmit($("[data-read-paste]", pad) || undefined);
        return;
      }
      fill(sheet, row);
    });
    pad.addEventListener("keydown", (event) => {
      const row = event.target.closest?.("[data-row]");
      if (!row || event.target.tagName !== "INPUT" || event.ctrlKey || event.metaKey) return;
      const all = padRows();
      const place = typedIn(row).indexOf(event.target);
      const cell = (other, index) => other && (typedIn(other)[index] || typedIn(other)[0]);
      const atEnd = event.target.selectionStart === event.target.value.length;
      const atStart = event.target.selectionEnd === 0;
      const below = all[all.indexOf(row) + 1];
      const targets = {
        Enter: () => (place === 0 ? cell(row, 1) : cell(below || addRow(), 0)),
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
    $("[data-undo-paste]")?.addEventListener("click", undoPaste);
  }

  fillAgain();
})();
