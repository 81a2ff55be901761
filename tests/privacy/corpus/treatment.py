"""Radiotherapy, waveforms and documents."""

import io

import numpy as np
import pikepdf
from pydicom.uid import ExplicitVRLittleEndian

from corpus.bed import Bed
from corpus.common import Case, furnish
from corpus.images import phantom, pixels
from corpus.mint import Mint
from corpus.model import CorpusObject
from corpus.structured import refer

STRUCTURES, PLAN, DOSE = (f"1.2.840.10008.5.1.4.1.1.481.{number}" for number in (3, 5, 2))
ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"
PDF, CDA, STL = (f"1.2.840.10008.5.1.4.1.1.104.{number}" for number in (1, 2, 3))


def structures(mint: Mint, case: Case, image: CorpusObject) -> CorpusObject:
    """Return an RT structure set on a CT."""
    bed = Bed("rtstruct", "RTSTRUCT", mint, STRUCTURES)
    furnish(bed, case, "RTSTRUCT")
    ds = bed.ds
    bed.texts("StructureSetLabel StructureSetName StructureSetDescription")
    bed.put("StructureSetDate", "date")
    ds.StructureSetTime = bed.note("StructureSetTime", "time", mint.time())
    frame = bed.item("ReferencedFrameOfReferenceSequence")
    frame.FrameOfReferenceUID = case.frame_of_reference
    study = bed.item("RTReferencedStudySequence", frame)
    study.ReferencedSOPClassUID, study.ReferencedSOPInstanceUID = "1.2.840.10008.3.1.2.3.1", case.study
    series = bed.item("RTReferencedSeriesSequence", study)
    series.SeriesInstanceUID = image.dataset.SeriesInstanceUID
    refer(bed, "ContourImageSequence", image, series)
    roi = bed.item("StructureSetROISequence")
    roi.ROINumber, roi.ReferencedFrameOfReferenceUID, roi.ROIGenerationAlgorithm = 1, case.frame_of_reference, "MANUAL"
    bed.texts("ROIName ROIDescription", roi, "StructureSetROISequence.")
    contours = bed.item("ROIContourSequence")
    contours.ReferencedROINumber = 1
    contour = bed.item("ContourSequence", contours)
    contour.ContourGeometricType, contour.NumberOfContourPoints = "POINT", 1
    contour.ContourData = [1.5, 2.5, 3.5]
    bed.keeps("ROIContourSequence", 0, "ContourSequence", 0, "ContourData")
    observation = bed.item("RTROIObservationsSequence")
    observation.ObservationNumber, observation.ReferencedROINumber, observation.RTROIInterpretedType = 1, 1, "ORGAN"
    bed.put("ROIInterpreter", "name", None, observation, "RTROIObservationsSequence.")
    bed.texts("ROIObservationLabel", observation, "RTROIObservationsSequence.")
    ds.ApprovalStatus = "APPROVED"
    bed.put("ReviewerName", "name")
    bed.put("ReviewDate", "date")
    ds.ReviewTime = bed.note("ReviewTime", "time", mint.time())
    return bed.object


def plan(mint: Mint, case: Case, structure: CorpusObject) -> CorpusObject:
    """Return an RT plan for a structure set."""
    bed = Bed("rtplan", "RTPLAN", mint, PLAN)
    furnish(bed, case, "RTPLAN")
    ds = bed.ds
    bed.texts("RTPlanLabel RTPlanName RTPlanDescription PrescriptionDescription")
    bed.put("RTPlanDate", "date")
    ds.RTPlanTime = bed.note("RTPlanTime", "time", mint.time())
    ds.RTPlanGeometry = "PATIENT"
    bed.keeps("RTPlanGeometry")
    refer(bed, "ReferencedStructureSetSequence", structure)
    reference = bed.item("DoseReferenceSequence")
    reference.DoseReferenceNumber, reference.DoseReferenceStructureType, reference.DoseReferenceType = (
        1,
        "SITE",
        "TARGET",
    )
    bed.texts("DoseReferenceDescription", reference, "DoseReferenceSequence.")
    bed.put("DoseReferenceUID", "uid", None, reference, "DoseReferenceSequence.")
    beam = bed.item("BeamSequence")
    beam.BeamNumber, beam.BeamType, beam.RadiationType, beam.NumberOfControlPoints = 1, "STATIC", "PHOTON", 2
    beam.FinalCumulativeMetersetWeight, beam.NumberOfWedges, beam.NumberOfBlocks = "1", 0, 0
    beam.NumberOfCompensators, beam.NumberOfBoli = 0, 0
    bed.texts("BeamName BeamDescription", beam, "BeamSequence.")
    bed.put("TreatmentMachineName", "station", None, beam, "BeamSequence.")
    setup = bed.item("PatientSetupSequence")
    setup.PatientSetupNumber, setup.PatientPosition = 1, "HFS"
    bed.texts("SetupTechniqueDescription", setup, "PatientSetupSequence.")
    return bed.object


