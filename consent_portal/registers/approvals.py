"""What a request's `context` refers to by key: ethics, projects, undertakings, approvals, publications, texts."""

import json
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.registers.rows import ApprovalRow


class Details(BaseModel):
    """Base of the kinds' own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    kind: ClassVar[str]

    def facts(self) -> frozenset[str]:
        """Return what this entry lets the policy know."""
        return frozenset()


class Ethics(Details):
    """An ethics committee's decision (R6, R43): a waiver needs its reason."""

    kind: ClassVar[str] = "ethics"
    decision: Literal["approved", "waived", "exempt"]
    reference: str = Field(min_length=1)
    reason: str = ""

    @model_validator(mode="after")
    def _waiver_says_why(self) -> "Ethics":
        if self.decision != "approved" and not self.reason.strip():
            message = "a waiver or exemption needs its reason (R43)"
            raise ValueError(message)
        return self

    def facts(self) -> frozenset[str]:
        """Return that ethics was decided."""
        return frozenset({"ethics"})


class Project(Details):
    """A research project (R51): capture needs protocol, information sheet and form."""

    kind: ClassVar[str] = "project"
    protocol: str = ""
    information_sheet_version: str = ""
    consent_form_version: str = ""
    organisations: tuple[str, ...] = ()

    def facts(self) -> frozenset[str]:
        """Return whether it may capture, and whether several organisations take part."""
        papers = self.protocol.strip() and self.information_sheet_version.strip() and self.consent_form_version.strip()
        several = {"several-organisations"} if len(self.organisations) > 1 else set()
        return frozenset(several | ({"protocol"} if papers else set()))


class Undertaking(Details):
    """A recipient's written promise not to sell and not to re-identify (R7, R62)."""

    kind: ClassVar[str] = "undertaking"
    signed_by: str = Field(min_length=1)
    signed_on: date
    not_sold: bool
    not_reidentified: bool

    def facts(self) -> frozenset[str]:
        """Return whether it promises both."""
        return frozenset({"undertaking"} if self.not_sold and self.not_reidentified else ())


class Approval(Details):
    """A written approval: the Board's minute (R63), a Head of School's letter (R61), the Caldicott Guardian's."""

    kind: ClassVar[str] = "approval"
    by: Literal["board", "head-of-school", "training-programme-director", "caldicott-guardian"]
    reference: str = Field(min_length=1)
    benefit: str = ""

    def facts(self) -> frozenset[str]:
        """Return whose approval it is."""
        named = {"board": "board-approval", "caldicott-guardian": "caldicott-approval"}
        return frozenset({named.get(self.by, "school-approval")})


class Publication(Details):
    """One named publication."""

    kind: ClassVar[str] = "publication"
    publisher: str = ""


class ConsentTexts(Details):
    """What patients were told before their images go to a company (R53)."""

    kind: ClassVar[str] = "consent_texts"
    data: str = ""
    confidentiality: str = ""

    def facts(self) -> frozenset[str]:
        """Return whether both texts are there."""
        return frozenset({"consent-texts"} if self.data.strip() and self.confidentiality.strip() else ())


KINDS: dict[str, type[Details]] = {
    one.kind: one for one in (Ethics, Project, Undertaking, Approval, Publication, ConsentTexts)
}
"""Kinds of entry, named as the keys of `context` are."""


@dataclass(frozen=True)
class Entry:
    """An entry of the register."""

    key: str
    title: str
    details: Details
    valid_from: date | None = None
    valid_to: date | None = None
    closed: bool = False

    def is_current(self, day: date) -> bool:
        """Whether it counts on that day."""
        begun = self.valid_from is None or day >= self.valid_from
        return not self.closed and begun and (self.valid_to is None or day <= self.valid_to)


def get(session: Session, kind: str, key: str) -> Entry | None:
    """Return the entry of that kind and key."""
    row = session.get(ApprovalRow, key)
    return _entry(row) if row and row.kind == kind else None


def every(session: Session, kind: str | None = None) -> list[Entry]:
    """Return all entries, or those of one kind, by title."""
    query = select(ApprovalRow).order_by(ApprovalRow.title)
    return [_entry(row) for row in session.scalars(query if kind is None else query.where(ApprovalRow.kind == kind))]


def save(session: Session, entry: Entry, by: str) -> Entry:
    """Enter or correct an entry.

    Raises
    ------
    ValueError
        When the key is taken by an entry of another kind.
    """
    row = session.get(ApprovalRow, entry.key) or ApprovalRow(key=entry.key, kind=entry.details.kind)
    if row.kind != entry.details.kind:
        message = f"The key is taken by an entry of kind {row.kind}; choose another."
        raise ValueError(message)
    row.title, row.details, row.closed = entry.title, entry.details.model_dump_json(), entry.closed
    row.valid_from = entry.valid_from.isoformat() if entry.valid_from else None
    row.valid_to = entry.valid_to.isoformat() if entry.valid_to else None
    row.updated_at, row.updated_by = to_text(utc_now()), by
    session.add(row)
    session.flush()
    return entry


def _entry(row: ApprovalRow) -> Entry:
    return Entry(
        key=row.key,
        title=row.title,
        details=KINDS[row.kind].model_validate_json(row.details),
        valid_from=day(row.valid_from),
        valid_to=day(row.valid_to),
        closed=row.closed,
    )


def day(text: str | None) -> date | None:
    """Return an ISO date, None for none.

    Raises
    ------
    ValueError
        For any other text.
    """
    return date.fromisoformat(text) if text else None


def read_details(kind: str, text: str) -> Details:
    """Return details written as JSON.

    Raises
    ------
    ValueError
        For an unknown kind, or a field that does not fit (`pydantic.ValidationError` is a ValueError).
    """
    if kind not in KINDS:
        message = "The kinds of entry are: " + ", ".join(KINDS)
        raise ValueError(message)
    return KINDS[kind].model_validate_json(json.dumps(json.loads(text)))
