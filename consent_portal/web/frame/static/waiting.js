// Asks now and then whether a long piece of work is done; without this file the link "Look again" does it.
(() => {
  "use strict";
  const waiting = document.getElementById("waiting");
  if (!waiting) return;
  const EVERY = 1500; // milliseconds
  const bar = document.getElementById("progress");

  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.state);
      if (!answer.ok) return;
      const found = await answer.json();
      if (found.done) { window.location.reload(); return; }
      if (found.words && waiting.textContent !== found.words) waiting.textContent = found.words;
      if (bar && found.of) { bar.max = found.of; bar.value = found.at; }
    } catch {
      // the portal is away for a moment: ask again; the link is there all the same
    }
    window.setTimeout(ask, EVERY);
  };
  window.setTimeout(ask, EVERY);
})();
