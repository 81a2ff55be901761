"""The case of a job: who asked for what, about which studies, and what the portal decided. It is kept sealed.

What is sealed names the version of its form. A case of an older version is converted, one of any other is refused by
name: nothing of it is ever guessed (docs/decisions/0176).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError, with_config

from orthanc_plugin.engine.errors import EngineError
from orthanc_plugin.engine.records import EXACTLY, Planned, Request, Subject

VERSION: Final = 2
"""Raise it when the form changes, and let `_OLDER` convert the one before."""


class UnreadableCaseError(EngineError):
    """The case of a job cannot be read by this version of the engine; the message says what to do next."""


@with_config(EXACTLY)
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


@with_config(EXACTLY)
@dataclass(frozen=True)
class Case:
    """What is sealed about a job: nothing of it is anywhere else.

    Parameters
    ----------
    request, subjects
        What was asked for, and the studies that it is about.
    objects
        What of them is wanted, in the order of the positions, which count from 1.
    verdict
        What was decided; None while the export waits for an answer.
    passphrase
        Encrypts the package; None leaves it open.
    destination
        A modality to send to, instead of making a package.
    label
        The send-out label that stands for the patient in direct care.
    reports
        Whether structured reports are wanted besides the images (R32).
    window
        Which grey levels pictures have, as text; empty takes what each image offers first.
    warnings
        What the sender and the addressee have to be told.
    version
        Of the form in which it is sealed.
    """

    request: Request
    subjects: tuple[Subject, ...]
    objects: tuple[Planned, ...] = field(repr=False)
    verdict: Verdict | None
    passphrase: str | None = field(default=None, repr=False)
    destination: str | None = None
    label: str | None = field(default=None, repr=False)
    reports: bool = False
    window: str = ""
    warnings: tuple[str, ...] = ()
    version: Literal[2] = VERSION

    @property
    def permit(self) -> Verdict:
        """Return what was decided.

        Raises
        ------
        EngineError
            Nothing was decided yet, so nothing may be worked on.
        """
        if self.verdict is None:
            raise EngineError("nothing is decided about this export yet, so nothing of it is worked on")
        return self.verdict

    def numbered(self) -> Iterator[tuple[int, Planned]]:
        """Yield the objects with their positions."""
        return enumerate(self.objects, 1)

    def subject_of(self, position: int) -> Subject:
        """Return of which study an object is."""
        return self.subjects[self.objects[position - 1].study - 1]

    def as_bytes(self) -> bytes:
        """Return it as it is sealed."""
        return json.dumps(asdict(self)).encode()


_CASE = TypeAdapter(Case)
Record = TypeVar("Record")


def read_case(sealed: bytes) -> Case:
    """Return a case as it was sealed, by this version of the engine or an older one.

    Raises
    ------
    UnreadableCaseError
        Its version is unknown, or it does not have the form of its version.
    """
    told = json.loads(sealed)
    version = told.get("version", 1) if isinstance(told, dict) else None
    try:
        if version == VERSION:
            return _CASE.validate_json(sealed)
        return _CASE.validate_json(json.dumps(_OLDER[version](told)))
    except (KeyError, TypeError, ValueError, ValidationError):
        raise UnreadableCaseError(_unreadable(version)) from None


def read_record(kind: type[Record], told: Any) -> Record:
    """Return a record that was sealed beside a case.

    Raises
    ------
    UnreadableCaseError
        It has another form.
    """
    try:
        return TypeAdapter(kind).validate_json(json.dumps(told))
    except ValidationError:
        raise UnreadableCaseError(_unreadable(None)) from None


def _unreadable(version: object) -> str:
    known = ", ".join(map(str, [*_OLDER, VERSION]))
    named = f"a case of version {version}" if isinstance(version, int) else "a case of no version"
    return (
        f"The engine was changed to another version, which cannot read what was kept of this export ({named}; it reads "
        f"versions {known}), so the export was closed and nothing of it was kept. Ask again with a new export."
    )


def _of_version_1(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case that was sealed before cases had a version."""
    names = [each.name for each in fields(Planned)]
    renamed = {
        "subjects": told["facts"],
        "objects": [dict(zip(names, part, strict=True)) for part in told["instances"]],
        "verdict": told["verdict"],
        "version": VERSION,
    }
    return {**{name: value for name, value in told.items() if name not in ("facts", "instances")}, **renamed}


_OLDER: Mapping[object, Callable[[Mapping[str, Any]], dict[str, Any]]] = {1: _of_version_1}
