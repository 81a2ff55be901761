// What somebody does to the areas beside drawing them: the tools, undo and redo, and that nothing unsaved is lost unasked.
import { Panel } from "./panel.js";

const typing = (element) => element.matches("input:not([type=range]), select, textarea");

export const edit = (root, { areas, frames, layer, words, say }) => {
  const form = root.querySelector("[data-areas-form]");
  const panel = new Panel(root, areas, layer, frames, words);
  tools(root, layer, words, say);
  steps(root, areas, words, say);
  guard(form, areas);
  form.querySelector("[data-add]").addEventListener("click", (event) => {
    event.preventDefault();
    layer.addInTheMiddle();
  });
  return panel;
};

// Dragging draws, or moves the picture: with a finger only once somebody has said so, or nobody could scroll past it.
const tools = (root, layer, words, say) => {
  const button = root.querySelector("[data-draw]");
  const draws = (wanted) => {
    layer.draws = wanted;
    layer.layer.classList.toggle("viewer-draws", wanted);
    button.setAttribute("aria-pressed", String(wanted));
  };
  draws(window.matchMedia("(pointer: fine)").matches);
  button.addEventListener("click", () => {
    draws(!layer.draws);
    say(layer.draws ? words.drawOn : words.drawOff);
  });
};

const steps = (root, areas, words, say) => {
  const [back, forth] = ["undo", "redo"].map((name) => root.querySelector(`[data-${name}]`));
  const undo = () => say(areas.undo() ? words.undone : words.nothing);
  const redo = () => say(areas.redo() ? words.redone : words.nothing);
  const may = () => {
    back.setAttribute("aria-disabled", String(!areas.canUndo));
    forth.setAttribute("aria-disabled", String(!areas.canRedo));
  };
  areas.watch(may);
  may();
  back.addEventListener("click", undo);
  forth.addEventListener("click", redo);
  root.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || typing(event.target) || !"zy".includes(key)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });
};

const guard = (form, areas) => {
  let unsaved = Boolean(document.getElementById("error-summary")); // then what is in the form is saved nowhere
  const changed = () => { unsaved = true; };
  areas.watch(changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
};
