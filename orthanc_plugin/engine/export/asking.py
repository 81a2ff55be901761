"""Asks the portal, and knows the one rule that holds without it: direct care is never blocked (hazard H3)."""

from dataclasses import asdict, dataclass
from typing import Any

from orthanc_plugin.engine.errors import (
    AwayError,
    FaultsError,
    NotFoundError,
    Reason,
    RefusedError,
    UnreadableError,
)
from orthanc_plugin.engine.export import reasons
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.neighbours.decision import NO_REPORTS, SECOND_REVIEW, Decision, DistrustedError, distrusted
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.treatment.profiles import IDENTIFIABLE, treatment
from orthanc_plugin.vocabulary import DIRECT_CARE, OWN_USE

CARE_ROLES = ("clinician", "medical-illustration")
"""Roles that hold direct care of patients."""


@dataclass(frozen=True)
class Verdict:
    """A PERMIT, and what it was given for.

    Parameters
    ----------
    decision
        The portal's number of it; None when care went ahead without the portal.
    profile, level, policy_version, decided_at
        As decided.
    review
        None when no second reviewer is owed, else how far the review is.
    consented
        Positions (from 1) of the studies whose release rests on the recorded consent.
    no_reports
        Whether reports stay out, whatever was asked for (R32).
    review_of
        What the second reviewer was shown, as the basis of a release; None where no pictures were shown.
    """

    decision: str | None
    profile: str
    level: str | None
    policy_version: str
    decided_at: str
    review: str | None
    consented: tuple[int, ...] = ()
    no_reports: bool = False
    review_of: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as kept with the case."""
        return asdict(self)


def is_care(request: dict[str, Any]) -> bool:
    """Say whether this is direct care by somebody who gives it, who keeps the images: care that nothing holds up (H3).

    Whether another place may receive them is in the portal's register (R13, R62), so that waits for the portal.
    """
    sender, recipient = request["sender"]["role"], request["recipient"]
    return request["purpose"] == DIRECT_CARE and sender in CARE_ROLES and recipient == OWN_USE


def ask(portal: Portal, intent: str, job: str | None, request: dict[str, Any], facts: list[dict[str, Any]]) -> Verdict:
    """Ask the portal whether this may leave.

    Raises
    ------
    RefusedError, FaultsError, AwayError
        AwayError and an answer that cannot be trusted never stop direct care.
    """
    try:
        decision = portal.decide(intent, job, request, facts)
        treatment(decision.profile, decision.level)
        _original_only_for_care(decision, request["purpose"])
    except (AwayError, DistrustedError):
        if is_care(request):
            return Verdict(None, IDENTIFIABLE, None, "direct care without the portal", "", None)
        raise
    return Verdict(
        decision.decision,
        str(decision.profile),
        decision.level,
        decision.policy_version,
        decision.decided_at,
        _review(decision),
        tuple(place for place, fact in enumerate(facts, 1) if fact["study_uid"] in decision.consented()),
        NO_REPORTS in decision.obligations,
        decision.review_of,
    )


def ask_again(portal: Portal, intent: str, job: str, case: dict[str, Any], facts: list[dict[str, Any]]) -> Verdict:
    """Ask about a running job, and refuse when the answer is no longer the one it was begun with.

    Raises
    ------
    RefusedError, AwayError
    """
    try:
        verdict = ask(portal, intent, job, case["request"], facts)
    except FaultsError as error:
        raise RefusedError("deny", reasons.of_error(error)) from None
    before = case["verdict"]
    asked = (before["profile"], before["level"], list(before["consented"]), before.get("no_reports", False))
    now = (verdict.profile, verdict.level, list(verdict.consented), verdict.no_reports)
    if verdict.decision and now != asked:
        raise RefusedError("deny", [reasons.CHANGED])
    return verdict


def _original_only_for_care(decision: Decision, purpose: str) -> None:
    """Refuse the original for anything but care, unless a second person looks at it first (R18)."""
    if decision.profile == IDENTIFIABLE and purpose != DIRECT_CARE and SECOND_REVIEW not in decision.obligations:
        raise distrusted("it permits the original for a purpose that is not direct care")


def _review(decision: Decision) -> str | None:
    if decision.review == "refused":
        text = "The second reviewer refused this release, so it was destroyed. Speak to the reviewer, then ask again."
        raise RefusedError("deny", [Reason("R29", text, "RCR; GMC: particular care before publication")])
    owed = SECOND_REVIEW in decision.obligations or decision.review is not None
    return (decision.review or "pending") if owed else None


def facts_now(archive: Archive, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the facts of a case as they are now: who a study is about may have been corrected (hazard H12).

    Raises
    ------
    RefusedError
        When a study is no longer in Orthanc: nothing can be asked about it.
    AwayError
    """
    try:
        return [_fact_now(archive, known) for known in case["facts"]]
    except (NotFoundError, UnreadableError):
        text = "A study of this export is no longer in Orthanc, so the export was closed. Ask again for what is there."
        raise RefusedError("deny", [Reason("F1", text, "Fail closed: deny by default")]) from None


def _fact_now(archive: Archive, known: dict[str, Any]) -> dict[str, Any]:
    now = archive.identity(known["orthanc_id"])
    now["patient"]["issuer"] = known["patient"]["issuer"]
    return {**now, "contents": known["contents"]}
