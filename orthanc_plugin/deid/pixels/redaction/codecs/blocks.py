"""Blackening whole blocks of a JPEG frame without decoding it: jpegtran drops a black image over them.

Every other block keeps its coefficients. Areas grow to whole blocks, and by one pixel more where chroma is shared,
since a reader that smooths chroma would tint the edge otherwise; the same smoothing changes a rim of one pixel outside.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction.codecs import jpeg_header
from orthanc_plugin.deid.pixels.redaction.codecs.black import black_jpeg
from orthanc_plugin.deid.pixels.redaction.codecs.jpeg_header import Jpeg
from orthanc_plugin.deid.pixels.redaction.errors import OtherWayError

_HUFFMAN = frozenset({0xC0, 0xC1, 0xC2})
_MOST_CALLS, _MOST_SCANS, _MOST_KILOBYTES, _SECONDS = 64, 200, 2_000_000, 60


@cache
def _program() -> str:
    return str(Path(found).resolve()) if (found := shutil.which("jpegtran")) else ""


def blacken_blocks(frame: bytes, wanted: NDArray[np.bool_], colours: Sequence[int]) -> bytes:
    """Return the frame with black over every block that holds something wanted.

    Parameters
    ----------
    frame : bytes
        A JPEG stream of 8 bits, Huffman-coded.
    wanted : ndarray of bool
        Shape (rows, columns).
    colours : sequence of int
        What is written into each component: 0, 128 or 255.

    Raises
    ------
    OtherWayError
        When jpegtran is missing, does not take the stream, or would have to be called too often.
    CannotRedactError
        When the stream is broken.
    """
    head = jpeg_header.read(frame)
    if not _program() or head.process not in _HUFFMAN or head.bits != 8 or len(head.components) != len(colours):
        raise OtherWayError
    boxes = list(islice(_boxes(wanted, head), _MOST_CALLS + 1))
    if len(boxes) > _MOST_CALLS:
        raise OtherWayError
    for box in boxes:
        black = black_jpeg(head, box.right - box.left, box.bottom - box.top, colours)
        frame = _dropped(frame, black, box)
    return _marked(frame, head)


def _dropped(frame: bytes, black: bytes, box: Area) -> bytes:
    """Return the frame with another image over it; none of the three touches a disk."""
    try:
        with _in_memory(frame) as source, _in_memory(black) as drop, _in_memory(b"") as target:
            command = [_program(), "-copy", "none", "-optimize", "-maxscans", str(_MOST_SCANS)]
            command += [
                "-maxmemory",
                str(_MOST_KILOBYTES),
                "-drop",
                f"+{box.left}+{box.top}",
                f"/dev/fd/{drop.fileno()}",
            ]
            subprocess.run(
                command,
                stdin=source,
                stdout=target,
                stderr=subprocess.DEVNULL,
                pass_fds=(drop.fileno(),),
                timeout=_SECONDS,
                check=True,
                env={},
            )
            target.seek(0)
            return target.read()
    except (OSError, subprocess.SubprocessError):
        raise OtherWayError from None


def _in_memory(content: bytes) -> BinaryIO:
    """Return an open file that has no name, with this content, at its start."""
    file = os.fdopen(os.memfd_create("frame"), "w+b")
    file.write(content)
    file.seek(0)
    return file


def _marked(new: bytes, old: Jpeg) -> bytes:
    """Return the stream with the marks about colours that it had before, and no others.

    jpegtran writes those that its own reading of the stream calls for; a reader that goes by them would see others.
    """
    head = jpeg_header.read(new)
    if (head.rows, head.columns) != (old.rows, old.columns):
        raise OtherWayError
    segments, at = [], 2
    while at < head.head:
        end = at + 2 + int.from_bytes(new[at + 2 : at + 4], "big")
        if not 0xE0 <= new[at + 1] <= 0xEF:
            segments.append(new[at:end])
        at = end
    stream = b"".join([new[:2], *old.marks, *segments, new[head.head :]])
    return stream + bytes(len(stream) % 2)


def _boxes(wanted: NDArray[np.bool_], head: Jpeg) -> Iterator[Area]:
    """Yield rectangles of whole blocks, without overlap, that cover what is wanted and cost few calls."""
    across, down = (8 * max(getattr(each, way) for each in head.components) for way in ("across", "down"))
    grid = _grid(wanted, across, down, shared=len({(each.across, each.down) for each in head.components}) > 1)
    while grid.any():
        row, column = (int(each[0]) for each in np.nonzero(grid))
        right = column + _run(grid[row, column:])
        bottom = row + _run(np.asarray(grid[row:, column:right].all(axis=1)))
        grid[row:bottom, column:right] = False
        box = Area(column * across, row * down, right * across, bottom * down)
        yield box.within(head.columns, head.rows)


def _run(line: NDArray[Any]) -> int:
    """Return how many at the start of a line are wanted."""
    return int(line.size if line.all() else np.argmin(line))


def _grid(wanted: NDArray[np.bool_], across: int, down: int, *, shared: bool) -> NDArray[np.bool_]:
    rows, columns = (-(-size // step) for size, step in zip(wanted.shape, (down, across), strict=True))
    whole = np.zeros((rows * down, columns * across), dtype=np.bool_)
    whole[: wanted.shape[0], : wanted.shape[1]] = wanted
    for view in (whole, whole.T) if shared else ():
        before = view.copy()
        view[1:] |= before[:-1]
        view[:-1] |= before[1:]
    return np.asarray(whole.reshape(rows, down, columns, across).any(axis=(1, 3)))
