"""Whole-slide images of small tiles, drawn, with a name over the borders of tiles; nobody is recorded in any."""

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from scipy import ndimage

from tests.orthanc_plugin.deid.pixels.drawing import lettering, put
from tests.orthanc_plugin.deid.pixels.drawn import image

TILE = 64
WIDE, HIGH = 6 * TILE, 4 * TILE
NAME, AT = "ROSSENDALE IVY 17/03/1962", (30, 120)
"""A line 24 pixels high, over the border between the second and the third row of tiles, and over five of its tiles."""


def tissue(columns=WIDE, rows=HIGH, seed=3):
    """Return stained tissue on glass, in colours."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[0:rows, 0:columns]
    inside = ((across / columns - 0.5) / 0.45) ** 2 + ((down / rows - 0.5) / 0.4) ** 2 < 1
    picture = np.full((rows, columns, 3), 238.0)
    picture[inside] = (205, 150, 190)
    nuclei = ndimage.gaussian_filter((random.random((rows, columns)) < 0.004).astype(float), 3.0) * 20
    picture -= (nuclei * inside)[..., None] * (60, 60, 40)
    return picture + random.normal(0, 2, picture.shape)


def named(picture, text=NAME, at=AT, size=20):
    """Write into a picture, and return where its ink is."""
    return put(picture, lettering(text, size), at, (20, 20, 60))


def cut(picture):
    """Return the tiles of a picture, along its rows; what is missing in the last ones is glass."""
    rows, columns = (-(-side // TILE) * TILE for side in picture.shape[:2])
    whole = np.full((rows, columns, 3), 238, np.uint8)
    whole[: picture.shape[0], : picture.shape[1]] = picture.clip(0, 255)
    return [whole[y : y + TILE, x : x + TILE] for y in range(0, rows, TILE) for x in range(0, columns, TILE)]


def together(frames, across=WIDE // TILE):
    """Return the picture that frames make, along its rows."""
    rows = [np.concatenate(frames[at : at + across], axis=1) for at in range(0, len(frames), across)]
    return np.concatenate(rows, axis=0)


def slide(tiles, columns=WIDE, rows=HIGH, kind="VOLUME"):
    """Return a slide of these tiles, TILED_FULL."""
    ds = image(np.stack(tiles), "RGB")
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.6"
    ds.Modality, ds.ImageType, ds.BurnedInAnnotation = "SM", ["ORIGINAL", "PRIMARY", kind, "NONE"], "NO"
    ds.pop("ConversionType", None)
    ds.TotalPixelMatrixColumns, ds.TotalPixelMatrixRows = columns, rows
    ds.DimensionOrganizationType, ds.SpecimenLabelInImage = "TILED_FULL", "NO"
    return ds


def on_glass(ds, spacing, origin=(10.0, 20.0)):
    """Say where a slide lies on the glass, with so many millimetres from pixel to pixel, turned by half a turn."""
    place, measures, shared = Dataset(), Dataset(), Dataset()
    place.XOffsetInSlideCoordinateSystem, place.YOffsetInSlideCoordinateSystem = origin
    ds.TotalPixelMatrixOriginSequence = Sequence([place])
    ds.ImageOrientationSlide, ds.FrameOfReferenceUID = [-1, 0, 0, 0, -1, 0], "2.25.10"
    measures.PixelSpacing = [spacing, spacing]
    shared.PixelMeasuresSequence = Sequence([measures])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    return ds


def sparse(ds, places):
    """Turn a slide into TILED_SPARSE with its tiles at these columns and rows, counted from 0."""
    ds.DimensionOrganizationType = "TILED_SPARSE"
    ds.PerFrameFunctionalGroupsSequence = Sequence([_placed(*place) for place in places])
    return ds


def grid(columns=WIDE, rows=HIGH):
    """Return the places of all tiles of a slide, along its rows."""
    return [(x, y) for y in range(0, rows, TILE) for x in range(0, columns, TILE)]


def _placed(left, top):
    place, group = Dataset(), Dataset()
    place.ColumnPositionInTotalImagePixelMatrix, place.RowPositionInTotalImagePixelMatrix = left + 1, top + 1
    place.ZOffsetInSlideCoordinateSystem = 0.0
    group.PlanePositionSlideSequence = Sequence([place])
    return group
