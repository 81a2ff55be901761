"""What the recorded consent of a study means, for the role of the reader."""

from sqlalchemy.orm import Session

from consent_portal.registers.studies import Study
from consent_portal.services.summary import Summary, summarise
from consent_portal.web.frame.access import role_of_user
from consent_portal.web.frame.policy_in_force import policy_in_force


def summary_of(session: Session, study: Study) -> Summary:
    """Return the four levels and the answer for each purpose."""
    return summarise(session, study, str(role_of_user() or ""), policy_in_force(session))
