"""One object's redaction: how its pixels lie, what goes, what is written; and the ways to do it to one frame."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from orthanc_plugin.deid.pixels.redaction.codecs import jpeg_header
from orthanc_plugin.deid.pixels.redaction.codecs.blocks import blacken_blocks
from orthanc_plugin.deid.pixels.redaction.codecs.frame import Frame
from orthanc_plugin.deid.pixels.redaction.codecs.jpeg import colours_of, decode_jpeg
from orthanc_plugin.deid.pixels.redaction.errors import OtherWayError
from orthanc_plugin.deid.pixels.redaction.fill import Paint
from orthanc_plugin.deid.pixels.redaction.layout import Layout
from orthanc_plugin.deid.pixels.redaction.selection import Selection


@dataclass(slots=True)
class Work:
    """What one object needs.

    Attributes
    ----------
    layout : Layout
        How its pixels lie.
    selection : Selection
        What goes.
    paint : Paint
        What is written.
    lossy : bool
        Whether a frame that was decoded had been compressed with loss.
    proven : bool
        Whether the first frame that jpegtran changed was decoded and found black.
    """

    layout: Layout
    selection: Selection
    paint: Paint
    lossy: bool = False
    proven: bool = False

    def blacken(self, frame: Frame, number: int) -> None:
        """Blacken a decoded frame in place, and remember whether it had lost something."""
        self.lossy = self.lossy or frame.lossy
        if self.selection.touches(number):
            rest = partial(self.selection.rest, frame.words, number)
            values = self.paint.values(rest, frame.bits, frame.photometric)
            self.selection.paint(frame.words, number, values)

    def decoded(
        self, decoder: Callable[[bytes, Layout], Frame], frame: bytes, number: int, *, always: bool = False
    ) -> bytes:
        """Return the frame decoded, blackened, and encoded in its own format without loss."""
        if not always and not self.selection.touches(number):
            return frame
        found = decoder(frame, self.layout)
        self.blacken(found, number)
        return found.encode(found.words)

    def blocks(self, frame: bytes, number: int) -> bytes:
        """Return a JPEG frame with whole blocks blackened and the others as they were."""
        if not self.selection.touches(number):
            return frame
        if self.layout.signed:
            raise OtherWayError
        self.layout.check_size()
        head = jpeg_header.read(frame)
        if (head.rows, head.columns, len(head.components)) != self.layout.shape:
            raise OtherWayError  # which refuses it
        wanted = np.zeros(self.layout.shape[:2], dtype=np.bool_)
        self.selection.paint(wanted, number, values=True)
        colours = colours_of(self.layout, head)
        values = self.paint.values(partial(np.zeros, 0, np.uint8), head.bits, colours)  # no value has a sign here
        new = blacken_blocks(frame, wanted, values)
        if not self.proven and (decode_jpeg(new, self.layout).words[wanted] != values).any():
            raise OtherWayError
        self.proven = True
        return new
