"""Writing as our own small network sees it: dim letters in speckle and noise, at any angle, that PP-OCR does not find.

Weights, their origin and the figures of their training: `data/text-network.toml`; why: docs/decisions/0164.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection.channels import channels

METHOD = "network"
"""The method that its areas name."""

_DATA = files("orthanc_plugin.deid.pixels.detection") / "data"
_CELL = 4  # pixels of the picture across one of the answer
_TILE, _MARGIN = 1024, 96  # a cell sees 78 pixels around it, and each of those 15 more
_LARGE = 900  # rows and columns from which half the size is looked at too: letters of more than 34 pixels, faint ones
_LEAST_CELLS = 5  # a line of two letters 8 pixels high covers more
_SOLID = 0.55  # a slanted line fills less of its box, and is covered by several


@cache
def _settings() -> dict[str, Any]:
    return tomllib.loads((_DATA / "text-network.toml").read_text("utf-8"))


def available() -> bool:
    """Return whether the weights are installed."""
    return (_DATA / "text-network.onnx").is_file() and (_DATA / "text-network.toml").is_file()


@cache
def _session() -> onnxruntime.InferenceSession:
    weights = (_DATA / "text-network.onnx").read_bytes()
    if hashlib.sha256(weights).hexdigest() != _settings()["sha256"]:
        msg = "text-network.onnx is not the file that text-network.toml describes: install the package again."
        raise RuntimeError(msg)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the same sums in the same order, whatever machine
    options.enable_cpu_mem_arena = False  # memory is given back after each tile
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def marks(plane: NDArray[np.uint8], *, least: float | None = None) -> list[Area]:
    """Return where the network sees writing, as areas of every frame, in reading order.

    Parameters
    ----------
    plane : ndarray of uint8
        (rows, columns), grey levels as shown; of any size, also empty. A large one is looked at in tiles, so that what
        is needed beside it stays below 200 MB, and a quarter of its own size.
    least : float, optional
        Probability from which a cell counts as writing; by default what the weights were measured with.

    Raises
    ------
    ValueError
        If it is not a two-dimensional array of uint8.
    RuntimeError
        If the weights are not those described.
    """
    if plane.ndim != 2 or plane.dtype != np.uint8:
        msg = (
            f"the network looks at grey pictures of 8 bits, not at {plane.dtype} of {plane.ndim} dimensions: render it."
        )
        raise ValueError(msg)
    limit = float(_settings()["least"] if least is None else least)
    found = list(_tiled(plane, limit))
    if min(plane.shape) >= _LARGE:
        half = _halved(plane)
        found += [Area(2 * a.left, 2 * a.top, 2 * a.right, 2 * a.bottom, None, METHOD) for a in _tiled(half, limit)]
    rows, columns = plane.shape
    return sorted({area.within(columns, rows) for area in found}, key=lambda a: (a.top, a.left, a.bottom, a.right))


def _halved(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return it at half its size: means of 2 x 2, row band by row band."""
    rows, columns = plane.shape[0] // 2, plane.shape[1] // 2
    half = np.empty((rows, columns), np.uint8)
    for top in range(0, rows, _TILE):
        part = plane[2 * top : 2 * min(top + _TILE, rows), : 2 * columns].astype(np.uint16)
        half[top : top + _TILE] = (part[::2, ::2] + part[1::2, ::2] + part[::2, 1::2] + part[1::2, 1::2] + 2) // 4
    return half


def _tiled(plane: NDArray[np.uint8], least: float) -> Iterator[Area]:
    """Yield what is found in each tile, seen with its margin; a line across tiles is found in pieces."""
    rows, columns = plane.shape
    for top in range(0, rows, _TILE):
        for left in range(0, columns, _TILE):
            above, before = min(top, _MARGIN), min(left, _MARGIN)
            piece = plane[top - above : top + _TILE + _MARGIN, left - before : left + _TILE + _MARGIN]
            if piece.min() == piece.max():  # the empty ground of a slide
                continue
            seen = _probability(piece)[above // _CELL :, before // _CELL :][: _TILE // _CELL, : _TILE // _CELL]
            inner = (rows - top > _TILE, columns - left > _TILE)
            for y0, x0, y1, x1 in _boxes(seen > least, (top > 0, left > 0), inner):
                y, x = top + y0 * _CELL, left + x0 * _CELL
                yield Area(x - _CELL, y - _CELL, left + (x1 + 1) * _CELL, top + (y1 + 1) * _CELL, None, METHOD)


def _probability(piece: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how surely each cell of 4 x 4 pixels is writing, 0 to 1."""
    rows, columns = (max(-(-side // _CELL) * _CELL, 8 * _CELL) for side in piece.shape)
    padded = np.pad(piece, ((0, rows - piece.shape[0]), (0, columns - piece.shape[1])), mode="edge")
    answer: NDArray[np.float32] = _session().run(None, {"picture": channels(padded)[None]})[0][0]
    return answer


def _boxes(
    seen: NDArray[np.bool_], before: tuple[bool, bool], after: tuple[bool, bool]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes (top, left, bottom, right, in cells) that cover each connected part but the tiny ones.

    `before` and `after` say whether the picture goes on beyond the first and last row and column: a tiny part that
    touches such an edge may be the end of a line, and stays.
    """
    parts, _ = label(seen, np.ones((3, 3), bool))
    for number, (down, across) in enumerate(find_objects(parts), 1):
        part = parts[down, across] == number
        edges = (
            before[0] and down.start == 0,
            before[1] and across.start == 0,
            after[0] and down.stop == seen.shape[0],
            after[1] and across.stop == seen.shape[1],
        )
        if part.sum() >= _LEAST_CELLS or any(edges):
            yield from _cover(part, down.start, across.start)


def _cover(part: NDArray[np.bool_], top: int, left: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes that cover a part: one, or those of its halves where much of the box is empty."""
    if not part.any():
        return
    down, across = np.flatnonzero(part.any(1)), np.flatnonzero(part.any(0))
    part = part[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    top, left = top + int(down[0]), left + int(across[0])
    rows, columns = part.shape
    if part.mean() >= _SOLID or max(rows, columns) <= 4:
        yield top, left, top + rows, left + columns
    elif rows > columns:
        yield from _cover(part[: rows // 2], top, left)
        yield from _cover(part[rows // 2 :], top + rows // 2, left)
    else:
        yield from _cover(part[:, : columns // 2], top, left)
        yield from _cover(part[:, columns // 2 :], top, left + columns // 2)
