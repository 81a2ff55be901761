"""In what the records under a patient's numbers disagree, asked once a request for each patient on the page (H1)."""

from collections.abc import Iterable

from flask import g

from consent_portal.parts import parts
from consent_portal.registers import persons
from consent_portal.registers import studies as register
from consent_portal.web.identity.who_words import detail_words


def disagreements(patient_key: str) -> str:
    """Return in what the records under a patient's numbers disagree; empty when they may be one person's."""
    look_up([patient_key])
    return _known()[patient_key]


def look_up(patient_keys: Iterable[str]) -> None:
    """Ask for all patients of a page at once; `disagreements` then has its answers."""
    known = _known()
    asked = set(patient_keys) - known.keys()
    if not asked:
        return
    with parts().database.reading() as session:
        doubtful = register.may_be_in_doubt(session, asked)
        for key in asked:
            known[key] = detail_words(persons.person_of_patient(session, key).doubt) if key in doubtful else ""


def _known() -> dict[str, str]:
    known: dict[str, str] = g.setdefault("disagreements", {})
    return known
