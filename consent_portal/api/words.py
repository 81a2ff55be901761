"""The words that people read for what a summary names: the gate's pages say what ours say (docs/decisions/0135).

What has an order for people is a list, since JSON objects have none.
"""

from collections.abc import Mapping
from typing import Any

from consent_portal.ledger.levels import Level, LevelState
from consent_portal.policy.model import Attestation, Outcome, Policy, Purpose


def words(policy: Policy) -> dict[str, Any]:
    """Return the `words` of docs/contract/consent-summary.schema.json."""
    return {
        "levels": [{"key": str(level), "label": level.label} for level in Level],
        "states": {str(state): {"label": state.label, "mark": state.mark} for state in LevelState},
        "outcomes": {str(outcome): {"label": outcome.label, "mark": outcome.mark} for outcome in Outcome},
        "profiles": {key: profile.short for key, profile in policy.profiles.items()},
        "purposes": [_purpose(purpose) for purpose in policy.purposes.values()],
        "questions": [_question(key, question) for key, question in policy.questions.items()],
    }


def _purpose(purpose: Purpose) -> dict[str, Any]:
    return {"key": purpose.key, "label": purpose.label, "on_form": purpose.on_form}


def _question(key: str, question: Attestation) -> dict[str, Any]:
    return {"key": key, "ask": question.ask, "help": question.help, "answers": _labelled(question.answers)}


def _labelled(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "label": label} for key, label in labels.items()]
