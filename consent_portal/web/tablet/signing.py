"""From what the patient answered on the tablet to what the ledger records."""

import hashlib
import json

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, to_text, utc_now
from consent_portal.ledger import checks
from consent_portal.ledger import payloads as p
from consent_portal.ledger.chain import canonical
from consent_portal.ledger.levels import SECONDARY, Level, LevelState
from consent_portal.registers.studies import Study
from consent_portal.sealing import Sealing
from consent_portal.services import acts
from consent_portal.tasks import tablets
from consent_portal.tasks.tablets import Tablet
from consent_portal.web.tablet.forms import HandOver, PatientsAnswer
from consent_portal.web.tablet.words import TabletWords

FORM_VERSION = "tablet 1"
PURPOSE = "aoa signatures"
STATES = {"yes": LevelState.ACCEPTED, "no": LevelState.DECLINED, "later": LevelState.NOT_CHOSEN}


def asked_by(form: HandOver, study: Study) -> str:
    """Return what the staff member said and of whom, to be kept with the page until it is answered."""
    names = ("requesting_clinician", "interpreter", "grantor", "grantor_name", "grantor_evidence")
    said = {name: form[name].data or "" for name in (*names, "capacity", "capacity_assessor")}
    return json.dumps({**said, "person": person(study)})


def person(study: Study) -> str:
    """Return whose study it is by what is known now; the archive may give a study to another person (hazard H1)."""
    return f"{study.patient_key} {study.details_version}"


def _given(tablet: Tablet, answers: dict[Level, str], checksum: str) -> p.Given:
    said: dict[str, str] = json.loads(tablet.asked_by)
    capacity = p.Capacity(answer=p.CapacityAnswer(said["capacity"]), assessor=said["capacity_assessor"])
    kind = p.GrantorKind(said["grantor"])
    return p.Given(
        levels={level: STATES[answer] for level, answer in answers.items()},
        requesting_clinician=said["requesting_clinician"],
        discussed_on=local_day(utc_now()),
        explained_by=tablet.user,
        recorder=tablet.user,
        grantor=p.Grantor(kind=kind, name=said["grantor_name"], evidence=said["grantor_evidence"]),
        capacity=capacity,
        interpreter=said["interpreter"],
        language=tablet.language,
        manner="written",
        received="on a tablet",
        taken_by=tablet.user,
        form_version=FORM_VERSION,
        scan_sha256=checksum,
    )


def check(form: HandOver, study: Study, user: str) -> None:
    """Refuse a page on which nobody could say yes, before the patient is handed it.

    Raises
    ------
    Refusal
    """
    page = Tablet("", "", "", user, form.language.data, asked_by(form, study), tablets.OPEN, None)
    checks.check(_given(page, dict.fromkeys(SECONDARY, "yes"), ""))


def sign(  # noqa: PLR0913, PLR0917  (an act, its page, and what makes them)
    session: Session, tablet: Tablet, study: Study, form: PatientsAnswer, words: TabletWords, sealing: Sealing,
    actor: acts.Actor,
) -> acts.Act:  # fmt: skip
    """Record the patient's answers, and keep what was signed as it was shown.

    Raises
    ------
    Refusal
    """
    answers = form.answers()
    shown = canonical(
        {
            "language": words.language,
            "headline": words.headline,
            "words": words.phrases,
            "levels": {str(level): [text, answers[level]] for level, text in words.levels.items()},
            "name": form.name.data or "",
            "signature": form.signature.data or "",
            "at": to_text(utc_now()),
        }
    )
    checksum = hashlib.sha256(shown.encode()).hexdigest()
    done = acts.record(session, acts.Subject.of_study(study), _given(tablet, answers, checksum), actor)
    tablets.answered(session, tablet.id, done.event.id, sealing.seal(shown))
    return done
