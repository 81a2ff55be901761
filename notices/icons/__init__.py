"""Pictures drawn for this project, in the colours of the site."""

import base64
from functools import cache
from importlib.resources import files

_FILES = [one.name for one in files("notices.icons").iterdir()]
NAMES = tuple(sorted(name.removesuffix(".svg") for name in _FILES if name.endswith(".svg")))


@cache
def _drawing(name: str) -> str:
    return files("notices.icons").joinpath(f"{name}.svg").read_text(encoding="utf-8").strip()


@cache
def icon(name: str, primary: str, white: str = "#ffffff") -> str:
    """Return an icon as SVG.

    Parameters
    ----------
    name : str
        One of :data:`NAMES`.
    primary, white : str
        The colours of its dark and its light parts.
    """
    return _drawing(name).replace('"primary"', f'"{primary}"').replace('"white"', f'"{white}"')


def uri(svg: str) -> str:
    """Return a drawing as a ``data:`` address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
