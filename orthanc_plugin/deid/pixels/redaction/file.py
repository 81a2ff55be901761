"""From the bytes of a DICOM file and areas to the bytes of a new one in which they are black."""

import io
import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import UID, ExplicitVRBigEndian

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction.compressed import blacken_compressed
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.fill import Fill, paint_of
from orthanc_plugin.deid.pixels.redaction.header import forget_old_pixels
from orthanc_plugin.deid.pixels.redaction.inflating import check_inflated_size
from orthanc_plugin.deid.pixels.redaction.layout import Layout, layout_of
from orthanc_plugin.deid.pixels.redaction.native import blacken_native
from orthanc_plugin.deid.pixels.redaction.overlays import blacken_overlays
from orthanc_plugin.deid.pixels.redaction.selection import selection_of
from orthanc_plugin.deid.pixels.redaction.work import Work

_BROKEN = (
    BytesLengthException,
    InvalidDicomError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What reading, changing or writing a broken header raises. Their messages hold values, and so go no further."""


def redact(
    data: bytes,
    areas: Sequence[Area],
    masks: Mapping[int, NDArray[np.bool_]] | None = None,
    *,
    fill: Fill = "black",
) -> bytes:
    """Return the file with its pixels, and the overlays over them, blackened for good in the areas and masks.

    Other pixels stay equal to the bit; where the source was compressed with loss, equal to what it decodes to. JPEG
    of 8 bits is not decoded: areas grow to whole blocks, and a rim of one pixel changes where chroma is shared. Frames
    without anything to blacken keep their bytes as long as the transfer syntax stays. Of the header only that changes
    which the pixels change: icons, extremes, histograms, offset tables and signatures go, and where the format cannot
    be kept, transfer syntax, photometric interpretation and planar configuration follow. UIDs and marks of what was
    done are the caller's. Memory: some four times the file, and one decoded frame.

    Parameters
    ----------
    data : bytes
        A whole DICOM file, with file meta information.
    areas : sequence of Area
        In stored pixels; what reaches out of the image is cut off.
    masks : mapping of int to ndarray of bool, optional
        By frame, counted from 0; shape (rows, columns).
    fill : {"black", "padding"}
        Write what is shown black; or, where the object has one, its padding value.

    Returns
    -------
    bytes
        A new file; the same bytes where nothing lies within the image.

    Raises
    ------
    CannotRedactError
        When the file is broken, too large, contradicts itself, or is of a format that cannot be blackened surely.

    References
    ----------
    DICOM PS3.15 E.3.1 (Clean Pixel Data), PS3.3 C.7.6.3, PS3.5 A.4 and 8.2.
    """
    try:
        return _redacted(data, areas, masks or {}, fill)
    except _BROKEN:
        raise CannotRedactError("it is no DICOM file, or broken or truncated in its header") from None


def _redacted(data: bytes, areas: Sequence[Area], masks: Mapping[int, NDArray[np.bool_]], fill: Fill) -> bytes:
    dataset = _read(data)
    layout = layout_of(dataset)
    selection = selection_of(areas, masks, layout)
    if not selection:
        return data
    work = Work(layout, selection, paint_of(dataset, layout, fill))
    big_endian = dataset.file_meta.TransferSyntaxUID == ExplicitVRBigEndian
    blacken_overlays(dataset, layout, selection, big_endian=big_endian)
    if UID(dataset.file_meta.TransferSyntaxUID).is_encapsulated:
        blacken_compressed(dataset, work)
    else:
        _blacken_plain(dataset, layout, work, big_endian=big_endian)
    forget_old_pixels(dataset)
    return _written(dataset)


def _blacken_plain(dataset: pydicom.Dataset, layout: Layout, work: Work, *, big_endian: bool) -> None:
    pixels = dataset[layout.keyword]
    swapped = big_endian and layout.allocated <= 8 and pixels.VR == "OW"
    order = ">" if big_endian else "<"
    pixels.value = bytes(blacken_native(pixels.value, work, order, swapped=swapped))


def _read(data: bytes) -> pydicom.FileDataset:
    check_inflated_size(data)
    dataset = pydicom.dcmread(io.BytesIO(data))
    if not dataset.file_meta.TransferSyntaxUID.is_transfer_syntax or "PixelDataProviderURL" in dataset:
        raise CannotRedactError("its transfer syntax is none, or its pixels are elsewhere")
    return dataset


def _written(dataset: pydicom.FileDataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset)
    return buffer.getvalue()
