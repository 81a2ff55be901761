"""The stored frames of an object, one at a time, whatever they are encoded in."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, ImplicitVRLittleEndian, RLELossless

from orthanc_plugin.rendering.colour import rgb
from orthanc_plugin.rendering.errors import UnrenderableError, faults_of
from orthanc_plugin.rendering.sizes import frame_count, refuse_bombs, refuse_large

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_NO_SIZE = (RLELossless,)


def decoded(dataset: Dataset, only: Sequence[int] | None = None) -> Iterator[NDArray[Any]]:
    """Yield each stored frame.

    One frame is in memory at a time, beside the encoded pixels that the dataset holds. Frames beyond Number of Frames
    come too: they leave with the object.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Of any transfer syntax that pydicom can decode here; no syntax in its file meta: implicit little endian.
    only : sequence of int, optional
        Frames, counted from 0; without it all of them in order.

    Yields
    ------
    numpy.ndarray
        ``(rows, columns)``: the stored values, unused bits cleared and sign extended (palette: the indices); or
        ``(rows, columns, 3)``, uint8: RGB, whatever the stored colour space and planes.

    Raises
    ------
    UnrenderableError
        When there are no pixels, a frame is larger than `MOST_FRAME_BYTES` or than the object says, frames are
        missing, or they cannot be decoded.
    """
    with faults_of("its pixels"):
        if only is not None and not all(0 <= frame < frame_count(dataset) for frame in only):
            raise UnrenderableError("it has no such frame")
        keyword = next((name for name in _PIXELS if name in dataset), None)
        if keyword is None:
            raise UnrenderableError("it is not an image")
        refuse_large(dataset)
        if int(dataset.get("BitsAllocated") or 0) == 1 and not _syntax(dataset).is_encapsulated:
            yield from _bits(dataset, only)
        else:
            yield from _arrays(dataset, keyword, only)


def is_little_endian(dataset: Dataset) -> bool:
    """Return whether words inside OW values are little endian, as in every syntax but the retired one."""
    return _syntax(dataset).is_little_endian


def _syntax(dataset: Dataset) -> UID:
    meta = getattr(dataset, "file_meta", None)
    return UID(meta.get("TransferSyntaxUID") or ImplicitVRLittleEndian if meta else ImplicitVRLittleEndian)


def _arrays(dataset: Dataset, keyword: str, only: Sequence[int] | None) -> Iterator[NDArray[Any]]:
    if only is not None and not only:
        return
    syntax, count = _syntax(dataset), 0
    decoder = get_decoder(syntax)
    if syntax.is_encapsulated and syntax not in _NO_SIZE:
        refuse_bombs(dataset, only)
    displaced = keyword == "PixelData" and _displaced(dataset) and (syntax in _NO_SIZE or not syntax.is_encapsulated)
    options: dict[str, Any] = {"correct_unused_bits": False} if displaced else {}
    if not syntax.is_encapsulated and str(dataset.get("PhotometricInterpretation")) == "YBR_PARTIAL_422":
        options["photometric_interpretation"] = "YBR_FULL_422"
    for array, described in decoder.iter_array(dataset, indices=only, raw=True, **options):
        values = _placed(array, dataset) if displaced else array
        count += 1
        yield _native_order(_shown_colours(values, dataset, described) if values.ndim == 3 else values)
    if count < (len(only) if only is not None else frame_count(dataset)):
        raise UnrenderableError("it has fewer frames than it says")


def _native_order(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _shown_colours(values: NDArray[Any], dataset: Dataset, described: dict[str, str | int]) -> NDArray[np.uint8]:
    said = str(dataset.get("PhotometricInterpretation") or "")
    now = said if said.startswith("YBR_PARTIAL") else str(described["photometric_interpretation"])
    bits = min(int(described["bits_stored"]), int(described["bits_allocated"]))
    return rgb(values, now, bits)


def _displaced(dataset: Dataset) -> bool:
    """Return whether the value does not end at the lowest bit: retired, and pydicom knows nothing of it."""
    high, stored = int(dataset.get("HighBit") or 0), int(dataset.get("BitsStored") or 0)
    return stored - 1 < high < int(dataset.BitsAllocated)


def _placed(array: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Return the stored bits alone, moved to the lowest; a signed value keeps its sign."""
    allocated = int(dataset.BitsAllocated)
    return (array << (allocated - 1 - int(dataset.HighBit))) >> (allocated - int(dataset.BitsStored))


def _bits(dataset: Dataset, only: Sequence[int] | None) -> Iterator[NDArray[np.uint8]]:
    """Yield frames of one bit a pixel, of which only the first need start at a whole byte (PS3.5 8.1.1)."""
    rows, columns, count = int(dataset.Rows), int(dataset.Columns), frame_count(dataset)
    data, size = np.frombuffer(dataset.PixelData, np.uint8), rows * columns
    if data.size * 8 < count * size:
        raise UnrenderableError("it has fewer frames than it says")
    for frame in range(count) if only is None else only:
        start = frame * size
        octets = data[start // 8 : -(-(start + size) // 8)]
        yield np.unpackbits(octets, bitorder="little")[start % 8 :][:size].reshape(rows, columns)
