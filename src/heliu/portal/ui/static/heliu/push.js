/*
 * Notices on this device: a form[data-push] is shown where the browser can show them. Sent, it asks
 * the browser's push service for a subscription under the house's key (data-push) and posts that.
 */
(() => {
  "use strict";

  const form = document.querySelector("form[data-push]");
  if (!form || !navigator.serviceWorker || !window.PushManager) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

  const subscribe = async () => {
    const { pushManager } = await navigator.serviceWorker.ready;
    const known = await pushManager.getSubscription();
    if (known) await known.unsubscribe(); /* it may be another desk's, or of an older key */
    const wanted = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) };
    return (await pushManager.subscribe(wanted)).toJSON();
  };

  const told = form.querySelector("[data-problem]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.hidden = true;
    try {
      const { endpoint, keys } = await subscribe();
      form.elements.endpoint.value = endpoint;
      form.elements.public.value = keys.p256dh;
      form.elements.secret.value = keys.auth;
      form.submit();
    } catch {
      told.hidden = false; /* the browser, or whoever sits before it, said no */
    }
  });
})();
