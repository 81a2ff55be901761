"""Content items of structured reports: PS3.15 Table E.3.4-1, by concept name and value type."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.clean import CleanText
from orthanc_plugin.deid.actions.dates import KeepDate
from orthanc_plugin.deid.actions.dummy import Dummy
from orthanc_plugin.deid.rules.defaults import kept
from orthanc_plugin.deid.rules.profile import Profile
from orthanc_plugin.deid.standard.resolve import code_under

CONTENT, CONCEPT_NAME, VALUE_TYPE = 0x0040A730, 0x0040A043, 0x0040A040
CODE_VALUE, CODING_SCHEME = 0x00080100, 0x00080102
BY_REFERENCE = 0x0040DB73

# Where a content item has its value, by value type (PS3.3 C.17.3); codes, numbers and references have a macro instead.
_VALUE = {
    "TEXT": 0x0040A160,
    "PNAME": 0x0040A123,
    "UIDREF": 0x0040A124,
    "DATE": 0x0040A121,
    "TIME": 0x0040A122,
    "DATETIME": 0x0040A120,
}
_VR = {"TEXT": "UT", "PNAME": "PN", "UIDREF": "UI", "DATE": "DA", "TIME": "TM", "DATETIME": "DT"}
_STRICTEST = ("X", "X/D", "D")
_REFERENCES = frozenset({"IMAGE", "COMPOSITE", "WAVEFORM"})

Item = tuple[str, str, str]  # code value, coding scheme, value type


@dataclass(frozen=True, slots=True)
class ItemRule:
    """What happens to a content item: it goes, or its value is treated by an action of its own.

    Attributes
    ----------
    removed : bool
        The whole item goes.
    value : mapping of tag to Action
        Instead of what the plan says; empty where the plan's own actions do.
    """

    removed: bool
    value: Mapping[int, Action]


_BY_PLAN = ItemRule(removed=False, value=MappingProxyType({}))


def item_rule(profile: Profile, item: Item, *, numbered: bool) -> ItemRule:
    """Return the rule for a content item.

    Parameters
    ----------
    profile : Profile
        Whose options count.
    item : tuple
        Code value and coding scheme of the concept name, and the value type.
    numbered : bool
        Whether items of this document are referenced by their position: then none may go, its value does.
    """
    rule = _rules(profile).get(item) or _rule_of_another_type(profile, item) or _BY_PLAN
    return ItemRule(removed=False, value=rule.value) if rule.removed and numbered else rule


@cache
def _rule_of_another_type(profile: Profile, item: Item) -> ItemRule | None:
    """Return the rule for a concept whose value the table knows under another type only: a person's name as TEXT."""
    code, scheme, value_type = item
    rows = standard.content_rows()
    if value_type not in _VALUE or item in rows:
        return None
    same = (row for each, row in rows.items() if each[:2] == (code, scheme))
    codes = {code_under(row.basic, row.options, profile.options) for row in same}.intersection(_STRICTEST)
    return _rule(profile, value_type, min(codes, key=_STRICTEST.index)) if codes else None


@cache
def _rules(profile: Profile) -> Mapping[Item, ItemRule]:
    return MappingProxyType(
        {
            item: _rule(profile, item[2], code_under(row.basic, row.options, profile.options))
            for item, row in standard.content_rows().items()
        }
    )


def _rule(profile: Profile, value_type: str, code: str) -> ItemRule:
    if value_type in _REFERENCES:
        return _BY_PLAN  # its UIDs are replaced consistently: the reference holds and names nobody (ADR 0033)
    removed = code[0] == "X"
    tag = _VALUE.get(value_type)
    if tag is None:
        return ItemRule(removed, MappingProxyType({}))
    return ItemRule(removed, MappingProxyType({tag: _action(profile, value_type, code)}))


def _action(profile: Profile, value_type: str, code: str) -> Action:
    vr = _VR[value_type]
    if code == "K":
        return kept(vr, "kept")
    if code == "C":
        return KeepDate(shift=True) if vr in ("DA", "TM", "DT") else CleanText(profile.text, "dummy")
    return Dummy()


def describe_items(profile: Profile) -> list[str]:
    """Say in words what happens to the content items that Table E.3.4-1 names."""
    lines = []
    for item, row in standard.content_rows().items():
        rule = item_rule(profile, item, numbered=False)
        done = "the item is removed" if rule.removed else "; ".join(a.describe() for a in rule.value.values())
        lines.append(f"({item[0]}, {item[1]}) {row.meaning}, {item[2]}: {done or 'kept, its UIDs replaced'}")
    return lines
