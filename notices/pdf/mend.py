"""What a tagged PDF still lacks when WeasyPrint has written it, and the same bytes for the same words (ADR 0071)."""

import hashlib
import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from notices.pdf.spoken import move_to_structure
from notices.pdf.structure import elements

PRINT_FLAG = 4
_MARK_MM = 6.0
_MM = 72 / 25.4


def mended(data: bytes) -> bytes:
    """Return the PDF `data` with headers scoped, links printable, figures placed, words told and a fixed identity.

    PDF/UA-1 (ISO 14289-1) 7.5: header cells name their scope; 7.18.1: annotations carry the Print flag.
    """
    with Pdf.open(io.BytesIO(data)) as pdf:
        _scope_headers(pdf)
        _flag_links(pdf)
        _place_figures(pdf)
        move_to_structure(pdf)
        return saved(pdf)


def marked(data: bytes, bleed_mm: float) -> bytes:
    """Return a print shop's PDF with crop marks outside the bleed, and the boxes that its machines look for.

    TrimBox is the finished sheet, BleedBox what is printed beyond it, MediaBox what the marks need
    (ISO 32000-1, 14.11.2).
    """
    with Pdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            _mark(page, bleed_mm * _MM)
        _blend_in_process_colours(pdf)
        return saved(pdf)


def _blend_in_process_colours(pdf: Pdf) -> None:
    """Let no drawing pass through red, green and blue on its way to the plates (ISO 32000-1, 11.6.6)."""
    for item in pdf.objects:
        group = item.get("/Group") if isinstance(item, pikepdf.Stream | Dictionary) else None
        if group is not None and group.get("/CS") == Name.DeviceRGB:
            group.CS = Name.DeviceCMYK


def _mark(page: pikepdf.Page, bleed: float) -> None:
    left, bottom, right, top = (float(side) for side in page.TrimBox)
    near, far = bleed + 1.0, bleed + _MARK_MM * _MM
    reach = far + 1.0
    page.BleedBox = Array([left - bleed, bottom - bleed, right + bleed, top + bleed])
    page.MediaBox = Array([left - reach, bottom - reach, right + reach, top + reach])
    page.CropBox, page.ArtBox = page.MediaBox, page.TrimBox
    lines = [_line(x, y + up * near, x, y + up * far) for x in (left, right) for y, up in ((bottom, -1), (top, 1))]
    lines += [_line(x + out * near, y, x + out * far, y) for y in (bottom, top) for x, out in ((left, -1), (right, 1))]
    page.contents_add(f"/Artifact BMC q 0.25 w 1 1 1 1 K {' '.join(lines)} S Q EMC".encode())


def _line(*ends: float) -> str:
    return "{:.3f} {:.3f} m {:.3f} {:.3f} l".format(*ends)


def saved(pdf: Pdf) -> bytes:
    """Return `pdf` as bytes that depend on its content alone."""
    output = io.BytesIO()
    pdf.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def _scope_headers(pdf: Pdf) -> None:
    for element in elements(pdf.Root.StructTreeRoot):
        if Name.TH == element.S:
            in_head = "/P" in element.P and Name.THead == element.P.P.S
            element.A.Scope = Name.Column if in_head else Name.Row


def _flag_links(pdf: Pdf) -> None:
    for page in pdf.pages:
        for annotation in page.get("/Annots", Array([])):
            annotation.F = int(annotation.get("/F", 0)) | PRINT_FLAG


def _place_figures(pdf: Pdf) -> None:
    """Turn the boxes of figures from WeasyPrint's pixels from the top into points from the bottom."""
    for element in elements(pdf.Root.StructTreeRoot):
        if Name.Figure == element.S and "/Pg" in element:
            box = [float(side) * 0.75 for side in element.A.BBox]
            height = float(element.Pg.MediaBox[3])
            sides = (box[0], height - box[3], box[2], height - box[1])
            element.A.BBox = Array([round(side, 3) for side in sides])


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
