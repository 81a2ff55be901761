"""The mean head and its face mask: data of the package, read once and compared with their hash."""

import hashlib
import io
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A mean head in a space of its own: axes to left, behind, above; mm.

    Attributes
    ----------
    head : ndarray
        Uint8, a mean T1 in 64 grey levels.
    face : ndarray
        Bool, what is removed of every head, with the air before it.
    inner : ndarray
        Bool, what is never removed: the brain with a margin.
    step : float
        mm between voxels.
    first : ndarray
        Centre of the first voxel.
    """

    head: NDArray[np.uint8]
    face: NDArray[np.bool_]
    inner: NDArray[np.bool_]
    step: float
    first: NDArray[np.float64]


@cache
def template() -> Template:
    """Return the template.

    Raises
    ------
    ValueError
        The data file is not the one that its record describes.
    """
    folder = files("orthanc_plugin.deid.pixels.faces") / "data"
    record = tomllib.loads((folder / "template.toml").read_text("utf-8"))
    data = (folder / record["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != record["sha256"]:
        raise ValueError("the template of heads is not the one its record names; run scripts/build_face_template.py")
    shape = tuple(record["shape"])
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = arrays["head"]
        face, inner = (np.unpackbits(arrays[name], count=head.size).reshape(shape) > 0 for name in ("face", "inner"))
    for array in (head, face, inner):
        array.setflags(write=False)
    return Template(head, face, inner, float(record["step"]), np.array(record["first"], np.float64))
