"""What a sample is: an invented patient, a study, and how to make its objects."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files

from pydicom.dataset import FileDataset
from pydicom.uid import UID, generate_uid

SEED = "anonymise-or-ask sample studies 1"


@dataclass(frozen=True)
class Patient:
    """An invented person, with the identifiers that images carry.

    Attributes
    ----------
    family, given
        Name.
    sex
        As in Patient's Sex (0010,0040).
    birth_date
        ``YYYYMMDD``.
    id, issuer
        NHS or Health and Care number, and which of the two.
    hospital_number
        A second identifier, in Other Patient IDs Sequence.
    address
        One line.
    """

    family: str
    given: str
    sex: str
    birth_date: str
    id: str
    issuer: str
    hospital_number: str
    address: str

    @property
    def name(self) -> str:
        """The name as DICOM writes it (PS3.5 6.2.1)."""
        return f"{self.family}^{self.given}"


@dataclass(frozen=True)
class Study:
    """A sample study; `build` makes its objects, the same ones at every call.

    Attributes
    ----------
    key
        Short name, by which the demonstration's consents find it.
    date, time
        ``YYYYMMDD`` and ``HHMMSS``.
    accession, description
        As in the attributes of the same names.
    """

    key: str
    patient: Patient
    date: str
    time: str
    accession: str
    description: str
    build: Callable[["Study"], Iterable[FileDataset]]

    @property
    def uid(self) -> UID:
        """Study Instance UID, the same at every run."""
        return uid(self.key)

    def objects(self) -> Iterable[FileDataset]:
        """Make the study's objects."""
        return self.build(self)


def uid(*names: object) -> UID:
    """Return a UID that is the same for the same names at every run."""
    return generate_uid(entropy_srcs=[SEED, *(str(name) for name in names)])


def patients(family: str) -> dict[str, Patient]:
    """Return the invented people by key, all of the family name `family`."""
    text = (files("orthanc_plugin.stack.samples") / "patients.toml").read_text(encoding="utf-8")
    return {key: Patient(family=family, **row) for key, row in tomllib.loads(text).items()}
