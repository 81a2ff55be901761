"""Where the tiles of a whole-slide image lie in its total pixel matrix (PS3.3 C.7.6.17.3, C.8.12.14)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from pydicom import Dataset

from orthanc_plugin.rendering.errors import UnrenderableError, faults_of
from orthanc_plugin.rendering.sizes import frame_count

_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
_MOST_LAYERS = 64
"""Tiles over one another at one place; more are refused, so that a hostile object costs no more than its size."""


class Tile(NamedTuple):
    """One frame, counted from 0, and the column and row of the matrix, counted from 0, at which it begins."""

    frame: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Plane:
    """Tiles that do not overlap: what one focal plane shows in one optical path.

    Attributes
    ----------
    tiles : tuple of Tile
        In order of their frames.
    wide, high : int
        Pixels of each tile.
    """

    tiles: tuple[Tile, ...]
    wide: int
    high: int

    @property
    def columns(self) -> int:
        """Return how far the tiles reach, which may be beyond the matrix: what pads the last ones leaves too."""
        return max(tile.left for tile in self.tiles) + self.wide

    @property
    def rows(self) -> int:
        """Return how far the tiles reach downwards."""
        return max(tile.top for tile in self.tiles) + self.high


def is_tiled(dataset: Dataset) -> bool:
    """Return whether the frames of an object are tiles of a larger picture."""
    matrix = "TotalPixelMatrixColumns" in dataset or str(dataset.get("SOPClassUID") or "") == _SLIDE
    return matrix and frame_count(dataset) > 1


def planes_of(dataset: Dataset) -> tuple[Plane, ...]:
    """Return the planes of a tiled object; every frame is in one of them.

    Parameters
    ----------
    dataset : pydicom.Dataset
        One that `is_tiled`. TILED_FULL tells places by the order of the frames, all else by frame.

    Raises
    ------
    UnrenderableError
        It does not say where each tile lies, or lays more than 64 over one another.
    """
    with faults_of("the places of its tiles"):
        wide, high = int(dataset.Columns), int(dataset.Rows)
        if min(wide, high) < 1:
            raise UnrenderableError("its tiles have no pixels")
        full = str(dataset.get("DimensionOrganizationType") or "") == "TILED_FULL"
        found = _full(dataset, wide, high) if full else _sparse(dataset)
        return tuple(Plane(tuple(tiles), wide, high) for tiles in found)


def _full(dataset: Dataset, wide: int, high: int) -> Iterator[list[Tile]]:
    """Yield the planes of an object whose frames go along the rows, then downwards, then from plane to plane."""
    across = -(-int(dataset.TotalPixelMatrixColumns) // wide)
    each = across * -(-int(dataset.TotalPixelMatrixRows) // high)
    before, count = int(dataset.get("ConcatenationFrameOffsetNumber") or 0), frame_count(dataset)
    if each < 1 or ("InConcatenationNumber" not in dataset and count % each):
        raise UnrenderableError("it has more or fewer tiles than its matrix has places")
    planes: dict[int, list[Tile]] = {}
    for frame in range(count):
        plane, place = divmod(frame + before, each)
        planes.setdefault(plane, []).append(Tile(frame, place % across * wide, place // across * high))
    yield from planes.values()


def _sparse(dataset: Dataset) -> Iterator[list[Tile]]:
    """Yield the planes of an object that tells the place of each frame; tiles over one another go apart."""
    groups = dataset.PerFrameFunctionalGroupsSequence
    if len(groups) != frame_count(dataset):
        raise UnrenderableError("it does not say where each of its tiles lies")
    planes: dict[tuple[str, str], list[Tile]] = {}
    for frame, group in enumerate(groups):
        place = group.PlanePositionSlideSequence[0]
        left, top = int(place.ColumnPositionInTotalImagePixelMatrix), int(place.RowPositionInTotalImagePixelMatrix)
        if min(left, top) < 1:
            raise UnrenderableError("one of its tiles lies outside its matrix")
        path = (group.get("OpticalPathIdentificationSequence") or [Dataset()])[0].get("OpticalPathIdentifier")
        key = str(place.get("ZOffsetInSlideCoordinateSystem")), str(path)
        planes.setdefault(key, []).append(Tile(frame, left - 1, top - 1))
    for tiles in planes.values():
        yield from _layers(tiles, int(dataset.Columns), int(dataset.Rows))


def _layers(tiles: Iterable[Tile], wide: int, high: int) -> Sequence[list[Tile]]:
    layers: list[list[Tile]] = []
    taken: list[dict[tuple[int, int], Tile]] = []  # at most one tile of a layer begins in a cell of a tile's size
    for tile in tiles:
        cell = tile.left // wide, tile.top // high
        near = [(cell[0] + x, cell[1] + y) for x, y in product((-1, 0, 1), repeat=2)]
        free = (at for at, cells in enumerate(taken) if not _meets(tile, cells, near, (wide, high)))
        at = next(free, len(layers))
        if at == _MOST_LAYERS:
            raise UnrenderableError(f"more than {_MOST_LAYERS} of its tiles lie over one another")
        if at == len(layers):
            layers.append([])
            taken.append({})
        layers[at].append(tile)
        taken[at][cell] = tile
    return layers


def _meets(
    tile: Tile, cells: dict[tuple[int, int], Tile], near: Sequence[tuple[int, int]], size: tuple[int, int]
) -> bool:
    others = (cells[cell] for cell in near if cell in cells)
    return any(abs(tile.left - one.left) < size[0] and abs(tile.top - one.top) < size[1] for one in others)
