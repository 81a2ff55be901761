// Asks the browser for a passkey when a form that wants one is sent. Other second factors work without this file.
(() => {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  const field = form.querySelector("[name='credential']");
  const fault = form.querySelector("[data-passkey-fault]");
  form.querySelector("[data-without-script]").remove();
  form.querySelector("button[type='submit']").hidden = false;

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const options = () => {
    const told = JSON.parse(form.dataset.options);
    const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
    const asked = { ...told, challenge: bytes(told.challenge) };
    if (told.user) asked.user = { ...told.user, id: bytes(told.user.id) };
    if (told.excludeCredentials) asked.excludeCredentials = known(told.excludeCredentials);
    if (told.allowCredentials) asked.allowCredentials = known(told.allowCredentials);
    return { publicKey: asked };
  };
  const answer = (made) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };

  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    fault.hidden = true;
    try {
      field.value = answer(await navigator.credentials[form.dataset.passkey](options()));
    } catch {
      fault.hidden = false;
      return;
    }
    form.requestSubmit();
  }, { capture: true });
})();
