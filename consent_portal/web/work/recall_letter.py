"""What the letter to a recipient says, from the recall, the release and the register."""

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads, store
from consent_portal.publishing.recall_letter import RecallLetter
from consent_portal.registers import recipients
from consent_portal.settings import Settings
from consent_portal.tasks import recalls
from consent_portal.tasks.recalls import Recall
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import ROLE_NAMES, Role
from consent_portal.web.work.recall_words import file_name


def letter_of(session: Session, recall_id: str, settings: Settings) -> RecallLetter | None:
    """Return the letter of a recall that waits; None where there is none or its holder has a list of their own."""
    recall = recalls.get(session, recall_id)
    left = store.event(session, recall.released_event) if recall else None
    if recall is None or left is None or not isinstance(left.payload, payloads.Released):
        return None
    if recall.holder or not recall.is_waiting:
        return None
    return RecallLetter(
        to=_address(session, recall),
        reference=recall.job or recall.disclosure,
        file_name=file_name(recall.job),
        what=_what(left.payload),
        asked_by=_asked_by(left.payload),
        released_on=local_day(left.recorded_at),
        written_on=local_day(utc_now()),
        due_on=recall.due_on(settings.portal.recall_days),
        organisation=settings.site.name,
        contact=settings.site.medical_illustration_contact,
    )


def _address(session: Session, recall: Recall) -> tuple[str, ...]:
    found = recipients.get(session, recall.recipient)
    if found is None:
        return (recall.recipient,)
    written = tuple(line.strip() for line in found.address.splitlines() if line.strip())
    person = found.steward or next(iter(found.named_people), "") or found.responsible_professional
    return (found.name, *(written or ((person,) if person else ())))


def _what(released: payloads.Released) -> str:
    """Return what left, for whoever has it; never what was examined or of whom."""
    many = "1 object" if released.released == 1 else f"{released.released} objects"
    how = str(wording.profile_name(released.profile))
    purpose = str(wording.purpose_name(released.purpose))
    return f"{many}; de-identification: {how}; for: {purpose[:1].lower()}{purpose[1:]}"


def _asked_by(released: payloads.Released) -> str:
    named = released.role in set(Role)
    return f"{released.sender} ({ROLE_NAMES[Role(released.role)].lower()})" if named else released.sender
