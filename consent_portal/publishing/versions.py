"""Versions of the notices: fixed when they are drafted; each step is a row, and an event of the ledger."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent_portal.ledger.payloads import NoticeStep
from consent_portal.publishing.rows import PageRow, StepRow, VersionRow
from consent_portal.services import house
from notices.edition import fingerprint
from notices.errors import NoticeError
from notices.settings.site import Site
from notices.versions import Person, State, Version, approved, draft, published, retired


class NotPrintable(NoticeError):  # noqa: N818  (named for the situation)
    """The version cannot be printed as it was approved."""


class NoSuchVersion(LookupError):  # noqa: N818  (named for the situation)
    """There is no version of that number."""


def make(session: Session, site: Site, languages: Sequence[str], by: Person) -> Version:
    """Draft a version of `site` in `languages`."""
    number = (session.scalar(select(func.max(VersionRow.number))) or 0) + 1
    made = draft(number, site, languages, by)
    session.add(
        VersionRow(
            number=number,
            settings=json.dumps(made.settings),
            languages=json.dumps(made.languages),
            fingerprint=made.fingerprint,
        )
    )
    session.flush()
    _step(session, made)
    return made


def get(session: Session, number: int) -> Version:
    """Return one version.

    Raises
    ------
    NoSuchVersion
    """
    row = session.get(VersionRow, number)
    if row is None:
        raise NoSuchVersion(f"There is no version {number} of the notices.")
    return _version(session, row)


def every(session: Session) -> list[Version]:
    """Return all versions, the newest first."""
    return [_version(session, row) for row in session.scalars(select(VersionRow).order_by(VersionRow.number.desc()))]


def in_force(session: Session) -> Version | None:
    """Return the version that patients are shown: the newest that is published."""
    last = select(func.max(StepRow.id)).group_by(StepRow.version)
    query = select(func.max(StepRow.version)).where(StepRow.id.in_(last), StepRow.state == State.PUBLISHED.value)
    number = session.scalar(query)
    return get(session, number) if number is not None else None


def were_published(session: Session) -> list[Version]:
    """Return all that were ever published, also the retired ones, the newest first."""
    return [one for one in every(session) if any(step.state is State.PUBLISHED for step in one.steps)]


def note_check(session: Session, found: Version) -> Version:
    """Write down what a check found, which was made outside; `found` must follow what is recorded.

    Raises
    ------
    ValueError
        When somebody took another step in the meantime.
    """
    if get(session, found.number).steps != found.steps[:-1]:
        raise ValueError("Somebody else took a step with this version in the meantime: check it again.")
    _step(session, found)
    return found


def approve(session: Session, number: int, by: Person, reason: str = "") -> Version:
    """Approve a version; with findings only for a reason (`notices.versions.approved`)."""
    return _step(session, approved(get(session, number), by, reason=reason))


def publish(session: Session, number: int, by: Person, pages: Sequence[PageRow]) -> Version:
    """Publish a version with its web pages; the one that was published until now is retired."""
    before = in_force(session)
    made = _step(session, published(get(session, number), by))
    session.add_all(pages)
    if before is not None:
        retire(session, before.number, by)
    return made


def retire(session: Session, number: int, by: Person) -> Version:
    """Take a version out of use."""
    return _step(session, retired(get(session, number), by))


def as_approved(version: Version) -> Version:
    """Return `version` when it is printed today as it was approved.

    Raises
    ------
    NotPrintable
        When the programme's wording has changed since: patients must not be given what nobody approved.
    """
    if version.fingerprint != fingerprint(version.site, version.languages):
        raise NotPrintable(
            f"The programme's wording has changed since version {version.number} was approved, so it cannot be printed "
            "again as it was. Draft, check and approve a new version."
        )
    return version


def page(session: Session, number: int, language: str) -> PageRow | None:
    """Return the web page of a published version."""
    return session.get(PageRow, (number, language))


def _step(session: Session, version: Version) -> Version:
    step, checks = version.steps[-1], version.state is State.CHECKED
    found = [one.as_dict() for one in version.findings] if checks else []
    session.add(
        StepRow(version=version.number, findings=json.dumps(found), **{**asdict(step), "state": step.state.value})
    )
    payload = NoticeStep(
        version=version.number,
        state=step.state.value,
        fingerprint=version.fingerprint,
        errors=len(version.errors),
        reason=step.reason,
    )
    house.note_notice(session, payload, step.user)
    session.flush()
    return version


def _version(session: Session, row: VersionRow) -> Version:
    steps = session.scalars(select(StepRow).where(StepRow.version == row.number).order_by(StepRow.id)).all()
    checks = [step.findings for step in steps if step.state == State.CHECKED]
    return Version.from_dict(
        {
            "number": row.number,
            "settings": json.loads(row.settings),
            "languages": json.loads(row.languages),
            "fingerprint": row.fingerprint,
            "steps": [
                {name: getattr(step, name) for name in ("state", "at", "user", "role", "reason")} for step in steps
            ],
            "findings": json.loads(checks[-1]) if checks else [],
        }
    )
