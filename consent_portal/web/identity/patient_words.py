"""A patient as a page shows one: the name as people write it, every number with its kind."""

from dataclasses import dataclass

from flask_babel import gettext as _
from nhs_number.validate import is_valid

from consent_portal.contract import Patient

SEX = {"F": "female", "M": "male", "O": "other"}
HEALTH_AND_CARE = range(3_200_000_010, 4_000_000_000)
"""The numbers of Northern Ireland (NHS Data Dictionary, NHS NUMBER)."""


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
    """Return a number with the name of its kind; NHS and Health and Care numbers in groups of 3, 3 and 4."""
    digits = value.replace(" ", "").replace("-", "")
    if not (len(digits) == 10 and digits.isdigit() and is_valid(digits)):
        return Number(_("Hospital number"), value)
    label = _("Health and Care number") if int(digits) in HEALTH_AND_CARE else _("NHS number")
    return Number(label, f"{digits[:3]} {digits[3:6]} {digits[6:]}")


def patient_view(key: str, patient: Patient) -> PatientView:
    """Return the patient for the identity banner."""
    return PatientView(
        key=key,
        name=person_name(patient.name),
        numbers=(number(patient.id),) if patient.id else (),
        birth_date=patient.birth_date,
        sex=_(SEX[patient.sex]) if patient.sex in SEX else "",
    )
