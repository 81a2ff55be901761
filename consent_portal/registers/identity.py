"""Whether two records are one person's, by what is known besides the number: date of birth, sex and name (hazard H1).

A number is a claim. Pure functions over the details of the studies that stand under one patient; the rule itself is
in ADR 0139: a consent that reaches over to another study needs details that agree, a refusal needs none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations
from typing import NamedTuple

from consent_portal.registers import names

FIRST_TOLD = "first told of "
"""Stands, with the patient's key, in place of a Study Instance UID: the details first registered for the patient."""
_TOLD_APART = frozenset({"F", "M"})


class Detail(StrEnum):
    """What of a person can disagree, in the words that pages use. Never the values: they are another person's."""

    BIRTH_DATE = "date of birth"
    SEX = "sex"
    NAME = "name"
    PERSON = "person, as somebody found"


class Details(NamedTuple):
    """What a record says of the person, apart from the number."""

    birth_date: date | None = None
    sex: str = ""
    name: str = ""

    def __repr__(self) -> str:
        return "Details()"


class Version(NamedTuple):
    """The details of one study at one time: they get the next number when the archive contradicts what it told."""

    study_uid: str
    number: int = 0


class Member(NamedTuple):
    """A record that stands under the patient.

    Attributes
    ----------
    told_by : str
        Study Instance UID of the study that told the details first registered; empty for a study's own.
    """

    version: Version
    details: Details
    told_by: str = ""

    def __repr__(self) -> str:
        return "Member()"


def _are_born_apart(one: Details, other: Details) -> bool:
    return bool(one.birth_date and other.birth_date and one.birth_date != other.birth_date)


def _are_sexes_apart(one: Details, other: Details) -> bool:
    return {one.sex, other.sex} == _TOLD_APART


def _are_named_apart(one: Details, other: Details) -> bool:
    return one.name != other.name and not names.agree(one.name, other.name)


_COMPARED = {Detail.BIRTH_DATE: _are_born_apart, Detail.SEX: _are_sexes_apart, Detail.NAME: _are_named_apart}
"""How each detail is compared, names last, since they take longest."""


def differences(one: Details, other: Details) -> tuple[Detail, ...]:
    """Return in what two records contradict each other; what one of them leaves out contradicts nothing."""
    return tuple(detail for detail, are_apart in _COMPARED.items() if are_apart(one, other))


@lru_cache(maxsize=4096)
def contradict(one: Details, other: Details) -> bool:
    """Whether two records contradict each other in anything."""
    return any(are_apart(one, other) for are_apart in _COMPARED.values())


@lru_cache(maxsize=4096)
def agree(one: Details, other: Details) -> bool:
    """Whether nothing contradicts and a second identifier beside the number agrees: date of birth or name."""
    same_birth_date = one.birth_date is not None and one.birth_date == other.birth_date
    same_name = names.is_known(one.name) and names.is_known(other.name)
    return (same_birth_date or same_name) and not contradict(one, other)


