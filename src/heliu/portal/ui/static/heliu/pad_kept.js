/*
 * What is typed into the order pad is kept on the device until the server has it.
 *
 * Rows that differ from the draft lie in localStorage under whose pad it is, each with what it was
 * when it was read. When the page is opened again or the network is back they are put into their
 * fields and sent like anything typed; the server puts them beside what others changed meanwhile
 * and shows both where two hands met. Nothing is taken from the device before the server has it.
 */
(() => {
  "use strict";

  const pad = document.querySelector("form[data-pad]");
  if (!pad || !window.heliuPad) return;
  const { rows, fieldsOf, addRow, save } = window.heliuPad;
  const KEY = `heliu-pad:${pad.dataset.owner}`;
  const band = document.getElementById("pad-kept");
  const words = band.querySelector("[data-offline]");
  const wasOf = (row) => row.querySelector("input[name=was]");
  const NOTHING = "\t\t\t";
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const typed = (row) => fieldsOf(row).map((field) => plain(field.value));
  const line = (value) => ["code", "quantity", "remark", "day"].map((name) => plain(value(name) ?? "")).join("\t");
  const ordered = (row) => line((name) => row.querySelector(`input[name=${name}]`).value);
  const stood = (was) => was.split("\t").slice(1).join("\t") || NOTHING;

  function keep() {
    const changed = rows()
      .filter((row) => ordered(row) !== stood(wasOf(row).value))
      .map((row) => ({
        was: wasOf(row).value,
        cells: Object.fromEntries(fieldsOf(row).map((field) => [field.name, field.value])),
      }));
    if (changed.length) localStorage.setItem(KEY, JSON.stringify(changed));
    else localStorage.removeItem(KEY);
    return changed.length;
  }

  function say(which) {
    band.hidden = !which;
    if (which) words.textContent = words.dataset[which];
  }

  const asIt = (was) => (row) => wasOf(row).value === was && ordered(row) === stood(was);

  /* What was kept and does not stand here already: a form that was sent took it along. A row that
     was taken out is missing as long as it stands here. */
  function missing() {
    const there = new Set();
    return JSON.parse(localStorage.getItem(KEY) || "[]").filter(({ was, cells }) => {
      const wanted = line((name) => cells[name]);
      if (wanted === NOTHING) return rows().some(asIt(was));
      const row = rows().find((one) => !there.has(one) && ordered(one) === wanted);
      return row ? !there.add(row) : true;
    });
  }

  /* Put it into the rows it was typed into: by what they were, else into an empty one. */
  function restore() {
    const kept = missing();
    for (const { was, cells } of kept) {
      const empty = (row) => !wasOf(row).value && typed(row).every((text) => !text);
      const row = (was && rows().find(asIt(was))) || rows().find(empty) || addRow();
      wasOf(row).value = was;
      for (const field of fieldsOf(row)) field.value = cells[field.name] ?? "";
      row.hidden = ordered(row) === NOTHING;
    }
    return kept.length;
  }

  pad.addEventListener("heliu:unkept", keep);
  pad.addEventListener("heliu:kept", () => {
    if (!keep()) say("");
  });
  pad.addEventListener("heliu:unreached", () => {
    keep();
    say("offline");
  });
  /* A form that is sent takes everything along; what is refused comes back in the page. */
  pad.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      keep();
      say("offline");
    }
  });
  window.addEventListener("offline", () => say("offline"));
  window.addEventListener("online", () => {
    say("sending");
    save();
  });

  const had = restore();
  keep();
  if (!navigator.onLine) say("offline");
  if (had) {
    say(navigator.onLine ? "sending" : "offline");
    save();
  }
})();
