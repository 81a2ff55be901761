"""What an event is about: the ladder patient, episode, study, series, instance (policy.md, "Scope ladder")."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator


class ScopeKind(StrEnum):
    """The rungs, widest first."""

    PATIENT = "patient"
    EPISODE = "episode"
    STUDY = "study"
    SERIES = "series"
    INSTANCE = "instance"

    @property
    def rung(self) -> int:
        """Return 0 for the widest to 4 for the narrowest."""
        return list(ScopeKind).index(self)

    @property
    def is_wide(self) -> bool:
        """Whether it reaches over to other studies."""
        return self in {ScopeKind.PATIENT, ScopeKind.EPISODE}


_NEEDS = {
    ScopeKind.EPISODE: "episode",
    ScopeKind.STUDY: "study_uid",
    ScopeKind.SERIES: "series_uid",
    ScopeKind.INSTANCE: "instance_uid",
}
_PARTS = {ScopeKind.SERIES, ScopeKind.INSTANCE}


@dataclass(frozen=True)
class Item:
    """One thing that somebody wants to use, with every name an event may know it by.

    Attributes
    ----------
    study_uids : frozenset of str
        The Study Instance UID, and earlier ones where the archive changed it.
    episode : str
        The hospital's own number of the episode of care, empty where unknown.
    study_date : date or None
        For events that cover a span of dates. An unknown date counts as covered by a refusal, never by a grant.
    former_patients : frozenset of str
        Keys of patients under whose number the study stood before: their refusals count, their consent does not.
    set_aside : frozenset of str
        Ids of events that may have been said by another person under the same number (hazard H1): treated likewise.
    """

    study_uids: frozenset[str]
    accession: str = ""
    episode: str = ""
    study_date: date | None = None
    series_uid: str = ""
    instance_uid: str = ""
    former_patients: frozenset[str] = frozenset()
    set_aside: frozenset[str] = frozenset()


class Scope(BaseModel):
    """Which of the patient's recordings an event covers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: ScopeKind
    study_uid: str = ""
    accession: str = ""
    series_uid: str = ""
    instance_uid: str = ""
    episode: str = ""
    date_from: date | None = None
    date_to: date | None = None
    photo_job: str = ""
    photo_image: str = ""
    recorded_from: str = ""
    """The study that was open when something wider was recorded: whose details count for who said it (ADR 0139)."""
    details_version: int = 0
    """Which details that study bore then; see `registers.identity.Version`."""

    @model_validator(mode="after")
    def _names_its_rung(self) -> Self:
        field = _NEEDS.get(self.kind, "kind")
        if not getattr(self, field) or (self.kind in _PARTS and not self.study_uid):
            message = f"A scope of kind {self.kind} needs {field} (and the study's UID); or choose a wider scope."
            raise ValueError(message)
        return self

    @classmethod
    def patient(cls) -> Self:
        """Return the scope of everything there is of the patient."""
        return cls(kind=ScopeKind.PATIENT)

    @classmethod
    def study(cls, study_uid: str, accession: str = "") -> Self:
        """Return the scope of one study."""
        return cls(kind=ScopeKind.STUDY, study_uid=study_uid, accession=accession)

    @property
    def is_wide(self) -> bool:
        """Whether it reaches over to other studies."""
        return self.kind.is_wide

    def touches(self, item: Item) -> bool:
        """Whether the event is about this item or a part of it (so a refusal of one series touches its study)."""
        return self._in_dates(item, unknown=True) and self._names(item, unknown=True)

    def covers(self, item: Item) -> bool:
        """Whether the event is about the whole of this item (so a grant for one series does not cover its study)."""
        return self._in_dates(item, unknown=False) and self._names(item, unknown=False)

    def reaches(self, other: "Scope") -> bool:
        """Whether everything in `other` may lie within this scope: the same or a wider rung, naming the same things."""
        if self.kind.rung > other.kind.rung:
            return False
        return self.kind is not other.kind or self._same_name(other)

    def _same_name(self, other: "Scope") -> bool:
        field = _NEEDS.get(self.kind)
        return field is None or getattr(self, field) == getattr(other, field)

    def _in_dates(self, item: Item, *, unknown: bool) -> bool:
        if self.date_from is None and self.date_to is None:
            return True
        if item.study_date is None:
            return unknown
        return (self.date_from or date.min) <= item.study_date <= (self.date_to or date.max)

    def _names(self, item: Item, *, unknown: bool) -> bool:
        match self.kind:
            case ScopeKind.PATIENT:
                return True
            case ScopeKind.EPISODE:
                return self.episode == item.episode if item.episode else unknown
            case ScopeKind.STUDY:
                return self._names_study(item, unknown=unknown)
            case ScopeKind.SERIES:
                return self._names_part(item, self.series_uid, item.series_uid, unknown=unknown)
            case ScopeKind.INSTANCE:
                return self._names_part(item, self.instance_uid, item.instance_uid, unknown=unknown)

    def _names_study(self, item: Item, *, unknown: bool) -> bool:
        # One order may hold several studies: its accession number carries a refusal to all of them, but no grant (H8).
        return self.study_uid in item.study_uids or (
            unknown and bool(self.accession and self.accession == item.accession)
        )

    def _names_part(self, item: Item, mine: str, theirs: str, *, unknown: bool) -> bool:
        if theirs:
            return mine == theirs
        return unknown and self._names_study(item, unknown=unknown)
