"""Refusing a deflated data set that would fill the memory (PS3.5 A.5)."""

import zlib

from pydicom.uid import DeflatedExplicitVRLittleEndian

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError

MOST_INFLATED_BYTES = 2 * 1024 * 1024 * 1024
_DEFLATED = b"\x02\x00\x10\x00UI\x16\x00" + DeflatedExplicitVRLittleEndian.encode()
_META, _AT_ONCE = 144, 1024 * 1024  # preamble, prefix and the length of the group


def check_inflated_size(data: bytes) -> None:
    """Refuse a file whose data set is deflated and larger than the limit, or ends too early.

    Raises
    ------
    CannotRedactError
        In either case.
    """
    start = _META + int.from_bytes(data[_META - 4 : _META], "little")
    if _DEFLATED not in data[_META:start]:
        return
    inflater, rest, size = zlib.decompressobj(-zlib.MAX_WBITS), memoryview(data)[start:], 0
    try:
        while not inflater.eof and (len(rest) or inflater.unconsumed_tail):
            chunk = inflater.unconsumed_tail or rest[:_AT_ONCE]
            rest = rest if inflater.unconsumed_tail else rest[_AT_ONCE:]
            size += len(inflater.decompress(chunk, _AT_ONCE))
            if size > MOST_INFLATED_BYTES:
                raise CannotRedactError("its deflated data set is larger than what may be read")
    except zlib.error:
        raise CannotRedactError("its deflated data set is broken") from None
    if not inflater.eof:
        raise CannotRedactError("its deflated data set is truncated")
