"""The recipients' register: where images may go, and under what governance (R13, R55, R57)."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, to_text, utc_now
from consent_portal.registers.rows import RecipientRow

SELF = "self"
AUDIT_VALID = timedelta(days=365)


def countries() -> dict[str, str]:
    """Return the names of the countries by their code (ISO 3166-1 alpha-2), in the order of the names (R99)."""
    names = {str(code): str(name) for code, name in Locale("en", "GB").territories.items()}
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES]
    return {code: names[code] for code in sorted(codes, key=names.__getitem__)}


def _known_country(code: str) -> str:
    if code and code not in countries():
        message = "give the two letters of ISO 3166, such as GB, IE or US; leave it out where it is not known"
        raise ValueError(message)
    return code


_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
"""Codes that CLDR names and ISO 3166 gives to no country."""
Country = Annotated[str, AfterValidator(_known_country)]
"""A code of ISO 3166-1, empty where nobody has recorded it."""


class RecipientKind(StrEnum):
    """What sort of place it is."""

    INSIDE = "inside"
    NHS = "nhs"
    UNIVERSITY = "university"
    UK_SCHOOL = "uk-school"
    RCR_ARCHIVE = "rcr-archive"
    COMPANY = "company"
    PUBLISHER = "publisher"
    OTHER = "other"


@dataclass(frozen=True)
class Recipient:
    """A place that may receive images. Dates are days in the United Kingdom."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    key: str
    name: str
    kind: RecipientKind
    address: str = ""
    contract_reference: str = ""
    contract_start: date | None = None
    contract_end: date | None = None
    steward: str = ""
    named_people: tuple[str, ...] = ()
    evidence: str = ""
    secure_environment: bool = False
    audited_on: date | None = None
    data_flow: str = ""
    anonymisation_process: str = ""
    archiving: str = ""
    responsible_professional: str = ""
    keep_until_days: int | None = None
    conditions_of_use: str = ""
    country: Country = ""
    closed: bool = False

    def contract_faults(self, day: date) -> list[str]:
        """Return what keeps limited-access data from going there on that day (R13): empty when nothing does."""
        needed = {
            "contract reference": self.contract_reference,
            "data steward": self.steward,
            "named people": self.named_people,
            "evidence that the risk is mitigated": self.evidence,
            "contract start": self.contract_start,
            "contract end": self.contract_end,
        }
        faults = [f"no {name}" for name, value in needed.items() if not value]
        if self.contract_start and day < self.contract_start:
            faults.append("the contract has not begun")
        if self.contract_end and day > self.contract_end:
            faults.append("the contract has ended")
        return faults

    def environment_faults(self, day: date) -> list[str]:
        """Return what keeps it from being a secure environment on that day (R55); every field is mandatory."""
        needed = {
            "secure environment": self.secure_environment,
            "audit": self.audited_on,
            "data flow": self.data_flow,
            "anonymisation process": self.anonymisation_process,
            "archiving": self.archiving,
            "responsible professional": self.responsible_professional,
            "time limit for keeping": self.keep_until_days,
            "conditions of use": self.conditions_of_use,
        }
        faults = self.contract_faults(day) + [f"no {name}" for name, value in needed.items() if not value]
        if self.audited_on and day > self.audited_on + AUDIT_VALID:
            faults.append("the audit is out of date")
        return faults

    def is_current(self, day: date) -> bool:
        """Whether anything may go there: not closed, and no contract that has not begun or has ended."""
        begun = self.contract_start is None or day >= self.contract_start
        return not self.closed and begun and (self.contract_end is None or day <= self.contract_end)


def get(session: Session, key: str) -> Recipient | None:
    """Return a recipient, also a closed one."""
    row = session.get(RecipientRow, key)
    return _recipient(row) if row else None


def every(session: Session) -> list[Recipient]:
    """Return the whole register by name."""
    return [_recipient(row) for row in session.scalars(select(RecipientRow).order_by(RecipientRow.name))]


def version(session: Session, key: str) -> str:
    """Return which state an entry is in: another one after each change, empty where there is no entry."""
    row = session.get(RecipientRow, key)
    return row.updated_at if row else ""


def save(session: Session, recipient: Recipient, by: str) -> Recipient:
    """Enter a recipient or bring the entry up to date.

    Raises
    ------
    ValueError
        For a key that is taken by the requester's own place, or that could not stand in a request.
    """
    if recipient.key == SELF or not recipient.key.replace("-", "").isalnum() or not recipient.name.strip():
        message = "A recipient needs a name and a key of letters, digits and hyphens, other than 'self'."
        raise ValueError(message)
    row = session.get(RecipientRow, recipient.key) or RecipientRow(key=recipient.key)
    for name, value in asdict(recipient).items():
        setattr(row, name, _stored(value))
    row.updated_at, row.updated_by = to_text(utc_now()), by
    session.add(row)
    session.flush()
    return recipient


def facts(recipient: Recipient | None, day: date | None = None) -> frozenset[str]:
    """Return what the policy may know of a recipient; None is the requester's own place."""
    if recipient is None:
        return frozenset({"inside"})
    on = day or local_day(utc_now())
    holds = {
        "inside": recipient.kind is RecipientKind.INSIDE,
        "secure-environment": not recipient.environment_faults(on),
        "commercial-recipient": recipient.kind is RecipientKind.COMPANY,
        "archive-recipient": recipient.kind in {RecipientKind.UK_SCHOOL, RecipientKind.RCR_ARCHIVE},
        "recipient-not-current": not recipient.is_current(on),
    }
    return frozenset(fact for fact, true in holds.items() if true)


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def _recipient(row: RecipientRow) -> Recipient:
    return Recipient(
        key=row.key,
        name=row.name,
        kind=RecipientKind(row.kind),
        address=row.address,
        contract_reference=row.contract_reference,
        contract_start=_day(row.contract_start),
        contract_end=_day(row.contract_end),
        steward=row.steward,
        named_people=tuple(json.loads(row.named_people)),
        evidence=row.evidence,
        secure_environment=row.secure_environment,
        audited_on=_day(row.audited_on),
        data_flow=row.data_flow,
        anonymisation_process=row.anonymisation_process,
        archiving=row.archiving,
        responsible_professional=row.responsible_professional,
        keep_until_days=row.keep_until_days,
        conditions_of_use=row.conditions_of_use,
        country=row.country,
        closed=row.closed,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
