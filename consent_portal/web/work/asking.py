"""How a question is put: what to say to the patient for just what is asked, and the leaflet to give (R41; GMC 24)."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consent_portal.clock import local_day
from consent_portal.parts import parts
from consent_portal.publishing import versions
from consent_portal.services import answers
from consent_portal.tasks.asks import Ask
from consent_portal.web.frame.templating import day
from notices import Kind, languages
from notices.versions import State

_WORDED = files("notices.wording")


@dataclass(frozen=True)
class Wording:
    """What to say, in order, and what cannot be taken back; empty where it is no question to a patient."""

    say: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()


@dataclass(frozen=True)
class InLanguage:
    """The leaflet in one language: its own name, and where it is read and printed."""

    code: str
    native: str
    page: str
    pdf: str


@dataclass(frozen=True)
class Leaflet:
    """The leaflet to give: which version, and in which languages."""

    words: str
    in_languages: tuple[InLanguage, ...]


@cache
def _sentences() -> dict[str, Any]:
    return tomllib.loads(files("consent_portal.web.work").joinpath("asking.toml").read_text(encoding="utf-8"))


def words_for(ask: Ask) -> Wording:
    """Return the sentences for the use that a question asks a patient for, and for nothing wider."""
    levels, named = answers.asked_for(ask.purpose, parts().policy)
    known = _sentences()
    uses = [*(known["level"][str(level)] for level in levels), *(known["name"][name] for name in named)]
    if not uses:
        return Wording()
    say = [*known["always"]["first"], *(line for use in uses for line in use["say"]), *known["always"]["last"]]
    lasting = [line for use in uses for line in use["lasting"]]
    return Wording(tuple(map(_, say)), tuple(map(_, lasting)))


def leaflet(session: Session) -> Leaflet:
    """Return the leaflet that is in force; until one is published, the one that comes with the programme."""
    version = versions.in_force(session)
    if version is None:
        return Leaflet(
            _("The leaflet that comes with the programme: no version is published yet"), _spoken(_built_in())
        )
    published = next(step for step in version.steps if step.state is State.PUBLISHED)
    on = day(local_day(datetime.fromisoformat(published.at)))
    words = _("Version %(label)s, published %(day)s", label=version.label, day=on)
    return Leaflet(words, _spoken(version.languages))


def _built_in() -> tuple[str, ...]:
    return tuple(code for code in languages() if _WORDED.joinpath(f"{code}.toml").is_file())


def _spoken(codes: tuple[str, ...]) -> tuple[InLanguage, ...]:
    known = languages()
    return tuple(
        InLanguage(
            code,
            known[code].native,
            url_for("notices.public", kind=Kind.WEB.value, language=code),
            url_for("to_give.sheet", language=code),
        )
        for code in codes
    )
