// How large the sheet lies in its frame, and which part of it is seen.
const STEP = 1.25;
const MOST = 16;

export class Zoom {
  constructor(root, say, words) {
    this.stage = root.querySelector("[data-stage]");
    this.sheet = root.querySelector("[data-sheet]");
    this.say = say;
    this.words = words;
    this.factor = 1;
    const box = root.querySelector("[data-paper]").viewBox.baseVal;
    this.shape = box.width / box.height;
    for (const button of root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.to({ in: this.factor * STEP, out: this.factor / STEP, fit: 1 }[button.dataset.zoom]));
    }
    new ResizeObserver(() => this.#lay()).observe(this.stage.parentElement);
    this.#lay();
  }

  // The whole picture, as wide as there is room, and no higher than most of the window.
  #fit() {
    const room = this.stage.parentElement.clientWidth - 2;
    const high = Math.max(240, window.innerHeight * 0.62);
    return Math.max(40, Math.min(room, high * this.shape));
  }

  #lay() {
    const fit = this.#fit();
    this.sheet.style.inlineSize = `${fit * this.factor}px`;
    this.stage.style.maxBlockSize = `${fit / this.shape + 18}px`;
  }

  // Keeps the place under `at` (of the window) where it is; the middle where nothing is named.
  to(factor, at = null) {
    const box = this.stage.getBoundingClientRect();
    const point = at ?? [box.left + box.width / 2, box.top + box.height / 2];
    const before = this.sheet.getBoundingClientRect();
    const share = [(point[0] - before.left) / before.width, (point[1] - before.top) / before.height];
    this.factor = Math.min(Math.max(factor, 1), MOST);
    this.#lay();
    const after = this.sheet.getBoundingClientRect();
    this.by(after.left + share[0] * after.width - point[0], after.top + share[1] * after.height - point[1]);
    this.say(this.words.zoom.replace("%s", Math.round(100 * this.factor)));
  }

  by(across, down) { this.stage.scrollBy({ left: across, top: down, behavior: "instant" }); }
  bigger(at) { this.to(this.factor * STEP, at); }
  smaller(at) { this.to(this.factor / STEP, at); }
}
