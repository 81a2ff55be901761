"""Pictures as DICOM objects: header, photometric interpretation and transfer syntax of each kind that the bench has."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

from orthanc_plugin.pixel_bench.wording import Person

_ROOT = "1.2.840.10008.5.1.4.1.1."
Frames = Sequence[NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: its SOP class and how its pixels are stored.

    Attributes
    ----------
    sop_class : str
        SOP Class UID below the root of the storage classes.
    modality : str
        Modality.
    bits : int
        BitsStored.
    intercept : int
        RescaleIntercept; where it is not 0 the stored values are signed.
    stored : str
        native, palette or jpeg.
    """

    sop_class: str
    modality: str
    bits: int = 8
    intercept: int = 0
    stored: str = "native"


def header(kind: Kind, person: Person, number: int, frames: int) -> Dataset:
    """Return a data set without pixels.

    Parameters
    ----------
    kind : Kind
        What it is.
    person : Person
        Whose picture.
    number : int
        Of the picture; UIDs follow from it.
    frames : int
        Number of frames.
    """
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SpecificCharacterSet, ds.SOPClassUID, ds.Modality = "ISO_IR 192", _ROOT + kind.sop_class, kind.modality
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = (
        generate_uid(entropy_srcs=["aoa bench pixels", part, person.number, str(number)]) for part in ("i", "st", "se")
    )
    ds.PatientName, ds.PatientID = f"{person.family}^{person.given}", person.number
    ds.PatientBirthDate = "{:04}{:02}{:02}".format(*person.born)
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = "{:04}{:02}{:02}".format(*person.studied)
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = "101500"
    ds.AccessionNumber, ds.StudyID, ds.PatientSex, ds.ReferringPhysicianName = person.accession, "1", "O", ""
    ds.Manufacturer, ds.ManufacturerModelName, ds.ImageType = "Drawn", "Bench", ["ORIGINAL", "PRIMARY"]
    ds.SeriesNumber, ds.InstanceNumber, ds.PatientOrientation, ds.Laterality = 1, 1, "", ""
    ds.BodyPartExamined = "ABDOMEN"
    if frames > 1:
        ds.NumberOfFrames, ds.FrameTime = frames, 40
    return ds


def _geometry(ds: Dataset, planes: Frames, allocated: int, stored: int, *, signed: bool = False) -> None:
    ds.Rows, ds.Columns = planes[0].shape[:2]
    ds.SamplesPerPixel = 3 if planes[0].ndim == 3 else 1
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = allocated, stored, stored - 1, int(signed)
    ds.PhotometricInterpretation = "RGB" if planes[0].ndim == 3 else "MONOCHROME2"
    if planes[0].ndim == 3:
        ds.PlanarConfiguration = 0


def _native(ds: Dataset, kind: Kind, planes: Frames) -> None:
    """Store 8 bits as they are, more bits scaled to what is stored, with the window that shows them so again."""
    if kind.bits == 8:
        _geometry(ds, planes, 8, 8)
        ds.PixelData = b"".join(np.asarray(p, np.uint8).tobytes() for p in planes)
    else:
        scale = ((1 << kind.bits) - 1) / 255
        signed = kind.intercept < 0
        _geometry(ds, planes, 16, 16 if signed else kind.bits, signed=signed)
        ds.RescaleIntercept, ds.RescaleSlope = 0, 1
        ds.WindowCenter, ds.WindowWidth = round(127.5 * scale + kind.intercept), round(255 * scale)
        ds.PixelData = b"".join(np.rint(p * scale + kind.intercept).astype("<i2").tobytes() for p in planes)
    if len(ds.PixelData) % 2:
        ds.PixelData += b"\0"
    ds["PixelData"].VR = "OB" if kind.bits == 8 else "OW"


def _palette(ds: Dataset, planes: Frames) -> None:
    """Store indices of a palette that runs from black through a tint to white."""
    _geometry(ds, planes, 8, 8)
    ds.PhotometricInterpretation = "PALETTE COLOR"
    ramp = np.arange(256)
    for colour, power in (("Red", 0.9), ("Green", 1.0), ("Blue", 1.2)):
        table = np.rint((ramp / 255) ** power * 65535).astype("<u2")
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{colour}PaletteColorLookupTableData", table.tobytes())
    ds.PixelData = b"".join(np.asarray(p, np.uint8).tobytes() for p in planes)
    ds.PixelData += b"\0" * (len(ds.PixelData) % 2)
    ds["PixelData"].VR = "OB"


def _jpeg(ds: Dataset, planes: Frames) -> None:
    _geometry(ds, planes, 8, 8)
    if planes[0].ndim == 3:
        ds.PhotometricInterpretation = "YBR_FULL_422"
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.LossyImageCompression, ds.LossyImageCompressionRatio, ds.LossyImageCompressionMethod = "01", "8", "ISO_10918_1"
    written = []
    for plane in planes:
        held = io.BytesIO()
        Image.fromarray(np.asarray(plane, np.uint8)).save(held, "JPEG", quality=88, subsampling="4:2:2")
        written.append(held.getvalue())
    ds.PixelData = encapsulate(written)
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True


def stored(kind: Kind, person: Person, number: int, planes: Frames) -> bytes:
    """Return a DICOM file of the frames.

    Parameters
    ----------
    kind : Kind
        What it is.
    person : Person
        Whose picture.
    number : int
        Of the picture.
    planes : sequence of ndarray
        Frames as shown, 0 to 255.
    """
    ds = header(kind, person, number, len(planes))
    clipped = [plane.clip(0, 255) for plane in planes]
    if kind.stored == "jpeg":
        _jpeg(ds, clipped)
    elif kind.stored == "palette":
        _palette(ds, clipped)
    else:
        _native(ds, kind, clipped)
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
