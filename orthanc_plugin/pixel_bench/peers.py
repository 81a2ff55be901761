"""Others that find writing in pictures: tesseract, one plain pass of rapidocr's detector, and our own network alone.

pydicom's deid is left out: its rules go by device and by header, and no device that it knows drew these pictures.
"""

import importlib.util
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_dilation, find_objects, label

from orthanc_plugin.deid.pixels.detection import network
from orthanc_plugin.pixel_bench.plain import Boxes, Find

_SHORT, _PROBABLE, _SURE, _UNCLIP = 736, 0.3, 0.5, 1.6  # rapidocr's own configuration


def tesseract(picture: NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of words that tesseract reads, as it is installed, looking for sparse text.

    Parameters
    ----------
    picture : ndarray of uint8
        Grey or RGB.
    """
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG")
    command = [shutil.which("tesseract") or "tesseract", "stdin", "stdout", "--psm", "11", "tsv"]
    alone = os.environ | {"OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, input=held.getvalue(), capture_output=True, check=True, env=alone)
    for line in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        level, *_, left, top, wide, high, sure, words = [*line.split("\t"), ""][:12]
        if level == "5" and words.strip() and float(sure) > 0:
            x, y = int(left), int(top)
            yield x - 2, y - 2, x + int(wide) + 2, y + int(high) + 2


def _detector() -> Path | None:
    """Return the detector of the installed rapidocr wheel; nothing of the wheel is imported."""
    spec = importlib.util.find_spec("rapidocr")
    folders = [Path(place) / "models" for place in (spec.submodule_search_locations or ())] if spec else []
    return next((path for folder in folders for path in sorted(folder.glob("*_det_*.onnx"))), None)


@cache
def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def rapidocr(picture: NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int]]:
    """Yield what its detector finds with the settings of its own configuration, as upright boxes.

    Parameters
    ----------
    picture : ndarray of uint8
        Grey or RGB.
    """
    path = _detector()
    if path is None:
        raise FileNotFoundError("rapidocr's wheel is not installed: `make setup` installs it.")
    rgb = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
    rows, columns = rgb.shape[:2]
    scale = max(1.0, _SHORT / min(rows, columns))
    high, wide = (max(32, round(side * scale / 32) * 32) for side in (rows, columns))
    image = np.asarray(Image.fromarray(rgb).resize((wide, high), Image.Resampling.BILINEAR), np.float32)
    given = ((image / 255 - 0.5) / 0.5).transpose(2, 0, 1)[None, ::-1].astype(np.float32)
    session = _session(path)
    probable = session.run(None, {session.get_inputs()[0].name: given})[0][0, 0]
    parts, _ = label(binary_dilation(probable > _PROBABLE, np.ones((2, 2))))
    for number, (down, across) in enumerate(find_objects(parts), 1):
        part = parts[down, across] == number
        if probable[down, across][part].mean() < _SURE:
            continue
        tall, broad = part.shape
        grown = _UNCLIP * tall * broad / (2 * (tall + broad))
        box = (across.start - grown, down.start - grown, across.stop + grown, down.stop + grown)
        yield tuple(round(side * by) for side, by in zip(box, (columns / wide, rows / high) * 2, strict=True))


def own_network(picture: NDArray[np.uint8]) -> Boxes:
    """Return what our own network alone marks in the picture's grey levels.

    Parameters
    ----------
    picture : ndarray of uint8
        Grey or RGB.
    """
    grey = picture if picture.ndim == 2 else np.asarray(picture @ np.array([0.299, 0.587, 0.114]), np.uint8)
    return [(a.left, a.top, a.right, a.bottom) for a in network.marks(grey)]


def installed() -> dict[str, Find]:
    """Return the peers that are there, by name."""
    found: dict[str, Find] = {}
    if shutil.which("tesseract"):
        found["tesseract"] = tesseract
    if _detector():
        found["rapidocr's detector, one pass"] = rapidocr
    if network.available():
        found["our own network alone"] = own_network
    return found
