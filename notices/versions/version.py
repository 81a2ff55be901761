"""One version of the notices, from draft to retirement. A version never changes: each step makes a new record of it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from notices.edition import Edition, fingerprint
from notices.errors import TransitionError
from notices.lint import Finding, InForce, Severity, check
from notices.settings.site import Site
from notices.versions.fixed import fixed, loose

GUARDIAN = "caldicott-guardian"


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"


_NEXT = {
    State.DRAFT: (State.CHECKED,),
    State.CHECKED: (State.CHECKED, State.APPROVED),
    State.APPROVED: (State.PUBLISHED, State.RETIRED),
    State.PUBLISHED: (State.RETIRED,),
    State.RETIRED: (),
}


@dataclass(frozen=True)
class Person:
    """Who takes a step, and in which role."""

    user: str
    role: str


@dataclass(frozen=True)
class Step:
    """One step of a version's life.

    Attributes
    ----------
    reason : str
        Why findings were set aside; empty otherwise.
    """

    state: State
    at: str
    user: str
    role: str
    reason: str = ""


@dataclass(frozen=True)
class Version:
    """Settings and languages that were approved together.

    Attributes
    ----------
    number : int
        Counts up from 1 for each department.
    settings : dict
        The site's settings as JSON data.
    fingerprint : str
        SHA-256 of settings and wording; a version whose wording changed since is another version.
    findings : tuple of Finding
        What the check found.
    """

    number: int
    settings: dict[str, Any]
    languages: tuple[str, ...]
    fingerprint: str
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        """Keep the settings from being changed by whoever handed them in or reads them."""
        object.__setattr__(self, "settings", fixed(self.settings))

    @property
    def state(self) -> State:
        """Where the version stands now."""
        return self.steps[-1].state

    @property
    def site(self) -> Site:
        """The settings, ready to print."""
        return Site.parse(loose(self.settings))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that bar approval without an override."""
        return tuple(one for one in self.findings if one.severity == Severity.ERROR)

    @property
    def label(self) -> str:
        """The version as a consent record names the leaflet that was given (R41)."""
        return f"{self.number} ({self.fingerprint[:8]})"

    def edition(self) -> Edition:
        """Return what is printed on the page: a draft until the Guardian has approved it."""
        approved = next((step for step in self.steps if step.state == State.APPROVED), None)
        if approved is None:
            return Edition(code=self.fingerprint[:8])
        return Edition(self.fingerprint[:8], self.number, datetime.fromisoformat(approved.at).date())

    def as_dict(self) -> dict[str, Any]:
        """Return the version as JSON data that :meth:`from_dict` reads again."""
        steps = [{**asdict(step), "state": step.state.value} for step in self.steps]
        return {
            "number": self.number,
            "settings": loose(self.settings),
            "languages": [*self.languages],
            "fingerprint": self.fingerprint,
            "steps": steps,
            "findings": [one.as_dict() for one in self.findings],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Version":
        """Return the version that JSON data describes."""
        steps = tuple(Step(**{**step, "state": State(step["state"])}) for step in data["steps"])
        findings = tuple(Finding(**{**one, "severity": Severity(one["severity"])}) for one in data["findings"])
        return cls(**{**data, "languages": tuple(data["languages"]), "steps": steps, "findings": findings})


Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def draft(number: int, site: Site, languages: Sequence[str], by: Person, clock: Clock = now) -> Version:
    """Return a new version that nobody has checked.

    Raises
    ------
    TransitionError
        When no language is named.
    """
    if not languages:
        raise TransitionError("A version needs at least one language: choose those that it is printed in.")
    codes = tuple(languages)
    step = Step(State.DRAFT, clock().isoformat(), by.user, by.role)
    return Version(number, site.data(), codes, fingerprint(site, codes), (step,))


def checked(version: Version, by: Person, in_force: InForce | None = None, clock: Clock = now) -> Version:
    """Return the version with what the lint finds in every language, promises and fit among it."""
    _check_step(version, State.CHECKED)  # before the minute that a check takes
    site = version.site
    findings = [one for code in version.languages for one in check(site, code, in_force=in_force, fit=True)]
    unique = tuple(dict.fromkeys(findings))
    return replace(_moved(version, State.CHECKED, by, clock), findings=unique)


def approved(version: Version, by: Person, *, reason: str = "", clock: Clock = now) -> Version:
    """Return the version as the Caldicott Guardian approved it.

    Parameters
    ----------
    reason : str
        Why findings are set aside; needed where the check found an error (R85).

    Raises
    ------
    TransitionError
        When somebody else approves, the version is not checked, its wording changed since, or a reason is missing.
    """
    if by.role != GUARDIAN:
        raise TransitionError("Only the Caldicott Guardian approves a notice: ask the Guardian.")
    _check_step(version, State.APPROVED)
    if version.errors and not reason.strip():
        raise TransitionError(
            f"The check found {len(version.errors)} errors: put them right, or write the reason for publishing anyway."
        )
    _check_wording(version)
    return _moved(version, State.APPROVED, by, clock, reason.strip())


def published(version: Version, by: Person, clock: Clock = now) -> Version:
    """Return the version as it is shown to patients from now on.

    Raises
    ------
    TransitionError
        When it is not approved, or would no longer say what was approved.
    """
    moved = _moved(version, State.PUBLISHED, by, clock)
    _check_wording(version)
    return moved


def retired(version: Version, by: Person, clock: Clock = now) -> Version:
    """Return the version as it is no longer shown."""
    return _moved(version, State.RETIRED, by, clock)


def _check_wording(version: Version) -> None:
    if version.fingerprint != fingerprint(version.site, version.languages):
        raise TransitionError("The wording has changed since this version was drafted: draft and check a new one.")


def _moved(version: Version, state: State, by: Person, clock: Clock, reason: str = "") -> Version:
    _check_step(version, state)
    return replace(version, steps=(*version.steps, Step(state, clock().isoformat(), by.user, by.role, reason)))


def _check_step(version: Version, state: State) -> None:
    if state not in _NEXT[version.state]:
        after = ", ".join(_NEXT[version.state]) or "nothing"
        raise TransitionError(f"Version {version.number} is {version.state}; after that comes {after}, not {state}.")
