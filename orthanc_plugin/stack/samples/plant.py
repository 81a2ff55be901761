"""Puts the patient's name where people and devices put it: comments, private elements, other people's attributes.

A de-identification that looks at Patient's Name only lets these through, so every sample has them.
"""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from orthanc_plugin.stack.samples.model import Study

PRIVATE_CREATOR = "SAMPLE IMAGING HEADER"


def plant(target: Dataset, study: Study) -> None:
    """Write the patient's name and number into further places of `target`."""
    patient = study.patient
    target.OtherPatientNames = f"{patient.family}^{patient.given[0]}"
    target.PatientComments = f"Mrs or Mr {patient.family}, known to the ward"
    target.ImageComments = f"Shown to {patient.given} {patient.family}"
    block = target.private_block(0x0019, PRIVATE_CREATOR, create=True)
    block.add_new(0x01, "LO", f"{patient.family} {patient.given}")
    block.add_new(0x02, "UN", _even(f"ID={patient.id};NAME={patient.family}"))
    block.add_new(0x03, "SQ", Sequence([_private_item(study)]))


def _even(text: str) -> bytes:
    """Encode `text`, padded to an even length (PS3.5 7.1)."""
    data = text.encode()
    return data + b" " * (len(data) % 2)


def _private_item(study: Study) -> Dataset:
    item = Dataset()
    block = item.private_block(0x0019, PRIVATE_CREATOR, create=True)
    block.add_new(0x01, "PN", study.patient.name)
    block.add_new(0x02, "DA", study.patient.birth_date)
    return item
