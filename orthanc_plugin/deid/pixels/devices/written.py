"""One rule as it is written in TOML, checked key by key; every fault is gathered with its rule and line."""

import re
from typing import Any

from orthanc_plugin.deid.pixels.devices.rules import SIZES, TEXTS, DeviceRule, Does, KnownPlace, Place, Rectangle

_ENDS = ("left", "top", "right", "bottom")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")


class Reader:
    """Reads the rules of one file.

    Parameters
    ----------
    text : str
        The file, in which lines are counted.
    taken : set of str
        Names that no rule may have; those that are read are added.

    Attributes
    ----------
    faults : list of str
        What is wrong so far.
    """

    def __init__(self, text: str, taken: set[str]) -> None:
        self._lines, self._taken, self.faults = text.splitlines(), taken, list[str]()
        self._starts = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
        self._number, self._name = 0, ""

    def rule(self, number: int, written: dict[str, Any]) -> DeviceRule | None:
        """Return a rule, or None where it has faults."""
        before = len(self.faults)
        self._number, self._name = number, str(written.get("name", ""))[:60]
        self._known(written, ("name", "origin", "does", "when", "area"))
        texts, sizes = self._conditions(written.get("when"))
        rule = DeviceRule(
            self._named(written.get("name")), self._origin(written.get("origin")), self._does(written.get("does")),
            texts, sizes, self._where(written.get("area"), has_size=len(sizes) == len(SIZES)),
        )  # fmt: skip
        return rule if len(self.faults) == before else None

    def _fault(self, key: str, what: str) -> None:
        name = f' "{self._name}"' if _NAME.fullmatch(self._name) else ""
        self.faults.append(f"rule {self._number + 1}{name}, line {self._line(key)}: {what}")

    def _line(self, key: str) -> int:
        """Return the line on which the rule has the key, else that on which the rule begins."""
        if self._number >= len(self._starts):
            return 1
        start = self._starts[self._number]
        end = self._starts[self._number + 1] if self._number + 1 < len(self._starts) else len(self._lines)
        pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
        return next((at for at in range(start, end) if pattern.match(self._lines[at])), start) + 1

    def _known(self, written: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in written.keys() - set(known):
            self._fault(key, f"{key} is not known here; write one of {', '.join(known)}")

    def _named(self, value: object) -> str:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            self._fault("name", "name has to be 2 to 61 small letters, digits and hyphens")
        elif value in self._taken:
            self._fault("name", "this name is taken by another rule, here or built in; choose another")
        else:
            self._taken.add(value)
        return str(value)

    def _origin(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            self._fault("origin", 'origin is missing; name a public source or "measured on ..."')
        return str(value)

    def _does(self, value: object) -> Does:
        if value not in tuple(Does):
            self._fault("does", f"does has to be one of {', '.join(Does)}")
            return Does.SEARCH
        return Does(str(value))

    def _conditions(self, when: object) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[tuple[str, int], ...]]:
        if not isinstance(when, dict) or not when:
            self._fault("when", "[rule.when] is missing; say which device or kind of image the rule is for")
            return (), ()
        self._known(when, TEXTS + SIZES)
        texts = tuple((key, self._patterns(key, when[key])) for key in TEXTS if key in when)
        sizes = tuple((key, self._size(key, when[key])) for key in SIZES if key in when)
        return texts, sizes

    def _patterns(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(one, str) and one.strip() for one in value):
            self._fault(key, f'{key} has to be a list of texts, as ["US"]')
            return ()
        return tuple(one.replace("[", "[[]").replace("?", "[?]") for one in value)

    def _size(self, key: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65535:
            self._fault(key, f"{key} has to be a number of pixels")
            return 0
        return value

    def _where(self, written: object, *, has_size: bool) -> tuple[Rectangle | KnownPlace, ...]:
        if not isinstance(written, list) or not written or not all(isinstance(one, dict) for one in written):
            self._fault("area", "no [[rule.area]]; say at least one place")
            return ()
        found = [self._place(one) if "place" in one else self._rectangle(one, has_size=has_size) for one in written]
        return tuple(one for one in found if one is not None)

    def _place(self, one: dict[str, Any]) -> KnownPlace | None:
        self._known(one, ("place", "depth"))
        if one["place"] not in tuple(Place):
            self._fault("place", f"place has to be one of {', '.join(Place)}")
            return None
        place, depth = Place(one["place"]), one.get("depth", 0.0)
        if place == Place.MARGINS and (not isinstance(depth, float) or not 0 < depth <= 0.5):
            self._fault("depth", "margins need a depth: a fraction above 0, at most 0.5")
            return None
        return KnownPlace(place, float(depth) if place == Place.MARGINS else 0.0)

    def _rectangle(self, one: dict[str, Any], *, has_size: bool) -> Rectangle | None:
        self._known(one, ("unit", *_ENDS))
        unit, kind = one.get("unit"), int if one.get("unit") == "pixels" else (int, float)
        if unit not in ("pixels", "fractions"):
            self._fault("unit", "unit has to be pixels or fractions")
            return None
        if unit == "pixels" and not has_size:
            self._fault("unit", "an area in pixels needs Rows and Columns in [rule.when]; add both, or use fractions")
        ends = [one.get(end) for end in _ENDS]
        if not all(isinstance(end, kind) and not isinstance(end, bool) for end in ends):
            self._fault("left", f"left, top, right and bottom have to be given in {unit}")
            return None
        return self._drawn([float(end or 0) for end in ends], in_pixels=unit == "pixels")

    def _drawn(self, ends: list[float], *, in_pixels: bool) -> Rectangle | None:
        left, top, right, bottom = ends
        if not (0 <= left < right and 0 <= top < bottom) or (not in_pixels and max(right, bottom) > 1):
            self._fault("left", "the area is empty or lies outside; left < right, top < bottom, fractions at most 1")
            return None
        return Rectangle(left, top, right, bottom, in_pixels)
