"""Held images: shown only to who brings a ticket, and only while Orthanc has the very image that was held."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from time import time
from typing import Any

from pydicom import dcmread

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.deid.pixels.devices import NoRuleError, draft_rule
from orthanc_plugin.deid.pixels.matrix import as_stored
from orthanc_plugin.deid.pixels.redaction import CannotRedactError, redact
from orthanc_plugin.engine.errors import UnreadableError
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.errors import CannotShowError, OverError
from orthanc_plugin.engine.showing.kept import Kept
from orthanc_plugin.engine.showing.pictures import Pictures
from orthanc_plugin.engine.showing.ticket import Ticket, unseal
from orthanc_plugin.rendering import UnrenderableError

MOST_BYTES = 600 << 20
"""A larger file is not read for showing."""

_CHANGED = "it changed: the image in Orthanc, or the rules by which it was held, are others now; export it again"
_DAMAGED = "Orthanc cannot read its file: it is damaged or missing; it cannot be released"
_LATE = "the time in which it could be looked at is over; export it again"


@dataclass(frozen=True)
class HeldImages:
    """Shows held images.

    Parameters
    ----------
    archive
        Where they are.
    kept
        What was read last.
    project_key
        Opens tickets.
    """

    archive: Archive
    kept: Kept
    project_key: bytes = field(repr=False)

    def facts(self, ticket: Any) -> dict[str, Any]:
        """Return what a viewer has to know of a held image.

        Raises
        ------
        FaultsError, OverError, NotFoundError, AwayError, CannotShowError, BusyError
        """
        with self.kept.making():
            return self._opened(unseal(self.project_key, ticket), Look())[0].facts()

    def png(self, look: Look) -> bytes:
        """Return a frame of a held image; where areas are given, as it would leave with these gone.

        Raises
        ------
        FaultsError, OverError, NotFoundError, AwayError, CannotShowError, BusyError
        """
        with self.kept.making():
            pictures, asked = self._opened(unseal(self.project_key, look.ticket), look)
            return pictures.png(asked)

    def rule(self, look: Look) -> dict[str, Any]:
        """Return a device rule that blanks the areas of a look in every image like a held one, as TOML.

        Raises
        ------
        FaultsError, OverError, NotFoundError, AwayError, CannotShowError, BusyError
        """
        ticket = unseal(self.project_key, look.ticket)
        if time() > ticket.until:
            raise OverError(_LATE)
        with self.kept.making():
            try:
                header = dcmread(BytesIO(self._read(ticket)), stop_before_pixels=True, force=True)
                return {"rule": draft_rule(header, look.areas, f"drawn on an image that was held on {_today()}")}
            except UnreadableError:
                raise CannotShowError(_DAMAGED) from None
            except (NoRuleError, UnrenderableError) as error:
                raise CannotShowError(f"no rule can be made: {error}") from None

    def _opened(self, ticket: Ticket, look: Look) -> tuple[Pictures, Look]:
        """Return the pictures to look at, and the look at them."""
        if time() > ticket.until:
            raise OverError(_LATE)
        try:
            key = ticket.orthanc_id, ticket.basis, self._stamp(ticket.orthanc_id)
            whole = self.kept.get(key, lambda: Pictures(self._read(ticket)))
            if not look.areas:
                return whole, look
            whole.check(look)
            if (shown := previewed(whole, look)) is not None:
                return shown
            return self.kept.get(
                (*key, look.areas), lambda: Pictures(covered_as_it_would_leave(self._read(ticket), look.areas))
            ), look
        except UnreadableError:
            raise CannotShowError(_DAMAGED) from None

    def _stamp(self, orthanc_id: str) -> str:
        """Return what is another as soon as Orthanc has another file, and nothing once it has none."""
        return self.archive.get(f"/instances/{orthanc_id}/attachments/dicom/md5").text

    def _read(self, ticket: Ticket) -> bytes:
        """Return the very file that was held."""
        size = self.archive.get(f"/instances/{ticket.orthanc_id}/attachments/dicom/size").text.strip()
        if not size.isdecimal() or int(size) > MOST_BYTES:
            raise CannotShowError(f"its file is larger than {MOST_BYTES >> 20} MiB, the most that is shown")
        data = self.archive.bytes_of(ticket.orthanc_id)
        if basis_of(data, ticket.rule, ticket.why) != ticket.basis:
            raise OverError(_CHANGED)
        return data


def _today() -> str:
    day = datetime.now(UTC).date()
    return f"{day.day} {day:%B %Y}"


def previewed(whole: Pictures, look: Look) -> tuple[Pictures, Look] | None:
    """Return one frame of a recording as it would leave; None where it takes all of them."""
    single = whole.single(look.frame) if whole.frames > 1 else None
    if single is None:
        return None
    areas = tuple(replace(area, frame=None) for area in look.areas if area.frame in (None, look.frame))
    return Pictures(covered_as_it_would_leave(single[0], areas), single[1]), replace(look, frame=0, areas=())


def covered_as_it_would_leave(data: bytes, areas: tuple[Area, ...]) -> bytes:
    """Return a file with areas covered by the writer that covers them in a release.

    Raises
    ------
    CannotShowError
    """
    try:
        return redact(data, as_stored(data, areas))
    except CannotRedactError as error:
        raise CannotShowError(f"it cannot be covered: {error}") from None
