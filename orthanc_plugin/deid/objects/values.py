"""How values are stored: as pydicom read them, and the value representation (VR) to write."""

from pydicom._dicom_dict import DicomDictionary
from pydicom.charset import convert_encodings
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import Tag

from orthanc_plugin.deid.actions.base import Action


def stored_vr(tag: int, vr: str, source_vr: str | None) -> str:
    """Return the VR to write: the source's where the dictionary allows it, else the dictionary's."""
    entry = DicomDictionary.get(tag)
    allowed = entry[0].split(" or ") if entry else [vr]
    return source_vr if source_vr in allowed else allowed[0] if source_vr or len(allowed) == 1 else vr


def is_lie(tag: int, vr: str, source_vr: str | None, action: Action) -> bool:
    """Say whether bytes that should be kept unread come under a VR that cannot be theirs."""
    return action.bulk and source_vr not in (None, "", "UN") and stored_vr(tag, vr, source_vr) != source_vr


def raw_value(source: Dataset, tag: int, *, little: bool) -> bytes:
    """Return the stored bytes of a value, text as it was encoded; none for a sequence."""
    element = source.get_item(Tag(tag))
    if isinstance(element, RawDataElement):
        return element.value or b""
    if element is None or element.VR == "SQ" or element.is_empty:
        return b""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = True, little
    write_data_element(buffer, element, convert_encodings(source._character_set))
    return buffer.getvalue()[8:]


def ascii_value(item: Dataset, tag: int) -> str:
    """Return a value as text, without padding; empty where there is none."""
    return raw_value(item, tag, little=True).strip(b" \0").decode("latin-1") if tag in item else ""
