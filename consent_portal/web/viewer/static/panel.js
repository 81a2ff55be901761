// The same areas as a list with number fields: what is sent when the form is saved, with script and without.
const NUMBERS = ["left", "top", "width", "height"];

export class Panel {
  #rows = new Map();

  constructor(root, areas, layer, frames, words) {
    Object.assign(this, { areas, layer, frames, words });
    this.form = root.querySelector("[data-areas-form]");
    this.list = root.querySelector("[data-areas]");
    this.empty = root.querySelector("[data-none]");
    this.template = root.querySelector("[data-area-template]");
    this.findings = [...root.querySelectorAll("[data-finding]")];
    this.list.replaceChildren();
    areas.watch(() => this.draw());
    frames.watch(() => this.draw());
    this.list.addEventListener("change", (event) => this.#changed(event.target));
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      event.preventDefault(); // a number is taken, the form is not sent
      this.#changed(event.target);
    });
    this.list.addEventListener("click", (event) => this.#deleted(event));
    this.list.addEventListener("focusin", (event) => this.layer.choose(this.#idOf(event.target)));
    for (const finding of this.findings) {
      finding.querySelector("button").addEventListener("click", (event) => this.#turned(event, finding));
    }
    this.draw();
  }

  #idOf(element) { return Number(element.closest("[data-row]")?.dataset.row) || null; }

  draw() {
    for (const [id, row] of this.#rows) {
      if (this.areas.get(id)) continue;
      if (row.contains(document.activeElement)) (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("button")?.focus();
      row.remove();
      this.#rows.delete(id);
    }
    this.areas.list.forEach((area, at) => this.#fill(this.#row(area.id, at), area, at + 1));
    this.empty.hidden = this.areas.list.length > 0;
    for (const finding of this.findings) this.#mark(finding);
  }

  #row(id, at) {
    let row = this.#rows.get(id);
    if (!row) {
      row = this.template.content.firstElementChild.cloneNode(true);
      row.dataset.row = id;
      for (const element of row.querySelectorAll("[id], [for]")) {
        for (const name of ["id", "for"]) {
          if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace("new", `n${id}`));
        }
      }
      this.#rows.set(id, row);
    }
    if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
    return row;
  }

  #fill(row, area, number) {
    for (const one of row.querySelectorAll("[data-number]")) one.textContent = number;
    const shown = { left: area.left, top: area.top, width: area.right - area.left, height: area.bottom - area.top };
    for (const name of NUMBERS) row.querySelector(`[name=${name}]`).value = shown[name];
    row.querySelector("[data-found]").hidden = !area.found;
    const choice = row.querySelector("[name=frame]");
    if (choice.tagName === "SELECT") this.#frames(choice, area);
  }

  #frames(choice, area) {
    const wanted = [...new Set([this.frames.now, area.frame])].filter((frame) => frame !== null);
    const options = wanted.map((frame) => new Option(this.words.frameOnly.replace("%s", frame), frame));
    choice.replaceChildren(new Option(this.words.everyFrame, ""), ...options);
    choice.value = area.frame ?? "";
  }

  #changed(field) {
    const id = this.#idOf(field);
    const area = this.areas.get(id);
    const row = this.#rows.get(id);
    if (!area) return;
    const [left, top, width, height] = NUMBERS.map((name) => Number(row.querySelector(`[name=${name}]`).value));
    const frame = row.querySelector("[name=frame]").value;
    const edges = { left, top, right: left + Math.max(1, width), bottom: top + Math.max(1, height) };
    this.areas.change(id, { ...edges, frame: frame === "" ? null : Number(frame) });
  }

  #deleted(event) {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    this.layer.remove(this.#idOf(button));
    if (!this.list.children.length) this.form.querySelector("[data-add]").focus();
  }

  #box(finding) {
    const { left, top, right, bottom, frame } = finding.dataset;
    return { left: +left, top: +top, right: +right, bottom: +bottom, frame: frame === "" ? null : +frame };
  }

  #covering(box) {
    return this.areas.list.filter((one) => (one.frame === null || one.frame === box.frame)
      && one.left <= box.left && one.top <= box.top && one.right >= box.right && one.bottom >= box.bottom);
  }

  #mark(finding) {
    const covered = this.#covering(this.#box(finding)).length > 0;
    finding.dataset.covered = covered ? "yes" : "";
    finding.querySelector("[data-state]").textContent = covered ? this.words.covered : this.words.bare;
    finding.querySelector("[data-turn]").textContent = covered ? this.words.uncover : this.words.cover;
  }

  // Covers what was found, or takes away the area that was put on just that.
  #turned(event, finding) {
    event.preventDefault();
    const box = this.#box(finding);
    const same = this.#covering(box).find((one) => one.left === box.left && one.top === box.top && one.right === box.right && one.bottom === box.bottom);
    if (same) this.areas.remove(same.id);
    else if (!finding.dataset.covered) this.areas.add({ ...box, found: true });
    else { this.layer.choose(this.#covering(box)[0].id, true); return; }
    if (box.frame !== null) this.frames.go(box.frame);
    this.layer.say(`${finding.querySelector("[data-state]").textContent}`);
  }
}
