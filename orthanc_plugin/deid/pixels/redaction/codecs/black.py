"""A JPEG image of one colour, written by hand so that its tables and sampling are those of another stream."""

import struct
from collections.abc import Sequence

from orthanc_plugin.deid.pixels.redaction.codecs.jpeg_header import Component, Jpeg
from orthanc_plugin.deid.pixels.redaction.errors import OtherWayError

_LARGEST_CATEGORY, _MOST_BLOCKS_OF_A_UNIT = 11, 10  # of baseline streams (ITU-T T.81 F.1.2.1, B.2.3)
_LEVELS = {0: -1024, 128: 0, 255: 1016}  # eight times the distance of a sample from the middle


def black_jpeg(like: Jpeg, columns: int, rows: int, colours: Sequence[int]) -> bytes:
    """Return a baseline image of one colour with the quantisation tables and the sampling of another stream.

    Parameters
    ----------
    like : Jpeg
        The header of that stream.
    columns, rows : int
        The size.
    colours : sequence of int
        What each component holds: 0, 128 or 255.

    Raises
    ------
    OtherWayError
        When such an image cannot be written.
    """
    first = [_coefficient(like, each, colour) for each, colour in zip(like.components, colours, strict=True)]
    sizes = sorted({_category(each) for each in first} - {0})
    units = _blocks_of_a_unit(like)
    if sum(units) > _MOST_BLOCKS_OF_A_UNIT or max(sizes, default=0) > _LARGEST_CATEGORY:
        raise OtherWayError
    bits = "".join(_first(value, sizes) + "00" * (blocks - 1) for value, blocks in zip(first, units, strict=True))
    bits += "00" * sum(units) * (_units(like, columns, rows) - 1)
    data = int(bits + "1" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big").replace(b"\xff", b"\xff\x00")
    return b"".join(
        [b"\xff\xd8", _tables(like), _frame(like, columns, rows), _codes(sizes), _scan(like), data, b"\xff\xd9"]
    )


def _coefficient(like: Jpeg, component: Component, colour: int) -> int:
    """Return the quantised first coefficient of a block that decodes to the colour, or beyond and is cut to it."""
    table = like.tables.get(component.table)
    if table is None or colour not in _LEVELS:
        raise OtherWayError
    step = int.from_bytes(table[1:3], "big") if table[0] >> 4 else table[1]
    if not step:
        raise OtherWayError
    level = _LEVELS[colour]
    return -(-level // step) if level > 0 else level // step


def _category(value: int) -> int:
    return abs(value).bit_length()


def _first(value: int, sizes: Sequence[int]) -> str:
    """Return the code of a first coefficient, its bits, and the end of its block."""
    size = _category(value)
    if not size:
        return "00"
    code = "1" * (1 + sizes.index(size)) + "0"
    bits = value if value > 0 else value + (1 << size) - 1
    return f"{code}{bits:0{size}b}0"


def _blocks_of_a_unit(like: Jpeg) -> list[int]:
    if len(like.components) == 1:
        return [1]
    return [each.across * each.down for each in like.components]


def _units(like: Jpeg, columns: int, rows: int) -> int:
    alone = len(like.components) == 1
    across, down = (1 if alone else max(getattr(each, way) for each in like.components) for way in ("across", "down"))
    return -(-columns // (8 * across)) * -(-rows // (8 * down))


def _segment(mark: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(payload) + 2) + payload


def _tables(like: Jpeg) -> bytes:
    used = {each.table for each in like.components}
    return b"".join(_segment(0xDB, like.tables[number]) for number in sorted(used))


def _frame(like: Jpeg, columns: int, rows: int) -> bytes:
    each = b"".join(bytes((one.name, one.across << 4 | one.down, one.table)) for one in like.components)
    wide = any(like.tables[one.table][0] >> 4 for one in like.components)
    return _segment(0xC1 if wide else 0xC0, struct.pack(">BHHB", 8, rows, columns, len(like.components)) + each)


def _codes(sizes: Sequence[int]) -> bytes:
    """Return the codes: 0 for no difference and for the end of a block, 10, 110 ... for a first coefficient."""
    lengths = bytes(1 if at <= len(sizes) else 0 for at in range(16))
    return _segment(0xC4, b"\x00" + lengths + b"\0" + bytes(sizes)) + _segment(0xC4, b"\x10\x01" + bytes(15) + b"\0")


def _scan(like: Jpeg) -> bytes:
    each = b"".join(bytes((one.name, 0)) for one in like.components)
    return _segment(0xDA, bytes((len(like.components),)) + each + b"\x00\x3f\x00")
