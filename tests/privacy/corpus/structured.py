"""Objects that point at images: reports, key objects, presentation states, segmentations, registrations."""

import numpy as np
from pydicom import Dataset

from corpus.bed import Bed
from corpus.common import Case, furnish
from corpus.mint import Mint
from corpus.model import CorpusObject

TEXT_SR, KO, GSPS = "1.2.840.10008.5.1.4.1.1.88.11", "1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.5.1.4.1.1.11.1"
COMPREHENSIVE_SR, SEG = "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.66.4"
REGISTRATION = "1.2.840.10008.5.1.4.1.1.66.1"
_FINDING = ("121071", "DCM", "Finding")


def content(bed: Bed, kind: str, concept: tuple[str, str, str], relation: str, into: Dataset | None = None) -> Dataset:
    """Append a content item."""
    item = bed.item("ContentSequence", into)
    item.RelationshipType, item.ValueType = relation, kind
    bed.code("ConceptNameCodeSequence", concept, item)
    return item


def _root(bed: Bed, title: tuple[str, str, str]) -> None:
    ds = bed.ds
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    bed.code("ConceptNameCodeSequence", title)
    bed.keeps("ConceptNameCodeSequence", 0, "CodeValue")
    bed.put("ContentDate", "date")
    ds.ContentTime = bed.note("ContentTime", "time", bed.mint.time())


def _evidence(bed: Bed, target: CorpusObject, keyword: str) -> None:
    study = bed.item(keyword)
    study.StudyInstanceUID = target.dataset.StudyInstanceUID
    series = bed.item("ReferencedSeriesSequence", study)
    series.SeriesInstanceUID = target.dataset.SeriesInstanceUID
    refer(bed, "ReferencedSOPSequence", target, series)


def refer(bed: Bed, keyword: str, target: CorpusObject, into: Dataset | None = None) -> Dataset:
    """Append an item that points at another object of the corpus."""
    item = bed.item(keyword, into)
    item.ReferencedSOPClassUID = target.dataset.SOPClassUID
    item.ReferencedSOPInstanceUID = target.dataset.SOPInstanceUID
    return item


def text_report(mint: Mint, case: Case, image: CorpusObject) -> CorpusObject:
    """Return a report with every kind of content item that can hold an identifier."""
    bed = Bed("sr-text", "SR", mint, COMPREHENSIVE_SR)
    furnish(bed, case, "SR")
    _root(bed, ("18748-4", "LN", "Diagnostic imaging report"))
    ds = bed.ds
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    verifier = bed.item("VerifyingObserverSequence")
    path = "VerifyingObserverSequence."
    bed.put("VerifyingObserverName", "name", None, verifier, path)
    bed.put("VerifyingOrganization", "org", None, verifier, path)
    bed.put("VerificationDateTime", "date", None, verifier, path)
    verifier.VerifyingObserverIdentificationCodeSequence = []
    author = bed.item("AuthorObserverSequence")
    author.ObserverType = "PSN"
    bed.put("PersonName", "name", None, author, "AuthorObserverSequence.")
    ds.ReferencedRequestSequence, ds.PerformedProcedureCodeSequence = [], []
    _items(bed)
    _evidence(bed, image, "CurrentRequestedProcedureEvidenceSequence")
    seen = content(bed, "IMAGE", ("121079", "DCM", "Baseline"), "CONTAINS")
    refer(bed, "ReferencedSOPSequence", image, seen)
    return bed.object


