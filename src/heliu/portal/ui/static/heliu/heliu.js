/*
 * Heliu: what a keyboard and a paste need. No dependency; every page works without it.
 *
 * Marks it looks for:
 *   [data-find] find field     [data-filter] filter of the page    a[data-go=h] target of "g h"
 *   [data-key=a] button of a queue that opens its sheet            [data-toast] counts down
 *   form[data-refresh] asks the server again when a choice changes
 *   [data-hints=#list] arrows lead from the field into the list under it, Escape closes the list
 *   form[data-rows] Enter and the arrows up and down lead through its table of fields
 *   form[data-pad] order pad: pad.js      [data-install] puts Heliu on the home screen
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
        field.click();
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

  /* ------------------------------------------ a table of fields
     Enter never sends a half-filled table: it leads on, Ctrl+Enter sends. */
  for (const form of $$("form[data-rows]")) {
    form.addEventListener("keydown", (event) => {
      const row = event.target.closest("tbody tr");
      if (!row || !event.target.matches("input") || event.ctrlKey || event.metaKey) return;
      const fields = (of) => $$("input:not([type=hidden])", of).filter(visible);
      const place = fields(row).indexOf(event.target);
      const inRow = (of) => of && fields(of)[place];
      const all = fields(form);
      const target = {
        Enter: () => all[all.indexOf(event.target) + 1],
        ArrowDown: () => inRow(row.nextElementSibling),
        ArrowUp: () => inRow(row.previousElementSibling),
      }[event.key];
      if (!target) return;
      event.preventDefault();
      const found = target();
      found?.focus();
      found?.select?.();
    });
  }

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
    if (changed) $("form[data-pad], form[data-rows]")?.dispatchEvent(new Event("input"));
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

  /* ---------------------------------------------------------------- hints */
  const seek = $("[data-hints]");
  if (seek) {
    const list = $(seek.dataset.hints);
    const close = () => list.replaceChildren();
    seek.closest(".field").addEventListener("keydown", (event) => {
      const links = $$("a", list);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") {
        close();
        seek.focus();
      } else if (step && links.length) {
        event.preventDefault();
        const next = links.indexOf(document.activeElement) + step;
        (links[next] || seek).focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".field")) close();
    });
  }

  /* ---------------------------------------------------- on the home screen
     [data-install] shows itself where the browser offers to put Heliu there. */
  if (navigator.serviceWorker) navigator.serviceWorker.register("/sw.js").catch(() => {});
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    for (const button of $$("[data-install]")) {
      button.hidden = false;
      button.addEventListener("click", () => event.prompt(), { once: true });
    }
  });

  /* The fields of a page's own script listen by the time this comes. */
  document.addEventListener("DOMContentLoaded", fillAgain);
})();
