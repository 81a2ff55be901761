"""A "no" to a question: what it refuses in the ledger, and the end of the question, as one act (ADR 0144)."""

from datetime import date

from sqlalchemy.orm import Session

from consent_portal.ledger.by_name import BY_NAME
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.ledger.payloads import Refused
from consent_portal.policy.model import Policy
from consent_portal.registers import studies as register
from consent_portal.services import acts
from consent_portal.tasks import asks


def asked_for(purpose: str, policy: Policy) -> tuple[tuple[Level, ...], tuple[str, ...]]:
    """Return what a question for `purpose` asks the patient for: a level, or the use by its name, and no more."""
    needed = policy.purposes[purpose].level_needed if purpose in policy.purposes else ""
    levels = tuple(level for level in SECONDARY if level == needed)
    return levels, tuple(one for one in BY_NAME if one == purpose)


def answer_no(  # noqa: PLR0913, PLR0917  (the question, what was said, when, and by whom it is recorded)
    session: Session, ask_id: str, refused: Refused, actor: acts.Actor, day: date, note: str = ""
) -> list[acts.Act]:
    """Record the no for each study of a question and close it; needs a writing session.

    Raises
    ------
    LookupError
        When there is no such question.
    ValueError
        When somebody has closed it in the meantime.
    Refusal
        When nothing is refused, or the day cannot be.
    """
    if not refused.levels and not refused.purposes:
        raise Refusal("A refusal refuses something; name at least one level or use.")
    ask = asks.close(session, ask_id, "declined", actor.user, note)
    found = [register.by_key(session, key) for key in ask.studies]
    subjects = [acts.Subject.of_study(study) for study in found if study is not None]
    done = [acts.refuse(session, subject, refused, actor, day) for subject in subjects]
    asks.note_recorded(session, ask_id, [act.event.id for act in done])
    return done
