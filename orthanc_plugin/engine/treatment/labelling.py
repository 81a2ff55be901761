"""The send-out label of direct care (S1 L33-37): whose it is, and what is doubtful about it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from orthanc_plugin.deid.pseudonyms.label import SendOutLabel, parse
from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.records import Subject
from orthanc_plugin.engine.treatment.coding import plain_number
from orthanc_plugin.vocabulary import SEND_OUT

NO_LABEL = "no sending label was given, so a code stands for the patient: tell the addressee by other means whose it is"
_UNCOMPARED = "the record has no H&C or NHS number to compare the label with: make sure that it is this patient's"


def checked(text: str | None, purpose: str, subjects: Sequence[Subject]) -> list[str]:
    """Check a label against the patient of the studies, and return what the sender has to be told.

    Parameters
    ----------
    text
        As typed; None where there is none.
    purpose
        Of the request.
    subjects
        The studies.

    Raises
    ------
    FaultsError
        The studies are of several patients, or the label bears another patient's number (hazard H1).
    """
    if text is None:
        return [NO_LABEL] if purpose == SEND_OUT else []
    label = parse(text)
    numbers = {plain_number(subject.patient.id) for subject in subjects}
    if len(numbers) != 1:
        raise FaultsError([("label", "a label names one patient; send the studies of each patient by themselves")])
    (own,) = numbers
    warnings = [label.warning] if label.warning else []
    if not re.fullmatch(r"\d{10}", own):
        return [*warnings, _UNCOMPARED]
    if own != label.health_and_care:
        told = "its H&C number is not the number of this patient in Orthanc; compare both before anything is sent"
        raise FaultsError([("label", told)])
    return warnings


def of_object(text: str, position: int) -> str:
    """Return the label of one object's file: the image number counts on from the one that was typed."""
    label = parse(text)
    return str(replace(label, image=str(int(label.image) + position - 1)))


def of_patient(text: str) -> SendOutLabel:
    """Return the label that stands for the patient in every object: one, so that viewers keep them together."""
    return parse(text)
