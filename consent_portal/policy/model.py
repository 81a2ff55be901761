"""The policy's types: the outcome, its reasons, and the table as it is read from the data files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from consent_portal.ledger.levels import SECONDARY
from consent_portal.policy.kinds import KindRules


class Outcome(StrEnum):
    """Anonymise or ask (S3 L135): the strictest wins, in the order deny, ask, permit."""

    PERMIT = "permit"
    ASK = "ask"
    DENY = "deny"

    @property
    def strictness(self) -> int:
        """Return 0 for permit, 1 for ask, 2 for deny."""
        return list(Outcome).index(self)

    @property
    def label(self) -> str:
        """Return the words in which people read it, on every page."""
        return {Outcome.PERMIT: "Permitted", Outcome.ASK: "Ask first", Outcome.DENY: "Not permitted"}[self]

    @property
    def mark(self) -> str:
        """Return `yes`, `no` or `open`: the sign beside the words."""
        return {Outcome.PERMIT: "yes", Outcome.ASK: "open", Outcome.DENY: "no"}[self]


class Situation(StrEnum):
    """How a subject stands to consent: the columns of the decision table."""

    PARA10_NO_RECORD = "para10_no_record"
    REFUSED = "refused"
    PHOTO_NO_RECORD = "photo_no_record"
    RECOGNISABLE_NO_RECORD = "recognisable_no_record"
    ACTIVE = "active"
    PARA10_NOT_CHOSEN = "para10_not_chosen"
    PHOTO_NOT_CHOSEN = "photo_not_chosen"


@dataclass(frozen=True)
class Reason:
    """Why: the rule's number, its text, and the sentence of the source it rests on."""

    rule: str
    text: str
    source: str


@dataclass(frozen=True)
class Question:
    """Whom to ask for what."""

    whom: str
    what: str


@dataclass(frozen=True)
class Attestation:
    """A question to the requester, with the words of its answers by their key (R3, R8, R17, R28)."""

    ask: str
    help: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Profile:
    """How far images are de-identified, in words: in short, and at length."""

    short: str
    long: str


@dataclass(frozen=True)
class Cell:
    """One cell of the table: the outcome, and for a permit the profile and what is owed."""

    outcome: Outcome
    profile: str | None = None
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of the table; it counts where its purpose is asked for and all of `when` holds.

    A circumstance of the patient is a row without purposes: it is looked at as well, and can only make things stricter.
    """

    number: int
    title: str
    text: str
    source: str
    purposes: tuple[str, ...]
    when: frozenset[str]
    cells: Mapping[Situation, Cell]
    whom: str = ""

    @property
    def reason(self) -> Reason:
        """Return the row as a reason."""
        return Reason(f"row {self.number}", self.text, self.source)


@dataclass(frozen=True)
class Purpose:
    """What somebody may want images for.

    Attributes
    ----------
    consent : str
        What permits it: `teaching`, `print`, `internet` (a level), `research`, `project`, `commercial` (an agreement by
        name) or `none` (care).
    level : str or None
        Strength of de-identification at profiles D3 and D4.
    attestations : tuple of str
        Questions that must be answered.
    context : frozenset of str
        Register keys and plain answers that a request may carry.
    obligations : tuple of str
        For machines: `second-review`, `exclude-dose-and-documents`.
    terms : tuple of str
        For people, in sentences.
    audience : str
        `care`, `inside`, `outside` or `public`.
    in_place : bool
        Looked at where it is and never taken away (R34).
    on_form : bool
        Whether the export form offers it.
    """

    key: str
    label: str
    consent: str
    level: str | None
    attestations: tuple[str, ...]
    context: frozenset[str]
    obligations: tuple[str, ...]
    terms: tuple[str, ...]
    audience: str
    in_place: bool = False
    on_form: bool = True

    @property
    def is_care(self) -> bool:
        """Whether it serves the patient's own care, where consent never stands in the way."""
        return self.audience == "care"

    @property
    def level_needed(self) -> str:
        """Return `teaching`, `print`, `internet`, `any` (no level by itself) or `none` (care)."""
        if self.consent in {*SECONDARY, "none"}:
            return self.consent
        return "any"


@dataclass(frozen=True)
class Switch:
    """A contradiction between the sources; off is the stricter reading."""

    key: str
    rule: str
    text: str
    source: str


@dataclass(frozen=True)
class SubjectAnswer:
    """The answer for one study, by its position in the request."""

    outcome: Outcome
    profile: str | None
    reasons: tuple[Reason, ...]
    obligations: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The answer to a request: the strictest of its subjects.

    Attributes
    ----------
    level : str or None
        `teaching`, `print` or `internet` at D3 and D4.
    needs_review : bool
        A second person must approve before hand-over.
    """

    outcome: Outcome
    profile: str | None
    level: str | None
    reasons: tuple[Reason, ...]
    obligations: tuple[str, ...]
    questions: tuple[Question, ...]
    subjects: tuple[SubjectAnswer, ...]
    policy_version: str

    @property
    def needs_review(self) -> bool:
        """Whether the obligations hold a second review."""
        return self.outcome is Outcome.PERMIT and "second-review" in self.obligations


@dataclass(frozen=True)
class Policy:
    """The decision table with all its data, immutable, of one version."""

    version: str
    rows: tuple[Row, ...]
    circumstances: tuple[Row, ...]
    purposes: Mapping[str, Purpose]
    roles: Mapping[str, frozenset[str]]
    rules: Mapping[str, Reason]
    switches: Mapping[str, Switch]
    questions: Mapping[str, Attestation]
    """The questions to the requester, by the key of the answer."""
    profiles: Mapping[str, Profile]
    kinds: KindRules
    ask_whom: str
    """Who is asked where a row names nobody else."""
    on: frozenset[str] = field(default=frozenset())
    """Switches that are on *and* signed."""
