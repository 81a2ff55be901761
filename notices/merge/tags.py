"""The structure of a tagged page, read once and written again under each person's copy of it (ISO 32000-1, 14.7).

A form that is drawn on many pages may hold no structure of its own (ISO 14289-1, 7.20), so the pages of a letter run
share their content streams instead, and each has its own tree of a few dozen elements. Elements that carry no meaning
(spans, anonymous boxes) and links, which paper does not have, are dissolved into what holds them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

_DISSOLVED = frozenset({"/Span", "/NonStruct", "/Link", "/Document", "/Div", "/Part", "/Art", "/Sect"})
_KEPT = ("/Alt", "/A")
_NOTHING: Mapping[int, str] = {}


@dataclass(frozen=True)
class Tag:
    """One element of the structure.

    Attributes
    ----------
    kind : str
        Its PDF type, such as ``/H1``.
    page : int
        Index of the page that its marks are on.
    kids : tuple of Tag or int
        Elements, and marked parts of the page by their numbers, in reading order.
    more : dict
        What else it carries: the words for a picture, the scope of a header cell.
    """

    kind: str
    page: int
    kids: "tuple[Tag | int, ...]"
    more: dict[str, pikepdf.Object] = field(default_factory=dict, compare=False)

    @property
    def marks(self) -> Iterator[int]:
        """Every marked part below this element."""
        for kid in self.kids:
            if isinstance(kid, Tag):
                yield from kid.marks
            else:
                yield kid

    def with_mark(self, after: int, mark: int) -> "Tag":
        """Return the same element in which whatever holds `after` holds `mark` as its last part."""
        kids = tuple(kid.with_mark(after, mark) if isinstance(kid, Tag) else kid for kid in self.kids)
        return replace(self, kids=(*kids, mark) if after in kids else kids)


def read(pdf: Pdf) -> tuple[Tag, ...]:
    """Return the structure of a document, in reading order."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    return tuple(_blocks(_kids(pdf.Root.StructTreeRoot, pages, 0), 0))


def _blocks(kids: Sequence["Tag | int"], page: int) -> Iterator[Tag]:
    """Yield `kids`, with a paragraph around what stands outside every element."""
    loose: list[int] = []
    for kid in kids:
        if isinstance(kid, Tag):
            if loose:
                yield Tag("/P", page, tuple(loose))
                loose = []
            yield kid
        else:
            loose.append(kid)
    if loose:
        yield Tag("/P", page, tuple(loose))


def _kids(element: pikepdf.Object, pages: dict[tuple[int, int], int], page: int) -> "list[Tag | int]":
    kids = element.get("/K", Array([]))
    found: list[Tag | int] = []
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, int):
            found.append(kid)
        elif isinstance(kid, Dictionary) and "/S" in kid:
            found += _read(kid, pages, page)
    return found


def _read(element: pikepdf.Object, pages: dict[tuple[int, int], int], page: int) -> "list[Tag | int]":
    here = pages[element.Pg.objgen] if "/Pg" in element else page
    kids, kind = _kids(element, pages, here), str(element.S)
    if kind in _DISSOLVED or not kids:
        grouped = kind not in ("/Span", "/NonStruct", "/Link")
        return list(_blocks(kids, here)) if grouped else kids
    return [Tag(kind, here, tuple(kids), {key: element[key] for key in _KEPT if key in element})]


class Tree:
    """The structure of a letter run while its pages are added."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._document = pdf.make_indirect(Dictionary(S=Name.Document, K=Array([])))
        self._owners = Array([])
        root = Dictionary(Type=Name.StructTreeRoot, K=Array([self._document]))
        pdf.Root.StructTreeRoot = pdf.make_indirect(root)
        self._document.P = pdf.Root.StructTreeRoot
        pdf.Root.StructTreeRoot.ParentTree = pdf.make_indirect(Dictionary(Nums=self._owners))

    def add(
        self, tags: Sequence[Tag], pages: Sequence[pikepdf.Object], language: str, spoken: Mapping[int, str] = _NOTHING
    ) -> None:
        """Write `tags` for one letter's `pages`, as a part of its own in its own language.

        Parameters
        ----------
        spoken : dict of int to str
            What a marked part of the first page says, where the drawing alone does not tell.
        """
        written = _Written(self._pdf, pages, spoken)
        part = self._pdf.make_indirect(Dictionary(S=Name.Part, P=self._document, Lang=String(language)))
        part.K = Array([written.element(tag, part) for tag in tags])
        self._document.K.append(part)
        for page, found in zip(pages, written.owners, strict=True):
            page.StructParents = len(self._owners) // 2
            self._owners.extend([page.StructParents, Array([found.get(n) for n in range(max(found, default=-1) + 1)])])


class _Written:
    """The elements of one letter while they are written."""

    def __init__(self, pdf: Pdf, pages: Sequence[pikepdf.Object], spoken: Mapping[int, str]) -> None:
        self._pdf, self._pages, self._spoken = pdf, pages, spoken
        self.owners: list[dict[int, pikepdf.Object]] = [{} for _ in pages]

    def element(self, tag: Tag, parent: pikepdf.Object) -> pikepdf.Object:
        """Return `tag` and everything below it as an element of the file."""
        element = self._pdf.make_indirect(Dictionary({"/S": Name(tag.kind), "/P": parent, **tag.more}))
        kids = [self._kid(kid, tag.page, element) for kid in tag.kids]
        element.K = kids[0] if len(kids) == 1 else Array(kids)
        if any(isinstance(kid, int) for kid in kids):
            element.Pg = self._pages[tag.page]
        return element

    def _kid(self, kid: "Tag | int", page: int, parent: pikepdf.Object) -> pikepdf.Object | int:
        if isinstance(kid, Tag):
            return self.element(kid, parent)
        if page == 0 and kid in self._spoken:
            words = String(self._spoken[kid])
            span = Dictionary(S=Name.Span, P=parent, Pg=self._pages[page], K=kid, ActualText=words)
            self.owners[page][kid] = self._pdf.make_indirect(span)
            return self.owners[page][kid]
        self.owners[page][kid] = parent
        return kid
