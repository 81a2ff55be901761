"""The networks that find and read writing: where their files are, whether they are the right ones, how they are run."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.late import onnxruntime

Name = Literal["detector", "recogniser"]


class WeightsMissingError(RuntimeError):
    """A network's file is not there, or is another one than was measured: nobody can look, so every picture is held."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One file of weights: in which installed package it lies, and what it has to be."""

    package: str
    version: str
    file: str
    sha256: str
    origin: str
    licence: str


@cache
def pins() -> dict[str, Pin]:
    """Return what is known of each network, by its name: the lines of ``weights.toml``."""
    text = (files("orthanc_plugin.deid.pixels.detection") / "weights.toml").read_text("utf-8")
    return {name: Pin(**entry) for name, entry in tomllib.loads(text).items()}


def place(pin: Pin) -> Path:
    """Return where the file of weights is, its content checked; nothing of its package is imported.

    Raises
    ------
    WeightsMissingError
        The package or the file is missing, or the file is another one.
    """
    spec = find_spec(pin.package)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / pin.file
        if path.is_file():
            if hashlib.sha256(path.read_bytes()).hexdigest() != pin.sha256:
                raise WeightsMissingError(
                    f"{Path(pin.file).name} is not the file of {pin.package} {pin.version}: run `make setup` again"
                )
            return path
    raise WeightsMissingError(f"{Path(pin.file).name} of {pin.package} {pin.version} is missing: run `make setup`")


@cache
def session(name: Name) -> Any:
    """Return the network, ready to run: one a process, one thread, so that the same picture gives the same answer.

    Raises
    ------
    WeightsMissingError
        Its file is missing or another one.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # pictures come in all sizes; the arena would keep the sum of the largest
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(place(pins()[name])), options, providers=["CPUExecutionProvider"])


def run(name: Name, batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the network says of a batch of pictures of shape (number, 3, rows, columns), values -1 to 1."""
    network = session(name)
    answer: Any = network.run(None, {network.get_inputs()[0].name: batch})[0]
    return np.asarray(answer, dtype=np.float32)
