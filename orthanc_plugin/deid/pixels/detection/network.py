"""Writing as our own small network sees it: dim letters in speckle and noise, at any angle, that PP-OCR does not find.

Weights, their origin and the figures of their training: `data/text-network.toml`; why: docs/decisions/0164.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection.boxes import fitted
from orthanc_plugin.deid.pixels.detection.channels import channels
from orthanc_plugin.deid.pixels.late import ndimage, onnxruntime

METHOD = "network"
"""The method that its areas name."""

_DATA = files("orthanc_plugin.deid.pixels.detection") / "data"
CELL = 4
"""Pixels of the picture across one cell of the answer."""
_HINT, _FEWEST_HINTS = 0.3, 6  # probability, and cells side by side: of 298 drawn strings one, a faint one, had fewer
HINT, MARK, FIRM, HOME, LINE = map(np.uint8, (1, 2, 4, 8, 16))
"""What a cell says: something speaks for writing there; the network marks it; much of the mark is sure; and it is a
mark in a picture like ultrasound, for which the network was made; and it is of a mark as long as a line, however that
is turned, of which still more is sure."""
_FIRM = 0.2  # of a mark's cells, sure: a false one in a real radiograph had .16, one of 36 faint strings less than .2
_FIRM_LINE, _OBLONG = 0.3, 2.0  # the same of a line turned by any angle: a jaw had .24; times longer than high
_TILE, _MARGIN = 1024, 96  # a cell sees 78 pixels around it, and each of those 15 more
_LARGE = 900  # rows and columns from which half the size is looked at too: letters of more than 34 pixels, faint ones
_LEAST_CELLS = 5  # sure ones that a mark needs; a line of two letters 8 pixels high covers more
_ALONG = 0.75  # of a line's height, added at both of its ends: the first and last letters are the least sure
_SOLID = 0.55  # a slanted line fills less of its box, and is covered by several


@cache
def _settings() -> dict[str, Any]:
    return tomllib.loads((_DATA / "text-network.toml").read_text("utf-8"))


def available() -> bool:
    """Return whether the weights are installed."""
    return (_DATA / "text-network.onnx").is_file() and (_DATA / "text-network.toml").is_file()


@cache
def _session() -> Any:
    weights = (_DATA / "text-network.onnx").read_bytes()
    if hashlib.sha256(weights).hexdigest() != _settings()["sha256"]:
        msg = "text-network.onnx is not the file that text-network.toml describes: install the package again."
        raise RuntimeError(msg)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the same sums in the same order, whatever machine
    options.enable_cpu_mem_arena = False  # memory is given back after each tile
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


_Marked = tuple[Area, np.uint8]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network makes of a picture.

    Attributes
    ----------
    areas : list of Area
        Where it sees writing, in every frame, in reading order.
    cells : ndarray of uint8
        (rows / 4, columns / 4): `HINT` where anything speaks for writing, `MARK` within the areas, `FIRM` within those
        of which much is sure. Where there is nothing, slower methods need not look twice.
    """

    areas: list[Area]
    cells: NDArray[np.uint8]


def marks(plane: NDArray[np.uint8], *, least: float | None = None) -> list[Area]:
    """Return the areas of `see` alone.

    Parameters
    ----------
    plane, least
        As `see` takes them.
    """
    return see(plane, least=least).areas


def see(plane: NDArray[np.uint8], *, least: float | None = None, at_home: bool = False) -> Seen:
    """Return where the network sees writing, and where anything speaks for it.

    Parameters
    ----------
    plane : ndarray of uint8
        (rows, columns), grey levels as shown; of any size, also empty. A large one is looked at in tiles, so that what
        is needed beside it stays below 200 MB, and a quarter of its own size.
    least : float, optional
        Probability that a few cells of a mark have to reach; by default what the weights were measured with. A mark
        then goes as far around them as anything speaks for writing.
    at_home : bool
        Whether it is like ultrasound, where less is asked of a mark by default.

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
    sure = float(_settings()["least_at_home" if at_home else "least"] if least is None else least)
    limits = min(float(_settings()["around"]), sure), sure
    rows, columns = plane.shape
    hints = np.zeros((-(-rows // CELL), -(-columns // CELL)), np.bool_)
    found = list(_tiled(plane, limits, hints))
    if min(plane.shape) >= _LARGE:
        half = _halved(plane)
        coarse = np.zeros((-(-half.shape[0] // CELL), -(-half.shape[1] // CELL)), np.bool_)
        found += [(_doubled(area), said) for area, said in _tiled(half, limits, coarse)]
        fine = coarse.repeat(2, axis=0).repeat(2, axis=1)[: hints.shape[0], : hints.shape[1]]
        hints[: fine.shape[0], : fine.shape[1]] |= fine
    inside = [(area.within(columns, rows), said) for area, said in found]
    areas = sorted({area for area, _ in inside}, key=lambda a: (a.top, a.left, a.bottom, a.right))
    return Seen(areas, _said(hints, inside))


def _said(hints: NDArray[np.bool_], marked: list[_Marked]) -> NDArray[np.uint8]:
    parts, _ = ndimage.label(hints, np.ones((3, 3), bool))
    enough = np.bincount(parts.ravel(), minlength=1) >= _FEWEST_HINTS
    enough[0] = False
    cells: NDArray[np.uint8] = np.where(enough[parts], HINT, 0).astype(np.uint8)
    for a, said in marked:
        cells[a.top // CELL : -(-a.bottom // CELL), a.left // CELL : -(-a.right // CELL)] |= MARK | said
    return cells


def _doubled(area: Area) -> Area:
    return Area(2 * area.left, 2 * area.top, 2 * area.right, 2 * area.bottom, None, METHOD)


def _halved(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return it at half its size: means of 2 x 2, row band by row band."""
    rows, columns = plane.shape[0] // 2, plane.shape[1] // 2
    half = np.empty((rows, columns), np.uint8)
    for top in range(0, rows, _TILE):
        part = plane[2 * top : 2 * min(top + _TILE, rows), : 2 * columns].astype(np.uint16)
        half[top : top + _TILE] = (part[::2, ::2] + part[1::2, ::2] + part[::2, 1::2] + part[1::2, 1::2] + 2) // 4
    return half


