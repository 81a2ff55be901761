"""Every letter comes from a font that was chosen, and the font is inside the file."""

from collections.abc import Iterator

from pikepdf import Name, Object, Pdf

from notices.errors import FontError

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
                f"The notice needs the Noto fonts and found {name} instead: install the Debian package fonts-noto-core."
            )
