"""The portal's answer to "which of these jobs have their answer?", checked before anybody believes it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Answered(BaseModel):
    """The answer as `docs/contract/answered.schema.json` describes it.

    Parameters
    ----------
    head
        Number of the ledger's last event when it was answered.
    answered
        The jobs that have to be decided anew.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    contract: Literal[1]
    head: Annotated[int, Field(ge=0)]
    answered: list[str]


def read(answer: Any, asked: list[str]) -> Answered | None:
    """Return the answer, or None when it is not whole or speaks of a job that was not asked about."""
    try:
        found = Answered.model_validate(answer)
    except ValidationError:
        return None
    return found if set(found.answered) <= set(asked) else None
