"""From the object that was read to the new file."""

from io import BytesIO

from pydicom import FileDataset, dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.objects.container import IMPLICIT_LITTLE
from orthanc_plugin.deid.objects.facts import PIXEL_DATA, Facts
from orthanc_plugin.deid.objects.meta import file_meta
from orthanc_plugin.deid.objects.values import ascii_value
from orthanc_plugin.deid.pixels import frames
from orthanc_plugin.deid.rules.content import BY_REFERENCE, CONTENT
from orthanc_plugin.deid.rules.plan import Plan
from orthanc_plugin.deid.slow.content import all_items
from orthanc_plugin.deid.slow.errors import refused
from orthanc_plugin.deid.slow.reading import Read
from orthanc_plugin.deid.slow.treatment import Treatment


def treat(read_object: Read, plan: Plan, context: Context, facts_markers: Dataset) -> bytes:
    """Return the new file.

    Parameters
    ----------
    read_object : Read
        From `read`.
    plan : Plan
        Of profile and SOP class.
    context : Context
        Of the object.
    facts_markers : Dataset
        What the output says about itself.

    Raises
    ------
    UnreadableError
        When a part of it cannot be understood.
    """
    facts = read_object.facts
    implicit = facts.transfer_syntax == IMPLICIT_LITTLE
    numbered = (
        any(BY_REFERENCE in item for item in all_items(read_object.dataset))
        if CONTENT in read_object.dataset
        else False
    )
    with refused("cannot be understood to its end: broken or hostile"):
        treatment = Treatment(plan, numbered, read_object.little, implicit)
        new = treatment.dataset(read_object.dataset, 0, context)
        new.update(facts_markers)
        _cut_pixels(new, facts)
        return _written(new, facts.transfer_syntax, implicit=implicit, little=read_object.little)


def _cut_pixels(new: Dataset, facts: Facts) -> None:
    """Drop what follows the last pixel, and the texts in compressed frames: both can hold anything."""
    needed = facts.native_length
    element = new.get_item(PIXEL_DATA) if PIXEL_DATA in new else None
    if facts.pixel_length is None and isinstance(element, RawDataElement) and element.value:
        new[PIXEL_DATA] = element._replace(value=_without_text(element.value, facts))
    if needed is not None and isinstance(element, RawDataElement) and element.value and len(element.value) > needed:
        new[PIXEL_DATA] = element._replace(value=element.value[:needed], length=needed)


def _without_text(value: bytes, facts: Facts) -> bytes:
    """Return compressed frames without the texts in them."""
    values, _ = frames.fragments(value, 0, len(value), delimited=False)
    out = bytearray(value)
    for (start, end), new in frames.cleaned(value, values, facts.transfer_syntax, facts.plane).items():
        out[start:end] = new
    return bytes(out)


def _written(new: Dataset, syntax: str, *, implicit: bool, little: bool) -> bytes:
    meta = file_meta(ascii_value(new, 0x00080016), ascii_value(new, 0x00080018), syntax)
    buffer = BytesIO()
    # the markers are shared between objects: pydicom must not decide about them, so implicit and little are said
    out = FileDataset("", new, preamble=bytes(128), file_meta=meta)
    dcmwrite(buffer, out, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return buffer.getvalue()
