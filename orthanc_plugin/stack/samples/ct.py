"""CT series of a phantom: a chest, and a head whose skin surface shows a face (RCR: surface rendering of faces)."""

from collections.abc import Callable, Iterable

from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage

from orthanc_plugin.stack.samples import dataset, plant
from orthanc_plugin.stack.samples.model import Study, uid
from orthanc_plugin.stack.samples.phantom import CHEST, HEAD, Ellipsoid, Grid, slices

HEAD_GRID = Grid(size=256, pixel=1.0, slice=1.0, bottom=-48.0, count=30)
CHEST_GRID = Grid(size=256, pixel=1.5, slice=5.0, bottom=-60.0, count=24)


def head(study: Study) -> Iterable[FileDataset]:
    """Make a thin-slice series of a head, from the upper lip to the eyes."""
    return _series(study, HEAD, HEAD_GRID, "HEAD", "Head 1.0 thin")


def chest(study: Study) -> Iterable[FileDataset]:
    """Make a series of a chest with a nodule in the right lung."""
    return _series(study, CHEST, CHEST_GRID, "CHEST", "Chest 5.0")


Build = Callable[[Study], Iterable[FileDataset]]


def _series(study: Study, body: tuple[Ellipsoid, ...], grid: Grid, part: str, name: str) -> Iterable[FileDataset]:
    for index, pixels in enumerate(slices(body, grid)):
        image = dataset.new(study, CTImageStorage, "CT", "axial", index + 1)
        image.SeriesDescription = f"{name} {study.patient.family}"
        image.BodyPartExamined = part
        _geometry(image, study, grid, index)
        _acquisition(image, study)
        dataset.set_greyscale(image, pixels)
        image.RescaleIntercept, image.RescaleSlope, image.RescaleType = "0", "1", "HU"
        image.WindowCenter, image.WindowWidth = ("40", "400") if part == "CHEST" else ("40", "80")
        plant.plant(image, study)
        yield image


def _geometry(image: Dataset, study: Study, grid: Grid, index: int) -> None:
    corner = -grid.size * grid.pixel / 2
    height = grid.bottom + index * grid.slice
    image.FrameOfReferenceUID, image.PositionReferenceIndicator = uid(study.key, "frame"), ""
    image.PatientPosition, image.PatientOrientation = "HFS", ["L", "P"]
    image.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    image.ImagePositionPatient = [f"{corner:g}", f"{corner:g}", f"{height:g}"]
    image.PixelSpacing, image.SliceThickness = [f"{grid.pixel:g}"] * 2, f"{grid.slice:g}"
    image.SliceLocation = f"{height:g}"


def _acquisition(image: Dataset, study: Study) -> None:
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.AcquisitionNumber, image.AcquisitionDate, image.AcquisitionTime = "1", study.date, study.time
    image.KVP, image.XRayTubeCurrent, image.ExposureTime = "120", "180", "500"
    image.ConvolutionKernel, image.ProtocolName = "STANDARD", f"{image.BodyPartExamined.title()} routine"
    image.OperatorsName = "Neeson^Patrick"
    image.RequestAttributesSequence = Sequence([_request(study)])


def _request(study: Study) -> Dataset:
    item = Dataset()
    item.RequestedProcedureID = study.accession
    item.ScheduledProcedureStepID = f"{study.accession}-1"
    item.RequestedProcedureDescription = f"{study.description} for {study.patient.family}"
    return item
