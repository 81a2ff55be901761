"""Why an object cannot be redacted."""

_NEXT = "a person has to decide; it is not released"


class CannotRedactError(Exception):
    """An object cannot be blackened without guessing; the message says what stood in the way and what comes next.

    It names formats and rules, never a value of the object.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"cannot be redacted: {why}; {_NEXT}")


class OtherWayError(Exception):
    """One way to redact a frame does not serve; another may. Never leaves this room."""
