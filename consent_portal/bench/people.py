"""The invented patients and studies of the benchmark, each known by its number alone, wherever it is needed."""

import hashlib
import uuid
from dataclasses import dataclass

from consent_portal.contract import Content, Patient, StudyFacts, Subject

WIDE = 300
"""Studies of the first patient, who has been in hospital often; every other patient has `EACH`."""
EACH = 3
_ROOT = "1.2.826.0.1.3680043.10.1561"
_FAMILY = ("Ash", "Bell", "Crane", "Dale", "Elm", "Fenn", "Glen", "Heath", "Innes", "Kerr", "Lang", "Moor")
_ENDS = ("ford", "ley", "ton", "wood", "worth", "field", "by", "ham", "combe", "well", "wick", "stead", "more")
_GIVEN = ("Ada", "Bram", "Cleo", "Dora", "Enid", "Finn", "Gwen", "Hugo", "Iris", "Joan", "Kit", "Lena", "Milo", "Nora")
_CHEST = Content(
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    modality="CT",
    body_part="CHEST",
    image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
    slice_thickness=5.0,
    count=40,
)


def _key(kind: str, number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"{kind} {number}".encode()).digest()[:16]))


@dataclass(frozen=True)
class Somebody:
    """An invented patient."""

    number: int

    @property
    def key(self) -> str:
        """Return the random key in the register."""
        return _key("patient", self.number)

    @property
    def hospital_number(self) -> str:
        """Return the number on the label."""
        return f"BENCH{self.number:08d}"

    @property
    def surname(self) -> str:
        """Return one of about 2,000 family names, some in two parts."""
        first, rest = self.number % len(_FAMILY), self.number // len(_FAMILY)
        end, second = _ENDS[rest % len(_ENDS)], rest // len(_ENDS) % len(_FAMILY)
        return f"{_FAMILY[first]}{end}-{_FAMILY[second]}" if second else f"{_FAMILY[first]}{end}"

    @property
    def name(self) -> str:
        """Return the name in DICOM's form."""
        given = _GIVEN[self.number // 7 % len(_GIVEN)]
        return f"{self.surname}^{given}^{_GIVEN[self.number // 11 % len(_GIVEN)]}".upper()

    @property
    def birth_date(self) -> str:
        """Return the date of birth in DICOM's form."""
        return f"{1930 + self.number % 70}{1 + self.number // 70 % 12:02d}{1 + self.number // 840 % 28:02d}"

    def patient(self) -> Patient:
        """Return the details as the archive tells them."""
        sex = "FM"[self.number % 2]
        return Patient(id=self.hospital_number, issuer="", name=self.name, birth_date=self.birth_date, sex=sex)


@dataclass(frozen=True)
class Recording:
    """An invented study."""

    number: int

    @property
    def key(self) -> str:
        """Return the random key in the register."""
        return _key("study", self.number)

    @property
    def uid(self) -> str:
        """Return the Study Instance UID."""
        return f"{_ROOT}.{self.number}"

    @property
    def orthanc_id(self) -> str:
        """Return the archive's own name of it."""
        return f"{self.number:08x}"

    @property
    def of(self) -> Somebody:
        """Return whose it is."""
        return Somebody(0 if self.number < WIDE else 1 + (self.number - WIDE) // EACH)

    def subject(self) -> Subject:
        """Return the study as the archive tells it."""
        day = f"{2010 + self.number % 15}{1 + self.number // 15 % 12:02d}{1 + self.number // 180 % 28:02d}"
        facts = StudyFacts(date=day, accession=f"ACC{self.number:08d}", description="CT CHEST")
        return Subject(
            study_uid=self.uid,
            orthanc_id=self.orthanc_id,
            patient=self.of.patient(),
            study=facts,
            contents=(_CHEST,),
        )
