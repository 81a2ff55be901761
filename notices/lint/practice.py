"""Whether the notice says what the department does, and the export profile keeps its promises (H14, R86)."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from notices.errors import PolicyError
from notices.lint.finding import Finding, Severity
from notices.settings.site import Practice, Site

SWITCHES = ("teaching", "research", "safety", "planning", "print", "internet", "companies")


@dataclass(frozen=True)
class InForce:
    """What the policy allows and the export profiles keep, as the portal or `aoa plan` tells it.

    Attributes
    ----------
    kept : frozenset of str
        Keywords of the DICOM attributes that the weakest profile in force leaves as they are.
    allowed : dict of str to bool
        What the policy allows at all, by the names of :data:`SWITCHES`; what is not named is not compared.
    address : str
        Where the portal shows the notice to the public; empty when it is not known, and then not compared.
    switches : collection of str
        Relaxations of the policy that are in force, by the policy's own names.
    """

    kept: frozenset[str] = frozenset()
    allowed: dict[str, bool] = field(default_factory=dict)
    address: str = ""
    switches: Collection[str] = ()


_SAID_OTHERWISE = {
    "refusal_does_not_bind_anonymised": "whoever says no is told that their pictures are not used in that way again",
    "consented_images_may_stay_identifiable": "patients are told that the name comes off before a picture helps others",
    "research_secondary_exempt_from_ethics": "patients are told that each study must be approved before it starts",
    "commercial_without_consent": "patients are told that no company gets their pictures unless they say yes",
}
"""What the wording says whichever way the settings are, against the policy's relaxations that make it untrue."""


@cache
def promises() -> dict[str, tuple[str, ...]]:
    """Return the DICOM attributes behind each promise."""
    data = tomllib.loads(files("notices.lint").joinpath("promises.toml").read_text(encoding="utf-8"))
    return {name: tuple(keywords) for name, keywords in data.items()}


def practice(site: Site, in_force: InForce) -> Iterator[Finding]:
    """Yield every promise that is not kept and every statement that the department does not live."""
    yield from _promises(site.practice, in_force)
    yield from _policy(site.practice, in_force)
    yield from _relaxed(site.practice, in_force)
    yield from _recipients(site)


def _promises(one: Practice, in_force: InForce) -> Iterator[Finding]:
    always = ("name",) if one.removed_matters or one.print or one.internet else ()  # the wording itself says so
    for name in dict.fromkeys((*always, *one.removed)):
        left = [keyword for keyword in promises()[name] if keyword in in_force.kept]
        if left:
            way_out = "ask" if name in always else "take the promise out, or ask"
            message = (
                f"the notice promises to take off {name!r}, and the export profile keeps {', '.join(left)}: "
                f"{way_out} for a stricter profile."
            )
            yield Finding("promise-not-kept", Severity.ERROR, "practice.removed", message)


def _policy(one: Practice, in_force: InForce) -> Iterator[Finding]:
    for name, allowed in in_force.allowed.items():
        if name not in SWITCHES:
            raise PolicyError(f"There is no practice {name!r} to compare: use {', '.join(SWITCHES)}.")
        said = bool(getattr(one, name))
        if said and not allowed:
            message = "the notice says so, and the policy in force does not allow it: switch it off here."
            yield Finding("practice-differs", Severity.ERROR, f"practice.{name}", message)
        if allowed and not said:
            message = "the policy in force allows it, and the notice does not tell patients: switch it on here."
            yield Finding("practice-differs", Severity.ERROR, f"practice.{name}", message)


def _relaxed(one: Practice, in_force: InForce) -> Iterator[Finding]:
    """Yield every relaxation of the policy that makes a statement of the wording untrue."""
    silent = {"research_secondary_exempt_from_ethics": not one.research}
    for switch, said in _SAID_OTHERWISE.items():
        if switch in in_force.switches and not silent.get(switch, False):
            message = (
                f"{said}, and the policy's {switch!r} lets it happen: switch that off, or tell patients otherwise."
            )
            yield Finding("statement-not-kept", Severity.ERROR, "policy", message)


_NEEDS = (
    ("research", "research_teams", "research is on, and 'research_teams' is not among the recipients: add it."),
    ("internet", "publishers", "pictures are shown online, and 'publishers' is not among the recipients: add it."),
    ("print", "publishers", "pictures are printed, and 'publishers' is not among the recipients: add it."),
    ("companies", "companies", "companies is on, and 'companies' is not among the recipients: add it."),
)
_NEEDED_BY = {"research_teams": ("research",), "publishers": ("print", "internet"), "companies": ("companies",)}


def _recipients(site: Site) -> Iterator[Finding]:
    one, named = site.practice, site.privacy.recipients
    missing = {
        recipient: message for switch, recipient, message in _NEEDS if getattr(one, switch) and recipient not in named
    }
    for message in missing.values():
        yield Finding("recipient-missing", Severity.ERROR, "privacy.recipients", message)
    for recipient, switches in _NEEDED_BY.items():
        if recipient in named and not any(getattr(one, switch) for switch in switches):
            message = f"{recipient!r} is among the recipients, and {' and '.join(switches)} is off: take it out."
            yield Finding("recipient-unexplained", Severity.ERROR, "privacy.recipients", message)
