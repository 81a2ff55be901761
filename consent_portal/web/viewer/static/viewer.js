// Puts the viewer together. Without this file the page works by links, number fields and buttons that send the form.
import { Areas } from "./areas.js";
import { Frames } from "./frames.js";
import { Layer } from "./layer.js";
import { Panel } from "./panel.js";
import { Picture } from "./picture.js";
import { Window } from "./window.js";
import { Zoom } from "./zoom.js";

const TURN = 40; // pixels of a wheel for a frame
const typing = (element) => element.matches("input:not([type=range]), select, textarea");

const install = (root) => {
  const words = JSON.parse(root.dataset.words);
  const voice = root.querySelector("[data-says]");
  const say = (text) => { voice.textContent = voice.textContent === text ? `${text}\u00a0` : text; };
  const stage = root.querySelector("[data-stage]");
  const picture = new Picture(root, words);
  const frames = new Frames(root, picture, words, say);
  const zoom = new Zoom(root, say, words);
  const look = new Window(root, picture, frames, say, words);
  const areas = new Areas(JSON.parse(root.dataset.areas), Number(root.dataset.columns), Number(root.dataset.rows));
  const layer = new Layer(root, areas, frames, words, say);
  const edits = Boolean(root.dataset.editable);
  root.querySelector("[data-marks]")?.remove();
  root.classList.add("viewer-works");
  picture.image.draggable = false;

  const pan = () => (across, down) => {
    zoom.by(-(across - (pan.at?.[0] ?? 0)), -(down - (pan.at?.[1] ?? 0)));
    pan.at = [across, down];
  };
  layer.elsewhere = (event) => {
    pan.at = null;
    if (event.button === 2) return look.begin();
    const finger = event.pointerType === "touch";
    return finger ? null : pan();
  };

  const covering = root.querySelector("[data-cover]");
  const cover = (wanted) => {
    const asked = wanted && areas.list.length > 0 ? areas.written() : null;
    picture.covered = asked;
    root.classList.toggle("viewer-covered", wanted);
    if (!wanted && edits) layer.layer.dataset.open = "";
    else delete layer.layer.dataset.open;
    covering?.setAttribute("aria-pressed", String(wanted));
    frames.again();
    say(wanted ? words.asItWouldLeave : words.asItIs);
  };

  if (edits) {
    const form = root.querySelector("[data-areas-form]");
    const panel = new Panel(root, areas, layer, frames, words);
    const drawing = root.querySelector("[data-draw]");
    const draws = (wanted) => {
      layer.draws = wanted;
      layer.layer.classList.toggle("viewer-draws", wanted);
      drawing.setAttribute("aria-pressed", String(wanted));
    };
    const [back, forth] = ["undo", "redo"].map((name) => root.querySelector(`[data-${name}]`));
    const may = () => {
      back.setAttribute("aria-disabled", String(!areas.canUndo));
      forth.setAttribute("aria-disabled", String(!areas.canRedo));
    };
    const turn = (done, text) => say(done ? text : words.nothing);
    const undo = () => turn(areas.undo(), words.undone);
    const redo = () => turn(areas.redo(), words.redone);
    layer.layer.dataset.open = "";
    draws(window.matchMedia("(pointer: fine)").matches);
    drawing.addEventListener("click", () => { draws(!layer.draws); say(layer.draws ? words.drawOn : words.drawOff); });
    covering.addEventListener("click", (event) => { event.preventDefault(); cover(covering.getAttribute("aria-pressed") !== "true"); });
    form.querySelector("[data-add]").addEventListener("click", (event) => { event.preventDefault(); cover.off?.(); layer.addInTheMiddle(); });
    back.addEventListener("click", undo);
    forth.addEventListener("click", redo);
    areas.watch(may);
    areas.watch(() => { if (root.classList.contains("viewer-covered")) cover(false); unsaved = true; });
    may();
    let unsaved = Boolean(document.getElementById("error-summary")); // then what is in the form is saved nowhere
    form.addEventListener("change", () => { unsaved = true; });
    form.addEventListener("submit", () => { unsaved = false; });
    window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
    root.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || typing(event.target)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    });
    void panel;
  }

  const keys = {
    ArrowLeft: () => frames.step(-1), ArrowRight: () => frames.step(1), PageUp: () => frames.step(-10), PageDown: () => frames.step(10),
    Home: () => frames.go(1), End: () => frames.go(frames.count), "+": () => zoom.bigger(), "=": () => zoom.bigger(), "-": () => zoom.smaller(),
    0: () => zoom.to(1), " ": () => frames.turn(), Enter: () => edits && layer.addInTheMiddle(),
  };
  stage.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!layer.cancel() && event.target !== stage) stage.focus({ preventScroll: true });
      return;
    }
    if (event.target !== stage || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  let turned = 0; // a trackpad tells of many small turns, a wheel of a large one
  stage.addEventListener("wheel", (event) => {
    turned = Math.sign(turned) === Math.sign(event.deltaY) ? turned + event.deltaY : event.deltaY;
    const by = Math.abs(turned) < TURN ? 0 : Math.sign(turned);
    if (by) turned = 0;
    if (event.ctrlKey) { if (by < 0) zoom.bigger([event.clientX, event.clientY]); else if (by) zoom.smaller([event.clientX, event.clientY]); }
    else if (zoom.factor > 1 || frames.isLast(event.deltaY)) return;
    else if (by) frames.step(by);
    event.preventDefault();
  }, { passive: false });
};

for (const root of document.querySelectorAll("[data-viewer]")) install(root);
