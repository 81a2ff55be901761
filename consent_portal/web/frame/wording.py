"""The words that pages use for what the machine writes in short: outcomes, states, purposes, profiles, kinds, rules."""

from typing import Any

from flask_babel import lazy_gettext as _l

OUTCOMES = {"permit": _l("Permitted"), "ask": _l("Ask first"), "deny": _l("Not permitted")}

STATES = {
    "accepted": _l("Agreed"),
    "declined": _l("Declined"),
    "unknown": _l("Unknown"),
    "not asked": _l("Not asked"),
    "not chosen": _l("Not chosen"),
    "withdrawn": _l("Withdrawn"),
    "invalidated": _l("Entered in error"),
    "refused": _l("Refused"),
    "expired": _l("Expired"),
}

STATE_TONES = {"accepted": "permit", "declined": "deny", "withdrawn": "deny", "refused": "deny", "expired": "ask"}

PURPOSES = {
    "direct-care": _l("Direct care"),
    "send-out": _l("Sending to another clinician"),
    "live-case": _l("Live case review or multidisciplinary meeting"),
    "learning-discrepancy": _l("Learning and discrepancy meeting"),
    "service-evaluation": _l("Service evaluation"),
    "teaching": _l("Teaching inside the organisation, on screen"),
    "handout": _l("Teaching with hand-outs or a workshop"),
    "exam": _l("Examination"),
    "lecture": _l("Lecture or conference"),
    "print": _l("Publication in print"),
    "internet": _l("Publication on the internet"),
    "research": _l("Research on existing images"),
    "research-capture": _l("Research that makes new images"),
    "commercial": _l("Commercial use"),
    "external-archive": _l("Archive of another school or college"),
}

TEACHING_PURPOSES = ("teaching", "handout", "exam", "lecture")
"""What a trainer is shown first."""

PROFILES = {
    "D0": _l("none: the original"),
    "D1": _l("send-out label in place of the name"),
    "D2": _l("limited access: coded, for a secure place under contract"),
    "D3": _l("publication standard: no direct or indirect identifier"),
    "D4": _l("hand-out standard: publication standard, and nothing hidden in the file"),
}

SHORT_PROFILES = {
    "D0": _l("the original"),
    "D1": _l("send-out label"),
    "D2": _l("limited access"),
    "D3": _l("publication standard"),
    "D4": _l("hand-out standard"),
}

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
