// Comforts only: every page works without this file.
(() => {
  "use strict";
  document.documentElement.classList.add("has-script");

  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }

  // One press, one submission: a double click must not record a consent twice.
  for (const form of document.querySelectorAll("form[method='post']")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  const opener = document.querySelector("[data-open-all]");
  if (opener) {
    opener.addEventListener("click", () => {
      const open = opener.getAttribute("aria-pressed") !== "true";
      opener.setAttribute("aria-pressed", String(open));
      for (const item of document.querySelectorAll(".purpose > details")) item.open = open;
    });
  }
})();
