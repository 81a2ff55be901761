"""Places where identifiers hide that no module of an image asks for: each object shows one sort of place."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image
from pydicom import Dataset, config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from corpus.bed import Bed
from corpus.common import Case, furnish, nested
from corpus.images import CT, phantom, pixels, plane, write_on
from corpus.mint import Mint
from corpus.model import CorpusObject

_CHARSETS = {
    "latin": ("ISO_IR 100", "latin-1", "Zürndörfßel", "Ñandúçález"),
    "greek": ("ISO_IR 126", "iso8859-7", "Ξουφαδις", "Ψαρδονικη"),
    "utf8": ("ISO_IR 192", "utf-8", "Жвурдлянко", "Щербодзвон"),
    "chinese": ("GB18030", "gb18030", "欧阳鑫磊焱", "司马淼垚犇"),
    "japanese": (["", "ISO 2022 IR 87"], "iso2022_jp", "勅使河原麟", "五十嵐鷹彦"),
    "korean": (["", "ISO 2022 IR 149"], "euc_kr", "황보뷁쏠", "선우쵸륑"),
}
_OUTSIDE_THE_TABLE = (
    "WindowCenterWidthExplanation LUTExplanation PixelSpacingCalibrationDescription ContentLabel ContentDescription"
    " PositionReferenceIndicator SoftwareVersions BodyPartExamined ScanOptions FilterType ConvolutionKernel"
    " DataCollectionCenterPatientX ManufacturerModelName DigitizingDeviceTransportDirection ModalityLUTType"
    " ReasonForTheAttributeModification LossyImageCompressionMethod QualityControlSubject ContrastBolusRoute"
    " ExposureControlModeDescription ImageFilter TherapyDescription"
)
_TEXT_VRS = {"LO", "SH", "LT", "ST", "UT", "CS"}


def base(name: str, mint: Mint, case: Case, syntax: str | None = None) -> Bed:
    """Return a CT with everything usual planted, and no pixels yet."""
    bed = Bed(name, "CT", mint, CT, syntax) if syntax else Bed(name, "CT", mint, CT)
    furnish(bed, case, "CT")
    plane(bed, case)
    bed.ds.ImageType, bed.ds.KVP, bed.ds.AcquisitionNumber = ["ORIGINAL", "PRIMARY", "AXIAL"], "120", 1
    bed.ds.RescaleIntercept, bed.ds.RescaleSlope = "0", "1"
    return bed


def finish(bed: Bed) -> CorpusObject:
    """Add pixels."""
    pixels(bed, phantom(16, 16, len(bed.object.name)), bits=12)
    return bed.object


def character_set(mint: Mint, case: Case, name: str) -> CorpusObject:
    """Return a CT whose names are beyond ASCII."""
    terms, encoding, family, given = _CHARSETS[name]
    bed = base(f"charset-{name}", mint, case)
    bed.ds.SpecificCharacterSet = terms
    bed.forget("PatientName")
    alphabetic = "" if name in {"latin", "greek", "utf8"} else f"{mint.word()}^{mint.word()}="
    for part in alphabetic.strip("=").split("^"):
        if part:
            bed.note("PatientName, alphabetic", "name", part)
    bed.ds.PatientName = f"{alphabetic}{family}^{given}"
    for part in (family, given):
        bed.note(f"PatientName, {encoding}", "name", part, raw=part.encode(encoding))
    item = bed.item("RequestAttributesSequence")
    item.ScheduledProcedureStepDescription = f"({family})"
    bed.ds.ImageComments = f"{given} ."
    bed.note("ImageComments", "name", given, raw=given.encode(encoding))
    bed.note("RequestAttributesSequence.ScheduledProcedureStepDescription", "name", family, raw=family.encode(encoding))
    return finish(bed)


def private(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT with private elements in every VR, by creators unknown and known."""
    bed = base("private", mint, case)
    for creator, group in (("ACME UNKNOWN 1.0", 0x0011), ("SIEMENS CSA HEADER", 0x0029), ("GEMS_IDEN_01", 0x0009)):
        block = bed.ds.private_block(group, creator, create=True)
        for number, vr in enumerate(("LO", "SH", "PN", "LT", "UT", "ST", "UC"), 1):
            word = mint.word()
            block.add_new(number, vr, word)
            bed.note(f"({group:04X},xx{number:02X}) {vr} of {creator}", "private name", word)
        for number, vr in enumerate(("UN", "OB"), 0x20):
            word = mint.word()
            block.add_new(number, vr, word.encode() + b"\0" * (len(word) % 2))
            bed.note(f"({group:04X},xx{number:02X}) {vr} of {creator}", "private name", word)
        block.add_new(0x30, "DA", bed.note(f"({group:04X},xx30) DA", "private date", mint.date()))
        block.add_new(0x31, "UI", bed.note(f"({group:04X},xx31) UI", "private uid", mint.uid()))
        item = Dataset()
        bed.put("PatientID", "id", None, item, f"({group:04X},xx40).")
        block.add_new(0x40, "SQ", [item])
    creator = mint.word()
    bed.ds.private_block(0x0013, creator, create=True).add_new(1, "DS", "1.5")
    bed.note("(0013,0010) private creator", "private name", creator)
    inner = nested(bed).private_block(0x0011, "ACME UNKNOWN 1.0", create=True)
    inner.add_new(1, "LO", bed.note("nested private LO", "private name", mint.word()))
    return finish(bed)


