"""What happens to an attribute by its VR, where Table E.1-1 does not list it."""

from typing import cast

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.clean import CleanText, OnNothing
from orthanc_plugin.deid.actions.dates import KeepDate
from orthanc_plugin.deid.actions.dummy import Dummy
from orthanc_plugin.deid.actions.empty import Empty
from orthanc_plugin.deid.actions.keep import Keep, KeepAge, KeepNumber, KeepTerm, Recurse
from orthanc_plugin.deid.actions.remove import Remove
from orthanc_plugin.deid.actions.uid import NewUid
from orthanc_plugin.deid.rules.profile import Profile
from orthanc_plugin.deid.standard.resolve import verdict
from orthanc_plugin.deid.text.clean import Mode

TEXT_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC"})
DATE_VRS = frozenset({"DA", "TM", "DT"})


def gone(kind: str, code: str = "X/Z/D") -> Action:
    """Return the mildest of removing, emptying and replacing that the attribute's type allows."""
    return {"remove": Remove(), "empty": Empty(), "dummy": Dummy()}.get(verdict(code, kind), Remove())


def on_nothing(kind: str, code: str = "X/Z/D") -> OnNothing:
    """Return what to do with an attribute of which nothing may stay."""
    return cast("OnNothing", verdict(code, kind))


def kept(vr: str, mode: Mode) -> Action:
    """Return the action for an attribute that stays: whole, but for what cannot be a value of its VR."""
    if vr in TEXT_VRS or vr in ("AE", "PN", "UR"):
        return CleanText(mode)
    if vr in DATE_VRS:
        return KeepDate(shift=False)
    simple: dict[str, Action] = {"SQ": Recurse(), "AS": KeepAge(), "CS": KeepTerm(mode), "UI": NewUid()}
    if vr in simple:
        return simple[vr]
    return KeepNumber() if vr in ("DS", "IS") else Keep()


def unlisted(profile: Profile, vr: str, kind: str) -> Action:
    """Return the action for an attribute that Table E.1-1 does not name."""
    if vr in TEXT_VRS:
        return CleanText(profile.text, on_nothing(kind))
    if vr in ("PN", "AE", "UR", "UN", ""):
        return gone(kind)
    if vr in DATE_VRS:
        return gone(kind) if profile.dates == "removed" else KeepDate(shift=profile.dates == "shifted")
    if vr == "AS" and "retain_patient_characteristics" not in profile.options:
        return gone(kind)
    if vr == "CS":
        return KeepTerm(profile.text, on_nothing(kind))
    return kept(vr, profile.text)
