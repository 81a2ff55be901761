"""Translations, looked up once a request: a page asks for them a hundred times and more, and speaks one language."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask_babel import Babel, Domain, get_domain
from markupsafe import Markup


class _OfRequest(Domain):  # type: ignore[misc]  # the library publishes no types
    """The messages of the portal, in the language of one request: the library makes one for each."""

    def __init__(self, domain: str, catalogues: dict[Any, Any]) -> None:
        super().__init__(domain=domain)
        self.cache = catalogues
        self._found: Any = None

    def get_translations(self) -> Any:
        """Return the translations into the language of this request."""
        if self._found is None:
            self._found = super().get_translations()
        return self._found


class _Translations(Babel):  # type: ignore[misc]  # as above
    catalogues: dict[Any, Any]

    @property
    def domain_instance(self) -> Domain:
        """Return where messages are translated in this request."""
        return _OfRequest(self.domain, self.catalogues)


def install(app: Flask) -> None:
    """Let the pages of `app` speak the language of whoever reads them."""
    _Translations.catalogues = {}
    _Translations(app)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension for translations
        gettext=lambda text: get_domain().get_translations().ugettext(text),
        ngettext=lambda one, many, number: get_domain().get_translations().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _on_a_page


def _on_a_page(text: str, **variables: Any) -> Markup:
    """Return what Jinja's own `_` returns: every page is HTML, so its messages are."""
    return _markup(get_domain().get_translations().ugettext(text)) % variables


@lru_cache(maxsize=4096)
def _markup(message: str) -> Markup:
    return Markup(message)  # noqa: S704  (a message of ours or its translation, never what somebody typed)
