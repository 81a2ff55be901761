"""What `decide` is told: plain facts, gathered elsewhere, so that the same facts always give the same answer."""

from dataclasses import dataclass, field

from consent_portal.ledger.status import ConsentStatus
from consent_portal.policy.kinds import Kind
from consent_portal.policy.model import Reason


@dataclass(frozen=True)
class AttestedFacts:
    """The requester's answers; None is no answer and counts as the worst one."""

    identifiable: str | None = None
    unusual_finding: str | None = None
    damage_or_distress: str | None = None
    motivated_intruder_checked: bool | None = None


@dataclass(frozen=True)
class RequestFacts:
    """Who wants what, with register keys already looked up.

    Attributes
    ----------
    taking_away : bool
        False only for a look at what the answer would be.
    facts : frozenset of str
        What the registers and the context say, in the words of `when` in table.toml: ``ethics``, ``coded``, ``inside``,
        ``secure-environment``, ``undertaking`` ...
    publication, project : str
        Register keys, empty where none is named.
    publication_title : str
        What the register calls that publication, which is how a consent form names it.
    slides_shared : str
        ``no``, ``print`` or ``internet`` (lectures only).
    """

    purpose: str
    role: str
    taking_away: bool
    attested: AttestedFacts = AttestedFacts()
    facts: frozenset[str] = field(default=frozenset())
    publication: str = ""
    publication_title: str = ""
    project: str = ""
    slides_shared: str = "no"


@dataclass(frozen=True)
class SubjectFacts:
    """One study: what kind it is, whether a face could be rebuilt, and what the ledger says of it.

    Attributes
    ----------
    closed : Reason or None
        Why the record cannot be relied on now: every use but care is denied (F1).
    """

    kind: Kind
    may_show_a_face: bool
    consent: ConsentStatus
    identity_conflict: bool = False
    """Consent is recorded that another person may have given: their details and the study's disagree (hazard H1)."""
    closed: Reason | None = None
