// Orthanc Explorer with the gate: what was agreed on the study page, "Export as agreed", and no buttons that lead nowhere.
"use strict";
(function () {
  const SIGNS = { yes: "✓", no: "✕", open: "?" };
  // What each built-in button needs, by the uses of roles.toml; "nobody" is closed for everyone (doors.toml).
  const NEEDS = {
    anonymize: "nobody", delete: "delete", store: "push", archive: "read", media: "read", preview: "read",
    "download-dicom": "read", "download-json": "read"
  };
  const LEVELS = ["patient", "study", "series", "instance"];

  function element(name, text, attributes) {
    const made = document.createElement(name);
    if (text) { made.textContent = text; }
    Object.entries(attributes || {}).forEach(function (pair) { made.setAttribute(pair[0], pair[1]); });
    return made;
  }

  function mark(words, kind) {
    const made = element("span", null, { class: "aoa-mark aoa-" + kind });
    made.append(element("span", SIGNS[kind], { "aria-hidden": "true" }), " " + words);
    return made;
  }

  async function json(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    const content = await answer.json().catch(function () { return {}; });
    if (!answer.ok) { throw new Error(content.message || "It cannot be shown at the moment."); }
    return content;
  }

  function hideWhatIsClosed(uses) {
    LEVELS.forEach(function (level) {
      Object.entries(NEEDS).forEach(function (pair) {
        const button = document.getElementById(level + "-" + pair[0]);
        if (button && !uses.includes(pair[1])) { (button.closest("li") || button).style.display = "none"; }
      });
    });
  }

  // The DICOMweb plugin adds its button when a page is made, without a name of its own.
  function hideDicomWebButton(uses) {
    if (uses.includes("push")) { return; }
    document.querySelectorAll("a").forEach(function (link) {
      if (link.textContent.trim() === "Send to DICOMweb server") { link.style.display = "none"; }
    });
  }

  function levels(summary) {
    const list = element("ul", null, { class: "aoa-levels" });
    const words = summary.words;
    words.levels.forEach(function (level) {
      const state = words.states[summary.levels[level.key]] || words.states.unknown;
      const row = element("li", null);
      row.append(mark(state.label, state.mark), " " + level.label);
      list.append(row);
    });
    return list;
  }

  function area() {
    const content = document.querySelector("#study > [data-role=content], #study > .ui-content");
    let made = document.getElementById("aoa-consent");
    if (!made && content) {
      made = element("section", null, { id: "aoa-consent", "aria-labelledby": "aoa-title", "aria-live": "polite" });
      content.prepend(made);
    }
    return made;
  }

  async function show() {
    const study = new URLSearchParams((location.hash.split("?")[1] || "")).get("uuid");
    const made = location.hash.startsWith("#study?") && study ? area() : null;
    if (!made || made.dataset.study === study) { return; }
    made.dataset.study = study;
    const title = element("h2", "What the patient agreed", { id: "aoa-title" });
    const way = element("a", "Export as agreed …", { href: "../export/new/" + encodeURIComponent(study), class: "aoa-button", rel: "external" });
    const actions = element("p", null, { class: "aoa-actions" });
    actions.append(way);
    made.replaceChildren(title, element("p", "Looking it up …"));
    try {
      const summary = await json("../consent/studies/" + encodeURIComponent(study));
      if (made.dataset.study !== study) { return; }
      if (summary.portal_url && /^https?:\/\//.test(summary.portal_url)) {
        actions.append(element("a", "Open the consent record", { href: summary.portal_url, class: "aoa-link", rel: "external" }));
      }
      made.replaceChildren(title, levels(summary), actions);
    } catch (error) {
      made.dataset.study = "";
      made.replaceChildren(title, element("p", error.message));
    }
  }

  document.head.append(element("link", null, { rel: "stylesheet", href: "../export/assets/explorer.css" }));
  window.addEventListener("hashchange", show);
  window.jQuery(document).on("pageshow", show);
  function fit(uses) {
    hideWhatIsClosed(uses);
    hideDicomWebButton(uses);
    window.jQuery(document).on("pageshow", function () { hideDicomWebButton(uses); });
  }
  json("../consent/me").then(function (me) { fit(me.uses); }, function () { fit([]); });
})();
