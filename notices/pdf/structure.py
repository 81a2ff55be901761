"""Walking a tagged PDF."""

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield every structure element below `node`, in reading order."""
    kids = node.get("/K", Array([]))
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)
