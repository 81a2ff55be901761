"""Writing every frame of an object anew where its own format cannot be kept: in JPEG-LS without loss, or plainly."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from orthanc_plugin.deid.pixels.redaction.codecs.frame import Frame
from orthanc_plugin.deid.pixels.redaction.codecs.jpeg_ls import encode_jpeg_ls, fits_jpeg_ls
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.work import Work


def recode(dataset: Dataset, frames: Iterator[Frame], work: Work) -> list[bytes]:
    """Return every frame, blackened, in JPEG-LS; or an empty list, with Pixel Data replaced by plain words.

    Parameters
    ----------
    dataset : Dataset
        Its transfer syntax, photometric interpretation and planar configuration are made those of the new frames.
    frames : iterator of Frame
        Decoded one by one.
    work : Work
        What goes and what is written.

    Raises
    ------
    CannotRedactError
        When frames differ in what their samples are.
    """
    new: list[bytes] = []
    kinds: set[tuple[str, bool]] = set()
    for number, frame in enumerate(frames):
        work.blacken(frame, number)
        words, bits = _with_sign(frame, work)
        small = fits_jpeg_ls(bits)
        kinds.add((frame.photometric, small))
        if len(kinds) > 1:
            raise CannotRedactError("its frames differ in what their samples are")
        new.append(encode_jpeg_ls(words, bits) if small else _plain(words, work))
    photometric, small = kinds.pop()
    _say(dataset, photometric, work.layout.samples)
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless if small else ExplicitVRLittleEndian
    if small:
        return new
    pixels = dataset["PixelData"]
    pixels.value, pixels.VR, pixels.is_undefined_length = b"".join(new), "OW", False
    return []


def _say(dataset: Dataset, photometric: str, samples: int) -> None:
    if samples > 1:
        dataset.PhotometricInterpretation, dataset.PlanarConfiguration = photometric, 0


def _with_sign(frame: Frame, work: Work) -> tuple[NDArray[Any], int]:
    """Return values of as many bits as the header says, where the stream had fewer and they have a sign."""
    stored = work.layout.stored
    if not work.layout.signed or frame.bits >= stored:
        return frame.words, frame.bits
    word = np.dtype("<u2" if stored <= 16 else "<u4")
    sign, most = word.type(1 << (frame.bits - 1)), word.type((1 << stored) - 1)
    return ((frame.words.astype(word) ^ sign) - sign) & most, stored


def _plain(words: NDArray[Any], work: Work) -> bytes:
    return words.astype(f"<u{work.layout.allocated // 8}").tobytes()
