/*
 * Passkeys: a form[data-passkey] ("make" or "prove") is shown where the browser knows them.
 *
 * Its address is sent step=begin and answers with what the browser is to be asked; then the form
 * with the browser's answer as "credential", and answers with {next} or {problem}.
 */
(() => {
  "use strict";

  const knows = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
  if (!knows) return;

  const send = async (form, more) => {
    const body = new FormData(form);
    Object.entries(more).forEach(([name, value]) => body.set(name, value));
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    return answer.json();
  };

  const ask = (kind, asked) =>
    kind === "make"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });

  const use = async (form) => {
    const asked = await send(form, { step: "begin" });
    if (asked.problem) return asked;
    const made = await ask(form.dataset.passkey, asked);
    return send(form, { step: "end", credential: JSON.stringify(made.toJSON()) });
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = form.querySelector("[data-problem]");
      told.hidden = true;
      let said = {};
      try {
        said = await use(form);
      } catch {
        said = {}; /* the person said no, or the browser did */
      }
      if (said.next) {
        window.location.assign(said.next);
        return;
      }
      told.textContent = said.problem || form.dataset.failed;
      told.hidden = false;
    });
  });
})();
