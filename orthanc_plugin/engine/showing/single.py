"""One frame of a recording as a file of its own, so that a preview does not have to write a thousand others."""

from io import BytesIO

from pydicom import Dataset, dcmwrite
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import UID, ImplicitVRLittleEndian

_GROUPS = "PerFrameFunctionalGroupsSequence"
_OF_ALL = ("PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "NumberOfFrames", _GROUPS)


def single_frame(dataset: Dataset, number: int, frames: int) -> bytes | None:
    """Return a file with one frame of an object, encoded as it was, and all that says how this frame is shown.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object; it is not changed.
    number, frames : int
        Which frame, counted from 0, of how many.

    Returns
    -------
    bytes or None
        None where a frame cannot be taken out without the others: overlays lie over several, or frames do not begin at
        whole bytes.
    """
    if any(0x6000 <= tag.group < 0x6100 for tag in dataset.keys()) or "PixelData" not in dataset:  # noqa: SIM118
        return None
    pixels = _frame(dataset, number, frames)
    if pixels is None:
        return None
    # Elements are shared with the object, so those that change are made anew and never written to.
    new = Dataset({element.tag: element for element in dataset if element.keyword not in _OF_ALL})
    new.file_meta = dataset.file_meta
    new.NumberOfFrames = 1
    if _GROUPS in dataset:
        new.PerFrameFunctionalGroupsSequence = [dataset[_GROUPS].value[number]]
    new.add_new("PixelData", dataset["PixelData"].VR, pixels)
    new["PixelData"].is_undefined_length = dataset["PixelData"].is_undefined_length
    out = BytesIO()
    dcmwrite(out, new, enforce_file_format=True)
    return out.getvalue()


def _frame(dataset: Dataset, number: int, frames: int) -> bytes | None:
    value: bytes = dataset.PixelData
    if UID(dataset.file_meta.get("TransferSyntaxUID") or ImplicitVRLittleEndian).is_encapsulated:
        offsets = None
        if "ExtendedOffsetTable" in dataset and "ExtendedOffsetTableLengths" in dataset:
            offsets = (dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths)
        return encapsulate([get_frame(value, number, number_of_frames=frames, extended_offsets=offsets)])
    samples = int(dataset.get("SamplesPerPixel") or 1)
    size = int(dataset.Rows) * int(dataset.Columns) * samples * int(dataset.BitsAllocated) // 8
    if dataset.BitsAllocated == 1 or not 0 <= len(value) - size * frames <= 1:
        return None
    part = value[size * number : size * (number + 1)]
    return part + bytes(len(part) % 2)
