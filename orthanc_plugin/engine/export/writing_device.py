"""Which device wrote into a picture, for the list that the ticket to the modality lead is made of (R23)."""

from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.multival import MultiValue

from orthanc_plugin.deid.pixels.devices import Written
from orthanc_plugin.engine.showing.ticket import image_key

_DEVICE = ["Manufacturer", "ManufacturerModelName", "SoftwareVersions"]


def writing_device(original: bytes, project_key: bytes) -> Written:
    """Return the device that an object names, and the object's own key, which names nobody."""
    header = dcmread(BytesIO(original), specific_tags=[*_DEVICE, "SOPInstanceUID"], stop_before_pixels=True, force=True)
    image = image_key(project_key, str(header.get("SOPInstanceUID") or ""))
    return Written(image, *(_joined(header.get(keyword)) for keyword in _DEVICE))


def _joined(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, MultiValue) else str(value or "")
