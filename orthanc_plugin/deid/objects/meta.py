"""The file meta information of an output: new, and without a trace of who sent or stored the source."""

from functools import lru_cache
from importlib.metadata import version

from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID

from orthanc_plugin.deid.objects.encoding import element

# Of this product; below 2.25 as UUID-derived, so that nobody had to register it.
IMPLEMENTATION_CLASS_UID = "2.25.302147096512387402938471092384710293"
IMPLEMENTATION_VERSION = f"AOA_{version('anonymise-or-ask').replace('.', '_')}"[:16]
_START = bytes(128) + b"DICM"


@lru_cache(maxsize=256)
def _around(sop_class: str, transfer_syntax: str) -> tuple[bytes, bytes]:
    """Return the elements of the file meta group before and after the SOP Instance UID."""
    before = element(0x00020001, "OB", b"\0\1", implicit=False) + element(
        0x00020002, "UI", sop_class.encode(), implicit=False
    )
    after = (
        (0x00020010, "UI", transfer_syntax),
        (0x00020012, "UI", IMPLEMENTATION_CLASS_UID),
        (0x00020013, "SH", IMPLEMENTATION_VERSION),
    )
    return before, b"".join(element(tag, vr, text.encode(), implicit=False) for tag, vr, text in after)


def file_head(sop_class: str, sop_instance: str, transfer_syntax: str) -> bytes:
    """Return everything before the data set: a zero preamble and the file meta group, as `file_meta` has it."""
    before, after = _around(sop_class, transfer_syntax)
    group = before + element(0x00020003, "UI", sop_instance.encode(), implicit=False) + after
    return _START + element(0x00020000, "UL", len(group).to_bytes(4, "little"), implicit=False) + group


def file_meta(sop_class: str, sop_instance: str, transfer_syntax: str) -> FileMetaDataset:
    """Return the file meta group for a new object."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(sop_instance)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    return meta
