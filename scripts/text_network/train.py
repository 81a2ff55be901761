#!/usr/bin/env python3
"""Trains the text network of orthanc_plugin/deid/pixels/detection and writes it as ONNX.

    PYTHONPATH=scripts python3 -m text_network.train RUN --site SITE-PACKAGES --photographs FOLDER
        [--decay-from STEP] [--decay STEPS]

Development only: needs torch (Debian's python3-torch), numpy, scipy, Pillow, pydicom with pydicom-data, onnx. One
thread. Each step's pictures come of (seed, step) alone, so a run that is stopped goes on from RUN/last.pt as if it had
not been.
The rate stays, and falls to nothing over the last STEPS: from STEP, or from the step at which RUN/finish is seen.
"""

import argparse
import importlib.util
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import torch

from text_network import draw
from text_network.model import TextNetwork, loss
from text_network.negatives import negatives

SEED, BATCH, RATE, WARM, EVERY = 20260901, 10, 3e-3, 100, 100
KINDS = ("CT", "CT", "CT", "MR", "MR", "XC", "XC", "CR", "CR", "US", "US", "US", "NM", "OT")
"""How often a piece of a real picture is of which kind."""
_EMA = 0.995


def shared() -> ModuleType:
    """Return the product's file of the network's channels, without the product."""
    path = Path(__file__).parents[2] / "orthanc_plugin/deid/pixels/detection/channels.py"
    spec = importlib.util.spec_from_file_location("channels", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


channels = shared().channels


def batch(step: int, real: draw.Real) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the pictures and the answers of a step."""
    samples = [draw.sample(np.random.default_rng([SEED, step, n]), real) for n in range(BATCH)]
    given = np.stack([channels(sample.plane) for sample in samples])
    return torch.from_numpy(given), torch.from_numpy(np.stack([sample.target for sample in samples]))


class Run:
    """A training, with its averaged weights, that can be stopped and taken up again."""

    def __init__(self, folder: Path, decay_from: int | None, decay: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.decay_from, self.decay, self.step = folder, decay_from, decay, 0
        torch.manual_seed(SEED)
        self.model, self.mean = TextNetwork(), TextNetwork()
        self.mean.load_state_dict(self.model.state_dict())
        self.optimiser = torch.optim.AdamW(self.model.parameters(), RATE, weight_decay=1e-2)
        if (folder / "last.pt").exists():
            held = torch.load(folder / "last.pt")
            self.step, self.decay_from = held["step"], decay_from or held["decay_from"]
            self.model.load_state_dict(held["model"])
            self.mean.load_state_dict(held["mean"])
            if held["optimiser"] is not None:  # a network just made wider begins with a fresh one
                self.optimiser.load_state_dict(held["optimiser"])

    @property
    def rate(self) -> float:
        """Return the learning rate of this step."""
        left = 1.0 if self.decay_from is None else 1 - (self.step - self.decay_from) / self.decay
        return RATE * min(1.0, (self.step + 1) / WARM, max(left, 0.0))

    def learn(self, real: draw.Real) -> float:
        """Take one step; return its loss."""
        if self.decay_from is None and (self.folder / "finish").exists():
            self.decay_from = self.step
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        given, target = batch(self.step, real)
        self.optimiser.zero_grad()
        value = loss(self.model(given), target)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self._average()
        self.step += 1
        return float(value)

    def _average(self) -> None:
        kept = min(_EMA, self.step / (self.step + 10))
        with torch.no_grad():
            for held, new in zip(self.mean.state_dict().values(), self.model.state_dict().values(), strict=True):
                if held.dtype.is_floating_point:
                    held.mul_(kept).add_(new, alpha=1 - kept)

    def save(self) -> None:
        """Write where it stands, and the averaged network as ONNX."""
        held = {"step": self.step, "decay_from": self.decay_from, "optimiser": self.optimiser.state_dict()}
        torch.save(held | {"model": self.model.state_dict(), "mean": self.mean.state_dict()}, self.folder / "new.pt")
        (self.folder / "new.pt").replace(self.folder / "last.pt")
        export(self.mean, self.folder / f"text-network-{self.step}.onnx")


def export(model: TextNetwork, path: Path) -> None:
    """Write it as ONNX: probabilities of any number of pictures of any size in multiples of 4."""
    model.eval()
    answer = torch.nn.Sequential(model, torch.nn.Sigmoid())
    dynamic = {"picture": {0: "n", 2: "rows", 3: "columns"}, "writing": {0: "n", 1: "cells down", 2: "cells across"}}
    torch.onnx.export(
        answer,
        torch.zeros(1, 2, 64, 64),
        str(path),
        input_names=["picture"],
        output_names=["writing"],
        dynamic_axes=dynamic,
        opset_version=13,
    )


def main() -> None:
    """Train until the rate has fallen to nothing."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("run", type=Path)
    given.add_argument("--site", type=Path, required=True)
    given.add_argument("--photographs", type=Path, required=True)
    given.add_argument("--decay-from", type=int)
    given.add_argument("--decay", type=int, default=2000)
    asked = given.parse_args()
    torch.set_num_threads(1)
    found = [item for item in negatives(asked.site, asked.photographs) if not item.kept]
    real = [[n.plane for n in found if n.kind == kind] for kind in KINDS]
    run, values = Run(asked.run, asked.decay_from, asked.decay), []
    while run.rate > 0:
        values.append(run.learn(real))
        if run.step % EVERY == 0:
            run.save()
            mean, values = float(np.mean(values)), []
            with (asked.run / "log").open("a") as log:
                log.write(f"{run.step} loss {mean:.4f} rate {run.rate:.2g} cpu {time.process_time():.0f} s\n")
    run.save()


if __name__ == "__main__":
    main()
