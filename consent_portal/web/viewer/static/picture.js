// Shows one picture at a time and keeps a few beside it. The server says that nothing may be stored, so what is kept
// is kept as an element of this page and is gone with it.
const MOST_BYTES = 64e6;

export class Picture {
  #kept = new Map();
  #wanted = "";

  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.sheet = root.querySelector("[data-sheet]");
    this.fault = root.querySelector("[data-fault]");
    this.image = root.querySelector("[data-picture]");
    this.look = {};
    this.covered = null;
    const { columns, rows } = root.dataset;
    this.image.addEventListener("error", () => this.#failed(this.image.src));
    if (this.image.complete && !this.image.naturalWidth) this.#failed(this.image.src);
    this.most = Math.min(64, Math.max(4, Math.floor(MOST_BYTES / (4 * columns * rows))));
  }

  address(frame) {
    const asked = new URLSearchParams({ grant: this.root.dataset.grant, ...this.look });
    if (this.root.dataset.side) asked.set("side", this.root.dataset.side);
    if (this.covered !== null) asked.set("covered", this.covered);
    return `${this.root.dataset.pictures}${frame}.png?${asked}`;
  }

  // Tells whether it came to be shown: not where something else is wanted meanwhile, or it cannot be had.
  async show(frame) {
    const address = this.address(frame);
    this.#wanted = address;
    this.#drop();
    const image = this.#keep(address);
    this.sheet.setAttribute("aria-busy", "true");
    try {
      await image.decode();
    } catch {
      this.#kept.delete(address);
      if (this.#wanted === address) this.#failed(address);
      return false;
    }
    if (this.#wanted !== address) return false;
    this.#put(image, frame);
    return true;
  }

  ahead(frames) {
    for (const frame of frames.slice(0, Math.floor(this.most / 2))) this.#keep(this.address(frame));
  }

  #keep(address) {
    const image = this.#kept.get(address) ?? new Image();
    if (!this.#kept.has(address)) image.src = address;
    this.#kept.delete(address);
    this.#kept.set(address, image); // the newest last
    while (this.#kept.size > this.most) this.#kept.delete(this.#kept.keys().next().value);
    return image;
  }

  // Whoever drags the slider across a hundred frames is not sent a hundred pictures.
  #drop() {
    for (const [address, image] of this.#kept) {
      if (image.complete || address === this.#wanted) continue;
      image.removeAttribute("src");
      this.#kept.delete(address);
    }
  }

  #put(image, frame) {
    this.fault.hidden = true;
    this.sheet.removeAttribute("aria-busy");
    image.alt = this.words.alt.replace("%s", frame);
    image.className = this.image.className;
    image.draggable = false;
    image.dataset.picture = "";
    image.dataset.frame = frame;
    image.dataset.covered = this.covered === null ? "" : "yes";
    if (image !== this.image) this.image.replaceWith(image);
    this.image = image;
  }

  #failed(address) {
    this.sheet.removeAttribute("aria-busy");
    this.fault.querySelector("a").href = address;
    this.fault.hidden = false;
  }
}
