"""Asks the portal, and knows the one rule that holds without it: direct care is never blocked (hazard H3)."""

from collections.abc import Sequence
from dataclasses import replace

from orthanc_plugin.engine.errors import (
    AwayError,
    FaultsError,
    NotFoundError,
    Reason,
    RefusedError,
    UnreadableError,
)
from orthanc_plugin.engine.export import reasons
from orthanc_plugin.engine.jobs.case import Case, Verdict
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.neighbours.decision import NO_REPORTS, SECOND_REVIEW, Decision, DistrustedError, distrusted
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.records import Request, Subject
from orthanc_plugin.engine.treatment.profiles import IDENTIFIABLE, treatment
from orthanc_plugin.vocabulary import DIRECT_CARE, OWN_USE

CARE_ROLES = ("clinician", "medical-illustration")
"""Roles that hold direct care of patients."""


def is_care(request: Request) -> bool:
    """Say whether this is direct care by somebody who gives it, who keeps the images: care that nothing holds up (H3).

    Whether another place may receive them is in the portal's register (R13, R62), so that waits for the portal.
    """
    given = request.purpose == DIRECT_CARE and request.sender.role in CARE_ROLES
    return given and request.recipient == OWN_USE


def ask(portal: Portal, intent: str, job: str | None, request: Request, subjects: Sequence[Subject]) -> Verdict:
    """Ask the portal whether this may leave.

    Raises
    ------
    RefusedError, FaultsError, AwayError
        AwayError and an answer that cannot be trusted never stop direct care.
    """
    try:
        decision = portal.decide(intent, job, request, subjects)
        treatment(decision.profile, decision.level)
        _original_only_for_care(decision, request.purpose)
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
        tuple(place for place, subject in enumerate(subjects, 1) if subject.study_uid in decision.consented()),
        NO_REPORTS in decision.obligations,
        decision.review_of,
    )


def ask_again(portal: Portal, intent: str, job: str, case: Case, subjects: Sequence[Subject]) -> Verdict:
    """Ask about a running job, and refuse when the answer is no longer the one it was begun with.

    Raises
    ------
    RefusedError, AwayError
    """
    try:
        verdict = ask(portal, intent, job, case.request, subjects)
    except FaultsError as error:
        raise RefusedError("deny", reasons.of_error(error)) from None
    if verdict.decision and _form(verdict) != _form(case.permit):
        raise RefusedError("deny", [reasons.CHANGED])
    return verdict


def _form(verdict: Verdict) -> tuple[object, ...]:
    """Return in which form something may leave."""
    return verdict.profile, verdict.level, verdict.consented, verdict.no_reports


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


def subjects_now(archive: Archive, case: Case) -> tuple[Subject, ...]:
    """Return the studies of a case as they are now: who a study is about may have been corrected (hazard H12).

    Raises
    ------
    RefusedError
        When a study is no longer in Orthanc: nothing can be asked about it.
    AwayError
    """
    try:
        return tuple(_subject_now(archive, known) for known in case.subjects)
    except (NotFoundError, UnreadableError):
        text = "A study of this export is no longer in Orthanc, so the export was closed. Ask again for what is there."
        raise RefusedError("deny", [Reason("F1", text, "Fail closed: deny by default")]) from None


def _subject_now(archive: Archive, known: Subject) -> Subject:
    now = archive.identity(known.orthanc_id)
    return replace(now, patient=replace(now.patient, issuer=known.patient.issuer), contents=known.contents)
