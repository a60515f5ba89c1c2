/*
 * Heliu: the palette. What the find field of the top bar may mean, under it while one types; without
 * a word the pages of the desk. The server finds (/find); without this the field is its form.
 *
 * The focus stays in the field: arrows choose, Enter opens, Escape closes.
 */
(() => {
  "use strict";

  const field = document.querySelector("[data-find]");
  const box = document.getElementById("palette");
  if (!field || !box) return;

  let chosen = -1;
  const rows = () => [...box.querySelectorAll("[role=option]")];
  const isOfNow = () => box.firstElementChild?.dataset.of === field.value.trim();

  /* `place` is counted round the list; null chooses none. */
  function choose(place) {
    const all = rows();
    chosen = all.length && place !== null ? (place + all.length) % all.length : -1;
    for (const [index, row] of all.entries()) row.setAttribute("aria-selected", index === chosen);
    const row = all[chosen];
    if (row) {
      field.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  const open = () => {
    if (!rows().length || !isOfNow()) field.dispatchEvent(new Event("palette"));
  };

  function close() {
    box.replaceChildren();
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  /* What came too late, for other words or after the field was left, is not shown. */
  box.addEventListener("htmx:afterSwap", () => {
    if (document.activeElement !== field || !isOfNow()) return close();
    field.setAttribute("aria-expanded", "true");
    choose(field.value.trim() ? 0 : null);
  });

  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!rows().length) open();
      else choose(chosen < 0 && step > 0 ? 0 : Math.max(chosen, 0) + step);
    } else if (event.key === "Enter" && !event.isComposing && chosen >= 0 && isOfNow()) {
      event.preventDefault();
      rows()[chosen].click();
    } else if (event.key === "Escape" && rows().length) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });

  field.addEventListener("click", open);
  field.addEventListener("blur", close);
  /* A press on a row must not take the focus out of the field before it is a click. */
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  box.addEventListener("mousedown", (event) => event.preventDefault());
})();
