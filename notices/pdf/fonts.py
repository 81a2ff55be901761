"""Every letter comes from a font that was chosen, and the font is inside the file."""

from collections.abc import Iterator

from pikepdf import Name, Object, Pdf

from notices.errors import FontError
from notices.pdf.layout import Laid

_FAMILIES = ("Noto-Sans", "Noto-Naskh", "Noto-Nastaliq", "Noto-Kufi")


def embedded(pdf: Pdf) -> Iterator[tuple[str, bool]]:
    """Yield the name of every font of `pdf`, and whether its letters are inside the file."""
    for item in pdf.objects:
        if isinstance(item, Object) and item._type_name == "dictionary" and item.get("/Type") == Name.FontDescriptor:
            yield _described(item)


def _described(descriptor: Object) -> tuple[str, bool]:
    name = str(descriptor.FontName).lstrip("/").rpartition("+")[2]
    return name, any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def chosen(descriptor: Object) -> bool:
    """Tell whether a font is one that was chosen, and inside the file."""
    name, inside = _described(descriptor)
    return inside and name.startswith(_FAMILIES)


def check(pdf: Pdf) -> None:
    """Refuse a file whose letters came from a stand-in font.

    Raises
    ------
    FontError
        Naming the Debian package to install.
    """
    for name, inside in embedded(pdf):
        if not inside or not name.startswith(_FAMILIES):
            raise FontError(
                f"The notice needs the Noto fonts and found {name} instead: install the Debian package fonts-noto-core "
                "or write what only another font has in other letters."
            )


def check_letters(laid: Laid) -> None:
    """Refuse pages on which a letter would be an empty box, before it is drawn or named in a log.

    Raises
    ------
    FontError
        Saying what to do; it does not hold the letter, which may be of a person's name.
    """
    if laid.lacking:
        raise FontError(
            "A letter of a name or text on the notice is in none of the installed fonts: write it in other letters, or "
            "install the font of its script."
        )
