"""A device rule written from what a person drew on one image of the device, for the site to try and keep."""

import json
import re
from collections.abc import Sequence
from hashlib import sha256

from pydicom import Dataset
from pydicom.multival import MultiValue

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.rendering import faults_of, is_tiled

_DEVICE = ("Manufacturer", "ManufacturerModelName")
_ASKED = (*_DEVICE, "SoftwareVersions", "Modality", "SOPClassUID")


class NoRuleError(Exception):
    """No rule can be made; the message says why and what to do."""


def draft_rule(dataset: Dataset, areas: Sequence[Area], origin: str) -> str:
    """Return a rule that blanks these areas in every image of the same device, software, kind and size, as TOML.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of the image that was drawn on.
    areas : sequence of Area
        Of every frame; areas of one frame alone are no rule for a device and are left out.
    origin : str
        What the rule was measured on, in one line.

    Raises
    ------
    NoRuleError
        The image is a slide or names no device, or nothing is drawn on every frame of it.
    UnrenderableError
        The header is broken.
    """
    if is_tiled(dataset):
        raise NoRuleError("what is drawn on a slide is a place of its specimen, and no other slide has it there")
    with faults_of("its header"):
        asked = [(keyword, _values(dataset, keyword)) for keyword in _ASKED]
        rows, columns = int(dataset.Rows), int(dataset.Columns)
    missing = [keyword for keyword, values in asked if keyword in _DEVICE and not values]
    if missing:
        raise NoRuleError(f"the image says no {' and no '.join(missing)}, so a rule of it would be for any device")
    everywhere = sorted(area for area in areas if area.frame is None)
    if not everywhere:
        raise NoRuleError("no area goes from every frame; carry the areas to every frame of the image first")
    model = dict(asked)["ManufacturerModelName"][0]
    lines = ["[[rule]]", f"name = {_text(_name(model, rows, columns, everywhere))}", f"origin = {_text(origin)}"]
    lines += ['does = "blank"', "[rule.when]"]
    lines += [f"{keyword} = [{', '.join(map(_text, values))}]" for keyword, values in asked if values]
    lines += [f"Rows = {rows}", f"Columns = {columns}"]
    for area in everywhere:
        lines += ["[[rule.area]]", 'unit = "pixels"']
        lines += [f"{edge} = {getattr(area, edge)}" for edge in ("left", "top", "right", "bottom")]
    return "\n".join(lines) + "\n"


def _values(dataset: Dataset, keyword: str) -> list[str]:
    value = dataset.get(keyword)
    texts = [str(one).strip() for one in (value if isinstance(value, MultiValue) else [value or ""])]
    return [text for text in texts if text]


def _name(model: str, rows: int, columns: int, areas: Sequence[Area]) -> str:
    """Return a name that no other areas of this device have."""
    plain = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")[:30] or "device"
    return f"{plain}-{columns}x{rows}-{sha256(repr(areas).encode()).hexdigest()[:6]}"


def _text(value: str) -> str:
    """Return a text as a basic string of TOML, which takes what JSON writes in ASCII."""
    return json.dumps("".join(letter if letter.isprintable() else " " for letter in value))