@contextmanager
def literal_un() -> Iterator[None]:
    """Let pydicom write UN where UN is asked for; it puts the dictionary's VR otherwise."""
    before = config.replace_un_with_known_vr
    config.replace_un_with_known_vr = False
    try:
        yield
    finally:
        config.replace_un_with_known_vr = before


def unknown_vr(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT with standard and unknown attributes written as UN, one of them a sequence in disguise."""
    bed = base("unknown-vr", mint, case)
    with literal_un():
        _as_un(bed)
    return finish(bed)


def _as_un(bed: Bed) -> None:
    mint = bed.mint
    bed.forget("OperatorsName")
    for tag in (0x00081070, 0x00104000, 0x00321032, 0x00400009, 0x00189999, 0x00420099, 0x00541234):
        word = mint.word()
        bed.ds.add_new(tag, "UN", word.encode() + b" " * (len(word) % 2))
        bed.note(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) as UN", "name", word)
    word = mint.word().encode()
    element = struct.pack("<HHL", 0x0010, 0x0010, len(word)) + word
    bed.ds.add_new(0x00400275, "UN", struct.pack("<HHL", 0xFFFE, 0xE000, len(element)) + element)
    bed.note("(0040,0275) as UN, implicit item", "name", word.decode())


def file_meta(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT with names in the preamble, the file meta, behind the pixels and in padding."""
    bed = base("file-meta", mint, case)
    meta = bed.ds.file_meta
    meta.ImplementationVersionName = bed.note("(0002,0013)", "name", mint.word())
    for keyword in ("SourceApplicationEntityTitle", "SendingApplicationEntityTitle", "ReceivingApplicationEntityTitle"):
        setattr(meta, keyword, bed.note(keyword, "station", mint.station()))
    meta.ImplementationClassUID = bed.note("(0002,0012)", "uid", mint.uid())
    meta.PrivateInformationCreatorUID = bed.note("(0002,0100)", "uid", mint.uid())
    meta.PrivateInformation = bed.note("(0002,0102)", "name", mint.word()).encode()
    bed.ds.preamble = b"II*\0" + bed.note("preamble", "name", mint.word()).encode().ljust(124, b"\0")
    made = finish(bed)
    bed.ds.add_new(0xFFFCFFFC, "OB", bed.note("(FFFC,FFFC) padding", "name", mint.word()).encode())
    bed.ds.add_new(0xFFFAFFFA, "SQ", [Dataset()])
    word = mint.word()
    bed.ds[0xFFFAFFFA].value[0].add_new(0x04000120, "OB", word.encode())
    bed.note("DigitalSignaturesSequence.Signature", "name", word)
    return made


def free_text(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT with names in texts that Table E.1-1 does not list."""
    bed = base("free-text", mint, case)
    bed.forget("PositionReferenceIndicator")
    for keyword in _OUTSIDE_THE_TABLE.split():
        word = mint.word()
        element_vr = _vr(keyword)
        if element_vr in _TEXT_VRS:
            setattr(bed.ds, keyword, word.upper() if element_vr == "CS" else f"{word} 1")
            bed.note(keyword, "name in text", word)
    local = bed.code("ProcedureCodeSequence", ("L77", "99LOCAL", ""))
    bed.put("CodeMeaning", "word", None, local, "ProcedureCodeSequence.")
    view = bed.code("ViewCodeSequence", ("399061008", "SCT", ""))
    bed.put("CodeMeaning", "word", None, view, "ViewCodeSequence, standard code with an altered meaning.")
    scheme = bed.item("CodingSchemeIdentificationSequence")
    scheme.CodingSchemeDesignator = "99LOCAL"
    bed.put("CodingSchemeResponsibleOrganization", "org", None, scheme, "CodingSchemeIdentificationSequence.")
    equipment = bed.item("ContributingEquipmentSequence")
    equipment.Manufacturer = "ACME"
    bed.put("InstitutionName", "org", None, equipment, "ContributingEquipmentSequence.")
    bed.texts("ContributionDescription", equipment, "ContributingEquipmentSequence.")
    bed.put("OperatorsName", "name", None, equipment, "ContributingEquipmentSequence.")
    return finish(bed)


def _vr(keyword: str) -> str:
    return dictionary_VR(tag_for_keyword(keyword) or 0)


def odd_values(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT with multi-valued, padded, very long and wrongly typed values."""
    bed = base("odd-values", mint, case)
    bed.forget("OperatorsName")
    bed.forget("SliceThickness")
    names = [mint.word() for _ in range(3)]
    bed.ds.OperatorsName = [f"{name}^X" for name in names]
    for name in names:
        bed.note("OperatorsName, several values", "name", name)
    padded = mint.word()
    bed.ds.add_new(0x00081048, "PN", f"   {padded}   ")
    bed.note("PhysiciansOfRecord, padded", "name", padded)
    long = mint.word()
    bed.ds.ImageComments = "x " * 5000 + long
    bed.note("ImageComments, 10,000 characters", "name in text", long)
    for tag, vr, kind in (
        (0x00080031, "LO", "time as LO"), (0x00180050, "LO", "thickness as LO"), (0x00181020, "UT", "software as UT"),
        (0x00200012, "LO", "number as LO"), (0x00080070, "PN", "maker as PN"), (0x00181041, "ST", "volume as ST"),
    ):  # fmt: skip
        word = mint.word()
        bed.ds.add_new(tag, vr, word)
        bed.note(f"({tag >> 16:04X},{tag & 0xFFFF:04X}), {kind}", "name in a wrong VR", word)
    number = mint.nhs()
    bed.ds.add_new(0x00080014, "UI", f"1.2.826.0.1.{number}.1")
    bed.note("InstanceCreatorUID", "nhs number in a UID", number)
    deep = bed.ds
    for _ in range(12):
        deep = bed.item("ReferencedSeriesSequence", deep)
    bed.texts("SeriesDescription", deep, "twelve sequences deep, ")
    return finish(bed)


def graphics(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT with an icon, a curve, and a bit-plane overlay that repeat what was cleaned elsewhere."""
    bed = base("graphics", mint, case)
    icon = bed.item("IconImageSequence")
    drawn = np.zeros((32, 120), np.uint8)
    write_on(drawn, mint.word(), 6, 255)
    icon.Rows, icon.Columns, icon.SamplesPerPixel, icon.PhotometricInterpretation = 32, 120, 1, "MONOCHROME2"
    icon.BitsAllocated, icon.BitsStored, icon.HighBit, icon.PixelRepresentation = 8, 8, 7, 0
    icon.add_new(0x7FE00010, "OB", drawn.tobytes())
    bed.note("IconImageSequence.PixelData", "burned-in name", drawn.tobytes().hex(), raw=drawn.tobytes()[700:1600])
    for tag, vr in ((0x0022, "LO"), (0x2500, "LO")):
        word = mint.word()
        bed.ds.add_new((0x5000, tag), vr, word)
        bed.note(f"(5000,{tag:04X})", "name in a curve", word)
    word = mint.word()
    bed.ds.add_new((0x5000, 0x3000), "OW", word.encode())
    bed.note("(5000,3000)", "name in a curve", word)
    return finish(bed)


def jpeg_2000(mint: Mint, case: Case) -> CorpusObject:
    """Return a CT as a JP2 file in a frame: with an XML box, a UUID box, and a comment in the codestream."""
    bed = base("jpeg-2000", mint, case, JPEG2000Lossless)
    comment, xml, uuid = mint.word(), mint.word(), mint.word()
    buffer = io.BytesIO()
    Image.fromarray(phantom(32, 32, 77, np.uint8)).save(
        buffer, "JPEG2000", irreversible=False, comment=comment, no_jp2=False
    )
    data = buffer.getvalue()
    for kind, word in ((b"xml ", xml), (b"uuid", uuid)):
        body = (b"\0" * 16 if kind == b"uuid" else b"") + f"<n>{word}</n>".encode()
        data += struct.pack(">L4s", 8 + len(body), kind) + body
    for place, word in (("codestream comment", comment), ("XML box", xml), ("UUID box", uuid)):
        bed.note(f"PixelData, {place}", "name in JPEG 2000", word)
    ds = bed.ds
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 32, 32, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelData = encapsulate([data + b"\0" * (len(data) % 2)])
    ds["PixelData"].is_undefined_length = True
    return bed.object


def everything_hidden(mint: Mint, case: Case) -> Iterator[CorpusObject]:
    """Yield one object for each sort of place."""
    for name in _CHARSETS:
        yield character_set(mint, case, name)
    makers: tuple[Callable[[Mint, Case], CorpusObject], ...] = (
        private, unknown_vr, file_meta, free_text, odd_values, graphics, jpeg_2000,
    )  # fmt: skip
    for make in makers:
        yield make(mint, case)
