"""How large the frames of an object are, by what it says and by what its streams say; bombs are refused unopened."""

from collections.abc import Iterator, Sequence

from pydicom import Dataset
from pydicom.encaps import generate_frames, get_frame

from orthanc_plugin.rendering.errors import UnrenderableError, faults_of
from orthanc_plugin.rendering.streams import declared

MOST_FRAME_BYTES = 2**29
"""A larger frame is refused before it is decoded. The largest radiographs have 2**26 bytes; slides come as tiles."""


def frame_count(dataset: Dataset) -> int:
    """Return how many frames the object says it has; at least one."""
    with faults_of("its number of frames"):
        return max(int(dataset.get("NumberOfFrames") or 1), 1)


def refuse_large(dataset: Dataset) -> None:
    """Refuse an object whose frames would be larger than `MOST_FRAME_BYTES`, or have no pixels.

    Raises
    ------
    UnrenderableError
        When they are.
    """
    pixels = int(dataset.Rows) * int(dataset.Columns) * int(dataset.get("SamplesPerPixel") or 1)
    if pixels <= 0:
        raise UnrenderableError("its frames have no pixels")
    if pixels * max(int(dataset.BitsAllocated), 8) // 8 > MOST_FRAME_BYTES:
        raise UnrenderableError(f"a frame of it is larger than {MOST_FRAME_BYTES} bytes, the most that is decoded")


def refuse_bombs(dataset: Dataset, only: Sequence[int] | None) -> None:
    """Refuse compressed frames whose own header promises more than the object does, before anything is decoded.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With encapsulated pixels of a format that declares its size: JPEG, JPEG-LS, JPEG 2000.
    only : sequence of int or None
        The frames that will be decoded; None: all.

    Raises
    ------
    UnrenderableError
        Also where a stream does not say its size, or leaves its height to the end.
    """
    rows, columns, samples = int(dataset.Rows), int(dataset.Columns), int(dataset.get("SamplesPerPixel") or 1)
    for stream in _streams(dataset, only):
        size = declared(stream)
        if size is None or not size.rows:
            raise UnrenderableError("a frame of it does not say its own size, so it is not decoded")
        if size.rows > rows or size.columns > columns or size.samples > samples:
            raise UnrenderableError("a frame of it is larger inside than the object says, so it is not decoded")


def _streams(dataset: Dataset, only: Sequence[int] | None) -> Iterator[bytes]:
    offsets = None
    if "ExtendedOffsetTable" in dataset and "ExtendedOffsetTableLengths" in dataset:
        offsets = (dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths)
    count = frame_count(dataset)
    if only is None:
        yield from generate_frames(dataset.PixelData, number_of_frames=count, extended_offsets=offsets)
        return
    for frame in only:
        yield get_frame(dataset.PixelData, frame, number_of_frames=count, extended_offsets=offsets)
