"""A study as a page shows one."""

from dataclasses import dataclass

from flask_babel import gettext as _

from consent_portal.contract import Content
from consent_portal.registers.studies import Study
from consent_portal.web.frame.templating import day
from consent_portal.web.identity.patient_words import PatientView, patient_view
from consent_portal.web.identity.search_form import MODALITIES


@dataclass(frozen=True, repr=False)
class StudyView:
    """What is shown of a study.

    Attributes
    ----------
    what : str
        What was examined, for a heading.
    words : str
        Date and accession number: identifies the study for those who see patients by name.
    plain_words : str
        Modality, body part and year: all that a trainer sees.
    recorded : bool
        Whether consent was recorded, so that a further answer amends it.
    """

    key: str
    orthanc_id: str
    patient: PatientView
    date: str
    what: str
    words: str
    plain_words: str
    recorded: bool = False


def study_view(study: Study, *, recorded: bool = False) -> StudyView:
    """Return what pages show of a study."""
    return StudyView(
        key=study.key,
        orthanc_id=study.orthanc_id,
        patient=patient_view(study.patient_key, study.patient),
        date=study.facts.date,
        what=study.facts.description or contents_words(study.contents) or _("Study without a description"),
        words=_identifying(study),
        plain_words=plain_words(study),
        recorded=recorded,
    )


def _identifying(study: Study) -> str:
    parts = [contents_words(study.contents)]
    if study.facts.date:
        parts.append(day(study.facts.date))
    if study.facts.accession:
        parts.append(_("accession %(number)s", number=study.facts.accession))
    return " · ".join(part for part in parts if part)


def contents_words(contents: tuple[Content, ...]) -> str:
    """Return modalities and body parts, such as `CT: chest`."""
    kinds: dict[str, list[str]] = {}
    for content in contents:
        parts = kinds.setdefault(modality_words(content.modality), [])
        part = content.body_part.replace("_", " ").lower()
        if part and part not in parts:
            parts.append(part)
    return "; ".join(f"{kind}: {', '.join(parts)}" if parts else kind for kind, parts in kinds.items())


def modality_words(modality: str) -> str:
    """Return the words for a modality's code; the code itself where there are none."""
    return str(MODALITIES[modality]) if modality and modality in MODALITIES else modality


def plain_words(study: Study) -> str:
    """Return modality, body part and year: never the description, which may hold a name."""
    words = contents_words(study.contents) or _("Study")
    year = study.facts.date[:4]
    return f"{words}, {year}" if year.isdigit() else words