@dataclass(frozen=True, repr=False)
class Person:
    """All records under the numbers of one patient.

    Attributes
    ----------
    patient_keys : frozenset of str
        The keys under which they stand: several where numbers were joined.
    confirmed : tuple of frozenset
        Each pair of records that somebody compared and found to be one person's, the details of one being a slip.
    separated : frozenset of str
        UIDs of the studies that somebody found to be another person's than one of these numbers says.
    """

    patient_keys: frozenset[str]
    members: tuple[Member, ...]
    confirmed: tuple[frozenset[Version], ...] = field(default=())
    separated: frozenset[str] = field(default=frozenset())

    def member(self, study_uid: str) -> Member | None:
        """Return the record of a study."""
        return self._by_study.get(study_uid)

    @cached_property
    def _by_study(self) -> dict[str, Member]:
        return {member.version.study_uid: member for member in reversed(self.members)}  # the first one counts

    def contradict(self, one: Member, other: Member) -> bool:
        """Whether two records contradict each other in anything, and nobody has confirmed them to be one person's."""
        if self._is_confirmed(one.version, other.version):
            return False
        return self._are_apart(one, other) or contradict(one.details, other.details)

    @cached_property
    def is_in_doubt(self) -> bool:
        """Whether any two records contradict each other."""
        return any(self.contradict(one, other) for one, other in combinations(self._distinct, 2))

    @property
    def doubt(self) -> tuple[Detail, ...]:
        """Return in what any two records contradict each other; empty when this may be one person."""
        return self._found(combinations(self._distinct, 2))

    def doubt_about(self, study_uid: str) -> tuple[Detail, ...]:
        """Return in what the study contradicts another record."""
        study = self.member(study_uid)
        return self._found((study, other) for other in self._distinct) if study else ()

    def _found(self, pairs: Iterable[tuple[Member, Member]]) -> tuple[Detail, ...]:
        """Return in what any of the pairs differ, comparing nothing twice that was found once."""
        found: set[Detail] = set()
        for one, other in pairs:
            if found >= self._findable:
                break
            found.update(detail for detail in self._findable - found if self._differ_in(detail, one, other))
        return tuple(detail for detail in Detail if detail in found)

    def _differ_in(self, detail: Detail, one: Member, other: Member) -> bool:
        if self._is_confirmed(one.version, other.version):
            return False
        compare = _COMPARED.get(detail)
        return compare(one.details, other.details) if compare else self._are_apart(one, other)

    @cached_property
    def _findable(self) -> frozenset[Detail]:
        """The details in which any two of these records can differ at all."""
        told = [member.details for member in self._distinct]
        several = {
            Detail.BIRTH_DATE: len({details.birth_date for details in told}) > 1,
            Detail.SEX: {details.sex for details in told} >= _TOLD_APART,
            Detail.NAME: len({details.name for details in told}) > 1,
            Detail.PERSON: bool(self.separated),
        }
        return frozenset(detail for detail, can_differ in several.items() if can_differ)

    def opposed(self, study_uid: str) -> tuple[Member, ...]:
        """Return the records that the study contradicts."""
        study = self.member(study_uid)
        return tuple(other for other in self.members if self.contradict(study, other)) if study else ()

    def same_as(self, study_uid: str, chosen: str) -> tuple[Member, ...]:
        """Return the chosen record, and those that are already taken to be the same person's, of all it contradicts."""
        record = self.member(chosen)
        opposed = self.opposed(study_uid)
        if record not in opposed or record is None:
            return ()
        return tuple(one for one in opposed if self.is_one_person(record.version, one.version.study_uid))

    def is_one_person(self, origin: Version, study_uid: str) -> bool:
        """Whether what was said at `origin` was said by the person whose study this is.

        The two must agree, and stand apart from the same records: a study that would fit two people fits neither.
        """
        study = self.member(study_uid)
        source = self.member(origin.study_uid)
        if study is None or source is None:
            return False
        if origin != source.version and not self._is_confirmed(origin, source.version):
            return False
        return study is source or (self._agree(source, study) and self._stand_alike(source, study))

    def _stand_alike(self, one: Member, other: Member) -> bool:
        """Whether two records contradict the same of the others; where nobody found anything, details alone tell."""
        if one.details == other.details and not self.confirmed and not self.separated:
            return True
        return all(self.contradict(one, third) == self.contradict(other, third) for third in self._distinct)

    def agrees_throughout(self, study_uid: str) -> bool:
        """Whether no record contradicts another, all agree with the study, and none was ever told otherwise."""
        study = self.member(study_uid)
        told = [member for member in self._distinct if member.details != Details()]
        return (
            study is not None
            and not any(member.version.number for member in self.members)
            and all(self._agree(study, other) or other is study for other in told)
            and not self.is_in_doubt
        )

    def _agree(self, one: Member, other: Member) -> bool:
        alike = agree(one.details, other.details) and not self._are_apart(one, other)
        return alike or self._is_confirmed(one.version, other.version)

    def _are_apart(self, one: Member, other: Member) -> bool:
        """Whether one is a study that was found to be another person's than all the others'."""
        uids = {one.version.study_uid, other.version.study_uid}
        return len(uids) > 1 and not uids.isdisjoint(self.separated)

    def _is_confirmed(self, one: Version, other: Version) -> bool:
        return other in self._partners.get(one, frozenset())

    def _separated(self, member: Member) -> str:
        uid = member.version.study_uid
        return uid if uid in self.separated else ""

    @cached_property
    def _partners(self) -> dict[Version, frozenset[Version]]:
        """Each record that was confirmed, with those it was found to be one person's with: not they with each other."""
        found: dict[Version, set[Version]] = {}
        for pair in self.confirmed:
            for one in pair:
                found.setdefault(one, set()).update(pair - {one})
        return {version: frozenset(others) for version, others in found.items()}

    @cached_property
    def _distinct(self) -> tuple[Member, ...]:
        """One record for each set of details, so that a patient of many studies costs little."""
        if not self.confirmed and not self.separated:
            return tuple({member.details: member for member in self.members}.values())
        sets = {
            (member.details, self._partners.get(member.version), self._separated(member)): member
            for member in self.members
        }
        return tuple(sets.values())
