"""Fields that several forms about a patient's word share, each made anew so that a form keeps its own order."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField

from consent_portal.ledger.by_name import BY_NAME
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.ledger.payload import CAPACITY_WORDS, GRANTOR_WORDS, Grantor, GrantorKind
from consent_portal.web.frame import wording
from consent_portal.web.frame.fields import AtMost, Choice, Needed, NotInFuture, PlainDate, Ticks, options

GRANTORS = tuple(
    (str(kind), _l(words)) for kind, words in GRANTOR_WORDS.items() if kind is not GrantorKind.REPRESENTATIVE
)
"""A form asks which kind of representative; an older record may leave it at that."""
CAPACITY = tuple((str(answer), _l(words)) for answer, words in CAPACITY_WORDS.items())
LEVELS = tuple((str(level), level.label) for level in SECONDARY)
NAMED = tuple((purpose, wording.PURPOSES[purpose]) for purpose in BY_NAME)
RECEIVED = (
    ("in person", _l("In person")),
    ("by telephone", _l("By telephone")),
    ("in writing", _l("In writing")),
    ("on a tablet", _l("On a tablet")),
)
COVERS = (("study", _l("This study")), ("patient", _l("All recordings of this patient")))


def right_patient() -> BooleanField:
    """Return the tick that this is the right patient (hazard H1)."""
    return BooleanField(
        _l("Yes: the name and the number above are those on the paper, or given by the patient"),
        [Needed(_l("Confirm that this is the right patient."))],
    )


def covers() -> Choice:
    """Return how far a statement reaches; neither answer is preselected (a narrow default closes too little)."""
    return Choice(_l("What does this cover?"), _l("Choose what this covers."), choices=COVERS)


def others() -> SelectMultipleField:
    """Return the other numbers that may be the patient's: a no may be meant for them too, and none is preselected."""
    told = _l("Tick only what was meant. It then covers all recordings under each number that you tick.")
    return SelectMultipleField(_l("Also for these numbers, which may be this patient's"), choices=[], description=told)


def said_by(question: object, missing: object) -> Choice:
    """Return who said it."""
    return Choice(question, missing, choices=GRANTORS)


def said_by_name() -> StringField:
    """Return the name of whoever said it."""
    return StringField(_l("Their name"), [AtMost(120)], description=_l("Leave empty if it was the patient"))


def said_on(question: Any = None, missing: Any = None) -> PlainDate:
    """Return the day on which it was said, or found."""
    needed = Needed(missing or _l("Enter the day on which it was said."))
    return PlainDate(question or _l("Date on which it was said"), [needed, NotInFuture()])


def said_no_to() -> Ticks:
    """Return what was refused: levels, and uses that no level covers."""
    missing = _l("Choose at least one use that the answer no is about.")
    return Ticks(_l("What was the answer no to?"), missing, choices=(*LEVELS, *NAMED))


def objected_to() -> Ticks:
    """Return what somebody objects to: levels, and uses that no level covers."""
    return Ticks(_l("What is objected to?"), _l("Choose at least one use."), choices=(*LEVELS, *NAMED))


def received(*, needed: bool = True) -> Choice | SelectField:
    """Return how the answer came."""
    question = _l("How did the answer reach us?")
    if needed:
        return Choice(question, _l("Choose how the answer reached us."), choices=RECEIVED)
    return SelectField(
        question, choices=options([("not recorded", _l("Not recorded")), *RECEIVED]), default="not recorded"
    )


def taken_by() -> StringField:
    """Return who took the answer."""
    return StringField(
        _l("Who took the answer"),
        [AtMost(120)],
        description=_l("Needed for a yes by telephone; leave empty if nobody else"),
    )


def own_words() -> TextAreaField:
    """Return why, as far as it was said."""
    told = _l("A patient need not give a reason")
    return TextAreaField(_l("Reason, in their own words if given"), [AtMost(500)], description=told)


def grantor(kind: str | None, name: str | None, evidence: str | None = None) -> Grantor:
    """Return whoever said it, as the ledger names them."""
    return Grantor(kind=GrantorKind(kind or "patient"), name=name or "", evidence=evidence or "")


def levels_in(chosen: list[str] | None) -> tuple[Level, ...]:
    """Return the levels among what was ticked."""
    return tuple(level for level in SECONDARY if str(level) in (chosen or ()))


def named_in(chosen: list[str] | None) -> tuple[str, ...]:
    """Return the uses by name among what was ticked."""
    return tuple(purpose for purpose in BY_NAME if purpose in (chosen or ()))
