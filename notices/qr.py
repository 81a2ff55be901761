"""The QR code that leads to the public page."""

from functools import cache

import segno

from notices.icons import uri as data_uri

_DARK = "#123456"


@cache
def uri(address: str, ink: str = "#1c1c1c") -> str:
    """Return the QR code of `address` as a ``data:`` drawing, with the quiet zone of four modules (ISO/IEC 18004).

    Error correction M: a quarter of the code's own redundancy stays readable when a poster is scratched.

    Parameters
    ----------
    ink : str
        CSS colour of the dark modules.
    """
    code = segno.make(address, error="m", micro=False)
    side = code.symbol_size(scale=8, border=4)[0]
    drawing = str(code.svg_inline(dark=_DARK, light=None, border=4, scale=8))
    sized = drawing.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" ', 1)
    stroked = sized.replace("<path ", '<path fill="none" ', 1)  # the modules are strokes
    return data_uri(stroked.replace(_DARK, ink))
