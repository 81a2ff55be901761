"""An export request, read and checked: every fault is named at once, by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orthanc_plugin.deid.pseudonyms.label import parse
from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.export.grey_levels import read_window
from orthanc_plugin.engine.export.texts import Fault, broken_texts
from orthanc_plugin.engine.records import Request, Sender
from orthanc_plugin.packaging import FORMATS, MINIMUM_PASSPHRASE, NOT_YET, PICTURES
from orthanc_plugin.vocabulary import ATTESTATIONS, MOST_CAUTIOUS, ORTHANC_ID, PURPOSES, SEND_OUT

MAXIMUM_TEXT = 4000
_FIELDS = {
    "studies",
    "purpose",
    "recipient",
    "format",
    "reason",
    "attestations",
    "context",
    "encrypted",
    "passphrase",
    "label",
    "reports",
    "window",
}
PUSH_FORMAT = "dicom-zip"
"""What a push is decided as: the DICOM objects themselves."""

DEVICE = "dicom"
"""The role of whatever asks by C-MOVE (docs/interfaces.md)."""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for; `request` is what the portal is asked about.

    Parameters
    ----------
    user, role
        The acting person.
    request
        Sender, recipient, purpose, format, reason, attestations, context.
    resources
        ``(level, orthanc id)``.
    passphrase
        Encrypts the package; None leaves it open.
    destination
        A modality to send to, instead of making a package.
    label
        The send-out label that stands for the patient in direct care; it never reaches the portal.
    reports
        Whether structured reports are wanted besides the images (R32).
    window
        Which grey levels pictures have, as text (`grey_levels`); empty takes what each image offers first.
    """

    user: str
    role: str
    request: Request = field(repr=False)
    resources: tuple[tuple[str, str], ...] = field(repr=False)
    passphrase: str | None = field(default=None, repr=False)
    destination: str | None = None
    label: str | None = field(default=None, repr=False)
    reports: bool = False
    window: str = ""

    @property
    def by_a_device(self) -> bool:
        """Whether a DICOM device asked, which expects no answer later and can be told of none."""
        return self.role == DEVICE


def read_export(body: Any, user: str, role: str) -> Asked:
    """Read the body of ``POST /exports``.

    Raises
    ------
    FaultsError
        Naming every fault.
    """
    if not isinstance(body, Mapping):
        raise FaultsError([("body", "must be a JSON object, as docs/interfaces.md describes it")])
    faults = [
        *_unknown_fields(body),
        *broken_texts(body),
        *_study_faults(body),
        *_choice_faults(body),
        *_text_faults(body),
    ]
    faults += [*attestation_faults(body), *_context_faults(body), *_passphrase_faults(body), *_care_faults(body)]
    faults += _window_faults(body)
    if faults:
        raise FaultsError(faults)
    return Asked(
        user,
        role,
        _request(body, user, role),
        tuple(("study", study) for study in dict.fromkeys(body["studies"])),
        passphrase=str(body["passphrase"]) if body.get("encrypted") else None,
        label=body.get("label"),
        reports=body.get("reports", False),
        window=body.get("window") or "",
    )


def askable(body: Any, user: str, role: str) -> Request | None:
    """Return what of a faulty request the portal can be asked, where there is enough of it to ask what else is missing.

    A wrong format or answer is left out of what the portal is asked, so that it hides nothing else that is wrong.
    """
    if not isinstance(body, Mapping) or [*broken_texts(body), *_context_faults(body)]:
        return None
    if body.get("purpose") not in PURPOSES:
        return None
    wrong = {name for name, _ in attestation_faults(body)}
    given = {} if "attestations" in wrong else body.get("attestations", {})
    good = {name: answer for name, answer in given.items() if f"attestations.{str(name)[:40]}" not in wrong}
    shape = body["format"] if body.get("format") in FORMATS else PUSH_FORMAT
    return _request({**body, "format": shape, "attestations": good}, user, role)


def _request(body: Mapping[str, Any], user: str, role: str) -> Request:
    return Request(
        sender=Sender(user, role),
        recipient=str(body.get("recipient") or ""),
        purpose=body["purpose"],
        format=body["format"],
        reason=str(body.get("reason") or ""),
        attestations=dict(body.get("attestations") or {}),
        context=dict(body.get("context") or {}),
    )


def read_push(body: Any, user: str, role: str) -> Asked:
    """Read the body of ``POST /pushes``. Questions that nobody answered are answered most cautiously.

    Raises
    ------
    FaultsError
        Naming every fault.
    """
    if not isinstance(body, Mapping):
        raise FaultsError([("body", "must be a JSON object, as docs/interfaces.md describes it")])
    faults = [*broken_texts(body), *_push_faults(body), *attestation_faults(body), *_context_faults(body)]
    if faults:
        raise FaultsError(faults)
    attestations = {**MOST_CAUTIOUS, **dict(body.get("attestations") or {})}
    shape = {"recipient": body["destination"], "format": PUSH_FORMAT, "attestations": attestations}
    request = _request({**body, **shape}, user, role)
    resources = tuple((part["level"].lower(), part["orthanc_id"]) for part in body["resources"])
    return Asked(user, role, request, resources, destination=body["destination"])


