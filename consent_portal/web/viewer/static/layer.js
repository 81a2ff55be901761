// The areas over the picture: a real button each, drawn, moved and resized by mouse, finger, pen or keys.
const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const LEAST = 3; // pixels of the screen: less is a press, not a drag
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Layer {
  #buttons = new Map();
  #drag = null;

  constructor(root, areas, frames, words, say) {
    Object.assign(this, { areas, frames, words, say });
    this.sheet = root.querySelector("[data-sheet]");
    this.layer = root.querySelector("[data-layer]");
    this.ghost = root.querySelector("[data-ghost]");
    this.stage = root.querySelector("[data-stage]");
    this.chosen = null;
    this.draws = false;
    this.elsewhere = () => null; // what else a press begins: panning, or window and level
    areas.watch(() => this.draw());
    frames.watch(() => this.draw());
    this.layer.addEventListener("pointerdown", (event) => this.#press(event));
    this.layer.addEventListener("pointermove", (event) => this.#move(event));
    this.layer.addEventListener("pointerup", (event) => this.#lift(event));
    this.layer.addEventListener("pointercancel", () => this.cancel());
    this.layer.addEventListener("contextmenu", (event) => event.preventDefault());
    this.layer.addEventListener("keydown", (event) => this.#key(event));
    this.layer.addEventListener("focusin", (event) => this.choose(Number(event.target.dataset.id) || this.chosen));
    this.draw();
  }

  draw() {
    const here = this.areas.inFrame(this.frames.now);
    for (const [id, button] of this.#buttons) {
      if (here.some((area) => area.id === id)) continue;
      if (button === document.activeElement) this.#keepFocus(id, here);
      button.remove();
      this.#buttons.delete(id);
    }
    for (const area of here) this.#lay(this.#button(area.id), area);
    if (!here.some((area) => area.id === this.chosen)) this.chosen = null;
  }

  // Whoever deletes an area by a key stands on the next one, or on the picture.
  #keepFocus(id, here) {
    const next = here.find((area) => area.id > id) ?? here.at(-1);
    const to = next ? this.#button(next.id) : this.stage;
    to.focus({ preventScroll: true });
  }

  #button(id) {
    const known = this.#buttons.get(id);
    if (known) return known;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "viewer-rectangle";
    button.dataset.id = id;
    button.append(Object.assign(document.createElement("span"), { className: "viewer-number" }));
    for (const edges of HANDLES) {
      const handle = Object.assign(document.createElement("span"), { className: `viewer-handle viewer-handle-${edges}` });
      handle.dataset.edges = edges;
      button.append(handle);
    }
    this.layer.append(button);
    this.#buttons.set(id, button);
    return button;
  }

  #lay(element, area) {
    const { columns, rows } = this.areas;
    element.style.left = `${(100 * area.left) / columns}%`;
    element.style.top = `${(100 * area.top) / rows}%`;
    element.style.width = `${(100 * (area.right - area.left)) / columns}%`;
    element.style.height = `${(100 * (area.bottom - area.top)) / rows}%`;
    if (!area.id) return;
    const number = this.areas.number(area.id);
    element.firstChild.textContent = number;
    element.setAttribute("aria-label", this.said(area));
    element.classList.toggle("viewer-chosen", area.id === this.chosen);
    element.classList.toggle("viewer-found", Boolean(area.found));
  }

  said(area) {
    const frame = area.frame === null ? this.words.everyFrame : this.words.frameOnly.replace("%s", area.frame);
    return [this.words.area, this.areas.number(area.id), area.left, area.top, area.right - area.left, area.bottom - area.top, frame]
      .reduce((text, value) => text.replace("%s", value));
  }

  choose(id, focus = false) {
    this.chosen = id;
    for (const [one, button] of this.#buttons) button.classList.toggle("viewer-chosen", one === id);
    if (focus) this.#buttons.get(id)?.focus({ preventScroll: true });
  }

  #place(event) {
    const box = this.sheet.getBoundingClientRect();
    return [((event.clientX - box.left) * this.areas.columns) / box.width, ((event.clientY - box.top) * this.areas.rows) / box.height];
  }

  #press(event) {
    if (this.#drag) return;
    const on = event.target.closest("[data-id]");
    const mine = event.button === 0 && this.layer.dataset.open !== undefined;
    const begun = { from: [event.clientX, event.clientY], at: this.#place(event), pointer: event.pointerId };
    if (mine && on) {
      const id = Number(on.dataset.id);
      this.choose(id, true);
      this.#drag = { ...begun, id, edges: event.target.dataset.edges ?? "", area: this.areas.get(id) };
    } else if (mine && this.draws) {
      this.#drag = { ...begun, id: 0 };
    } else {
      const other = this.elsewhere(event);
      if (!other) return;
      this.#drag = { ...begun, other };
    }
    if (event.pointerType === "mouse") event.preventDefault();
    if (!this.#drag.id || !on) this.stage.focus({ preventScroll: true }); // so that keys work where somebody points
    this.layer.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag || drag.pointer !== event.pointerId) return;
    const far = [event.clientX - drag.from[0], event.clientY - drag.from[1]];
    drag.far = drag.far || Math.hypot(...far) >= LEAST;
    if (!drag.far) return;
    if (drag.other) { drag.other(...far); return; }
    const at = this.#place(event);
    drag.now = drag.id ? this.#dragged(drag, at) : this.#spanned(drag.at, at);
    this.#lay(drag.id ? this.#buttons.get(drag.id) : this.ghost, drag.now);
    if (!drag.id) this.ghost.hidden = false;
  }

  #dragged(drag, at) {
    const by = [at[0] - drag.at[0], at[1] - drag.at[1]];
    return drag.edges ? this.areas.resized(drag.area, drag.edges, ...by) : this.areas.moved(drag.area, ...by);
  }

  #spanned(from, to) {
    const [left, right] = [from[0], to[0]].sort((a, b) => a - b);
    const [top, bottom] = [from[1], to[1]].sort((a, b) => a - b);
    const area = { left: Math.floor(left), top: Math.floor(top), right: Math.ceil(right), bottom: Math.ceil(bottom) };
    return this.areas.fitted(area);
  }

  #lift(event) {
    const drag = this.#drag;
    if (!drag || drag.pointer !== event.pointerId) return;
    this.#end();
    if (!drag.now) return;
    if (drag.id) this.areas.change(drag.id, drag.now);
    else this.add(drag.now);
  }

  #end() {
    this.#drag = null;
    this.ghost.hidden = true;
  }

  // Tells whether there was something to give up.
  cancel() {
    const was = this.#drag !== null;
    this.#end();
    this.draw();
    return was;
  }

  add(area) {
    const id = this.areas.add({ ...area, frame: null });
    this.choose(id, true);
    this.say(this.words.added.replace("%s", this.said(this.areas.get(id))));
  }

  // For those who do not point: in the middle of the picture, to be moved by the arrows.
  addInTheMiddle() {
    const { columns, rows } = this.areas;
    this.add({ left: columns * 0.4, top: rows * 0.45, right: columns * 0.6, bottom: rows * 0.55 });
  }

  remove(id) {
    const number = this.areas.number(id);
    this.areas.remove(id);
    this.say(this.words.deleted.replace("%s", number));
  }

  #key(event) {
    const id = Number(event.target.dataset.id);
    if (!id || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.#nudge(id, arrow, event);
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #nudge(id, arrow, event) {
    const area = this.areas.get(id);
    const pace = event.ctrlKey ? 1 : Math.max(1, Math.round(Math.max(this.areas.columns, this.areas.rows) / 100));
    const by = arrow.map((one) => one * pace);
    const now = event.shiftKey ? this.areas.resized(area, "se", ...by) : this.areas.moved(area, ...by);
    this.areas.change(id, now, event.shiftKey ? "resize" : "move");
    this.say(this.said(this.areas.get(id)));
  }
}
