"""The one entry: an object in, an outcome out. Calls share nothing but compiled plans and what was cleaned before."""

import mmap
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from orthanc_plugin.deid import slow
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.uid import new_uid
from orthanc_plugin.deid.bytewise import OddError, Piece, Walk
from orthanc_plugin.deid.errors import HeldBackError
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
from orthanc_plugin.deid.outcome import Outcome, proposals
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.covering import changed_pixels
from orthanc_plugin.deid.pixels.face_sight import UNASKED, FaceSight
from orthanc_plugin.deid.pixels.frames import can_look_into
from orthanc_plugin.deid.pixels.looking import has_pixels, look
from orthanc_plugin.deid.pixels.matrix import as_stored
from orthanc_plugin.deid.pixels.risk import is_read_twice, judge, judge_face
from orthanc_plugin.deid.pixels.sight import Sight
from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.pseudonyms.label import SendOutLabel
from orthanc_plugin.deid.reviewed import Reviewed
from orthanc_plugin.deid.rules.plan import plan_for
from orthanc_plugin.deid.rules.profile import Profile

Source = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of an object; `reviewed` where a person looked at its pixels and decided."""

    profile: Profile
    key: ReleaseKey
    consent: ConsentBasis | None = None
    pseudonym: Pseudonym | SendOutLabel | None = None
    done: PixelsDone = NOTHING_DONE
    reviewed: bool = False

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
    reviewed: Reviewed | None = None,
    elsewhere: tuple[Area, ...] = (),
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
    reviewed : Reviewed, optional
        A person looked at its pixels and decided that it may leave: what a person can decide (`outcome.Rule`) holds it
        no more, and exactly these areas are covered, and the face that the look at its series would remove. Without
        `no_face` a face is still held back. Header rules, pixels that cannot be decoded or covered, and a consent that
        the object itself says was refused are overridden by nobody: such an object is held back for the same reason.

    elsewhere : tuple of Area
        What has to go because another level of the same slide shows it (`pixels.levels`), in pixels of the matrix.
        Where a person decided about this very level, that counts alone.

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
    treated = treat(data, Request(profile, key, consent, pseudonym), face, reviewed, elsewhere)
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


def treat(
    data: Source,
    request: Request,
    face: FaceSight = UNASKED,
    reviewed: Reviewed | None = None,
    elsewhere: tuple[Area, ...] = (),
) -> Treated:
    """De-identify without joining the result: `deidentify` for callers that write it themselves.

    Parameters
    ----------
    data : bytes or mmap
        The file.
    request : Request
        What is wanted of it.
    face : FaceSight
        What the look at its series says of a face.
    reviewed : Reviewed, optional
        What a person decided about its pixels.
    elsewhere : tuple of Area
        What has to go because another level of the same slide shows it.
    """
    sop_class = ""
    try:
        header = read_header(data)
        sop_class = header.sop_class
        return _looked_through(data, header, request, face, reviewed, elsewhere)
    except HeldBackError as held:
        return Treated(_held_back(data, held, sop_class))
    except RecursionError:
        reason = "its sequences are nested deeper than any real object's: refused as hostile"
        return Treated(Outcome("quarantined", reason, b"", sop_class))


def _held_back(data: Source, held: HeldBackError, sop_class: str) -> Outcome:
    """Return why an object is held back; where a person can decide, with what the machine saw in its pixels."""
    plain = Outcome(held.status, str(held), b"", sop_class)
    if not held.rule:
        return plain
    try:
        seen = look(data)
    except HeldBackError as blind:
        return replace(plain, reason=str(blind))  # nobody can see it
    if seen is None:
        return plain
    return replace(plain, rule=held.rule, proposed=proposals(*seen.shown()))


def _looked_through(  # noqa: PLR0913, PLR0917  as `deidentify`
    data: Source,
    header: Header,
    request: Request,
    face: FaceSight,
    reviewed: Reviewed | None,
    elsewhere: tuple[Area, ...],
) -> Treated:
    """De-identify the header; then look at the pixels, cover what has to go, and look again at what would leave.

    Where a person has looked, no program looks for writing any more.
    """
    wanted = with_done(request, request.done, reviewed is not None)
    treated, facts = _treat(data, header, wanted)
    consented, no_face = request.consent is not None, reviewed is not None and reviewed.no_face
    removed = judge_face(facts, request.profile, face.verdict, consent=consented, no_face=no_face)
    seen = look(data) if reviewed is None else Sight() if has_pixels(data) else None
    if seen is None:
        return treated
    if elsewhere:
        seen = replace(seen, covered=(*seen.covered, *as_stored(data, elsewhere)))
    pixels = changed_pixels(data, seen, face, reviewed, face_goes=removed, always_twice=is_read_twice(facts))
    wanted = with_done(request, PixelsDone(read=True, face=pixels.note.face), reviewed is not None)
    if pixels.data is None:
        treated = _treat(data, header, wanted)[0]
        return Treated(replace(treated.outcome, pixels=pixels.note), treated.pieces)
    treated = _treat(pixels.data, read_header(pixels.data), wanted)[0]
    return Treated(replace(treated.outcome, pixels=pixels.note), (joined(pixels.data, treated.pieces),))


@lru_cache(maxsize=256)
def with_done(request: Request, done: PixelsDone, reviewed: bool) -> Request:
    """Return the request for objects whose pixels were treated so: the same for the same, as templates ask by it."""
    return replace(request, done=done, reviewed=reviewed)


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
        judge(facts, request.profile, reviewed=request.reviewed)
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
    judge(facts, request.profile, reviewed=request.reviewed)
    plan = plan_for(request.profile, facts.text("SOPClassUID"))
    context = request.context(facts)
    new = slow.treat(read, plan, context, markers(request.profile, facts, request.consent, request.done))
    return Treated(_released(facts, request), (new,)), facts


def _released(facts: Facts, request: Request) -> Outcome:
    uid = new_uid(request.key, facts.text("SOPInstanceUID"))
    return Outcome("released", "", b"", facts.text("SOPClassUID"), uid)
