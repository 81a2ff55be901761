"""Which drawings (SVG) may be a logo: shapes, gradients and text; nothing that runs, fetches or hides."""

import re
from xml.etree import ElementTree as ET  # nosec: a document type is refused before parsing, so no entity is expanded

from notices.errors import LogoError

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_SHAPES = frozenset({"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "symbol", "use"})
_WORDS = frozenset({"title", "desc"})
_LETTERS = frozenset({"text", "tspan", "textPath"})
_PAINTS = frozenset({"defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask"})
_ELEMENTS = _SHAPES | _WORDS | _PAINTS
_DROPPED = frozenset({"metadata", "namedview"})
_REFERENCE = re.compile(r"url\(\s*['\"]?(?!#|['\"\s])|javascript:|data:|@import|expression\(|\\", re.IGNORECASE)
_INSIDE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")
_ENDLESS = re.compile(r"[\d.][eE]\+?\d{2,}|\d{31}")
"""Numbers that no page holds: written into a PDF they become *inf*, and a reader stops drawing there."""
_MOST_ELEMENTS = 5000
_DEEPEST = 60


def drawing(data: bytes) -> tuple[bytes, float, float]:
    """Return a drawing written anew, its width and its height.

    Raises
    ------
    LogoError
        When it holds a script, an event handler, a style sheet, a picture or a reference to anything outside itself, or
        when drawing it would take more shapes than a logo has.
    """
    root = _parsed(data)
    if root.tag != f"{{{SVG}}}svg":
        raise LogoError("The logo is not an SVG drawing: export it again as plain SVG or PNG.")
    _check_amount(root)
    _check(root)
    width, height = _size(root)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="utf-8"), width, height


def _parsed(data: bytes) -> ET.Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<?xml-stylesheet" in data or b"\x00" in data:
        raise LogoError("The logo's SVG has a document type or a style sheet: export it again as plain SVG or PNG.")
    try:
        # as text, so that no declared encoding hides a document type from the line above
        return ET.fromstring(data.decode("utf-8-sig"))  # noqa: S314 - no document type, so no entities; size is limited
    except UnicodeDecodeError:
        raise LogoError("The logo's SVG is not in UTF-8: export it again as plain SVG or PNG.") from None
    except (ET.ParseError, ValueError):
        raise LogoError("The logo's SVG is damaged: export it again as plain SVG or PNG.") from None


def _check_amount(root: ET.Element) -> None:
    """Refuse a drawing that is nested too deeply, or grows past all bounds when its references are followed."""
    level, depth, count = [root], 0, 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > _DEEPEST or count > _MOST_ELEMENTS:
            raise LogoError(f"The logo's SVG is too deep or has over {_MOST_ELEMENTS} shapes: export it as PNG.")
        level = [child for element in level for child in element]
    _Weights(root).of(root)


class _Weights:
    """How many shapes are drawn for an element when the references in it are followed."""

    def __init__(self, root: ET.Element) -> None:
        self._named = {name: one for one in root.iter() if (name := one.get("id"))}
        self._known: dict[ET.Element, int] = {}
        self._open: set[ET.Element] = set()

    def of(self, element: ET.Element) -> int:
        """Return the number of shapes, or refuse."""
        if element in self._known:
            return self._known[element]
        if element in self._open or len(self._open) > 2 * _DEEPEST:
            raise LogoError("The logo's SVG draws a shape inside itself: export it as PNG.")
        self._open.add(element)
        weight = 1 + sum(map(self.of, element)) + sum(self.of(self._named[name]) for name in self._references(element))
        self._open.discard(element)
        if weight > _MOST_ELEMENTS:
            raise LogoError(f"The logo's SVG repeats shapes more than {_MOST_ELEMENTS} times: export it as PNG.")
        self._known[element] = weight
        return weight

    def _references(self, element: ET.Element) -> list[str]:
        found = [name for value in element.attrib.values() for name in _INSIDE.findall(value)]
        links = (value[1:] for key, value in element.attrib.items() if key.rpartition("}")[2] == "href")
        return [name for name in (*found, *links) if name in self._named]


def _check(parent: ET.Element) -> None:
    _check_attributes(parent)
    for child in list(parent):
        name = child.tag.rpartition("}")[2]
        if name in _DROPPED or not child.tag.startswith(f"{{{SVG}}}"):
            parent.remove(child)
        elif name in _LETTERS:
            raise LogoError(
                "The logo's SVG holds text, which needs its font: turn it into outlines, or export it as PNG."
            )
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
        if name not in ("id", "class") and _ENDLESS.search(_COLOUR.sub("", value)):
            raise LogoError("The logo's SVG holds a number that is larger than any page: export it as PNG.")
        if space and space.lstrip("{") != XLINK:
            del element.attrib[key]


def _size(root: ET.Element) -> tuple[float, float]:
    box = [float(part) for part in _NUMBER.findall(root.get("viewBox", ""))]
    sides = box[2:] if len(box) == 4 else [_length(root.get(name, "")) for name in ("width", "height")]
    if min(sides) <= 0 or max(sides) > 1e6 or max(sides) > 50 * min(sides):
        raise LogoError("The logo's SVG does not say how large it is: export it with a viewBox.")
    return sides[0], sides[1]


def _length(text: str) -> float:
    found = _NUMBER.match(text.strip())
    return float(found[0]) if found else 0.0
