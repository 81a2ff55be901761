"""The one entry: an object in, an outcome out. Calls share nothing but compiled plans and what was cleaned before."""

import mmap
from dataclasses import dataclass, replace
from pathlib import Path

from orthanc_plugin.deid import slow
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.uid import new_uid
from orthanc_plugin.deid.bytewise import OddError, Piece, Walk
from orthanc_plugin.deid.markers import ConsentBasis, encoded, markers, shows_face
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
from orthanc_plugin.deid.outcome import HeldBackError, Outcome
from orthanc_plugin.deid.pixels.frames import can_look_into
from orthanc_plugin.deid.pixels.margins import look
from orthanc_plugin.deid.pixels.risk import judge
from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.keys import ReleaseKey
from orthanc_plugin.deid.pseudonyms.label import SendOutLabel
from orthanc_plugin.deid.rules.plan import plan_for
from orthanc_plugin.deid.rules.profile import Profile

Source = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of an object."""

    profile: Profile
    key: ReleaseKey
    consent: ConsentBasis | None = None
    pseudonym: Pseudonym | SendOutLabel | None = None

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


def deidentify(
    source: bytes | Path,
    profile: Profile,
    key: ReleaseKey,
    *,
    consent: ConsentBasis | None = None,
    pseudonym: Pseudonym | SendOutLabel | None = None,
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
    treated = treat(data, Request(profile, key, consent, pseudonym))
    if not treated.pieces:
        return treated.outcome
    outcome = treated.outcome
    return Outcome("released", "", joined(data, treated.pieces), outcome.sop_class_uid, outcome.sop_instance_uid)


def joined(data: Source, pieces: tuple[Piece, ...]) -> bytes:
    """Return the pieces as bytes."""
    if isinstance(data, bytes):
        view = memoryview(data)
        return b"".join(piece if isinstance(piece, bytes) else view[piece[0] : piece[1]] for piece in pieces)
    return b"".join(piece if isinstance(piece, bytes) else data[piece[0] : piece[1]] for piece in pieces)


def treat(data: Source, request: Request) -> Treated:
    """De-identify without joining the result: `deidentify` for callers that write it themselves."""
    sop_class = ""
    try:
        header = read_header(data)
        sop_class = header.sop_class
        treated = _treat(data, header, request)
        look(data)
    except HeldBackError as held:
        return Treated(Outcome(held.status, str(held), b"", sop_class))
    except RecursionError:
        reason = "its sequences are nested deeper than any real object's: refused as hostile"
        return Treated(Outcome("quarantined", reason, b"", sop_class))
    return treated


def _treat(data: Source, header: Header, request: Request) -> Treated:
    """Take the byte walker where the object is plain enough, else pydicom."""
    try:
        if header.transfer_syntax == DEFLATED:
            return _deflated(data, header, request)
        if header.transfer_syntax in (IMPLICIT_LITTLE, EXPLICIT_LITTLE) or can_look_into(header.transfer_syntax):
            return _walked(data, header.start, header, request)
    except OddError:
        pass  # not plain enough: the thorough path reads it all again
    return thorough(data, header, request)


def _walked(data: Source, start: int, header: Header, request: Request, size: int = 0) -> Treated:
    syntax = header.transfer_syntax
    implicit = syntax == IMPLICIT_LITTLE
    plan = plan_for(request.profile, header.sop_class)
    walk = Walk(data, start, plan, syntax, implicit=implicit, size=size or len(data))  # type: ignore[arg-type]
    facts = walk.facts
    if facts.text("SOPClassUID") != header.sop_class:
        raise OddError
    decision = walk.decided(request)
    if decision is None:
        judge(facts, request.profile, consent=request.consent is not None)
        own = encoded(request.profile, request.consent, shows_face(facts), implicit)
        decision = request.context(facts), own
        walk.decide(request, decision)
    outcome = _released(facts, request)
    pieces = walk.pieces(*decision)
    return Treated(outcome, (file_head(header.sop_class, outcome.sop_instance_uid, syntax), *pieces))


def _deflated(data: Source, header: Header, request: Request) -> Treated:
    plain = inflated(data[header.start :])
    treated = _walked(plain, 0, header, request)
    head, *body = treated.pieces
    assert isinstance(head, bytes)  # noqa: S101  `_walked` starts with the file head
    return Treated(treated.outcome, (head + deflated(joined(plain, tuple(body))),))


def thorough(data: Source, header: Header, request: Request) -> Treated:
    """De-identify with pydicom alone.

    Raises
    ------
    HeldBackError
        When the object may not pass or cannot be understood.
    """
    read = slow.read(data[:], header)
    facts = read.facts
    judge(facts, request.profile, consent=request.consent is not None)
    plan = plan_for(request.profile, facts.text("SOPClassUID"))
    context = request.context(facts)
    new = slow.treat(read, plan, context, markers(request.profile, facts, request.consent))
    return Treated(_released(facts, request), (new,))


def _released(facts: Facts, request: Request) -> Outcome:
    uid = new_uid(request.key, facts.text("SOPInstanceUID"))
    return Outcome("released", "", b"", facts.text("SOPClassUID"), uid)
