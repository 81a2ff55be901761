"""The compiled plan: for one profile and one SOP class, what happens to every attribute at every depth."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from tomllib import loads
from types import MappingProxyType

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_description, tag_for_keyword

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.clean import CleanText
from orthanc_plugin.deid.actions.dates import KeepDate
from orthanc_plugin.deid.actions.keep import Keep, Recurse
from orthanc_plugin.deid.actions.remove import Remove
from orthanc_plugin.deid.actions.uid import NewUid
from orthanc_plugin.deid.rules.defaults import DATE_VRS, TEXT_VRS, gone, kept, on_nothing, unlisted
from orthanc_plugin.deid.rules.profile import Profile
from orthanc_plugin.deid.rules.special import special
from orthanc_plugin.deid.standard import Row
from orthanc_plugin.deid.standard.resolve import code_under, verdict

REMOVE = Remove()
KEEP = Keep()
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_NUMBER_OF_FRAMES = 0x00280008
_EMPTY_OPTIONS: Mapping[str, str] = MappingProxyType({})


@cache
def extras() -> Mapping[int, Row]:
    """Return the rows of ``extras.toml``, which come before Table E.1-1."""
    text = (files("orthanc_plugin.deid.rules") / "extras.toml").read_text("utf-8")
    found = {}
    for entry in loads(text)["attribute"]:
        tag = tag_for_keyword(entry["keyword"])
        if tag is not None:
            found[tag] = Row(dictionary_description(tag), entry["code"], _EMPTY_OPTIONS)
    return MappingProxyType(found)


@lru_cache(maxsize=1 << 14)
def dictionary_vr(tag: int) -> str:
    """Return the VR of a standard attribute by the data dictionary; empty where there is no such attribute.

    Where the dictionary leaves a choice ("US or SS"), the first is returned: the choice is between numbers of one size.
    """
    entry = DicomDictionary.get(tag)
    if entry is None:
        row = standard.rows().get(tag)
        return _NEWER_VRS.get(tag, "LO") if row else ""
    return entry[0].split(" ")[0]


# Attributes of Table E.1-1 that are newer than the data dictionary of pydicom; all others of these are text.
_NEWER_VRS = {
    0x00081301: "SQ", 0x00081302: "SQ", 0x00081303: "SQ", 0x00081304: "SQ",
    0x00100011: "SQ", 0x00100012: "SQ", 0x00100013: "SQ", 0x00100014: "SQ", 0x00100041: "SQ", 0x00100043: "SQ",
    0x00100045: "SQ", 0x00100046: "SQ", 0x00100047: "SQ",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What happens to every attribute; immutable, and shared by all objects of a profile and SOP class.

    Attributes
    ----------
    profile : Profile
        What was asked for.
    sop_class_uid : str
        Empty: types are unknown.
    default : mapping of tag to Action
        For attributes of no known type, at any depth.
    placed : mapping of (parent sequence or 0, tag) to Action
        For attributes whose type the SOP class defines.
    """

    profile: Profile
    sop_class_uid: str
    default: Mapping[int, Action]
    placed: Mapping[tuple[int, int], Action]

    def action(self, parent: int, tag: int) -> Action:
        """Return what happens to a standard attribute in the items of `parent` (0: in the object itself)."""
        placed = self.placed.get((parent, tag))
        return placed if placed is not None else self.default.get(tag, REMOVE)

    def private_action(self, creator: str, tag: int) -> Action:
        """Return what happens to a private attribute in a block of `creator` (PS3.15 E.3.10)."""
        if self.profile.private != "safe":
            return REMOVE
        vr = standard.safe_private().get((creator, tag >> 16, tag & 0xFF))
        return unlisted(self.profile, vr, "") if vr else REMOVE

    def creator_action(self, creator: str) -> Action:
        """Return what happens to a private creator: it stays where it is one of the Safe Private list."""
        return KEEP if self.profile.private == "safe" and creator in safe_creators() else REMOVE

    def describe(self) -> list[str]:
        """Say in words what happens to each attribute of the object itself, in the order of the tags.

        Without a SOP class, and where only what its modules define may stay: what happens to each where it is optional.
        """
        if self.profile.attributes == "iod" and not self.sop_class_uid:
            return [
                f"{_shown(tag)}: {_placed(self.profile, tag, '3').describe()}" for tag in sorted(_default(self.profile))
            ]
        tags = sorted(
            {tag for parent, tag in self.placed if parent == 0} | (set() if self.sop_class_uid else set(self.default))
        )
        return [f"{_shown(tag)}: {self.action(0, tag).describe()}" for tag in tags]


