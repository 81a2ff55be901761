"""What can go wrong in the engine, each named for the situation; no message ever holds an identifier of a patient."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why something was refused, held or left out.

    Parameters
    ----------
    rule
        The rule's number or short name.
    text
        What a person reads, and what to do next.
    source
        Where the rule comes from.
    """

    rule: str
    text: str
    source: str

    def as_json(self) -> dict[str, str]:
        """Return the reason as the contract writes it."""
        return {"rule": self.rule, "text": self.text, "source": self.source}


class EngineError(Exception):
    """Root of everything the engine raises on purpose."""


class SettingsError(EngineError):
    """The engine cannot start with these settings; the message lists every fault."""


class WaitingError(EngineError):
    """Not now: the job goes on by itself later. Steps that raise it are tried again by DBOS."""


PORTAL = "the consent portal"


class AwayError(WaitingError):
    """A part that the job needs does not answer.

    Parameters
    ----------
    part
        What does not answer, in words: `PORTAL`, Orthanc or a modality.
    """

    def __init__(self, part: str) -> None:
        super().__init__(f"waiting for {part}, which does not answer; the job goes on by itself when it is back")
        self.part = part

    def __reduce__(self) -> tuple[type["AwayError"], tuple[str]]:
        """Pickle by the part alone, so that no traceback or cause travels into the database."""
        return (AwayError, (self.part,))


class NoRoomError(AwayError):
    """A part that the job needs answers that it can write nothing, because its disk is full."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.args = (f"waiting for {part}, whose disk is full; the job goes on by itself when there is room",)

    def __reduce__(self) -> tuple[type["NoRoomError"], tuple[str]]:
        """Pickle by the part alone, as its parent."""
        return (NoRoomError, (self.part,))


class UnreadableError(EngineError):
    """Orthanc has an object and cannot read it: its file is damaged or missing."""


class OwedError(WaitingError):
    """A second reviewer has not yet answered (R29)."""


class NotFoundError(EngineError):
    """Orthanc does not know the study, or this person has no such job."""


class RefusedError(EngineError):
    """The portal said ASK or DENY, or its answer could not be trusted (F1).

    Parameters
    ----------
    outcome
        ``ask`` or ``deny``.
    reasons
        Why, and whom to ask.
    ask_url
        Page of the ask task, where there is one.
    job
        The export that waits for the answer, where one does.
    """

    def __init__(
        self, outcome: str, reasons: Sequence[Reason], ask_url: str | None = None, job: str | None = None
    ) -> None:
        super().__init__(outcome, tuple(reasons), ask_url, job)
        self.outcome, self.reasons, self.ask_url, self.job = outcome, tuple(reasons), ask_url, job


class FaultsError(EngineError):
    """The request is not complete or not understood; every fault is named.

    Parameters
    ----------
    faults
        ``(field, message)`` for each.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)


class NoSpaceError(EngineError):
    """The disk of the work or packages folder is full."""

    def __init__(self) -> None:
        super().__init__("the engine's disk is full; free some space in its work folder and ask again")

    def __reduce__(self) -> tuple[type["NoSpaceError"], tuple[()]]:
        """Pickle without the message, which is always the same."""
        return (NoSpaceError, ())


class GoneError(EngineError):
    """The package was handed over, recalled, expired or destroyed.

    Parameters
    ----------
    reasons
        Which of these, in words.
    """

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(tuple(reasons))
        self.reasons = tuple(reasons)


class NotReadyError(EngineError):
    """The package is not ready to be fetched."""
