"""How large an image is by its own words, and where its pixel data goes on beyond that."""

import struct

from orthanc_plugin.verify.reading.reading import Reading

_SAMPLES, _FRAMES, _ROWS, _COLUMNS, _BITS_OF_ONE = 0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100
_MARKERS = frozenset({0x00120062, 0x00120063, 0x00120064, 0x00280303})
_SIZES = frozenset({*range(0x00281101, 0x00281105), 0x00289001, 0x00289002, 0x00289108})
TOLD_BY_TOP = frozenset({*_MARKERS, *_SIZES, _SAMPLES, _FRAMES, _ROWS, _COLUMNS, _BITS_OF_ONE, 0x00080005})
"""Outermost elements that tell about the whole object, with the character set, and about sizes (look/room.py)."""


def excess_pixels(reading: Reading) -> tuple[int, int] | None:
    """Return where native pixel data goes on beyond the image that Rows, Columns ... describe; None when it does not.

    Units are bytes. Such bytes are no pixels, so they are searched as text.
    """
    if not reading.measured:
        reading.excess, reading.measured = _excess_pixels(reading), True
    return reading.excess


def plane(reading: Reading) -> int:
    """Return how many pixels a frame has; 0 where it is not described."""
    return _number(reading, _ROWS) * _number(reading, _COLUMNS)


def frames(reading: Reading) -> int:
    """Return how many frames an object has."""
    return _number(reading, _FRAMES) or 1


def frame_length(reading: Reading) -> int:
    """Return how many bytes a frame has that is not compressed; 0 where it is not described."""
    return (_bits(reading) + 7) // 8


def _bits(reading: Reading) -> int:
    return plane(reading) * (_number(reading, _SAMPLES) or 1) * _number(reading, _BITS_OF_ONE)


def _excess_pixels(reading: Reading) -> tuple[int, int] | None:
    if reading.pixels is None or reading.fragments:
        return None
    start, length = reading.pixels[2], reading.pixels[3]
    expected = (_bits(reading) * frames(reading) + 7) // 8
    return (start + expected, start + length) if length > expected + 1 else None


def _number(reading: Reading, tag: int) -> int:
    vr, value = reading.told(tag) or (b"", b"")
    if vr != b"IS":
        order = ">" if reading.transfer_syntax == "1.2.840.10008.1.2.2" else "<"
        return int(struct.unpack(order + "H", value)[0]) if len(value) == 2 else 0
    digits = value.split(b"\\")[0].strip(b" \0+")
    return int(digits) if digits.isdigit() and len(digits) < 12 else 0
