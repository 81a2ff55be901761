"""Which drawings (SVG) may be a logo: shapes, gradients and text; nothing that runs, fetches or hides."""

import re
from xml.etree import ElementTree as ET  # nosec: a document type is refused before parsing, so no entity is expanded

from notices.errors import LogoError

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_SHAPES = frozenset({"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "symbol", "use"})
_TEXTS = frozenset({"text", "tspan", "title", "desc"})
_PAINTS = frozenset({"defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask"})
_ELEMENTS = _SHAPES | _TEXTS | _PAINTS
_DROPPED = frozenset({"metadata", "namedview"})
_REFERENCE = re.compile(r"url\(\s*['\"]?(?!#)|javascript:|data:|@import|expression\(", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([0-9.]+)")
_MOST_ELEMENTS = 5000


def drawing(data: bytes) -> tuple[bytes, float, float]:
    """Return a drawing written anew, its width and its height.

    Raises
    ------
    LogoError
        When it holds a script, an event handler, a style sheet, a picture or a reference to anything outside itself.
    """
    root = _parsed(data)
    if root.tag != f"{{{SVG}}}svg":
        raise LogoError("The logo is not an SVG drawing: export it again as plain SVG or PNG.")
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        raise LogoError(f"The logo has more than {_MOST_ELEMENTS} shapes: export it as PNG.")
    _check(root)
    width, height = _size(root)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="utf-8"), width, height


def _parsed(data: bytes) -> ET.Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<?xml-stylesheet" in data or b"\x00" in data:
        raise LogoError("The logo's SVG has a document type or a style sheet: export it again as plain SVG or PNG.")
    try:
        return ET.fromstring(data)  # noqa: S314 - no document type, so no entities; size is limited by the caller
    except ET.ParseError:
        raise LogoError("The logo's SVG is damaged: export it again as plain SVG or PNG.") from None


def _check(parent: ET.Element) -> None:
    _check_attributes(parent)
    for child in list(parent):
        name = child.tag.rpartition("}")[2]
        if name in _DROPPED or not child.tag.startswith(f"{{{SVG}}}"):
            parent.remove(child)
        elif name not in _ELEMENTS:
            raise LogoError(f"The logo's SVG holds <{name}>, which is more than a drawing: export it as PNG.")
        else:
            _check(child)


def _check_attributes(element: ET.Element) -> None:
    for key, value in list(element.attrib.items()):
        space, _, name = key.rpartition("}")
        if name.lower().startswith("on"):
            raise LogoError("The logo's SVG holds a script: export it as PNG.")
        if (name == "href" and not value.startswith("#")) or _REFERENCE.search(value):
            raise LogoError("The logo's SVG points at something outside itself: put it inside, or export it as PNG.")
        if space and space.lstrip("{") != XLINK:
            del element.attrib[key]


def _size(root: ET.Element) -> tuple[float, float]:
    box = [float(part) for part in re.findall(r"-?[0-9.]+", root.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        return box[2], box[3]
    width, height = (_NUMBER.match(root.get(name, "")) for name in ("width", "height"))
    if not width or not height or float(width[1]) <= 0 or float(height[1]) <= 0:
        raise LogoError("The logo's SVG does not say how large it is: export it with a viewBox.")
    return float(width[1]), float(height[1])
