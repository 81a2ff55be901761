// Refreshes the preview of the notices by itself; without this file the button "Show preview" does it.
(() => {
  "use strict";
  const form = document.getElementById("settings");
  const pages = document.getElementById("preview-pages");
  const state = document.getElementById("preview-state");
  if (!form || !pages || !state) return;
  const PAUSE = 600; // milliseconds after the last key
  let timer = 0;
  let asked = new AbortController();

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
    asked.abort();
    const mine = new AbortController();
    asked = mine;
    state.textContent = pages.dataset.waiting;
    try {
      const sent = { method: "POST", body: new FormData(form), signal: mine.signal };
      const answer = await fetch(form.dataset.preview, sent);
      const found = answer.ok ? await answer.json() : { problem: pages.dataset.away, pages: [] };
      if (!mine.signal.aborted) show(found);
    } catch {
      if (!mine.signal.aborted) state.textContent = pages.dataset.away;
    }
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE);
  });
})();
