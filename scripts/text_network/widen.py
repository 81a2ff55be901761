#!/usr/bin/env python3
"""Makes the network of a training wider without changing what it answers, so that the training can go on from there.

    PYTHONPATH=scripts python3 -m text_network.widen RUN WIDER --width 48 --step STEP

Each channel more repeats an old one, and both share its weight; a little noise tells them apart (Net2Net, Chen et al.
2016). The steps are counted from STEP on: each step draws its own pictures, so none is drawn again.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from text_network.train import SEED

_NOISE = 0.05  # of the deviation of a layer's weights

State = dict[str, Tensor]


def widened(state: State, width: int) -> State:
    """Return weights of so many channels that answer as the given ones do.

    Parameters
    ----------
    state : dict of str to Tensor
        Of a `TextNetwork`.
    width : int
        Channels, more than there are.
    """
    narrow = state["head.weight"].shape[1]
    source = torch.arange(width) % narrow
    shared = torch.bincount(source).float()[source][None, :, None, None]

    def made(name: str, value: Tensor) -> Tensor:
        if name.startswith("body") and value.ndim:
            value = value[source]
            return value[:, source] / shared if value.ndim == 4 else value
        if name.startswith("stem.2") and value.ndim:
            return value[source]
        return value[:, source] / shared if name == "head.weight" else value

    return {name: made(name, value).clone() for name, value in state.items()}


def _apart(state: State) -> State:
    return {
        name: value + torch.randn_like(value) * value.std() * _NOISE if value.ndim == 4 else value
        for name, value in state.items()
    }


def main() -> None:
    """Read the training that stands in RUN, and write the wider one into WIDER."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("run", type=Path)
    given.add_argument("wider", type=Path)
    given.add_argument("--width", type=int, required=True)
    given.add_argument("--step", type=int, required=True)
    asked = given.parse_args()
    torch.manual_seed(SEED)
    held = torch.load(asked.run / "last.pt")
    made = {"step": asked.step, "decay_from": None, "optimiser": None}
    made |= {"model": _apart(widened(held["model"], asked.width)), "mean": widened(held["mean"], asked.width)}
    asked.wider.mkdir(parents=True, exist_ok=True)
    torch.save(made, asked.wider / "last.pt")


if __name__ == "__main__":
    main()
