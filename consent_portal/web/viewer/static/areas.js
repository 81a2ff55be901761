// The areas of one image, with undo and redo. Knows no page: whoever shows them watches.
// An area: { id, left, top, right, bottom, frame }, in stored pixels; `right` and `bottom` are exclusive; frame null is every frame.
const MOST_STEPS = 200;
const between = (least, value, most) => Math.min(Math.max(value, least), most);

export class Areas {
  #past = [];
  #future = [];
  #watchers = [];
  #last = 0;
  #joined = "";

  constructor(list, columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.list = list.map((area) => ({ ...area, id: this.#newId() }));
  }

  #newId() {
    this.#last += 1;
    return this.#last;
  }

  watch(watcher) { this.#watchers.push(watcher); }
  get(id) { return this.list.find((area) => area.id === id); }
  number(id) { return this.list.findIndex((area) => area.id === id) + 1; }
  inFrame(frame) { return this.list.filter((area) => area.frame === null || area.frame === frame); }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  // `join` makes one step of several presses of the same key.
  #step(list, join = "") {
    if (!join || join !== this.#joined) this.#past = [...this.#past, this.list].slice(-MOST_STEPS);
    this.#joined = join;
    this.#future = [];
    this.#set(list);
  }

  #set(list) {
    this.list = list;
    for (const watcher of this.#watchers) watcher(this);
  }

  add(area) {
    const id = this.#newId();
    this.#step([...this.list, { ...this.fitted(area), id }]);
    return id;
  }

  change(id, edges, join = "") {
    this.#step(this.list.map((area) => (area.id === id ? { ...this.fitted({ ...area, ...edges }), id } : area)), join && `${join} ${id}`);
  }

  remove(id) { this.#step(this.list.filter((area) => area.id !== id)); }

  undo() {
    if (!this.canUndo) return false;
    this.#future = [this.list, ...this.#future];
    const list = this.#past.at(-1);
    this.#past = this.#past.slice(0, -1);
    this.#joined = "";
    this.#set(list);
    return true;
  }

  redo() {
    if (!this.canRedo) return false;
    this.#past = [...this.#past, this.list];
    const [list, ...rest] = this.#future;
    this.#future = rest;
    this.#joined = "";
    this.#set(list);
    return true;
  }

  // Whole pixels inside the picture, at least one wide and high.
  fitted(area) {
    const whole = (value) => (Number.isFinite(value) ? Math.round(value) : 0);
    const left = between(0, whole(Math.min(area.left, area.right - 1)), this.columns - 1);
    const top = between(0, whole(Math.min(area.top, area.bottom - 1)), this.rows - 1);
    return {
      ...area, left, top,
      right: between(left + 1, whole(area.right), this.columns),
      bottom: between(top + 1, whole(area.bottom), this.rows),
    };
  }

  // The same size elsewhere; stops at the picture's edge.
  moved(area, across, down) {
    const dx = between(-area.left, Math.round(across), this.columns - area.right);
    const dy = between(-area.top, Math.round(down), this.rows - area.bottom);
    return { ...area, left: area.left + dx, right: area.right + dx, top: area.top + dy, bottom: area.bottom + dy };
  }

  // `edges` names the sides that are dragged, such as "se"; a side never passes its opposite.
  resized(area, edges, across, down) {
    const one = { ...area };
    if (edges.includes("w")) one.left = between(0, Math.round(area.left + across), area.right - 1);
    if (edges.includes("e")) one.right = between(area.left + 1, Math.round(area.right + across), this.columns);
    if (edges.includes("n")) one.top = between(0, Math.round(area.top + down), area.bottom - 1);
    if (edges.includes("s")) one.bottom = between(area.top + 1, Math.round(area.bottom + down), this.rows);
    return one;
  }

  // As an address holds them (consent_portal/web/viewer/box.py).
  written() {
    return this.list.map((one) => [one.left, one.top, one.right, one.bottom, one.frame ?? "a"].join(".")).join("_");
  }
}
