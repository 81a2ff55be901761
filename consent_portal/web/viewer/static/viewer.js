// Puts the viewer together. Without this file the page works by links, number fields and buttons that send the form.
import { Areas } from "./areas.js";
import { Cover } from "./cover.js";
import { edit } from "./editing.js";
import { Frames } from "./frames.js";
import { Layer } from "./layer.js";
import { Picture } from "./picture.js";
import { Window } from "./window.js";
import { Zoom } from "./zoom.js";

const TURN = 40; // pixels of a wheel for a frame

const install = (root) => {
  const words = JSON.parse(root.dataset.words);
  const voice = root.querySelector("[data-says]");
  const say = (text) => { voice.textContent = voice.textContent === text ? `${text}\u00a0` : text; };
  const picture = new Picture(root, words);
  const frames = new Frames(root, picture, words, say);
  const zoom = new Zoom(root, say, words);
  const look = new Window(root, picture, frames, say, words);
  const areas = new Areas(JSON.parse(root.dataset.areas), Number(root.dataset.columns), Number(root.dataset.rows));
  const layer = new Layer(root, areas, frames, words, say);
  const edits = Boolean(root.dataset.editable);
  layer.elsewhere = (event) => {
    if (event.button === 2) return look.begin();
    return event.pointerType === "touch" ? null : zoom.pan();
  };
  if (edits) {
    edit(root, { areas, frames, layer, words, say });
    new Cover(root, { areas, frames, layer, picture, words, say });
  }
  root.querySelector("[data-marks]").remove();
  root.classList.add("viewer-works");
  keys(root, { edits, frames, layer, zoom });
  wheel(root, frames, zoom);
};

const keys = (root, { edits, frames, layer, zoom }) => {
  const stage = root.querySelector("[data-stage]");
  const does = {
    ArrowLeft: () => frames.step(-1), ArrowRight: () => frames.step(1),
    PageUp: () => frames.step(-10), PageDown: () => frames.step(10),
    Home: () => frames.go(1), End: () => frames.go(frames.count), " ": () => frames.turn(),
    "+": () => zoom.bigger(), "=": () => zoom.bigger(), "-": () => zoom.smaller(), 0: () => zoom.to(1),
    Enter: () => edits && layer.addInTheMiddle(),
  };
  stage.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!layer.cancel()) stage.focus({ preventScroll: true });
      return;
    }
    const held = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (event.target !== stage || (held && event.key !== "+") || !does[event.key]) return;
    event.preventDefault();
    does[event.key]();
  });
};

// A wheel turns the frames, with Ctrl it enlarges; a trackpad tells of many small turns, a wheel of a large one.
const wheel = (root, frames, zoom) => {
  let turned = 0;
  root.querySelector("[data-stage]").addEventListener("wheel", (event) => {
    turned = Math.sign(turned) === Math.sign(event.deltaY) ? turned + event.deltaY : event.deltaY;
    const by = Math.abs(turned) < TURN ? 0 : Math.sign(turned);
    if (by) turned = 0;
    const at = [event.clientX, event.clientY];
    if (!event.ctrlKey && (zoom.factor > 1 || frames.isLast(event.deltaY))) return;
    event.preventDefault();
    if (!by) return;
    if (!event.ctrlKey) frames.step(by);
    else if (by < 0) zoom.bigger(at);
    else zoom.smaller(at);
  }, { passive: false });
};

for (const root of document.querySelectorAll("[data-viewer]")) install(root);
