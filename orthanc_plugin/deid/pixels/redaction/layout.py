"""How the pixels of an object lie in its bytes, as its header says, checked before anything is decoded."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import Dataset

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError

MOST_BYTES_OF_A_FRAME = 512 * 1024 * 1024
"""A compressed frame that says it is larger than this is refused before it is decoded."""

PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_ALLOCATED = frozenset({1, 8, 16, 32, 64})
_GREY = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
_COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_RCT", "YBR_ICT"})


@dataclass(frozen=True, slots=True)
class Layout:
    """What the Image Pixel module says (PS3.3 C.7.6.3), as numbers.

    Attributes
    ----------
    keyword : str
        The element that holds the pixels.
    rows, columns, samples, frames : int
        Each at least 1.
    allocated, stored, shift : int
        Bits of a word; those of its value; how many unused bits are below these.
    signed : bool
        Whether values are in two's complement.
    photometric : str
        Photometric Interpretation.
    by_plane : bool
        Whether each sample has a plane of its own.
    """

    keyword: str
    rows: int
    columns: int
    samples: int
    frames: int
    allocated: int
    stored: int
    shift: int
    signed: bool
    photometric: str
    by_plane: bool

    @property
    def is_float(self) -> bool:
        """Say whether values are floating-point numbers."""
        return self.keyword != "PixelData"

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return rows, columns and samples of a frame."""
        return self.rows, self.columns, self.samples

    @property
    def words(self) -> int:
        """Return how many samples a frame has."""
        return self.rows * self.columns * self.samples

    def check_size(self) -> None:
        """Refuse frames that are too large to be decoded at once."""
        if self.words * self.allocated > MOST_BYTES_OF_A_FRAME * 8:
            raise CannotRedactError("a frame of it is larger than what may be decoded at once")


def layout_of(dataset: Dataset) -> Layout:
    """Return how the pixels lie.

    Raises
    ------
    CannotRedactError
        When the header is missing something, contradicts itself, or names a format that nobody decodes here.
    """
    found = [keyword for keyword in PIXELS if keyword in dataset]
    if len(found) != 1:
        raise CannotRedactError("it has no pixels, or more than one set of them")
    try:
        layout = _read(dataset, found[0])
    except (TypeError, ValueError, AttributeError):
        raise CannotRedactError("its header does not say how its pixels lie") from None
    _check(layout)
    return layout


def _read(dataset: Dataset, keyword: str) -> Layout:
    allocated = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}.get(keyword) or int(dataset.BitsAllocated)
    stored = int(dataset.get("BitsStored") or allocated)
    high = dataset.get("HighBit")
    return Layout(
        keyword=keyword,
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        samples=int(dataset.get("SamplesPerPixel") or 1),
        frames=int(dataset.get("NumberOfFrames") or 1),
        allocated=allocated,
        stored=stored,
        shift=0 if high is None else int(high) + 1 - stored,
        signed=int(dataset.get("PixelRepresentation") or 0) == 1,
        photometric=str(dataset.get("PhotometricInterpretation") or ""),
        by_plane=int(dataset.get("PlanarConfiguration") or 0) == 1,
    )


def _check(layout: Layout) -> None:
    if min(layout.rows, layout.columns, layout.frames) < 1 or layout.samples not in (1, 3):
        raise CannotRedactError("it has no pixels, or a number of samples that is not handled")
    known = _GREY if layout.samples == 1 else _COLOUR
    if layout.photometric not in known:
        raise CannotRedactError("its photometric interpretation is not handled, or does not fit its samples")
    fits = layout.stored >= 1 and 0 <= layout.shift <= layout.allocated - layout.stored
    if layout.allocated not in _ALLOCATED or not fits:
        raise CannotRedactError("its bits allocated, stored and high bit do not fit together")
    if layout.allocated == 1 and layout.samples != 1:
        raise CannotRedactError("it has colour of one bit")


def as_pixels(words: NDArray[Any], shape: tuple[int, int, int], *, by_plane: bool) -> NDArray[Any]:
    """Return a view of the words as (rows, columns, samples)."""
    rows, columns, samples = shape
    if by_plane:
        return words.reshape(samples, rows, columns).transpose(1, 2, 0)
    return words.reshape(shape)
