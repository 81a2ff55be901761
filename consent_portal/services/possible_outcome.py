"""The answer for a purpose when the export form's questions are answered favourably and no register entry is given.

The same assumption as the consent summary's, for whoever must say what would be possible.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from consent_portal.policy.facts import RequestFacts
from consent_portal.policy.model import Decision, Policy
from consent_portal.registers.studies import Study
from consent_portal.services import decisions
from consent_portal.services.summary import FAVOURABLE


def would_be(session: Session, studies: Sequence[Study], purpose: str, role: str, policy: Policy) -> Decision:
    """Return what the answer would be, without recording anything."""
    request = RequestFacts(
        purpose=purpose, role=role, taking_away=True, attested=FAVOURABLE, facts=frozenset({"inside", "reason"})
    )
    return decisions.decide_studies(session, studies, request, policy)
