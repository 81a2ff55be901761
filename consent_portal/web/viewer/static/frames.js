// Which frame is shown: slider, links, wheel, keys, and a cine that nobody is made to watch.
const DRAWN = 250; // milliseconds without a further step before a frame is told

export class Frames {
  #timer = 0;
  #telling = 0;

  constructor(root, picture, words, say) {
    this.root = root;
    this.picture = picture;
    this.words = words;
    this.say = say;
    this.count = Number(root.dataset.frames);
    this.now = Number(root.dataset.frame);
    this.watchers = [];
    this.slider = root.querySelector("[data-slider]");
    this.playing = root.querySelector("[data-play]");
    this.rate = root.querySelector("[data-rate]");
    if (this.count > 1) this.#listen();
    if (this.count > 1) window.addEventListener("load", () => picture.ahead(this.#beside(false)));
  }

  watch(watcher) { this.watchers.push(watcher); }

  #listen() {
    for (const link of this.root.querySelectorAll("[data-step]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.step(Number(link.dataset.step));
      });
    }
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.playing.addEventListener("click", () => this.turn());
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) this.rate.value = "1";
  }

  // Whether there is none further that way: then a wheel scrolls the page again.
  isLast(way) { return way > 0 ? this.now === this.count : this.now === 1; }

  step(by) { return this.go(this.now + by); }

  // Tells whether there is such a frame.
  go(frame, quietly = false) {
    const wanted = Math.min(Math.max(frame, 1), this.count);
    if (wanted === this.now) return false;
    if (!quietly) this.stop();
    this.now = wanted;
    this.#told(quietly);
    this.shown = this.picture.show(wanted).then((done) => done && this.picture.ahead(this.#beside(quietly)));
    return true;
  }

  again() { return this.picture.show(this.now); }

  #beside(playing) {
    const by = playing ? [1, 2, 3, 4, 5, 6] : [1, -1, 2, -2];
    return by.map((step) => this.now + step).filter((frame) => frame >= 1 && frame <= this.count);
  }

  #told(quietly) {
    const words = this.words.frame.replace("%s", this.now);
    this.root.querySelector("[data-at]").textContent = words;
    this.slider.value = this.now;
    this.slider.setAttribute("aria-valuetext", words);
    const field = this.root.querySelector("[data-at-field]");
    if (field) field.value = this.now;
    const here = new URL(window.location.href);
    here.searchParams.set("frame", this.now);
    window.history.replaceState(window.history.state, "", here);
    for (const watcher of this.watchers) watcher(this.now);
    window.clearTimeout(this.#telling);
    if (!quietly && document.activeElement !== this.slider) this.#telling = window.setTimeout(() => this.say(words), DRAWN);
  }

  turn() {
    if (this.#timer) this.stop();
    else if (this.count > 1) this.play();
  }

  play() {
    const each = async () => {
      const began = performance.now();
      this.go(this.now === this.count ? 1 : this.now + 1, true);
      await this.shown;
      if (this.#timer) this.#timer = window.setTimeout(each, Math.max(0, 1000 / this.rate.value - (performance.now() - began)));
    };
    this.#timer = window.setTimeout(each, 0);
    this.#button(true);
  }

  stop() {
    if (!this.#timer) return;
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#button(false);
    this.say(this.words.stopped.replace("%s", this.now));
  }

  #button(playing) {
    this.playing.textContent = playing ? this.words.pause : this.words.play;
    this.playing.setAttribute("aria-pressed", String(playing));
  }
}
