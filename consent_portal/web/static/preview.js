// Refreshes the preview of the notices by itself; without this file the button "Show preview" does it.
(() => {
  "use strict";
  const form = document.getElementById("settings");
  const pages = document.getElementById("preview-pages");
  const state = document.getElementById("preview-state");
  if (!form || !pages || !state) return;
  const PAUSE = 600; // milliseconds after the last key
  let timer = 0;
  let latest = 0;

  const picture = (page) => {
    const image = document.createElement("img");
    image.className = "preview";
    image.src = page.src;
    image.alt = page.alt;
    return image;
  };

  const show = (answer) => {
    state.textContent = answer.problem || "";
    if (!answer.pages.length) return;
    form.elements.trial.value = answer.trial;
    pages.replaceChildren(...answer.pages.map(picture));
  };

  const refresh = async () => {
    const mine = ++latest;
    state.textContent = pages.dataset.waiting;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      const found = answer.ok ? await answer.json() : { problem: pages.dataset.away, pages: [] };
      if (mine === latest) show(found);
    } catch {
      if (mine === latest) state.textContent = pages.dataset.away;
    }
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE);
  });
})();
