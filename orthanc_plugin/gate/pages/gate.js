// Reads the export's progress in place. The page works without this: it then reloads by itself.
"use strict";
(function () {
  const area = document.querySelector(".progress[data-state]");
  if (!area) { return; }
  const bar = document.getElementById("progress");
  const percent = document.getElementById("percent");
  async function look() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 503) { throw new Error("away"); }
      const job = await answer.json();
      if (!answer.ok || (job.state !== "queued" && job.state !== "running") || job.state !== area.dataset.state) {
        location.reload();
        return;
      }
      const done = Math.round(100 * (job.progress || 0));
      bar.value = done;
      if (percent.textContent !== done + " %") { percent.textContent = done + " %"; }
    } catch (error) {
      // The network or the export service may come back, and the export goes on; the link "Look again" is always there.
    }
    setTimeout(look, 2000);
  }
  setTimeout(look, 2000);
})();
