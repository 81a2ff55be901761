// Window and level: numbers, a choice, or dragging with the right button; the server draws, so nothing is guessed here.
const PAUSE = 120; // milliseconds

export class Window {
  #timer = 0;

  constructor(root, picture, frames, say, words) {
    this.form = root.querySelector("[data-window]");
    if (!this.form) return;
    Object.assign(this, { picture, frames, say, words });
    this.kept = root.querySelector("[data-look]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#apply();
      this.say(this.words.window);
    });
    this.form.elements.preset?.addEventListener("change", () => this.#choose());
    this.#apply(false);
  }

  get #fields() { return this.form.elements; }

  #choose() {
    const chosen = this.#fields.preset.selectedOptions[0];
    this.#fields.center.value = chosen.dataset.center ?? "";
    this.#fields.width.value = chosen.dataset.width ?? "";
    this.#apply();
    this.say(this.words.window);
  }

  #apply(show = true) {
    const { center, width, preset } = this.#fields;
    const numbers = center.value !== "" && Number(width.value) > 0;
    this.picture.look = numbers ? { center: center.value, width: width.value } : preset?.value ? { preset: preset.value } : {};
    if (this.kept) this.kept.value = new URLSearchParams(this.picture.look);
    if (show) this.frames.again();
  }

  // Right to widen, down to darken, as on a reporting station. Starts from what is shown.
  begin() {
    if (!this.form) return null;
    const first = this.#fields.preset?.querySelector("[data-center]")?.dataset ?? {};
    const center = Number(this.#fields.center.value || first.center || 128);
    const width = Number(this.#fields.width.value || first.width || 256);
    return (across, down) => {
      const pace = Math.max(width, 16) / 256;
      this.#fields.width.value = Math.max(1, Math.round(width + across * pace));
      this.#fields.center.value = Math.round(center + down * pace);
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#apply(), PAUSE);
    };
  }
}
