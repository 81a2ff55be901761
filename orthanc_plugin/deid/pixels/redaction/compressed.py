"""Blackening compressed frames: each in its own format where that can be, else all of them in another."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydicom import uid
from pydicom.dataset import Dataset

from orthanc_plugin.deid.pixels.redaction.codecs import jpeg_2000_header
from orthanc_plugin.deid.pixels.redaction.codecs.frame import Frame
from orthanc_plugin.deid.pixels.redaction.codecs.jpeg import decode_jpeg
from orthanc_plugin.deid.pixels.redaction.codecs.jpeg_2000 import decode_jpeg_2000
from orthanc_plugin.deid.pixels.redaction.codecs.jpeg_ls import decode_jpeg_ls
from orthanc_plugin.deid.pixels.redaction.codecs.rle import decode_rle
from orthanc_plugin.deid.pixels.redaction.encapsulation import encapsulated, frames_of
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError, OtherWayError
from orthanc_plugin.deid.pixels.redaction.header import say_lossy
from orthanc_plugin.deid.pixels.redaction.layout import Layout
from orthanc_plugin.deid.pixels.redaction.native import blacken_native
from orthanc_plugin.deid.pixels.redaction.recoding import recode
from orthanc_plugin.deid.pixels.redaction.work import Work

_JPEG = frozenset({uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit})
_JPEG_LS = (uid.JPEGLSLossless, uid.JPEGLSNearLossless)
_JPEG_2000 = (uid.JPEG2000Lossless, uid.JPEG2000)
_HTJ2K = (uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K)
_PROGRESSIVE = ("1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55")  # retired: spectral selection, full progression
_RAW = "1.2.840.10008.1.2.1.98"  # encapsulated, not compressed

_DECODERS: dict[str, Callable[[bytes, Layout], Frame]] = {
    uid.RLELossless: decode_rle,
    **dict.fromkeys(_JPEG_LS, decode_jpeg_ls),
    **dict.fromkeys((*_JPEG_2000, *_HTJ2K), decode_jpeg_2000),
    **dict.fromkeys((*_JPEG, *_PROGRESSIVE, uid.JPEGLossless, uid.JPEGLosslessSV1), decode_jpeg),
}
_METHODS: dict[str, str] = {
    **dict.fromkeys(_JPEG_LS, "ISO_14495_1"),
    **dict.fromkeys(_JPEG_2000, "ISO_15444_1"),
    **dict.fromkeys(_HTJ2K, "ISO_15444_15"),
}
_METHOD_OF_JPEG = "ISO_10918_1"


def blacken_compressed(dataset: Dataset, work: Work) -> None:
    """Blacken what is selected in compressed pixel data, in place, one decoded frame in memory at a time.

    Parameters
    ----------
    dataset : Dataset
        With its file meta information, whose transfer syntax changes where the format cannot be kept.
    work : Work
        How the pixels lie, what goes, what is written.

    Raises
    ------
    CannotRedactError
        When a frame cannot be decoded, or is of a format that is not handled.
    """
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    if syntax not in _DECODERS and syntax != _RAW:
        raise CannotRedactError(f"frames in the transfer syntax {uid.UID(syntax).name} are not decoded here")
    source = frames_of(dataset["PixelData"].value, work.layout.frames)
    try:
        new = _in_own_format(dataset, source, work, syntax)
    except OtherWayError:
        decoder = _DECODERS[syntax]
        new = recode(dataset, (decoder(frame, work.layout) for frame in source), work)
    if work.lossy:
        before = work.layout.words * work.layout.allocated // 8 * len(source)
        say_lossy(dataset, _METHODS.get(syntax, _METHOD_OF_JPEG), before / max(sum(map(len, source)), 1))
    if new:
        dataset["PixelData"].value = encapsulated(new)


def _in_own_format(dataset: Dataset, source: Sequence[bytes], work: Work, syntax: str) -> list[bytes]:
    """Return the frames in the same transfer syntax; those with nothing to blacken as they were."""
    if syntax in _JPEG:
        return [work.blocks(frame, number) for number, frame in enumerate(source)]
    if syntax == _RAW:
        return [_raw(frame, number, work) for number, frame in enumerate(source)]
    if syntax in _JPEG_2000 and _loses_its_colour_transform(source, work):
        dataset.PhotometricInterpretation = "YBR_RCT"
        return [work.decoded(_DECODERS[syntax], frame, number, always=True) for number, frame in enumerate(source)]
    if syntax in (uid.RLELossless, *_JPEG_LS, *_JPEG_2000):
        return [work.decoded(_DECODERS[syntax], frame, number) for number, frame in enumerate(source)]
    raise OtherWayError


def _raw(frame: bytes, number: int, work: Work) -> bytes:
    """Return a frame that is encapsulated and not compressed, blackened."""
    if not work.selection.touches(number):
        return frame
    alone = Work(replace(work.layout, frames=1), work.selection.only(number), work.paint)
    return bytes(blacken_native(frame, alone, "<", swapped=False))


def _loses_its_colour_transform(source: Sequence[bytes], work: Work) -> bool:
    """Say whether colours that were transformed with loss, or against the header, will be transformed reversibly.

    One object has one photometric interpretation, so then every frame is written again.
    """
    if work.layout.samples == 1 or work.layout.photometric == "YBR_RCT":
        return False
    return work.layout.photometric == "YBR_ICT" or jpeg_2000_header.read(source[0]).mixes
