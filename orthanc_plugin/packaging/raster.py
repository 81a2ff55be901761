"""Pictures for slides and print: what a viewer shows, with square pixels, and nothing that the pixels do not hold.

The pictures are made from arrays alone (`orthanc_plugin.rendering`): there is no EXIF, XMP, ICC or text to carry over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import Image as Pillow
from pydicom import dcmread

from orthanc_plugin.packaging.release import CannotRenderError, Image
from orthanc_plugin.rendering import (
    Picture,
    UnrenderableError,
    ValueRange,
    Window,
    faults_of,
    offers_window,
    pictures,
    range_of,
    square,
)

PRINT_DPI = (300, 300)

Series = tuple[int, int]
"""Study and series, counted from 1 as in `Image`."""

_OPTIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "png": ("PNG", "png", {"optimize": False, "compress_level": 4}),
    "jpeg": ("JPEG", "jpg", {"quality": 92, "subsampling": 0}),
    "tiff": ("TIFF", "tif", {"dpi": PRINT_DPI, "compression": "tiff_adobe_deflate"}),
}


def renderer(
    form: str, *, window: Window | int | None = None, ranges: Mapping[Series, ValueRange] | None = None
) -> Callable[[Image], Iterator[tuple[str, bytes]]]:
    """Return the function that turns one object into members of the format `form` (png, jpeg or tiff).

    Parameters
    ----------
    form
        The format.
    window
        What the requester chose instead of each object's first window: one by its values, or an index into the
        object's own.
    ranges
        From which value to which each series reaches, for slices that have no window: they stay comparable.
    """
    kind, ending, options = _OPTIONS[form]

    def members(image: Image) -> Iterator[tuple[str, bytes]]:
        stem = f"images/{image.label or f'{image.study:02}-{image.series:03}-{image.number:05}'}"
        value_range = (ranges or {}).get((image.study, image.series))
        for frame, pixels in enumerate(frames(image.read(), window=window, value_range=value_range), 1):
            yield f"{stem}-{frame:04}.{ending}", _encoded(pixels, kind, options)

    return members


def ranges_of_series(images: Iterable[Image]) -> dict[Series, ValueRange]:
    """Return from which value to which each series reaches, over its objects that offer no window (PS3.3 C.11.2).

    An object that cannot be read counts for nothing here; why it is left out is said when it is its turn.
    """
    ranges: dict[Series, ValueRange] = {}
    for image in images:
        with suppress(UnrenderableError):
            own = _range_without_window(image.read())
            if own is not None:
                series = image.study, image.series
                ranges[series] = ranges.get(series, own) | own
    return ranges


def _range_without_window(data: bytes) -> ValueRange | None:
    with faults_of("its file"):
        header = dcmread(BytesIO(data))
    return None if offers_window(header) else range_of(header)


def _encoded(pixels: Picture, kind: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    try:
        Pillow.fromarray(pixels).save(out, kind, **options)
    except (OSError, ValueError) as error:
        raise CannotRenderError(f"its frames are larger than this format allows ({type(error).__name__})") from None
    return out.getvalue()


def frames(
    data: bytes, *, window: Window | int | None = None, value_range: ValueRange | None = None
) -> Iterator[Picture]:
    """Yield each frame as people see it.

    Parameters
    ----------
    data
        A DICOM file.
    window, value_range
        As `orthanc_plugin.rendering.Rendering.of` takes them.

    Yields
    ------
    numpy.ndarray
        8 bits; ``(rows, columns)`` for grey, ``(rows, columns, 3)`` for colour; square pixels.

    Raises
    ------
    CannotRenderError
        When the object has no pixels or they cannot be decoded.
    """
    try:
        with faults_of("its file"):
            header = dcmread(BytesIO(data))
        for picture in pictures(header, window=window, value_range=value_range):
            yield square(picture, header)
    except UnrenderableError as error:
        raise CannotRenderError(str(error)) from None