def dose(mint: Mint, case: Case, treatment: CorpusObject) -> CorpusObject:
    """Return an RT dose for a plan."""
    bed = Bed("rtdose", "RTDOSE", mint, DOSE)
    furnish(bed, case, "RTDOSE")
    ds = bed.ds
    bed.put("FrameOfReferenceUID", "uid", case.frame_of_reference)
    bed.keep(DoseUnits="GY", DoseType="PHYSICAL", DoseSummationType="PLAN", DoseGridScaling="0.001")
    bed.texts("DoseComment")
    bed.put("InstanceCreationDate", "date")
    refer(bed, "ReferencedRTPlanSequence", treatment)
    ds.ImagePositionPatient, ds.ImageOrientationPatient, ds.PixelSpacing = [0, 0, 0], [1, 0, 0, 0, 1, 0], [2, 2]
    pixels(bed, phantom(32, 32, 50))
    return bed.object


def ecg(mint: Mint, case: Case) -> CorpusObject:
    """Return a 12-lead waveform with an annotation."""
    bed = Bed("ecg", "ECG", mint, ECG)
    furnish(bed, case, "ECG")
    ds = bed.ds
    bed.put("AcquisitionDateTime", "date")
    bed.put("ContentDate", "date")
    ds.ContentTime = "101010"
    ds.AcquisitionContextSequence = []
    group = bed.item("WaveformSequence")
    group.WaveformOriginality, group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = "ORIGINAL", 1, 100
    group.SamplingFrequency = "500"
    bed.keeps("WaveformSequence", 0, "SamplingFrequency")
    bed.texts("MultiplexGroupLabel", group, "WaveformSequence.")
    channel = bed.item("ChannelDefinitionSequence", group)
    channel.WaveformBitsStored, channel.ChannelSampleSkew = 16, "0"
    bed.texts("ChannelLabel", channel, "WaveformSequence.ChannelDefinitionSequence.")
    bed.code("ChannelSourceSequence", ("2:1", "MDC", "Lead I"), channel)
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.add_new(0x54001010, "OW", np.arange(100, dtype="<i2").tobytes())
    bed.keeps("WaveformSequence", 0, "WaveformData")
    annotation = bed.item("WaveformAnnotationSequence")
    annotation.ReferencedWaveformChannels = [1, 1]
    bed.texts("UnformattedTextValue", annotation, "WaveformAnnotationSequence.")
    return bed.object


def _document(bed: Bed, case: Case, mime: str, data: bytes) -> CorpusObject:
    furnish(bed, case, "DOC")
    ds = bed.ds
    ds.BurnedInAnnotation, ds.MIMETypeOfEncapsulatedDocument, ds.ConversionType = "YES", mime, "WSD"
    ds.ConceptNameCodeSequence = []
    bed.texts("DocumentTitle")
    bed.put("ContentDate", "date")
    ds.ContentTime = bed.note("ContentTime", "time", bed.mint.time())
    ds.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    return bed.object


def pdf(mint: Mint, case: Case) -> CorpusObject:
    """Return an encapsulated PDF: text in a compressed stream, document information, XMP."""
    bed = Bed("pdf", "encapsulated PDF", mint, PDF, ExplicitVRLittleEndian)
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    shown = bed.note("EncapsulatedDocument, page text", "name", mint.word())
    page.contents_add(f"BT /F1 12 Tf 20 150 Td ({shown}) Tj ET".encode())
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:description"] = bed.note("EncapsulatedDocument, XMP", "name", mint.word())
    document.docinfo["/Author"] = bed.note("EncapsulatedDocument, author", "name", mint.word())
    document.docinfo["/Title"] = bed.note("EncapsulatedDocument, title", "name", mint.word())
    buffer = io.BytesIO()
    document.save(buffer, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return _document(bed, case, "application/pdf", buffer.getvalue())


def cda(mint: Mint, case: Case) -> CorpusObject:
    """Return an encapsulated CDA with a patient role."""
    bed = Bed("cda", "encapsulated CDA", mint, CDA)
    given, family, number = mint.word(), mint.word(), mint.nhs()
    street, phone, born = mint.word(), mint.phone(), mint.date()
    for kind, value in (("name", given), ("name", family), ("nhs", number), ("address", street), ("phone", phone)):
        bed.note("EncapsulatedDocument, recordTarget", kind, value)
    bed.note("EncapsulatedDocument, birthTime", "date", born)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole>'
        f'<id extension="{number}"/><addr><streetAddressLine>{street}</streetAddressLine></addr><telecom '
        f'value="tel:{phone}"/>'
        f'<patient><name><given>{given}</given><family>{family}</family></name><birthTime value="{born}"/></patient>'
        "</patientRole></recordTarget></ClinicalDocument>"
    )
    return _document(bed, case, "text/xml", text.encode())


def stl(mint: Mint, case: Case) -> CorpusObject:
    """Return an encapsulated STL whose header names somebody."""
    bed = Bed("stl", "encapsulated STL", mint, STL)
    name = bed.note("EncapsulatedDocument, STL header", "name", mint.word())
    data = f"model of {name}".encode().ljust(80) + (1).to_bytes(4, "little") + np.zeros(12, "<f4").tobytes() + b"\0\0"
    bed.put("FrameOfReferenceUID", "uid", case.frame_of_reference)
    return _document(bed, case, "model/stl", data)
