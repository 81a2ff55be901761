"""People read words, never the name that the machine uses."""

import pytest

from consent_portal.ledger.levels import LevelState
from consent_portal.ledger.payload import CAPACITY_WORDS, GRANTOR_WORDS, CapacityAnswer, GrantorKind
from consent_portal.ledger.scope import ScopeKind
from consent_portal.policy.load import load_policy
from consent_portal.policy.model import Outcome, Situation
from consent_portal.web.consent.events import SCOPES
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import ROLE_NAMES, Role

EVERYTHING = {
    "situations": (Situation, wording.SITUATIONS),
    "outcomes": (Outcome, wording.OUTCOMES),
    "states of a level": (LevelState, wording.STATES),
    "purposes": (load_policy().purposes, wording.PURPOSES),
    "grantors": (GrantorKind, GRANTOR_WORDS),
    "capacity": (CapacityAnswer, CAPACITY_WORDS),
    "scopes": (ScopeKind, SCOPES),
    "roles": (Role, ROLE_NAMES),
}


@pytest.mark.parametrize("what", EVERYTHING)
def test_there_are_words_for_everything_that_a_page_may_show(what):
    known, words = EVERYTHING[what]
    assert {str(one) for one in known} <= {str(one) for one in words}
