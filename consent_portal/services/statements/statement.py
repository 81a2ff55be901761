"""What every statement has in common."""

from abc import abstractmethod
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from consent_portal.contract import Shape
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.ledger.payload import Received
from consent_portal.ledger.rules.refusal import Refusal, RuleFault
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.registers.studies import Study
from consent_portal.services.acts import Act, Actor, Subject

Day = date
"""A calendar day, for models with a field of the name `date`."""
Name = Annotated[str, Field(max_length=120)]
Line = Annotated[str, Field(max_length=300)]
Words = Annotated[str, Field(max_length=1000)]
Identifier = Annotated[str, Field(max_length=64)]
Levels = tuple[Level, ...]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class Statement(Shape):
    """What somebody said or found: nothing extra, texts trimmed, never changed."""

    model_config = ConfigDict(str_strip_whitespace=True)
    by_number: ClassVar[bool] = False
    """Whether it can be about a patient's number instead of a study."""

    def subject(self, study: Study) -> Subject:
        """Return what it is about, recorded from `study`."""
        return Subject.of_study(study)

    def reaching(self, subject: Subject) -> Subject:
        """Return the subject as far as this statement reaches."""
        return self.subject(subject.study).having_seen(subject.expected_head)

    @abstractmethod
    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it; needs a writing session.

        Raises
        ------
        Refusal
        """


_NEEDS = {ScopeKind.SERIES: "series", ScopeKind.INSTANCE: "image", ScopeKind.EPISODE: "episode"}
ScopeWord = Literal["study", "series", "image", "episode", "patient"]
_KINDS = {"image": ScopeKind.INSTANCE}


class Heard(Statement):
    """An answer that somebody took."""

    received: Received = Field("not recorded", description="How the answer came.")
    taken_by: Name = Field("", description="Who took the answer; needed for a yes by telephone.")


class Scoped(Heard):
    """An answer that says how far it reaches."""

    scope: ScopeWord = Field("study", description="How much of the patient's recordings this is about.")
    series: Identifier = Field("", description="The Series Instance UID, for one series.")
    image: Identifier = Field("", description="The SOP Instance UID, for one image.")
    episode: Identifier = Field("", description="The hospital's own number of the episode of care, for one episode.")

    def subject(self, study: Study) -> Subject:
        """Return the study, a part of it, or what is wider.

        Raises
        ------
        Refusal
            When the scope names nothing.
        """
        kind = _KINDS.get(self.scope) or ScopeKind(self.scope)
        needed = _NEEDS.get(kind, "scope")
        if not getattr(self, needed):
            told = "Name the %(what)s that this is about, or choose what else it is about."
            raise Refusal(faults=[RuleFault(told, needed, {"what": needed}, is_input=True)])
        return Subject(study, self._scope(study, kind))

    def _scope(self, study: Study, kind: ScopeKind) -> Scope:
        if kind is ScopeKind.PATIENT or not study.study_uid:
            return Scope.patient()
        if kind is ScopeKind.EPISODE:
            return Scope(kind=kind, episode=self.episode)
        named = Scope.study(study.study_uid, study.facts.accession)
        part = {"kind": kind, "series_uid": self.series, "instance_uid": self.image}
        return named if kind is ScopeKind.STUDY else Scope.model_validate({**named.model_dump(), **part})


EVERY_OTHER_USE = SECONDARY
"""Every use beyond the patient's own care: what a no is about that names no level (portal.md X4)."""