def _items(bed: Bed) -> None:
    person = content(bed, "PNAME", ("121008", "DCM", "Person Observer Name"), "HAS OBS CONTEXT")
    bed.put("PersonName", "name", None, person, "PNAME item.")
    section = content(bed, "CONTAINER", ("121070", "DCM", "Findings"), "CONTAINS")
    section.ContinuityOfContent = "SEPARATE"
    text = content(bed, "TEXT", _FINDING, "CONTAINS", section)
    bed.texts("TextValue", text, "TEXT item, nested.")
    day = content(bed, "DATE", ("111060", "DCM", "Study Date"), "CONTAINS", section)
    bed.put("Date", "date", None, day, "DATE item.")
    hour = content(bed, "TIME", ("111061", "DCM", "Study Time"), "CONTAINS", section)
    bed.put("Time", "time", None, hour, "TIME item.")
    moment = content(bed, "DATETIME", ("121125", "DCM", "DateTime of Recording of Log Entry"), "CONTAINS", section)
    bed.put("DateTime", "date", None, moment, "DATETIME item.")
    uid = content(bed, "UIDREF", ("112040", "DCM", "Tracking Unique Identifier"), "CONTAINS", section)
    bed.put("UID", "uid", None, uid, "UIDREF item.")
    local = content(bed, "CODE", _FINDING, "CONTAINS", section)
    code = bed.code("ConceptCodeSequence", ("X1", "99LOCAL", ""), local)
    bed.put("CodeMeaning", "word", None, code, "CODE item, local CodeMeaning.")
    number = content(bed, "NUM", ("121206", "DCM", "Distance"), "CONTAINS", section)
    value = bed.item("MeasuredValueSequence", number)
    value.NumericValue = "12.5"
    bed.code("MeasurementUnitsCodeSequence", ("mm", "UCUM", "mm"), value)


def plain_report(mint: Mint, case: Case) -> CorpusObject:
    """Return a report that is one long text with a letterhead in it (R32)."""
    bed = Bed("sr-letter", "SR", mint, TEXT_SR)
    furnish(bed, case, "SR")
    _root(bed, ("18748-4", "LN", "Diagnostic imaging report"))
    bed.ds.CompletionFlag, bed.ds.VerificationFlag = "PARTIAL", "UNVERIFIED"
    bed.ds.ReferencedRequestSequence, bed.ds.PerformedProcedureCodeSequence = [], []
    item = content(bed, "TEXT", _FINDING, "CONTAINS")
    name, doctor, number, day = mint.word(), mint.word(), mint.nhs(), mint.date()
    phone, postcode, mail = mint.phone(), mint.postcode(), mint.email()
    written = f"{day[6:]}/{day[4:6]}/{day[:4]}"
    item.TextValue = (
        f"Re: Mrs {name}, born {written}, NHS {number[:3]} {number[3:6]} {number[6:]}, of 4 The Green, {postcode}.\r\n"
        f"Tel {phone}, {mail}. Reported by Dr {doctor}. No fracture."
    )
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    for kind, value in (("name", name), ("birth date", written), ("nhs", spaced), ("postcode", postcode)):
        bed.note("TEXT item, letterhead", kind, value)
    for kind, value in (("phone", phone), ("e-mail", mail), ("name", doctor)):
        bed.note("TEXT item, letterhead", kind, value)
    return bed.object


def key_objects(mint: Mint, case: Case, image: CorpusObject) -> CorpusObject:
    """Return a key object selection that points at a CT."""
    bed = Bed("ko", "KO", mint, KO)
    furnish(bed, case, "KO")
    _root(bed, ("113000", "DCM", "Of Interest"))
    _evidence(bed, image, "CurrentRequestedProcedureEvidenceSequence")
    note = content(bed, "TEXT", ("113012", "DCM", "Key Object Description"), "CONTAINS")
    bed.texts("TextValue", note, "key object description.")
    refer(bed, "ReferencedSOPSequence", image, content(bed, "IMAGE", ("113000", "DCM", "Of Interest"), "CONTAINS"))
    return bed.object