def _tiled(plane: NDArray[np.uint8], limits: tuple[float, float], hints: NDArray[np.bool_]) -> Iterator[_Marked]:
    """Yield what is found in each tile, seen with its margin, and note the hints; a line across tiles is in pieces."""
    rows, columns = plane.shape
    for top in range(0, rows, _TILE):
        for left in range(0, columns, _TILE):
            above, before = min(top, _MARGIN), min(left, _MARGIN)
            piece = plane[top - above : top + _TILE + _MARGIN, left - before : left + _TILE + _MARGIN]
            if piece.min() == piece.max():  # the empty ground of a slide
                continue
            seen = _probability(piece)[above // CELL :, before // CELL :][: _TILE // CELL, : _TILE // CELL]
            here = hints[top // CELL :, left // CELL :][: seen.shape[0], : seen.shape[1]]
            here |= seen[: here.shape[0], : here.shape[1]] > _HINT
            edges = (top > 0, left > 0, rows - top > _TILE, columns - left > _TILE)
            for box, said in _boxes(seen, limits, edges):
                y0, x0, y1, x1 = (side * CELL for side in box)
                yield Area(left + x0, top + y0, left + x1, top + y1, None, METHOD), said


def _probability(piece: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how surely each cell of 4 x 4 pixels is writing, 0 to 1."""
    rows, columns = (max(-(-side // CELL) * CELL, 8 * CELL) for side in piece.shape)
    padded = np.pad(piece, ((0, rows - piece.shape[0]), (0, columns - piece.shape[1])), mode="edge")
    answer: NDArray[np.float32] = _session().run(None, {"picture": channels(padded)[None]})[0][0]
    return answer


def _boxes(
    seen: NDArray[np.float32], limits: tuple[float, float], goes_on: tuple[bool, bool, bool, bool]
) -> Iterator[tuple[tuple[int, int, int, int], np.uint8]]:
    """Yield boxes (top, left, bottom, right, in cells) that cover each part where enough is sure, and what is said.

    `limits` are the probabilities of what belongs to a part and of what is sure; `goes_on` says whether the picture
    goes on beyond the first row, the first column, the last row, the last column: a part that touches such an edge may
    be the end of a line, and needs one sure cell only.
    """
    around, sure = limits
    parts, _ = ndimage.label(seen > around, np.ones((3, 3), bool))
    for number, (down, across) in enumerate(ndimage.find_objects(parts), 1):
        part = parts[down, across] == number
        ends = (down.start, across.start, seen.shape[0] - down.stop, seen.shape[1] - across.stop)
        cut = any(on and end == 0 for on, end in zip(goes_on, ends, strict=True))
        cells = seen[down, across][part] > sure
        if cells.sum() >= (1 if cut else _LEAST_CELLS):
            said = _said_of(part, float(cells.mean()))
            yield from ((_widened(box), said) for box in _cover(part, down.start, across.start))


def _said_of(part: NDArray[np.bool_], sure: float) -> np.uint8:
    """Return what is said of a mark, of which such a share is sure."""
    if sure < _FIRM_LINE:
        return FIRM if sure >= _FIRM else np.uint8(0)
    line = fitted(np.argwhere(part).astype(np.float64))
    return FIRM | LINE if line.length >= _OBLONG * line.height else FIRM


def _widened(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return a box a cell larger, and more at the ends of a line."""
    top, left, bottom, right = box
    high, wide = bottom - top, right - left
    down = 1 + (round(_ALONG * wide) if high > 1.5 * wide else 0)
    across = 1 + (round(_ALONG * high) if wide > 1.5 * high else 0)
    return top - down, left - across, bottom + down, right + across


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
