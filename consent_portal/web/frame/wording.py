"""The words that pages use for what the machine writes in short: outcomes, states, purposes, profiles, kinds, rules.

Those that other parts show too come from the ledger and the policy, which send them to the gate with the summary.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from consent_portal.ledger.levels import LevelState
from consent_portal.policy.load import load_policy
from consent_portal.policy.model import Outcome

_POLICY = load_policy()

OUTCOMES = {str(outcome): _l(outcome.label) for outcome in Outcome}

STATES = {str(state): _l(state.label) for state in LevelState}

STATE_TONES = {
    **{str(state): "permit" for state in LevelState if state.mark == "yes"},
    **{str(state): "deny" for state in LevelState if state.mark == "no"},
    str(LevelState.EXPIRED): "ask",
}

PURPOSES = {key: _l(purpose.label) for key, purpose in _POLICY.purposes.items()}

TEACHING_PURPOSES = tuple(key for key in _POLICY.purposes if key in _POLICY.roles["trainer"])
"""What a trainer is shown first."""

PROFILES = {key: _l(profile.long) for key, profile in _POLICY.profiles.items()}

SHORT_PROFILES = {key: _l(profile.short) for key, profile in _POLICY.profiles.items()}

SITUATIONS = {
    "para10_no_record": _l("Needs no separate consent, nothing recorded"),
    "refused": _l("Declined, refused or withdrawn"),
    "photo_no_record": _l("Photograph or video, nobody recognisable, nothing recorded"),
    "recognisable_no_record": _l("Somebody may be recognised, nothing recorded"),
    "active": _l("The consent that the purpose needs stands"),
    "para10_not_chosen": _l("Needs no separate consent, this level not chosen"),
    "photo_not_chosen": _l("Photograph or recognisable, this level not chosen"),
}


def situation_name(situation: str) -> Any:
    """Return the words for a column of the decision table."""
    return SITUATIONS.get(str(situation), situation)


def outcome_name(outcome: str) -> Any:
    """Return the words for permit, ask or deny."""
    return OUTCOMES.get(outcome, outcome)


def state_name(state: str) -> Any:
    """Return the words for one of the nine states of a level."""
    return STATES.get(state, state)


def state_tone(state: str) -> str:
    """Return permit, deny, ask or open: which sign and colour a state has."""
    return STATE_TONES.get(state, "open")


def purpose_name(purpose: str) -> Any:
    """Return the words for a purpose."""
    return PURPOSES.get(purpose, purpose)


def profile_name(profile: str | None) -> Any:
    """Return the words for a de-identification profile; empty for none."""
    return PROFILES.get(profile, profile) if profile else ""


def short_profile_name(profile: str | None) -> Any:
    """Return a profile in two words, for tables."""
    return SHORT_PROFILES.get(profile, profile) if profile else ""


def recipient_name(recipient: str) -> str:
    """Return `self` in words, any other recipient's short name as it is."""
    return str(_l("the requester")) if recipient == "self" else recipient


def rule_name(rule: str) -> str:
    """Return a rule as people speak of it: `row 5 of the policy`, `rule R38`."""
    return str(_l("%(row)s of the policy", row=rule) if rule.startswith("row ") else _l("rule %(rule)s", rule=rule))
