"""The portal's answer to "which of these jobs may no longer leave?", checked before anybody believes it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orthanc_plugin.engine.errors import Reason
from orthanc_plugin.engine.neighbours.decision import ReasonPart


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CalledBackJob(_Part):
    """One job that may no longer leave, and why."""

    job: str
    reasons: Annotated[list[ReasonPart], Field(min_length=1)]

    def why(self) -> list[Reason]:
        """Return the reasons as the engine keeps them."""
        return [Reason(part.rule, part.text, part.source) for part in self.reasons]


class CalledBack(_Part):
    """The answer as `docs/contract/called-back.schema.json` describes it.

    Parameters
    ----------
    head
        Number of the ledger's last event when it was answered.
    """

    contract: Literal[1]
    head: Annotated[int, Field(ge=0)]
    called_back: list[CalledBackJob]


def read(answer: Any, asked: list[str]) -> CalledBack | None:
    """Return the answer, or None when it is not whole or speaks of a job that was not asked about."""
    try:
        found = CalledBack.model_validate(answer)
    except ValidationError:
        return None
    return found if {part.job for part in found.called_back} <= set(asked) else None
