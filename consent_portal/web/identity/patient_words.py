"""A patient as a page shows one: the name as people write it, every number with its kind."""

from dataclasses import dataclass

from flask_babel import gettext as _

from consent_portal.contract import Patient
from consent_portal.registers import numbers
from consent_portal.registers.numbers import NumberKind

SEX = {"F": "female", "M": "male", "O": "other"}


@dataclass(frozen=True, repr=False)
class Number:
    """One identifying number."""

    label: str
    value: str


@dataclass(frozen=True, repr=False)
class PatientView:
    """Two identifiers, always together (hazard H1)."""

    key: str
    name: str
    numbers: tuple[Number, ...]
    birth_date: str
    sex: str


def person_name(dicom: str) -> str:
    """Return `DOE^JANE^^MRS` as `DOE, JANE (MRS)`: family name first, as on wristbands."""
    family, given, middle, prefix, suffix = [
        *(part.strip() for part in dicom.split("=", maxsplit=1)[0].split("^")),
        *[""] * 5,
    ][:5]
    name = ", ".join(part for part in (family, " ".join(part for part in (given, middle) if part)) if part)
    extra = ", ".join(part for part in (prefix, suffix) if part)
    return f"{name} ({extra})" if name and extra else name


def number(value: str) -> Number:
    """Return a number with the name of its kind; those of the health service in groups of 3, 3 and 4."""
    labels = {
        NumberKind.NHS: _("NHS number"),
        NumberKind.HEALTH_AND_CARE: _("Health and Care number"),
        NumberKind.CHI: _("CHI number"),
        NumberKind.HOSPITAL: _("Hospital number"),
    }
    return Number(labels[numbers.kind_of(value)], numbers.in_groups(value))


def patient_view(key: str, patient: Patient) -> PatientView:
    """Return the patient for the identity banner."""
    return PatientView(
        key=key,
        name=person_name(patient.name),
        numbers=(number(patient.id),) if patient.id else (),
        birth_date=patient.birth_date,
        sex=_(SEX[patient.sex]) if patient.sex in SEX else "",
    )
