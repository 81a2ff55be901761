// The picture as it is, or as it would leave: then the engine covers the areas in the file and draws what is left.
export class Cover {
  constructor(root, parts) {
    Object.assign(this, parts, { root });
    this.button = root.querySelector("[data-cover]");
    if (!this.button) return;
    this.show(this.button.getAttribute("aria-pressed") === "true", true); // as the server has drawn it
    this.button.addEventListener("click", (event) => {
      event.preventDefault();
      this.show(!this.isOn);
    });
    this.areas.watch(() => this.isOn && this.show(false)); // whoever changes something sees what they change
  }

  get isOn() { return this.root.classList.contains("viewer-covered"); }

  show(wanted, quietly = false) {
    this.picture.covered = wanted && this.areas.list.length > 0 ? this.areas.written() : null;
    this.root.classList.toggle("viewer-covered", wanted);
    this.layer.layer.toggleAttribute("data-open", !wanted);
    this.button.setAttribute("aria-pressed", String(wanted));
    if (quietly) return;
    this.frames.again();
    this.say(wanted ? this.words.asItWouldLeave : this.words.asItIs);
  }
}
