"""Builds HTML so that text is always escaped; what is already markup says so by its type."""

from html import escape
from typing import Any

_EMPTY = frozenset({"input", "link", "meta", "br", "hr"})


class Markup(str):
    """HTML that was built here and needs no escaping."""

    __slots__ = ()


def el(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """Return the element `name`.

    Parameters
    ----------
    children
        Texts are escaped, `Markup` is not; None is left out.
    attributes
        ``for_`` and ``class_`` lose their underscore, other underscores become hyphens; True is an attribute without a
        value, False and None are left out.
    """
    written = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    if name in _EMPTY:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: Any) -> Markup:
    """Return `children` one after another, escaped where they are no markup."""
    return Markup(
        "".join(child if isinstance(child, Markup) else escape(str(child)) for child in children if child is not None)
    )


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
