"""The purposes of a study with their outcome and the why, strict reading first."""

from dataclasses import dataclass
from typing import Any

from consent_portal.policy.model import Decision, Outcome, Reason
from consent_portal.services.summary import Summary
from consent_portal.web.frame import wording


@dataclass(frozen=True)
class PurposeRow:
    """One purpose: may it be used for that, how far de-identified, and why."""

    key: str
    name: Any
    outcome: str
    profile_words: Any
    reasons: tuple[Reason, ...]
    open: bool = False


def purpose_rows(summary: Summary, only: tuple[str, ...] | None = None) -> list[PurposeRow]:
    """Return the purposes of a consent summary in their usual order; only some of them where named."""
    wanted = only or tuple(wording.PURPOSES)
    return [_row(key, summary.purposes[key]) for key in wanted if key in summary.purposes]


def _row(key: str, answer: Decision) -> PurposeRow:
    return PurposeRow(
        key=key,
        name=wording.purpose_name(key),
        outcome=str(answer.outcome),
        profile_words=wording.profile_name(answer.profile) if answer.outcome is Outcome.PERMIT else "",
        reasons=answer.reasons,
    )
