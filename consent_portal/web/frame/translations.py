"""Translations, looked up once a request: a page asks for them a hundred times and more, and speaks one language."""

from functools import cached_property
from typing import Any

from flask import Flask, g
from flask_babel import Babel, Domain, get_translations


class _OnceARequest(Domain):  # type: ignore[misc]  # the library publishes no types
    """The messages of the portal."""

    def get_translations(self) -> Any:
        """Return the translations into the language of this request."""
        found = _known()
        if found is None:
            found = super().get_translations()
            g._flask_babel.babel_translations = found
        return found


class _Translations(Babel):  # type: ignore[misc]  # as above
    @cached_property
    def domain_instance(self) -> Domain:
        """Return where messages are translated."""
        return _OnceARequest(domain=self.domain)


def install(app: Flask) -> None:
    """Let the pages of `app` speak the language of whoever reads them."""
    _Translations(app)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension for translations
        gettext=lambda text: _of_request().ugettext(text),
        ngettext=lambda one, many, number: _of_request().ungettext(one, many, number),
        newstyle=True,
    )


def _of_request() -> Any:
    found = _known()
    return get_translations() if found is None else found


def _known() -> Any:
    """Return what this request has looked up; kept where the library forgets it when the language changes."""
    try:
        return g._flask_babel.babel_translations
    except (AttributeError, RuntimeError):  # not looked up yet; no request, where nothing is kept
        return None
