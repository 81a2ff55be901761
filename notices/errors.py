"""What can go wrong with a notice, each said so that the reader knows what to do next."""


class NoticeError(Exception):
    """A notice could not be made. The message names the thing, the rule and the next step."""


class SiteError(NoticeError):
    """The site's settings have faults; all of them are named at once.

    Attributes
    ----------
    faults : tuple of Fault
        Every fault, in the order of the settings.
    """

    def __init__(self, faults: "tuple[Fault, ...]") -> None:
        self.faults = faults
        super().__init__("The notice's settings need a change:\n" + "\n".join(f"  {fault}" for fault in faults))


class Fault:
    """One fault of the settings.

    Parameters
    ----------
    field : str
        Dotted name of the setting, such as ``department.phone``.
    message : str
        What is wrong and what to write instead.
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def __repr__(self) -> str:
        return f"Fault({self.field!r}, {self.message!r})"

    def as_dict(self) -> dict[str, str]:
        """Return the fault as JSON data."""
        return {"field": self.field, "message": self.message}


class LogoError(NoticeError):
    """The logo is not a picture that may be printed."""


class UnknownLanguageError(NoticeError):
    """There is no wording in that language."""


class UnknownOutputError(NoticeError):
    """That output is not made on that paper or in that format."""


class DoesNotFitError(NoticeError):
    """The wording does not fit on the page at a size that people can read."""


class FontError(NoticeError):
    """A font that the language needs is not installed."""


class LettersError(NoticeError):
    """The list of letters cannot be read."""


class TransitionError(NoticeError):
    """A version cannot take that step now."""


class PlanError(NoticeError):
    """That is not what `aoa plan` prints."""


class PolicyError(NoticeError):
    """The policy that the notice is compared with names a practice that there is not."""
