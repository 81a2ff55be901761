"""Real pictures without writing, as grey levels: slices, radiographs, ultrasound beside its writing, photographs."""

import gzip
import io
import tarfile
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image

_CT = Path("/usr/share/doc/invesalius-examples/examples/Cranium.inv3")
_MR = Path("/usr/share/mricron/templates/ch2.nii.gz")
_LIST = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


class Negative(NamedTuple):
    """A picture in which nothing is written; `kept` ones count false alarms and never train."""

    kind: str
    plane: NDArray[np.uint8]
    kept: bool


def _shown(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    return np.asarray(((values - low) / max(high - low, 1e-6) * 255).clip(0, 255), np.uint8)


def _windowed(values: NDArray[Any], kind: str) -> Iterator[NDArray[np.uint8]]:
    """Yield the plane through a few windows, as people look at it."""
    low, high = np.percentile(values, (0.5, 99.5))
    yield _shown(values, low, high)
    yield _shown(values, values.min(), values.max())
    if kind in {"CT", "MR"}:
        middle, width = low + 0.45 * (high - low), 0.35 * (high - low)
        yield _shown(values, middle - width / 2, middle + width / 2)


def _grey(values: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(values[..., :3] @ np.array([0.299, 0.587, 0.114]), np.uint8)


def _dicom(site: Path, entry: dict[str, Any]) -> Iterator[NDArray[np.uint8]]:
    ds = pydicom.dcmread(site / entry["file"])
    values = ds.pixel_array
    if int(ds.get("NumberOfFrames", 1) or 1) > 1:
        values = values[len(values) // 2]
    if "PALETTE" in ds.PhotometricInterpretation:
        values = pydicom.pixels.apply_color_lut(values, ds) // 256
    elif ds.PhotometricInterpretation.startswith("YBR"):
        values = pydicom.pixels.convert_color_space(values, ds.PhotometricInterpretation, "RGB")
    left, top, right, bottom = entry.get("crop", (0, 0, 1 << 30, 1 << 30))
    values = values[top:bottom, left:right]
    if values.ndim == 3:
        yield _grey(values)
        return
    values = values.astype(float) * (-1 if ds.PhotometricInterpretation == "MONOCHROME1" else 1)
    yield from _windowed(values, entry["kind"])


def _ct_head() -> NDArray[np.int16]:
    with tarfile.open(_CT) as folder:
        (member,) = (m for m in folder.getmembers() if m.name.endswith("matrix.dat"))
        held = folder.extractfile(member)
        raw = held.read() if held else b""
    return np.frombuffer(raw, "<i2")[-108 * 256 * 256 :].reshape(108, 256, 256)


def _mr_head() -> NDArray[np.uint8]:
    raw = gzip.decompress(_MR.read_bytes())
    columns, rows, slices = (int(n) for n in np.frombuffer(raw, "<i2", 8, 40)[1:4])
    return np.frombuffer(raw, "u1", offset=352)[: columns * rows * slices].reshape(slices, rows, columns)


def _slices(kind: str, volume: NDArray[Any], spans: dict[str, list[int]]) -> Iterator[Negative]:
    """Yield every third axial slice of each half, and the sections the other two ways through what trains."""
    windows = ((-1024, 2000), (-160, 240), (-1000, 400)) if kind == "CT" else ((0, 160), (0, 255))
    first, last = spans["train"]
    for low, high in windows:
        for name, (start, stop) in spans.items():
            for n in range(start, stop, 3):
                yield Negative(kind, _shown(volume[n][::-1].astype(float), low, high), name == "kept")
        part = volume[first:last]
        for n in range(40, part.shape[2] - 40, 12):
            yield Negative(kind, _shown(part[::-1, :, n].astype(float), low, high), kept=False)
            yield Negative(kind, _shown(part[::-1, min(n, part.shape[1] - 1)].astype(float), low, high), kept=False)


def pictures(site: Path) -> list[Negative]:
    """Return the listed pictures of pydicom's test files and pydicom-data.

    Parameters
    ----------
    site : Path
        The site-packages folder with both.
    """
    found: list[Negative] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in _LIST["picture"]:
            kind, kept = entry["kind"], entry.get("kept", False)
            found += [Negative(kind, plane, kept) for plane in _dicom(site, entry)]
    return found


def negatives(site: Path, photographs: Path) -> list[Negative]:
    """Return them all, in a fixed order.

    Parameters
    ----------
    site : Path
        The site-packages folder with pydicom and pydicom-data.
    photographs : Path
        Folder of the photographs that the list names.
    """
    found = pictures(site)
    found += _slices("CT", _ct_head(), _LIST["heads"]["ct"])
    found += _slices("MR", _mr_head(), _LIST["heads"]["mr"])
    for part, names in _LIST["photographs"].items():
        for name in names:
            (path,) = photographs.glob(f"{name}.*")
            held = Image.open(io.BytesIO(path.read_bytes())).convert("L")
            found.append(Negative("XC", np.asarray(held), part == "kept"))
    return found
