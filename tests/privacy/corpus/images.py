"""Images: CT in every uncompressed syntax, MR, CR, US, photograph, enhanced multi-frame, PET, secondary capture."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from corpus.bed import Bed
from corpus.common import Case, furnish, nested
from corpus.mint import Mint
from corpus.model import CorpusObject, How

CT, MR, CR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.1"
US_CINE, XC = "1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.77.1.4"
ENHANCED_CT, SC, PET = "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.128"
_SYNTAXES = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "big-endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
}


def pixels(bed: Bed, array: np.ndarray, photometric: str = "MONOCHROME2", bits: int | None = None) -> None:
    """Put native pixels into an object; they must be kept, unless something is written on them."""
    ds = bed.ds
    bed.keep(Rows=array.shape[-2 - (photometric == "RGB")], Columns=array.shape[-1 - (photometric == "RGB")])
    ds.SamplesPerPixel = 3 if photometric == "RGB" else 1
    if photometric == "RGB":
        ds.PlanarConfiguration = 0
    bed.keep(PhotometricInterpretation=photometric)
    ds.BitsAllocated = array.dtype.itemsize * 8
    ds.BitsStored = bits or ds.BitsAllocated
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, 0
    if bed.ds.file_meta.TransferSyntaxUID == ExplicitVRBigEndian:
        array = array.byteswap()
    ds.PixelData = array.tobytes()
    ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"
    if not any(planted.how is How.PIXELS for planted in bed.object.planted):
        bed.keeps("PixelData")


def phantom(rows: int, columns: int, seed: int, dtype: type = np.uint16) -> np.ndarray:
    """Return a disc on noise: something to look at that is nobody."""
    y, x = np.mgrid[:rows, :columns]
    disc = ((x - columns / 2) ** 2 + (y - rows / 2) ** 2 < (min(rows, columns) / 3) ** 2) * 120
    return (disc + np.random.default_rng(seed).integers(0, 60, (rows, columns))).astype(dtype)


def plane(bed: Bed, case: Case) -> None:
    """Set geometry that must be kept, and a frame of reference."""
    bed.put("FrameOfReferenceUID", "uid", case.frame_of_reference)
    bed.ds.PositionReferenceIndicator = ""
    bed.texts("PositionReferenceIndicator")
    bed.keep(
        PixelSpacing=[0.7, 0.7], ImageOrientationPatient=[1, 0, 0, 0, 1, 0], ImagePositionPatient=[-120.5, -90.25, 31.5]
    )
    bed.keep(SliceThickness="2.5")


def ct(mint: Mint, case: Case, syntax: str) -> CorpusObject:
    """Return a CT slice of a chest."""
    bed = Bed(f"ct-{syntax}", "CT", mint, CT, _SYNTAXES[syntax])
    furnish(bed, case, "CT")
    plane(bed, case)
    nested(bed)
    bed.keep(ImageType=["ORIGINAL", "PRIMARY", "AXIAL"], BodyPartExamined="CHEST", KVP="120", RescaleIntercept="-1024")
    bed.keep(RescaleSlope="1", WindowCenter="40", WindowWidth="400")
    bed.ds.AcquisitionNumber = 1
    bed.texts("ProtocolName ImageComments WindowCenterWidthExplanation AdditionalPatientHistory DerivationDescription")
    bed.put("PatientWeight", "number")
    bed.put("AcquisitionDateTime", "date")
    bed.put("PerformedProcedureStepID", "id")
    pixels(bed, phantom(64, 64, 1), bits=12)
    return bed.object


def mr(mint: Mint, case: Case) -> CorpusObject:
    """Return an MR slice of a knee."""
    bed = Bed("mr", "MR", mint, MR)
    furnish(bed, case, "MR")
    plane(bed, case)
    bed.keep(
        ImageType=["ORIGINAL", "PRIMARY", "M"], BodyPartExamined="KNEE", ScanningSequence="SE", SequenceVariant="NONE"
    )
    bed.keep(EchoTime="20", RepetitionTime="500", MagneticFieldStrength="1.5", MRAcquisitionType="2D")
    bed.ds.ScanOptions, bed.ds.EchoTrainLength = "", 1
    bed.texts("SequenceName PatientComments")
    bed.put("PatientSize", "number")
    bed.all("name", "PerformingPhysicianName")
    pixels(bed, phantom(64, 64, 2), bits=12)
    return bed.object


def write_on(array: np.ndarray, text: str, row: int, value: int) -> tuple[int, int, int, int]:
    """Draw text into an array and return the region it covers."""
    font = ImageFont.load_default(size=14)
    image = Image.new("L", (array.shape[1], array.shape[0]))
    ImageDraw.Draw(image).text((6, row), text, fill=255, font=font)
    mask = np.asarray(image) > 90
    array[mask] = value
    rows, columns = np.where(mask)
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1


def cr(mint: Mint, case: Case) -> CorpusObject:
    """Return a chest radiograph with writing in its margin (R30)."""
    bed = Bed("cr-margin", "CR", mint, CR)
    furnish(bed, case, "CR")
    bed.ds.ViewPosition, bed.ds.BurnedInAnnotation = "PA", "YES"
    bed.keep(ImageType=["ORIGINAL", "PRIMARY"], BodyPartExamined="CHEST")
    bed.put("CassetteID", "serial")
    bed.put("PlateID", "serial")
    array = phantom(256, 256, 3)
    name = mint.word()
    bed.note("pixels, margin", "burned-in name", name, How.PIXELS, region=write_on(array, name, 236, 4000))
    pixels(bed, array, bits=12)
    return bed.object


def ultrasound(mint: Mint, case: Case) -> CorpusObject:
    """Return an ultrasound cine with a burned-in name in every frame, and an overlay with text."""
    bed = Bed("us-cine", "US", mint, US_CINE)
    furnish(bed, case, "US")
    bed.ds.BurnedInAnnotation, bed.ds.FrameTime, bed.ds.FrameIncrementPointer = "YES", "33", 0x00181063
    bed.keep(ImageType=["ORIGINAL", "PRIMARY"], NumberOfFrames="4")
    region = bed.item("SequenceOfUltrasoundRegions")
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 40
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 159, 119
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    frames = np.stack([phantom(120, 160, 4 + number, np.uint8) for number in range(4)])
    name = mint.word()
    for frame in frames:
        box = write_on(frame, name, 4, 250)
    bed.note("pixels, every frame", "burned-in name", name, How.PIXELS, region=box)
    bed.ds.PatientOrientation = ""
    bed.texts("TransducerData")
    pixels(bed, frames)
    _overlay(bed, 120, 160)
    return bed.object


def _overlay(bed: Bed, rows: int, columns: int) -> None:
    ds = bed.ds
    drawn = np.zeros((rows, columns), np.uint8)
    name = bed.mint.word()
    write_on(drawn, name, 60, 1)
    packed = np.packbits(drawn.ravel(), bitorder="little").tobytes()
    for tag, vr, value in (
        (0x0010, "US", rows), (0x0011, "US", columns), (0x0040, "CS", "G"), (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1), (0x0102, "US", 0), (0x3000, "OW", packed),
    ):  # fmt: skip
        ds.add_new((0x6000, tag), vr, value)
    bed.note("(6000,3000) OverlayData", "name in overlay", packed.hex(), raw=packed)
    for tag, vr in ((0x0022, "LO"), (0x1500, "LO"), (0x4000, "LT")):
        word = bed.mint.word()
        ds.add_new((0x6000, tag), vr, f"of {word}")
        bed.note(f"(6000,{tag:04X})", "name in text", word)


def photograph(mint: Mint, case: Case) -> CorpusObject:
    """Return a clinical photograph whose JPEG carries EXIF, a comment, XMP and an ICC profile."""
    bed = Bed("xc-photo", "XC", mint, XC, JPEGBaseline8Bit)
    furnish(bed, case, "XC")
    ds = bed.ds
    ds.PatientOrientation, ds.LossyImageCompression, ds.BurnedInAnnotation = "", "01", "NO"
    ds.LossyImageCompressionRatio, ds.LossyImageCompressionMethod = "10", "ISO_10918_1"
    bed.keep(
        ImageType=["ORIGINAL", "PRIMARY"],
        Rows=64,
        Columns=64,
        SamplesPerPixel=3,
        PhotometricInterpretation="YBR_FULL_422",
    )
    ds.PlanarConfiguration, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 0, 8, 8, 7, 0
    bed.code("AnatomicRegionSequence", ("40983000", "SCT", "Upper arm"))
    bed.all("word", "CameraOwnerName")
    bed.put("LensSerialNumber", "serial")
    bed.texts("AcquisitionDeviceProcessingDescription")
    ds.PixelData = encapsulate([_jpeg(bed)])
    ds["PixelData"].is_undefined_length = True
    icc = bed.mint.word()
    ds.add_new(0x00282000, "OB", b"\0" * 100 + b"desc" + icc.encode() + b"\0" * 20)
    bed.note("(0028,2000) ICCProfile", "name in ICC text", icc)
    return bed.object


def _jpeg(bed: Bed) -> bytes:
    image = Image.fromarray(np.random.default_rng(9).integers(0, 255, (64, 64, 3), np.uint8).astype(np.uint8))
    exif = Image.Exif()
    exif[0x010E] = bed.note("PixelData, EXIF ImageDescription", "name in EXIF", bed.mint.word())
    exif[0x013B] = bed.note("PixelData, EXIF Artist", "name in EXIF", bed.mint.word())
    xmp, comment = bed.mint.word(), bed.mint.word()
    bed.note("PixelData, XMP", "name in XMP", xmp)
    bed.note("PixelData, JPEG comment", "name in comment", comment)
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        exif=exif,
        comment=comment.encode(),
        xmp=f"<x:xmpmeta><dc:creator>{xmp}</dc:creator></x:xmpmeta>".encode(),
    )
    after = bed.note("PixelData, after the JPEG", "name behind the image", bed.mint.word())
    data = buffer.getvalue() + after.encode()
    return data + b"\0" * (len(data) % 2)


def enhanced_ct(mint: Mint, case: Case) -> CorpusObject:
    """Return an enhanced CT of three frames with planted functional groups."""
    bed = Bed("enhanced-ct", "enhanced multi-frame", mint, ENHANCED_CT)
    furnish(bed, case, "CT")
    bed.put("FrameOfReferenceUID", "uid", case.frame_of_reference)
    ds = bed.ds
    bed.keep(NumberOfFrames="3", ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])
    bed.put("AcquisitionDateTime", "date")
    bed.put("ContentDate", "date")
    ds.ContentTime = "120000"
    organisation = bed.put(
        "DimensionOrganizationUID", "uid", None, bed.item("DimensionOrganizationSequence"), "Dimension."
    )
    index = bed.item("DimensionIndexSequence")
    index.DimensionOrganizationUID, index.DimensionIndexPointer, index.FunctionalGroupPointer = (
        organisation,
        0x00200032,
        0x00209113,
    )
    bed.texts("DimensionDescriptionLabel", index, "DimensionIndexSequence.")
    shared = bed.item("SharedFunctionalGroupsSequence")
    measures = bed.item("PixelMeasuresSequence", shared)
    measures.PixelSpacing, measures.SliceThickness = [0.7, 0.7], "2.5"
    bed.keeps("SharedFunctionalGroupsSequence", 0, "PixelMeasuresSequence", 0, "PixelSpacing")
    anatomy = bed.item("FrameAnatomySequence", shared)
    anatomy.FrameLaterality = "U"
    bed.code("AnatomicRegionSequence", ("51185008", "SCT", "Thorax"), anatomy)
    for number in range(3):
        _frame(bed, number)
    pixels(bed, np.stack([phantom(32, 32, 20 + number) for number in range(3)]), bits=12)
    return bed.object


def _frame(bed: Bed, number: int) -> None:
    path = f"PerFrameFunctionalGroupsSequence[{number + 1}]."
    frame = bed.item("PerFrameFunctionalGroupsSequence")
    content = bed.item("FrameContentSequence", frame)
    bed.put("FrameAcquisitionDateTime", "date", None, content, path)
    bed.put("FrameReferenceDateTime", "date", None, content, path)
    bed.texts("FrameComments FrameLabel", content, path)
    content.FrameAcquisitionNumber, content.DimensionIndexValues = number + 1, [number + 1]
    position = bed.item("PlanePositionSequence", frame)
    position.ImagePositionPatient = [0, 0, number * 2.5]
    bed.keeps("PerFrameFunctionalGroupsSequence", number, "PlanePositionSequence", 0, "ImagePositionPatient")
    event = bed.item("IrradiationEventIdentificationSequence", frame)
    bed.put("IrradiationEventUID", "uid", None, event, path)
    source = bed.item("DerivationImageSequence", frame)
    bed.texts("DerivationDescription", source, path)
    image = bed.item("SourceImageSequence", source)
    image.ReferencedSOPClassUID = CT
    bed.put("ReferencedSOPInstanceUID", "uid", None, image, path)


def dose_sheet(mint: Mint, case: Case) -> CorpusObject:
    """Return a screenshot of a dose page with everything burned in (R24)."""
    bed = Bed("sc-dose-sheet", "SC", mint, SC)
    furnish(bed, case, "CT")
    bed.ds.ConversionType, bed.ds.BurnedInAnnotation, bed.ds.ImageType = (
        "WSD",
        "YES",
        ["DERIVED", "SECONDARY", "SCREEN SAVE"],
    )
    bed.put("DateOfSecondaryCapture", "date")
    bed.put("SecondaryCaptureDeviceID", "serial")
    array = np.zeros((128, 200), np.uint8)
    for row in range(3):
        word = mint.word()
        bed.note("pixels", "burned-in name", word, How.PIXELS, region=write_on(array, word, 8 + 30 * row, 255))
    pixels(bed, array)
    return bed.object


def pet(mint: Mint, case: Case) -> CorpusObject:
    """Return a PET slice: its series may keep decay correction, but no injection time of day."""
    bed = Bed("pet", "PT", mint, PET)
    furnish(bed, case, "PT")
    plane(bed, case)
    bed.keep(ImageType=["ORIGINAL", "PRIMARY"], Units="BQML", CountsSource="EMISSION", DecayCorrection="START")
    bed.ds.SeriesType, bed.ds.NumberOfSlices, bed.ds.ImageIndex, bed.ds.FrameReferenceTime = (
        ["WHOLE BODY", "IMAGE"],
        1,
        1,
        "0",
    )
    bed.ds.RescaleIntercept, bed.ds.RescaleSlope, bed.ds.CorrectedImage = "0", "1", ["DECY"]
    isotope = bed.item("RadiopharmaceuticalInformationSequence")
    isotope.RadionuclideTotalDose, isotope.RadionuclideHalfLife = "350000000", "6586.2"
    bed.keeps("RadiopharmaceuticalInformationSequence", 0, "RadionuclideHalfLife")
    bed.put("RadiopharmaceuticalStartDateTime", "date", None, isotope, "RadiopharmaceuticalInformationSequence.")
    bed.put("AcquisitionDate", "date")
    bed.ds.AcquisitionTime = bed.note("AcquisitionTime", "time", mint.time())
    pixels(bed, phantom(48, 48, 40))
    return bed.object
