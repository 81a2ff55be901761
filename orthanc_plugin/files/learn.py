"""What the sources of a run say about their patients, gathered before anything leaves.

Each output is then verified against all of it: a patient's name may stand in another patient's file (ADR 0081).
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from orthanc_plugin.deid.objects.identity import PATIENT_ID
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.rules.profile import Profile
from orthanc_plugin.files.original import Stamp, stamp_of
from orthanc_plugin.files.sources import Source
from orthanc_plugin.verify import Identifier, Kind, KnownIdentifiers, known_in_file

Own = frozenset[Identifier]
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_OWN_ROOT = "2.25."
_DATES = frozenset({Kind.DATE, Kind.BIRTH_DATE})


@dataclass(slots=True)
class Learnt:
    """What some sources say.

    Attributes
    ----------
    identifiers : set of Identifier
        Of all of them.
    uids : set of str
        Of all of them.
    own : list
        The identifiers of each source, in their order; None where it cannot be read.
    stamps : list
        When each was read.
    """

    identifiers: set[Identifier] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    own: list[Own | None] = field(default_factory=list)
    stamps: list[Stamp | None] = field(default_factory=list)
    _same: dict[Own, Own] = field(default_factory=dict, repr=False)

    def add(self, known: KnownIdentifiers | None, stamp: Stamp | None) -> None:
        """Add a source; the slices of a series share what they say."""
        self.stamps.append(stamp)
        if known is None:
            self.own.append(None)
            return
        self.own.append(self._shared(known.identifiers))
        self.uids |= known.uids

    def extend(self, more: "Learnt") -> None:
        """Add what other sources say, which come behind these."""
        distinct = {id(own): own for own in more.own if own is not None}
        shared = {number: self._shared(own) for number, own in distinct.items()}
        self.own += [own if own is None else shared[id(own)] for own in more.own]
        self.stamps += more.stamps
        self.uids |= more.uids

    def known(self, kept: Iterable[Kind]) -> KnownIdentifiers:
        """Return everything that is known, without the kinds that a profile keeps."""
        return KnownIdentifiers(frozenset(self.identifiers), frozenset(self.uids)).excluding(frozenset(kept))

    def _shared(self, own: Own) -> Own:
        found = self._same.get(own)
        if found is None:
            found = self._same[own] = own
            self.identifiers |= own
        return found


def learn(found: Iterable[Source], key: ReleaseKey, profile: Profile) -> Learnt:
    """Read the headers of sources with the verifier's own code.

    Parameters
    ----------
    found : iterable of Source
        From `sources`; those that are refused tell nothing.
    key : ReleaseKey
        What an earlier run under this key put into a file identifies nobody, and stays.
    profile : Profile
        That is asked for.
    """
    learnt = Learnt()
    for source in found:
        known, stamp = (None, None) if source.refusal else _one(source)
        learnt.add(None if known is None else _without_own(known, key, profile), stamp)
    return learnt


def _without_own(known: KnownIdentifiers, key: ReleaseKey, profile: Profile) -> KnownIdentifiers:
    uids = known.uids
    if any(uid.startswith(_OWN_ROOT) for uid in uids):
        uids = frozenset(uid for uid in uids if not (uid.startswith(_OWN_ROOT) and key.uid(uid) == uid))
    treated = bool(known.uids) and not uids  # an object about nobody has no code, but our UIDs
    return KnownIdentifiers(_not_own(known.identifiers, key, profile, treated=treated), uids)


@lru_cache(maxsize=256)
def _not_own(identifiers: Own, key: ReleaseKey, profile: Profile, *, treated: bool) -> Own:
    """Return identifiers without our codes; where the patient has one, shifted dates are not shifted again."""
    codes = {each for each in identifiers if key.is_own_code(each.text)}
    done = profile.dates == "shifted" and (treated or any(each.tag == PATIENT_ID for each in codes))
    return frozenset(each for each in identifiers - codes if not (done and each.kind in _DATES))


def _one(source: Source) -> tuple[KnownIdentifiers | None, Stamp | None]:
    try:
        handle = os.open(source.path, _READ)
    except OSError:
        return None, None  # the run says so when it comes to it
    try:
        return known_in_file(handle), stamp_of(handle)
    except Exception:  # noqa: BLE001  whatever one file does, the others go on; of what is not known nothing leaves
        return None, stamp_of(handle)
    finally:
        os.close(handle)
