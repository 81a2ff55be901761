"""Why something about held images was not done, in the words of the page."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consent_portal.review.model import Outcome
from consent_portal.review.refusals import NotPossible

_OUTCOMES = {Outcome.RELEASE: _l("it may leave"), Outcome.WITHHOLD: _l("withheld")}


def words_of(refused: NotPossible) -> str:
    """Return the reason in the language of whoever reads the page, ready to be shown."""
    return str(_(refused.text, **{name: _worded(name, value) for name, value in refused.values.items()}))


def _worded(name: str, value: object) -> object:
    """Return what a text names in the reader's language, a person's name as it is."""
    if isinstance(value, Outcome):
        return _OUTCOMES[value]
    return _(value) if name == "why" and value else value
