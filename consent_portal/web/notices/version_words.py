"""A version of the notices as pages show it."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consent_portal.web.frame.access import ROLE_NAMES, Role
from consent_portal.web.frame.templating import moment
from consent_portal.web.notices.settings_fields import label_of
from consent_portal.web.notices.site import spoken
from notices import languages
from notices.lint import Finding, Severity
from notices.versions import State, Step, Version

NOT_REVIEWED = "translation-not-reviewed"
STATES = {
    State.DRAFT: _l("Draft"),
    State.CHECKED: _l("Checked"),
    State.APPROVED: _l("Approved"),
    State.PUBLISHED: _l("Published"),
    State.RETIRED: _l("Retired"),
}
TONES = {State.PUBLISHED: "permit", State.APPROVED: "permit", State.RETIRED: "deny"}
STEPS = {
    State.DRAFT: _l("Drafted"),
    State.CHECKED: _l("Checked"),
    State.APPROVED: _l("Approved"),
    State.PUBLISHED: _l("Published"),
    State.RETIRED: _l("Retired"),
}


@dataclass(frozen=True)
class StepView:
    """One step: what, when, by whom, and why in spite of findings."""

    what: Any
    when: str
    by: str
    reason: str


@dataclass(frozen=True)
class VersionView:
    """A version, with what was found in it."""

    number: int
    code: str
    state: str
    state_words: Any
    tone: str
    languages: str
    first_language: str
    since: str
    department: str
    steps: tuple[StepView, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


def in_one_line(version: Version) -> VersionView:
    """Return a version for the list."""
    return VersionView(
        number=version.number,
        code=version.fingerprint[:8],
        state=str(version.state),
        state_words=STATES[version.state],
        tone=TONES.get(version.state, "ask"),
        languages=", ".join(spoken().get(code, code) for code in version.languages),
        first_language=version.languages[0],
        since=moment(version.steps[-1].at),
        department=version.site.department.name.text("en"),
    )


def version_view(version: Version) -> VersionView:
    """Return a version for its own page."""
    line = in_one_line(version)
    return VersionView(
        **{
            **vars(line),
            "steps": tuple(_step(step) for step in reversed(version.steps)),
            "errors": _findings(version, Severity.ERROR),
            "warnings": _findings(version, Severity.WARNING),
        }
    )


def _step(step: Step) -> StepView:
    role = ROLE_NAMES[Role(step.role)] if step.role in set(Role) else step.role
    return StepView(STEPS[step.state], moment(step.at), f"{step.user} ({role})", step.reason)


def _findings(version: Version, severity: Severity) -> tuple[tuple[str, str], ...]:
    return tuple((_place(one), _sentence(one)) for one in version.findings if one.severity is severity)


def _place(finding: Finding) -> str:
    known, words = languages().get(finding.language), label_of(finding.where)
    if finding.where.startswith("wording "):
        words = str(_("Wording"))
    return f"{words}, {known.english}" if known and finding.language != "en" else words


def _sentence(finding: Finding) -> str:
    if finding.code == NOT_REVIEWED:
        return str(_("It awaits a named reviewer, and its pages say so. Enter who has read it under Reviewers."))
    words = finding.message if finding.message.endswith(".") else f"{finding.message}."
    return words[:1].upper() + words[1:]
