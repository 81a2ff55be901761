"""The portal's answer, checked: what is not exactly as agreed is a DENY (F1)."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orthanc_plugin.engine.errors import Reason, RefusedError

CLOCK_SKEW = timedelta(minutes=5)
"""A decision that is older, or from further in the future, is not believed."""

SECOND_REVIEW = "second-review"
NO_REPORTS = "no-reports"
CONSENT_RULE = "R36"
"""A study that is permitted for this reason is released on the recorded consent: (0012,0083) is written."""

UNDERSTOOD = frozenset(
    {
        SECOND_REVIEW,
        "exclude-dose-and-documents",
        NO_REPORTS,
        "container-clean",
        "data-sharing-statement",
        "no-sale",
    }
)
"""Obligations this engine fulfils; one that it does not know (``view-only``) turns PERMIT into DENY."""

Outcome = Literal["permit", "ask", "deny"]
Profile = Literal["D0", "D1", "D2", "D3", "D4"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReasonPart(_Part):
    """One reason, as the portal words it."""

    rule: str
    text: Annotated[str, Field(min_length=10)]
    source: str


class SubjectPart(_Part):
    """The outcome for one study."""

    study_uid: str = Field(repr=False)
    outcome: Outcome
    profile: Profile | None
    reasons: Annotated[list[ReasonPart], Field(min_length=1)]


class Decision(_Part):
    """A decision as `docs/contract/decision.schema.json` describes it.

    Parameters
    ----------
    review_of
        The `basis` of the release that the second reviewer was shown and approved, where pictures were shown.
    """

    contract: Literal[1]
    decision: Annotated[str, Field(min_length=1)]
    outcome: Outcome
    profile: Profile | None
    level: Literal["teaching", "print", "internet"] | None
    policy_version: str
    decided_at: str
    obligations: list[str]
    review: Literal["pending", "approved", "refused"] | None
    review_of: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    reasons: Annotated[list[ReasonPart], Field(min_length=1)]
    ask_url: str | None
    subjects: list[SubjectPart]

    def consented(self) -> frozenset[str]:
        """Return the studies whose release rests on the recorded consent."""
        return frozenset(
            part.study_uid for part in self.subjects if any(reason.rule == CONSENT_RULE for reason in part.reasons)
        )

    def told(self) -> tuple[Reason, ...]:
        """Return the reasons, in the engine's own type."""
        return tuple(Reason(part.rule, part.text, part.source) for part in self.reasons)


class DistrustedError(RefusedError):
    """The portal's answer is not one that can be acted on: DENY for everything but direct care."""


def distrusted(why: str) -> DistrustedError:
    """Return the refusal for an answer that cannot be trusted.

    Parameters
    ----------
    why
        What is wrong with it, without quoting it.
    """
    text = f"The consent portal's answer cannot be trusted ({why}), so nothing leaves. Tell your administrator."
    return DistrustedError("deny", [Reason("F1", text, "Fail closed: deny by default")])


def parse(answer: Any, study_uids: list[str], now: datetime) -> Decision:
    """Read a decision and refuse it unless it is whole, fresh, understood and about these studies.

    Parameters
    ----------
    answer
        The JSON value the portal sent.
    study_uids
        The studies that were asked about.
    now
        This machine's time, with time zone.

    Returns
    -------
    Decision
        With outcome ``permit``.

    Raises
    ------
    RefusedError
        On ASK, on DENY, and on an answer that cannot be trusted.
    """
    try:
        decision = Decision.model_validate(answer)
    except ValidationError:
        raise distrusted("it does not follow the contract") from None
    if decision.outcome != "permit":
        raise RefusedError(decision.outcome, decision.told(), decision.ask_url)
    for why, wrong in _doubts(decision, study_uids, now):
        if wrong:
            raise distrusted(why)
    return decision


def _doubts(decision: Decision, study_uids: list[str], now: datetime) -> list[tuple[str, bool]]:
    subjects = decision.subjects
    return [
        ("it permits without naming a profile", decision.profile is None),
        ("it is not about the studies asked for", sorted(part.study_uid for part in subjects) != sorted(study_uids)),
        ("it permits although one study is not permitted", any(part.outcome != "permit" for part in subjects)),
        ("it asks for something this engine does not know", not UNDERSTOOD.issuperset(decision.obligations)),
        ("it is stale or the clocks differ", not _is_fresh(decision.decided_at, now)),
    ]


def _is_fresh(decided_at: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(decided_at)
    except ValueError:
        return False
    return abs(now - (at if at.tzinfo else at.replace(tzinfo=UTC))) <= CLOCK_SKEW
