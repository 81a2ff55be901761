"""Read a file as it lies on the disk: its beginning, and the rest only where more than native pixel data is in it."""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orthanc_plugin.verify.reading.reading import Reading, read
from orthanc_plugin.verify.reading.sizes import excess_pixels

BEGINNINGS = (16 * 1024, 256 * 1024)
"""Bytes that are read at first, and then: the headers of most images are shorter."""

LARGE = 32 * 1024 * 1024
"""Bytes above which a file is mapped: a 2 GB object needs no 2 GB."""


@contextmanager
def reading_of(data: bytes | Path | int) -> Iterator[Reading]:
    """Read bytes, the file at a path, or an open file.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    if isinstance(data, bytes):
        yield read(data)
    elif isinstance(data, Path):
        with data.open("rb", buffering=0) as file, reading_of(file.fileno()) as reading:
            yield reading
    else:
        size = os.fstat(data).st_size
        for beginning in BEGINNINGS:
            reading = read(os.pread(data, beginning, 0), size)
            if reading.suffices(size) and (len(reading.file) == size or excess_pixels(reading) is None):
                yield reading
                return
        if size <= LARGE:
            yield read(os.pread(data, size, 0))
            return
        with mmap.mmap(data, 0, access=mmap.ACCESS_READ) as mapped:
            yield read(mapped)
