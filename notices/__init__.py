"""Privacy notices, posters and inserts from one source of wording.

The outside of the package: everything that the portal, the command line and a letter system need is here. It is loaded
when it is first asked for, since setting pages takes a second to load.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from notices.edition import Edition
    from notices.errors import Fault, NoticeError, SiteError
    from notices.language import Language, languages
    from notices.lint import Finding, check
    from notices.making import WebPage, render, render_html, render_text, web_page
    from notices.outputs import Kind, Paper
    from notices.settings.logo import Logo, sanitise
    from notices.settings.site import Site

__all__ = [
    "Edition",
    "Fault",
    "Finding",
    "Kind",
    "Language",
    "Logo",
    "NoticeError",
    "Paper",
    "Site",
    "SiteError",
    "WebPage",
    "check",
    "languages",
    "render",
    "render_html",
    "render_text",
    "sanitise",
    "web_page",
]

_HOMES = {
    "edition": ("Edition",),
    "errors": ("Fault", "NoticeError", "SiteError"),
    "language": ("Language", "languages"),
    "lint": ("Finding", "check"),
    "making": ("WebPage", "render", "render_html", "render_text", "web_page"),
    "outputs": ("Kind", "Paper"),
    "settings.logo": ("Logo", "sanitise"),
    "settings.site": ("Site",),
}
_HOME = {name: f"notices.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load the part that holds `name` (PEP 562)."""
    if name not in _HOME:
        message = f"module 'notices' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOME[name]), name)
