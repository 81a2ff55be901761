"""The one entry: an object in, an outcome out. Calls share nothing but compiled plans and what was cleaned before."""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid import slow
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.uid import new_uid
from orthanc_plugin.deid.bytewise import OddError, Piece, Walk
from orthanc_plugin.deid.markers import NOTHING_DONE, ConsentBasis, PixelsDone, encoded, markers
from orthanc_plugin.deid.objects.container import (
    DEFLATED,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Header,
    deflated,
    inflated,
    read_header,
)
from orthanc_plugin.deid.objects.facts import Facts
from orthanc_plugin.deid.objects.identity import PATIENT_ID, context_for
from orthanc_plugin.deid.objects.meta import file_head
from orthanc_plugin.deid.outcome import HeldBackError, Outcome, PixelNote
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.face_sight import UNASKED, FaceSight
from orthanc_plugin.deid.pixels.frames import can_look_into
from orthanc_plugin.deid.pixels.looking import look
from orthanc_plugin.deid.pixels.redaction import CannotRedactError, redact
from orthanc_plugin.deid.pixels.risk import is_read_twice, judge, judge_face
from orthanc_plugin.deid.pixels.sight import Sight
from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.pseudonyms.label import SendOutLabel
from orthanc_plugin.deid.rules.plan import plan_for
from orthanc_plugin.deid.rules.profile import Profile

