"""Ultrasound cines: with the patient's name burned into every frame, as older scanners do, and without."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import UltrasoundMultiFrameImageStorage

from orthanc_plugin.stack.samples import dataset, plant
from orthanc_plugin.stack.samples.model import SEED, Study

FRAMES, ROWS, COLUMNS = 12, 300, 400
BANNER = 26
"""Height in pixels of the strip that carries the name."""
_APEX = (COLUMNS / 2, float(BANNER + 8))
_DEPTH = ROWS - BANNER - 20
_HALF_ANGLE = math.radians(38)


def cine(study: Study) -> Iterable[FileDataset]:
    """Make the cine: a sector with a beating vessel, below a strip with name, number and date."""
    image = _recording(study, "Abdomen", "ABDOMINAL", frames(study))
    image.SequenceOfUltrasoundRegions = Sequence([_region()])
    yield image


def without_banner(study: Study) -> Iterable[FileDataset]:
    """Make a cine that says that somebody is named in its pixels, where nobody is: a person has to look at it."""
    yield _recording(study, "Thyroid", "SMALL PARTS", frames(study, banner=False))


def _recording(study: Study, part: str, kind: str, pictures: list[NDArray[np.uint8]]) -> FileDataset:
    image = dataset.new(study, UltrasoundMultiFrameImageStorage, "US", "cine", 1)
    image.SeriesDescription = part
    image.ImageType = ["ORIGINAL", "PRIMARY", kind]
    image.BodyPartExamined, image.PatientOrientation = part.upper(), ""
    image.BurnedInAnnotation, image.LossyImageCompression = "YES", "00"
    dataset.set_colour(image, ROWS, COLUMNS)
    image.NumberOfFrames, image.FrameTime = str(FRAMES), "40"
    image.FrameIncrementPointer = 0x00181063
    image.PixelData = b"".join(picture.tobytes() for picture in pictures)
    image["PixelData"].VR = "OB"
    plant.plant(image, study)
    return image


def frames(study: Study, *, banner: bool = True) -> list[NDArray[np.uint8]]:
    """Draw the frames, each rows x columns x 3, with the strip above or black in its place."""
    speckle = np.random.default_rng(sum(SEED.encode())).rayleigh(34, (ROWS, COLUMNS))
    return [_frame(study if banner else None, speckle, index) for index in range(FRAMES)]


def _frame(study: Study | None, speckle: NDArray[np.float64], index: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    dx, dy = columns - _APEX[0], rows - _APEX[1]
    sector = (np.hypot(dx, dy) < _DEPTH) & (np.abs(np.arctan2(dx, dy)) < _HALF_ANGLE)
    radius = 26 + 5 * math.sin(2 * math.pi * index / FRAMES)
    vessel = np.hypot(dx + 12, dy - 140) < radius
    grey = np.where(sector, np.roll(speckle, index, axis=0), 0.0)
    grey[vessel & sector] *= 0.15
    picture = Image.fromarray(np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2))
    if study is not None:
        _write_banner(picture, study)
    return np.asarray(picture)


def _write_banner(picture: Image.Image, study: Study) -> None:
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, COLUMNS, BANNER), fill=(0, 0, 0))
    text = f"{study.patient.family.upper()}, {study.patient.given}  {study.patient.id}  {study.date}"
    pen.text((6, 5), text, fill=(235, 235, 235), font=ImageFont.load_default(size=14))


def _region() -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 0, BANNER + 1
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = COLUMNS - 1, ROWS - 1
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = 3, 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.05, 0.05
    return item