def _push_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    if not _is_text(body.get("destination")):
        yield "destination", "name the modality to send to"
    if body.get("purpose") not in PURPOSES:
        yield "purpose", f"must be one of: {', '.join(PURPOSES)}"
    if body.get("kind") != "modality":
        yield (
            "kind",
            "only a DICOM modality can be sent to: Orthanc can send to a peer or a DICOMweb server only what it stores",
        )
    resources = body.get("resources")
    if not isinstance(resources, list) or not resources or not all(_is_resource(part) for part in resources):
        yield (
            "resources",
            'must be a list of {"level": "patient|study|series|instance", "orthanc_id": id}, at least one',
        )


def _is_resource(part: Any) -> bool:
    levels = ("patient", "study", "series", "instance")
    return isinstance(part, Mapping) and str(part.get("level")).lower() in levels and _is_id(part.get("orthanc_id"))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ORTHANC_ID.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAXIMUM_TEXT


def _unknown_fields(body: Mapping[str, Any]) -> Iterator[Fault]:
    for name in sorted(set(map(str, body)) - _FIELDS):
        yield name[:40], f"is not a field of an export; the fields are: {', '.join(sorted(_FIELDS))}"


def _study_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    studies = body.get("studies")
    if not isinstance(studies, list) or not studies or not all(isinstance(study, str) for study in studies):
        yield "studies", "name at least one study, by its identifier in Orthanc"


def _choice_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    if body.get("purpose") not in PURPOSES:
        yield "purpose", f"must be one of: {', '.join(PURPOSES)}"
    form = body.get("format")
    if form in NOT_YET:
        yield "format", f"{form} is not yet offered; choose one of: {', '.join(FORMATS)}"
    elif form not in FORMATS:
        yield "format", f"must be one of: {', '.join(FORMATS)}"


def _text_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    if not _is_text(body.get("recipient")):
        yield "recipient", 'name a registered recipient by its key, or "self" (R57)'
    reason = body.get("reason", "")
    if not isinstance(reason, str) or len(reason) > MAXIMUM_TEXT:
        yield "reason", f"must be a text of at most {MAXIMUM_TEXT} characters"


def attestation_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each attestation that is unknown or has an unknown answer."""
    given = body.get("attestations", {})
    if not isinstance(given, Mapping):
        yield "attestations", "must be a JSON object"
        return
    for name, answer in given.items():
        if name not in ATTESTATIONS:
            yield f"attestations.{str(name)[:40]}", f"is not a question; the questions are: {', '.join(ATTESTATIONS)}"
        elif not any(
            answer is choice or (isinstance(answer, str) and answer == choice) for choice in ATTESTATIONS[name]
        ):
            choices = ", ".join(str(choice).lower() for choice in ATTESTATIONS[name])
            yield f"attestations.{name}", f"must be one of: {choices}"


def _context_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(body.get("context", {}), Mapping):
        yield "context", "must be a JSON object of register keys; the portal says which it knows"


def _care_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    label = body.get("label")
    if label is not None and body.get("purpose") != SEND_OUT:
        yield "label", f"is for the purpose {SEND_OUT} alone: it carries the patient's number (S1 L33-37)"
    elif label is not None and not isinstance(label, str):
        yield "label", "must be a text"
    elif label is not None:
        yield from _label_faults(label)
    if not isinstance(body.get("reports", False), bool):
        yield "reports", "must be true or false"


def _window_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    window = body.get("window")
    if window in (None, ""):
        return
    if not isinstance(window, str):
        yield "window", "must be a text"
        return
    try:
        read_window(window)
    except ValueError as error:
        yield "window", str(error)
    if body.get("format") not in PICTURES:
        yield "window", f"is for pictures alone ({', '.join(PICTURES)}); DICOM images keep all their grey levels"


def _label_faults(label: str) -> Iterator[Fault]:
    try:
        parse(label)
    except ValueError as error:
        yield "label", str(error)


def _passphrase_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    encrypted, passphrase = body.get("encrypted", False), body.get("passphrase")
    if not isinstance(encrypted, bool):
        yield "encrypted", "must be true or false"
    if encrypted is True and not isinstance(passphrase, str):
        yield "passphrase", "an encrypted package needs one"
    elif encrypted is True and len(str(passphrase)) < MINIMUM_PASSPHRASE:
        yield "passphrase", f"must have at least {MINIMUM_PASSPHRASE} characters"
    if encrypted is not True and passphrase is not None:
        yield "passphrase", 'is of use only with "encrypted": true'
