"""One notice of one language and format, set once, of which each person gets a copy."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from notices.content.page import Page
from notices.errors import NoticeError
from notices.merge.names import Drawing, Strip
from notices.merge.tags import Tag, Tree, read
from notices.outputs import Kind
from notices.pdf import fonts
from notices.pdf.fit import fitted
from notices.pdf.layout import Laid
from notices.pdf.mend import mended
from notices.style import EDGE_MM

HOLDER = "\u00a0"
"""Stands for the name while the notice is set; nothing is drawn of it."""
_PT = 72 / 25.4
_MM_PX = 25.4 / 96
_BOXES = ("/MediaBox", "/TrimBox", "/BleedBox")
_LARGE_POINTS = 18.0


@dataclass(frozen=True)
class Leaf:
    """One page of a sheet: what all copies of it share."""

    content: pikepdf.Object
    resources: pikepdf.Object
    boxes: Mapping[str, pikepdf.Object]


@dataclass(frozen=True)
class Sheet:
    """A notice of which copies are added to a letter run.

    Attributes
    ----------
    strip : Strip, optional
        Where the name stands, on a notice that carries one.
    mark : int
        Number of the marked part that the name is.
    """

    leaves: tuple[Leaf, ...]
    tags: tuple[Tag, ...]
    language: str
    strip: Strip | None
    mark: int

    def copies(self, pdf: Pdf, tree: Tree, own: dict[str, pikepdf.Object]) -> "Copies":
        """Return what adds copies to `pdf`, whose names need the fonts `own`."""
        return Copies(self, pdf, tree, own)


class Copies:
    """Adds copies of one sheet to a run."""

    def __init__(self, sheet: Sheet, pdf: Pdf, tree: Tree, own: dict[str, pikepdf.Object]) -> None:
        self._sheet, self._pdf, self._tree = sheet, pdf, tree
        self._resources = [leaf.resources for leaf in sheet.leaves]
        if own:
            shared = dict(self._resources[0].items())
            theirs = dict(shared["/Font"].items()) if "/Font" in shared else {}
            self._resources[0] = pdf.make_indirect(Dictionary(shared | {"/Font": Dictionary(theirs | own)}))

    def add(self, drawing: Drawing | None = None) -> None:
        """Add one copy, with a name on its first page."""
        pages: list[pikepdf.Object] = []
        for leaf, resources in zip(self._sheet.leaves, self._resources, strict=True):
            contents = [leaf.content]
            if drawing is not None and self._sheet.strip is not None and not pages:
                contents.append(self._pdf.make_stream(drawing.content(self._sheet.strip, self._sheet.mark)))
            page = Dictionary(
                {"/Type": Name.Page, "/Resources": resources, "/Contents": Array(contents), "/Tabs": Name.S}
                | dict(leaf.boxes)
            )
            pages.append(self._pdf.make_indirect(page))
            self._pdf.pages.append(pikepdf.Page(pages[-1]))
        spoken = {self._sheet.mark: drawing.name} if drawing is not None else {}
        self._tree.add(self._sheet.tags, pages, self._sheet.language, spoken)


def sheet_of(page: Page, pdf: Pdf) -> Sheet:
    """Set `page` and return it, ready to be copied into `pdf`.

    Raises
    ------
    DoesNotFitError
        When it does not fit on its paper.
    FontError
        When a font is missing.
    """
    laid = fitted(page)
    fonts.check_letters(laid)
    data = laid.document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, custom_metadata=False)
    with Pdf.open(io.BytesIO(mended(data))) as one:
        fonts.check(one)
        _entitle(pdf, one)
        tags, mark, strip = tuple(_copied(pdf, one, read(one))), 0, None
        if page.job.kind == Kind.INSERT:
            label, baseline = _label(one.pages[0], laid)
            strip = _room(page, laid, baseline)
            mark = 1 + max(number for tag in tags for number in tag.marks)
            tags = tuple(tag.with_mark(label, mark) for tag in tags)
        return Sheet(tuple(_leaf(pdf, one, leaf) for leaf in one.pages), tags, page.language.code, strip, mark)


def _entitle(pdf: Pdf, one: Pdf) -> None:
    """Give the run the title and the language of its first notice; each letter's part names its own language."""
    if "/Lang" not in pdf.Root:
        pdf.Root.Lang, pdf.Root.MarkInfo = one.Root.Lang, Dictionary(Marked=True)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.Root.Metadata = pdf.copy_foreign(one.Root.Metadata)
        pdf.docinfo.Title = str(one.docinfo.Title)


def _copied(pdf: Pdf, one: Pdf, tags: tuple[Tag, ...]) -> Iterator[Tag]:
    """Yield `tags` with what they carry brought over into `pdf`."""
    for tag in tags:
        kids = (kid if isinstance(kid, int) else next(_copied(pdf, one, (kid,))) for kid in tag.kids)
        more = {key: pdf.copy_foreign(one.make_indirect(value)) for key, value in tag.more.items()}
        yield Tag(tag.kind, tag.page, tuple(kids), more)


def _leaf(pdf: Pdf, one: Pdf, page: pikepdf.Page) -> Leaf:
    page.contents_coalesce()
    content = pdf.make_stream(b"q\n" + page.Contents.read_bytes() + b"\nQ\n")
    resources = pdf.copy_foreign(one.make_indirect(page.obj.Resources))
    boxes = {key: pdf.make_indirect(Array([*page.obj[key]])) for key in _BOXES if key in page.obj}
    return Leaf(content, resources, boxes)


def _label(page: pikepdf.Page, laid: Laid) -> tuple[int, float]:
    """Return the number of the marked part that is the label beside the name, and how far down it stands, in mm."""
    _, top, _, height = (side / _MM_PX for side in laid.place_of("person"))
    open_marks: list[int] = []
    for instruction in pikepdf.parse_content_stream(page, "BDC BMC EMC Tm"):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "EMC":
            open_marks.pop()
        elif operator != "Tm":
            open_marks.append(_mark(operands))
        elif top <= float(operands[5]) <= top + height and max(open_marks, default=-1) >= 0:
            return max(open_marks), float(operands[5]) * _MM_PX
    raise NoticeError("The insert has no line for the name: this version of the wording cannot be used for letters.")


def _mark(operands: Any) -> int:
    """Return the number of the marked part that begins, or -1 where what begins has none."""
    properties = operands[1] if len(operands) > 1 else None
    return int(properties.get("/MCID", -1)) if isinstance(properties, Dictionary) else -1


def _room(page: Page, laid: Laid, baseline: float) -> Strip:
    """Return the room that a name has beside its label, on the same line."""
    left, _, _, height = laid.place_of("person")
    start, _, holder, _ = laid.place_of("person-name")
    across, down = page.job.paper.millimetres
    edge = left + EDGE_MM[page.job.paper]
    rtl = page.language.direction == "rtl"
    ends = (edge, start + holder) if rtl else (start, across - edge)
    return Strip(
        left=ends[0] * _PT,
        baseline=(down - baseline) * _PT,
        width=ends[1] - ends[0],
        height=height,
        points=laid.letter_points("person"),
        direction=page.language.direction,
        **({"least": _LARGE_POINTS} if page.job.large_print else {}),
    )
