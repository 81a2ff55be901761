"""What is known of a patient and their study: the things that must not be found in what leaves."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

PATIENT_BIRTH_DATE = 0x00100030


class Kind(StrEnum):
    """What sort of identifier it is."""

    NAME = "name"
    ID = "id"
    UID = "uid"
    BIRTH_DATE = "birth-date"
    DATE = "date"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    ORGANISATION = "organisation"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """One identifier, its kind, and the tag it stood in (0 where it came from a record). Prints redacted."""

    kind: Kind
    text: str
    tag: int = 0

    def __repr__(self) -> str:
        """Return the kind alone."""
        return f"Identifier({self.kind}, redacted)"


@dataclass(frozen=True, slots=True, repr=False)
class KnownIdentifiers:
    """Everything known that identifies these patients. Immutable, comparable, prints redacted.

    Attributes
    ----------
    identifiers : frozenset of Identifier
        All but the UIDs.
    uids : frozenset of str
        Instance UIDs of the originals; apart, because there may be a hundred thousand.
    """

    identifiers: frozenset[Identifier] = frozenset()
    uids: frozenset[str] = frozenset()

    @classmethod
    def from_record(  # noqa: PLR0913 - one argument for each kind a patient record holds
        cls,
        *,
        names: Iterable[str] = (),
        ids: Iterable[str] = (),
        birth_dates: Iterable[str] = (),
        addresses: Iterable[str] = (),
        phones: Iterable[str] = (),
        emails: Iterable[str] = (),
        organisations: Iterable[str] = (),
        uids: Iterable[str] = (),
    ) -> "KnownIdentifiers":
        """Return identifiers that come from elsewhere, for example the portal's patient record.

        Parameters
        ----------
        names
            ``FAMILY^GIVEN`` or written out.
        birth_dates
            ``YYYYMMDD`` or ``YYYY-MM-DD``.
        """
        groups = (
            (Kind.NAME, names),
            (Kind.ID, ids),
            (Kind.BIRTH_DATE, (date.replace("-", "") for date in birth_dates)),
            (Kind.ADDRESS, addresses),
            (Kind.PHONE, phones),
            (Kind.EMAIL, emails),
            (Kind.ORGANISATION, organisations),
        )
        found = frozenset(
            Identifier(kind, text.strip(), PATIENT_BIRTH_DATE if kind is Kind.BIRTH_DATE else 0)
            for kind, texts in groups
            for text in texts
            if text.strip()
        )
        return cls(found, frozenset(uids))

    def encoded(self) -> bytes:
        """Return it as JSON, for keeping it sealed."""
        identifiers = sorted((each.kind, each.text, each.tag) for each in self.identifiers)
        return json.dumps([identifiers, sorted(self.uids)]).encode()

    @classmethod
    def of(cls, encoded: bytes) -> "KnownIdentifiers":
        """Return what `encoded` wrote.

        Raises
        ------
        ValueError
            When it is anything else.
        """
        identifiers, uids = json.loads(encoded)
        return cls(frozenset(Identifier(Kind(kind), text, tag) for kind, text, tag in identifiers), frozenset(uids))

    def merge(self, *others: "KnownIdentifiers") -> "KnownIdentifiers":
        """Return everything that this and the others know."""
        return KnownIdentifiers(
            self.identifiers.union(*(other.identifiers for other in others)),
            self.uids.union(*(other.uids for other in others)),
        )

    def excluding(self, kinds: Collection[Kind]) -> "KnownIdentifiers":
        """Return what is left without some kinds: a profile may keep dates (D1) or the device (D2)."""
        return KnownIdentifiers(
            frozenset(each for each in self.identifiers if each.kind not in kinds),
            frozenset() if Kind.UID in kinds else self.uids,
        )

    def __len__(self) -> int:
        return len(self.identifiers) + len(self.uids)

    def __repr__(self) -> str:
        """Return how many there are, and none of them."""
        return f"KnownIdentifiers({len(self)} redacted)"
