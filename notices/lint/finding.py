"""One thing that the lint found."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is.

    An *error* bars publishing unless the Caldicott Guardian overrides it with a reason; a *warning* is for the editor.
    """

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that the lint found.

    Attributes
    ----------
    code : str
        Name of the rule, such as ``promise-not-kept``.
    where : str
        Setting, block or output that it is about.
    message : str
        What is wrong, and what to do next.
    language : str
        Code of the language it was found in.
    """

    code: str
    severity: Severity
    where: str
    message: str
    language: str = "en"

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message} [{self.code}]"

    def as_dict(self) -> dict[str, str]:
        """Return the finding as JSON data."""
        return {**asdict(self), "severity": str(self.severity)}