def _shown(tag: int) -> str:
    row = standard.rows().get(tag)
    name = DicomDictionary[tag][2] if tag in DicomDictionary else row.name if row else ""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {name}"


@lru_cache(maxsize=256)
def plan_for(profile: Profile, sop_class_uid: str) -> Plan:
    """Return the plan, compiled on first use."""
    types = standard.iod_types(sop_class_uid, without=profile.drop_modules)
    default = _default(profile)
    placed = {(parent, tag): _placed(profile, tag, kind) for (parent, tag), kind in types.items()}
    if profile.attributes == "iod":
        # Whatever its kind says: without it all frames but the first would leave unseen behind the picture.
        placed.setdefault((0, _NUMBER_OF_FRAMES), _action(profile, _NUMBER_OF_FRAMES, "3"))
        return Plan(profile, sop_class_uid, MappingProxyType({}), MappingProxyType(placed))
    same = {place for place, action in placed.items() if place[0] and default.get(place[1]) == action}
    return Plan(
        profile,
        sop_class_uid,
        default,
        MappingProxyType({at: action for at, action in placed.items() if at not in same}),
    )


@lru_cache(maxsize=16)
def _default(profile: Profile) -> Mapping[int, Action]:
    # Retired attributes without even a keyword mean nothing to a reader, and can hold anything.
    tags = {tag for tag, entry in DicomDictionary.items() if entry[4] and _is_object_group(tag >> 16)}
    tags |= set(standard.rows())
    return MappingProxyType({tag: _action(profile, tag, "") for tag in tags})


def _is_object_group(group: int) -> bool:
    """Leave out command sets, file meta, media directories, curves, overlays and item marks: they are never copied."""
    return group > 0x0006 and group not in (0xFFFE, 0xFFFC) and group & 0xFF00 not in (0x5000, 0x6000)


def _placed(profile: Profile, tag: int, kind: str) -> Action:
    """Return the action of an attribute whose type is known; at print and internet optional text goes."""
    if not _is_object_group(tag >> 16):
        return REMOVE
    if profile.attributes == "iod" and kind == "3" and dictionary_vr(tag) in TEXT_VRS:
        return REMOVE
    return _action(profile, tag, kind)


@lru_cache(maxsize=1 << 14)
def _action(profile: Profile, tag: int, kind: str) -> Action:
    """Return the action of one attribute of one type."""
    if tag in _drop(profile):
        return gone(kind)
    own = _special(profile, kind).get(tag)
    if own is not None:
        return own
    action = _by_table(profile, tag, kind)
    return Keep(_count(tag), pixels=tag in _PIXELS) if type(action) is Keep else action


def _count(tag: int) -> int:
    """Return how many numbers the data dictionary allows, 0 where that is open, as for bulk data (O.)."""
    entry = DicomDictionary.get(tag)
    return int(entry[1]) if entry and entry[1].isdigit() and "O" not in entry[0] else 0


def _by_table(profile: Profile, tag: int, kind: str) -> Action:
    row = extras().get(tag) or standard.rows().get(tag)
    vr = dictionary_vr(tag)
    return _by_row(profile, row, vr, kind) if row else unlisted(profile, vr, kind)


@lru_cache(maxsize=64)
def _special(profile: Profile, kind: str) -> dict[int, Action]:
    return special(profile, kind)


@lru_cache(maxsize=16)
def _drop(profile: Profile) -> frozenset[int]:
    return frozenset(tag for keyword in profile.drop if (tag := tag_for_keyword(keyword)) is not None)


def _by_row(profile: Profile, row: Row, vr: str, kind: str) -> Action:
    """Return the action for a row of Table E.1-1 under the options of the profile."""
    code = code_under(row.basic, row.options, profile.options)
    wanted = verdict(code, kind)
    if wanted == "uid":
        return Recurse() if vr == "SQ" else NewUid()
    if wanted == "keep":
        return kept(vr, "kept")
    if wanted == "clean":
        return _cleaned(profile, row, vr, kind)
    return gone(kind, code)


def _cleaned(profile: Profile, row: Row, vr: str, kind: str) -> Action:
    if vr == "SQ":
        return Recurse()
    if vr in DATE_VRS:
        return KeepDate(shift=True)
    if vr in TEXT_VRS:
        return CleanText(profile.text, on_nothing(kind, row.basic))
    return gone(kind, row.basic)


@cache
def safe_creators() -> frozenset[str]:
    """Return the private creators of the Safe Private list."""
    return frozenset(creator for creator, _, _ in standard.safe_private())


def private_vr(creator: str, tag: int) -> str:
    """Return the VR of a private attribute by the Safe Private list; empty where it is not on it."""
    return standard.safe_private().get((creator, tag >> 16, tag & 0xFF), "")