Source = bytes | mmap.mmap
_ROUNDS = 3  # of covering and looking again: a letter cut in two by a box may look like another


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of an object."""

    profile: Profile
    key: ReleaseKey
    consent: ConsentBasis | None = None
    pseudonym: Pseudonym | SendOutLabel | None = None
    done: PixelsDone = NOTHING_DONE

    def __post_init__(self) -> None:
        """Refuse a send-out label for anything but direct care: it carries the H&C number (S1 L33-37)."""
        if isinstance(self.pseudonym, SendOutLabel) and self.profile.name != "send-out":
            msg = f"a send-out label is for direct care only, not for the profile {self.profile.name}"
            raise ValueError(msg)

    def context(self, facts: Facts) -> Context:
        """Return the context of an object, with the pseudonym that was given."""
        context = context_for(self.key, facts)
        if self.pseudonym is None:
            return context
        if isinstance(self.pseudonym, SendOutLabel):
            return replace(context, code=str(self.pseudonym))
        shift = (
            0 if facts.get(PATIENT_ID, b"").strip(b" \0") == self.pseudonym.code.encode() else self.pseudonym.shift_days
        )
        return replace(context, code=self.pseudonym.code, shift=shift)


@dataclass(frozen=True, slots=True)
class Treated:
    """A new object as new bytes and ranges of its source; or why there is none."""

    outcome: Outcome
    pieces: tuple[Piece, ...] = ()


def deidentify(  # noqa: PLR0913  an object, what is wanted of it, and what is known besides
    source: bytes | Path,
    profile: Profile,
    key: ReleaseKey,
    *,
    consent: ConsentBasis | None = None,
    pseudonym: Pseudonym | SendOutLabel | None = None,
    face: FaceSight = UNASKED,
) -> Outcome:
    """De-identify one DICOM object (PS3.15 Annex E).

    Parameters
    ----------
    source : bytes or Path
        A DICOM file.
    profile : Profile
        From `load_profile`.
    key : ReleaseKey
        Of this release: the same key, the same UIDs and codes.
    consent : ConsentBasis, optional
        Given where the patient's recorded consent to this very use is the basis of the release. Head volumes pass only
        then where the profile says so, and (0012,0083) is written.
    pseudonym : Pseudonym or SendOutLabel, optional
        What stands for the patient: at D2 from `Pseudonyms.of`, at D1 the label. Without it, a code of the key.
    face : FaceSight
        What the look at its whole series says of a face (`pixels.series`); without it only words tell a head.

    Returns
    -------
    Outcome
        Never an exception for what a file holds: what cannot be understood is quarantined with a reason.

    Raises
    ------
    OSError
        When the path cannot be read.
    ValueError
        A send-out label for anything but the profile send-out.
    """
    data = source.read_bytes() if isinstance(source, Path) else source
    treated = treat(data, Request(profile, key, consent, pseudonym), face=face)
    if not treated.pieces:
        return treated.outcome
    outcome = treated.outcome
    return replace(outcome, data=joined(data, treated.pieces))


def joined(data: Source, pieces: tuple[Piece, ...]) -> bytes:
    """Return the pieces as bytes."""
    if isinstance(data, bytes):
        view = memoryview(data)
        return b"".join(piece if isinstance(piece, bytes) else view[piece[0] : piece[1]] for piece in pieces)
    return b"".join(piece if isinstance(piece, bytes) else data[piece[0] : piece[1]] for piece in pieces)


def treat(data: Source, request: Request, face: FaceSight = UNASKED) -> Treated:
    """De-identify without joining the result: `deidentify` for callers that write it themselves.

    Parameters
    ----------
    data : bytes or mmap
        The file.
    request : Request
        What is wanted of it.
    face : FaceSight
        What the look at its series says of a face.
    """
    sop_class = ""
    try:
        header = read_header(data)
        sop_class = header.sop_class
        return _looked_through(data, header, request, face)
    except HeldBackError as held:
        return Treated(Outcome(held.status, str(held), b"", sop_class))
    except RecursionError:
        reason = "its sequences are nested deeper than any real object's: refused as hostile"
        return Treated(Outcome("quarantined", reason, b"", sop_class))


def _looked_through(data: Source, header: Header, request: Request, face: FaceSight) -> Treated:
    """De-identify the header; then look at the pixels, cover what has to go, and look again at what would leave."""
    treated, facts = _treat(data, header, request)
    removes_face = judge_face(facts, request.profile, face.verdict, consent=request.consent is not None)
    seen = look(data)
    if seen is None:
        return treated
    if seen.doubt:
        raise HeldBackError(seen.doubt)
    masks = face.masks if removes_face else {}
    done = PixelsDone(read=True, face=_face_done(face, removes_face))
    changed = bool(seen.covered or masks)
    note = PixelNote(True, len(seen.covered), seen.kept, done.face, changed or seen.kept > 0 or is_read_twice(facts))
    if not changed:
        treated = _treat(data, header, with_done(request, done))[0]
        return Treated(replace(treated.outcome, pixels=note), treated.pieces)
    covered = _covered(data, seen, masks)
    treated = _treat(covered, read_header(covered), with_done(request, done))[0]
    return Treated(replace(treated.outcome, pixels=note), (joined(covered, treated.pieces),))


def _face_done(face: FaceSight, removed: bool) -> Literal["", "shown", "removed"]:
    if removed:
        return "removed"
    return "shown" if face.verdict in ("head", "unsure") else ""


def _covered(data: Source, seen: Sight, masks: Mapping[int, NDArray[np.bool_]]) -> bytes:
    """Return the source with the areas and faces gone from its pixels, after another look at it.

    Raises
    ------
    HeldBackError
        It cannot be changed surely, or shows writing all the same.
    """
    covered, areas = data[:], seen.covered
    for _ in range(_ROUNDS):
        try:
            covered = redact(covered, areas, masks, fill="padding" if masks else "black")
        except CannotRedactError as error:
            raise HeldBackError(f"writing in its pixels cannot be covered: {error}") from None
        again = look(covered)
        if again is None:
            break
        if all(_was_seen(area, seen.covered) for area in again.covered):
            return covered
        areas, masks = again.covered, {}
    raise HeldBackError("it still shows writing after covering; a person has to look at it (R23, R30)")


def _was_seen(area: Area, covered: tuple[Area, ...]) -> bool:
    """Return whether an area was covered already: what a device rule names is named again."""
    return area.method.startswith("rule ") and area in covered


@lru_cache(maxsize=256)
def with_done(request: Request, done: PixelsDone) -> Request:
    """Return the request for objects whose pixels were treated so: the same for the same, as templates ask by it."""
    return replace(request, done=done)


def _treat(data: Source, header: Header, request: Request) -> tuple[Treated, Facts]:
    """Take the byte walker where the object is plain enough, else pydicom."""
    try:
        if header.transfer_syntax == DEFLATED:
            return _deflated(data, header, request)
        if header.transfer_syntax in (IMPLICIT_LITTLE, EXPLICIT_LITTLE) or can_look_into(header.transfer_syntax):
            return _walked(data, header.start, header, request)
    except OddError:
        pass  # not plain enough: the thorough path reads it all again
    return _thorough(data, header, request)


def _walked(data: Source, start: int, header: Header, request: Request) -> tuple[Treated, Facts]:
    syntax = header.transfer_syntax
    implicit = syntax == IMPLICIT_LITTLE
    plan = plan_for(request.profile, header.sop_class)
    walk = Walk(data, start, plan, syntax, implicit=implicit, size=len(data))  # type: ignore[arg-type]
    facts = walk.facts
    if facts.text("SOPClassUID") != header.sop_class:
        raise OddError
    decision = walk.decided(request)
    if decision is None:
        judge(facts, request.profile)
        own = encoded(request.profile, request.consent, facts, request.done, implicit=implicit)
        decision = request.context(facts), own
        walk.decide(request, decision)
    outcome = _released(facts, request)
    pieces = walk.pieces(*decision)
    return Treated(outcome, (file_head(header.sop_class, outcome.sop_instance_uid, syntax), *pieces)), facts


def _deflated(data: Source, header: Header, request: Request) -> tuple[Treated, Facts]:
    plain = inflated(data[header.start :])
    treated, facts = _walked(plain, 0, header, request)
    head, *body = treated.pieces
    assert isinstance(head, bytes)  # noqa: S101  `_walked` starts with the file head
    return Treated(treated.outcome, (head + deflated(joined(plain, tuple(body))),)), facts


def thorough(data: Source, header: Header, request: Request) -> Treated:
    """De-identify the header with pydicom alone.

    Raises
    ------
    HeldBackError
        When the object may not pass or cannot be understood.
    """
    return _thorough(data, header, request)[0]


def header_alone(data: Source, request: Request) -> Treated:
    """De-identify the header, by whichever way fits; nobody looks at the pixels.

    Raises
    ------
    HeldBackError
        When the object may not pass or cannot be understood.
    """
    return _treat(data, read_header(data), request)[0]


def _thorough(data: Source, header: Header, request: Request) -> tuple[Treated, Facts]:
    read = slow.read(data[:], header)
    facts = read.facts
    judge(facts, request.profile)
    plan = plan_for(request.profile, facts.text("SOPClassUID"))
    context = request.context(facts)
    new = slow.treat(read, plan, context, markers(request.profile, facts, request.consent, request.done))
    return Treated(_released(facts, request), (new,)), facts


def _released(facts: Facts, request: Request) -> Outcome:
    uid = new_uid(request.key, facts.text("SOPInstanceUID"))
    return Outcome("released", "", b"", facts.text("SOPClassUID"), uid)
