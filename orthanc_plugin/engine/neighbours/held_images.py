"""The portal's answers about images that a person has to look at, checked before anybody believes them."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

MOST = 200
"""Images or studies in one question."""


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        msg = "a moment needs its time zone"
        raise ValueError(msg)
    return text


Key = Annotated[str, Field(min_length=1, max_length=128)]
Basis = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Moment = Annotated[str, AfterValidator(_moment)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DecidedArea(_Part):
    """A rectangle of stored pixels that has to go; right and bottom are the first that stay."""

    left: Annotated[int, Field(ge=0)]
    top: Annotated[int, Field(ge=0)]
    right: Annotated[int, Field(ge=1)]
    bottom: Annotated[int, Field(ge=1)]
    frame: Annotated[int, Field(ge=0)] | None


class ImageDecision(_Part):
    """What a person decided about one image.

    Parameters
    ----------
    image, basis
        Which image, and what it was when it was looked at: with another basis the decision does not count.
    rule, why
        What it was held for, of which the basis was made.
    areas
        What has to go from its pixels.
    no_face
        No face can be made out in it.
    recognisable
        Whoever knows the patient recognises the finding (R28).
    reason
        In the person's own words; it never leaves.
    role, at
        Who decided, by role, and when.
    """

    image: Key
    basis: Basis
    rule: str
    why: str
    outcome: Literal["release", "withhold"]
    areas: list[DecidedArea]
    no_face: bool
    recognisable: bool
    reason: str = Field(repr=False)
    role: Annotated[str, Field(min_length=1)]
    at: _Moment


class ImageDecisions(_Part):
    """What stands now for some studies: what was decided, and what waits for somebody to look."""

    contract: Literal[1]
    decisions: list[ImageDecision]
    waiting: list[Key]


class ImagesTold(_Part):
    """Which of the images that the portal was told of nobody has decided on this basis."""

    contract: Literal[1]
    waiting: list[Key]


Answer = TypeVar("Answer", bound=_Part)


def read(kind: type[Answer], answer: Any) -> Answer | None:
    """Return the answer, or None when it is not whole."""
    try:
        return kind.model_validate(answer)
    except ValidationError:
        return None
