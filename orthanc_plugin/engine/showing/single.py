"""One frame of a recording as a file of its own, so that a preview does not have to write a thousand others."""

from io import BytesIO

from pydicom import Dataset, dcmwrite

from orthanc_plugin.rendering import StoredFrames

_GROUPS = "PerFrameFunctionalGroupsSequence"
_OF_ALL = ("PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "NumberOfFrames", _GROUPS)


def single_frame(dataset: Dataset, number: int) -> bytes | None:
    """Return a file with one frame of an object, encoded as it was, and all that says how this frame is shown.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object; it is not changed.
    number : int
        Which frame, counted from 0.

    Returns
    -------
    bytes or None
        None where a frame cannot be taken out without the others: overlays lie over several, or frames do not begin at
        whole bytes.
    """
    if any(0x6000 <= tag.group < 0x6100 for tag in dataset.keys()) or "PixelData" not in dataset:  # noqa: SIM118
        return None
    pixels = StoredFrames(dataset).pixels([number])
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