def presentation(mint: Mint, case: Case, image: CorpusObject) -> CorpusObject:
    """Return a presentation state with text drawn on the image."""
    bed = Bed("pr", "PR", mint, GSPS)
    furnish(bed, case, "PR")
    ds = bed.ds
    ds.ContentLabel = "LABEL"
    bed.texts("ContentDescription")
    bed.put("ContentCreatorName", "name")
    bed.put("PresentationCreationDate", "date")
    ds.PresentationCreationTime = bed.note("PresentationCreationTime", "time", mint.time())
    series = bed.item("ReferencedSeriesSequence")
    series.SeriesInstanceUID = image.dataset.SeriesInstanceUID
    refer(bed, "ReferencedImageSequence", image, series)
    layer = bed.item("GraphicLayerSequence")
    layer.GraphicLayer, layer.GraphicLayerOrder = "L1", 1
    bed.texts("GraphicLayerDescription", layer, "GraphicLayerSequence.")
    drawn = bed.item("GraphicAnnotationSequence")
    drawn.GraphicLayer = "L1"
    text = bed.item("TextObjectSequence", drawn)
    text.BoundingBoxAnnotationUnits, text.AnchorPointVisibility = "PIXEL", "N"
    text.BoundingBoxTopLeftHandCorner, text.BoundingBoxBottomRightHandCorner = [1, 1], [30, 10]
    text.BoundingBoxTextHorizontalJustification = "LEFT"
    bed.texts("UnformattedTextValue", text, "GraphicAnnotationSequence.TextObjectSequence.")
    area = bed.item("DisplayedAreaSelectionSequence")
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [1, 1], [64, 64]
    area.PresentationSizeMode, area.PresentationPixelAspectRatio = "SCALE TO FIT", [1, 1]
    bed.keeps("DisplayedAreaSelectionSequence", 0, "PresentationSizeMode")
    ds.PresentationLUTShape = "IDENTITY"
    bed.keeps("PresentationLUTShape")
    return bed.object


def segmentation(mint: Mint, case: Case, image: CorpusObject) -> CorpusObject:
    """Return a segmentation whose labels, tracking ids and algorithm name people."""
    bed = Bed("seg", "SEG", mint, SEG)
    furnish(bed, case, "SEG")
    ds = bed.ds
    bed.put("FrameOfReferenceUID", "uid", case.frame_of_reference)
    ds.ContentLabel, ds.SegmentationType = "SEG", "BINARY"
    bed.texts("ContentDescription")
    bed.put("ContentCreatorName", "name")
    bed.put("ContentDate", "date")
    ds.ContentTime = bed.note("ContentTime", "time", mint.time())
    bed.texts("SoftwareVersions")
    segment = bed.item("SegmentSequence")
    segment.SegmentNumber, segment.SegmentAlgorithmType = 1, "MANUAL"
    bed.keeps("SegmentSequence", 0, "SegmentNumber")
    bed.texts("SegmentLabel SegmentDescription TrackingID SegmentAlgorithmName", segment, "SegmentSequence.")
    bed.put("TrackingUID", "uid", None, segment, "SegmentSequence.")
    bed.code("SegmentedPropertyCategoryCodeSequence", ("123037004", "SCT", "Anatomical Structure"), segment)
    kind = bed.code("SegmentedPropertyTypeCodeSequence", ("L1", "99LOCAL", ""), segment)
    bed.put("CodeMeaning", "word", None, kind, "SegmentSequence.local CodeMeaning.")
    series = bed.item("ReferencedSeriesSequence")
    series.SeriesInstanceUID = image.dataset.SeriesInstanceUID
    refer(bed, "ReferencedInstanceSequence", image, series)
    bed.keep(NumberOfFrames="1", Rows=64, Columns=64, PhotometricInterpretation="MONOCHROME2")
    ds.SamplesPerPixel, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 1, 1, 1, 0, 0
    ds.LossyImageCompression = "00"
    ds.PixelData = np.packbits(np.eye(64, dtype=np.uint8), bitorder="little").tobytes()
    ds["PixelData"].VR = "OB"
    bed.keeps("PixelData")
    return bed.object


def registration(mint: Mint, case: Case, image: CorpusObject) -> CorpusObject:
    """Return a spatial registration of a CT onto itself."""
    bed = Bed("reg", "REG", mint, REGISTRATION)
    furnish(bed, case, "REG")
    ds = bed.ds
    bed.put("FrameOfReferenceUID", "uid", case.frame_of_reference)
    ds.ContentLabel, ds.ContentDescription = "REG", ""
    bed.put("ContentDate", "date")
    bed.put("ContentCreatorName", "name")
    ds.ContentTime = bed.note("ContentTime", "time", mint.time())
    step = bed.item("RegistrationSequence")
    bed.put("FrameOfReferenceUID", "uid", mint.uid(), step, "RegistrationSequence.")
    refer(bed, "ReferencedImageSequence", image, step)
    matrix = bed.item("MatrixSequence", bed.item("MatrixRegistrationSequence", step))
    matrix.FrameOfReferenceTransformationMatrixType = "RIGID"
    matrix.FrameOfReferenceTransformationMatrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    return bed.object
