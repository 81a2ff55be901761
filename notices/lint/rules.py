"""The lint: every rule over one site and one language."""

from collections.abc import Iterator

from notices.lint import looks
from notices.lint.finding import Finding, Severity
from notices.lint.practice import InForce, practice
from notices.lint.reading import reading
from notices.lint.required import required
from notices.lint.translation import translation
from notices.settings.site import Site


def check(site: Site, language: str = "en", *, in_force: InForce | None = None, fit: bool = False) -> list[Finding]:
    """Return everything that is wrong with the notices of `site` in `language`; an empty list is a clean notice.

    Parameters
    ----------
    in_force : InForce, optional
        The policy and the export profiles that the notice is compared with.
    fit : bool
        Whether every poster and insert is set to see that it fits; this takes some seconds.

    Raises
    ------
    UnknownLanguageError
        When there is no wording in the language.
    """
    found = [*_quick(site, language, in_force or InForce()), *(_set(site, language) if fit else ())]
    return sorted(found, key=lambda one: one.severity != Severity.ERROR)


def _quick(site: Site, language: str, in_force: InForce) -> Iterator[Finding]:
    yield from required(site, language)
    yield from practice(site, in_force)
    yield from looks.contrast(site)
    yield from looks.code(site, in_force.address)
    yield from looks.local(site, language)
    yield from translation(site, language)
    if language == "en":
        yield from reading(site)


def _set(site: Site, language: str) -> Iterator[Finding]:
    yield from looks.fit(site, language)
    yield from looks.letters(site, language)
