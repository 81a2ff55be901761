"""The purposes of a study with their outcome and the why, strict reading first."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from consent_portal.policy.model import Decision, Outcome, Reason
from consent_portal.services.summary import Summary
from consent_portal.web.frame import wording


@dataclass(frozen=True)
class PurposeRow:
    """One purpose: may it be used for that, how far de-identified, and why."""

    key: str
    name: str
    outcome: str
    profile_words: str
    reasons: tuple[Reason, ...]
    open: bool = False


def purpose_rows(summary: Summary, only: tuple[str, ...] | None = None) -> list[PurposeRow]:
    """Return the purposes of a consent summary in their usual order; only some of them where named."""
    wanted = only or tuple(wording.PURPOSES)
    return [_row(key, summary.purposes[key]) for key in wanted if key in summary.purposes]


def _row(key: str, answer: Decision) -> PurposeRow:
    return PurposeRow(
        key=key,
        name=str(wording.purpose_name(key)),
        outcome=str(answer.outcome),
        profile_words=str(wording.profile_name(answer.profile)) if answer.outcome is Outcome.PERMIT else "",
        reasons=answer.reasons,
    )


def shown(rows: Iterable[PurposeRow]) -> list[Markup]:
    """Return each purpose as it stands on a page."""
    language = str(get_locale())
    return [_shown(language, row) for row in rows]


@lru_cache(maxsize=2048)
def _shown(_language: str, row: PurposeRow) -> Markup:
    """Write a purpose out: a function of its words alone, and half of what a study's page would write anew."""
    macros = current_app.jinja_env.get_template("parts/show.html").module
    return Markup(macros.purpose(row))  # type: ignore[attr-defined]  # noqa: S704  (a macro escapes what it is given)
