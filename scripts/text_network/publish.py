#!/usr/bin/env python3
"""Puts a trained network into the product, with what is known of its training.

PYTHONPATH=scripts python3 -m text_network.publish RUN COMMIT [FIGURES.toml]
"""

import hashlib
import shutil
import sys
from pathlib import Path

_DATA = Path(__file__).parents[2] / "orthanc_plugin/deid/pixels/detection/data"
_LEAST, _HOME, _AROUND = 0.99, 0.98, 0.06  # chosen on draws (seeds 11 and 12) other than those of the figures
_KNOWN = """# The weights of network.py, and how they came about. Written by scripts/text_network/publish.py.
sha256 = "{sha256}"
least = {least}  # probability that a few cells (4 x 4 pixels) of a mark have to reach
least_at_home = {home}  # the same in pictures like ultrasound
around = {around}  # and that of the cells around these which belong to it
licence = "AGPL-3.0-or-later, as the rest of this project"

[training]
script = "scripts/text_network/train.py"
commit = "{commit}"
seed = {seed}
steps = {steps}
decay_from = {decay}  # step from which the rate fell to nothing
data = "drawn text on drawn grounds, and on real pictures without writing: scripts/text_network/negatives.toml"
fonts = "fonts-dejavu and fonts-noto, less those kept for the bench: orthanc_plugin/pixel_bench/fonts.toml"
"""


def main() -> None:
    """Copy the weights, and write the TOML beside them."""
    import torch  # noqa: PLC0415  development only, and slow to load

    from text_network.train import SEED  # noqa: PLC0415  likewise

    run, commit, *figures = sys.argv[1:]
    state = torch.load(Path(run) / "last.pt")
    weights = Path(run) / f"text-network-{state['step']}.onnx"
    shutil.copyfile(weights, _DATA / "text-network.onnx")
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    limits = {"least": _LEAST, "home": _HOME, "around": _AROUND}
    training = {"commit": commit, "seed": SEED, "steps": state["step"], "decay": state["decay_from"]}
    known = _KNOWN.format(sha256=sha256, **limits, **training)
    known += "".join("\n" + Path(name).read_text("utf-8") for name in figures)
    (_DATA / "text-network.toml").write_text(known, "utf-8")


if __name__ == "__main__":
    main()
