"""What a worker process does with one instance: read, de-identify or verify, seal. It keeps nothing in between.

The original is in this process's memory only. What is written is sealed with the job's key (vault.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from orthanc_plugin.deid import ConsentBasis, Outcome, ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.devices import Written, use_rules_of
from orthanc_plugin.deid.pixels.face_sight import UNASKED, FaceSight
from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.label import SendOutLabel
from orthanc_plugin.engine.errors import EngineError, NoSpaceError, NotFoundError, UnreadableError
from orthanc_plugin.engine.export.deciding import Original
from orthanc_plugin.engine.export.held_image import READ_AGAIN, READ_AGAIN_WHY
from orthanc_plugin.engine.export.writing_device import writing_device
from orthanc_plugin.engine.jobs.not_released import Excluded, Failed, Held, NotReleased, not_released
from orthanc_plugin.engine.jobs.room import was_full
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.records import Subject
from orthanc_plugin.engine.treatment.profiles import left_out_kind
from orthanc_plugin.verify import Finding, Kind, KnownIdentifiers, findings_in_pixels, known_in_bytes, verify

_CARE = "send-out"
_STAYS = "so it stays back; tell your administrator if it is an ordinary image"


@dataclass(frozen=True)
class Access:
    """What a worker needs to reach Orthanc and open a job's files; handed over once, when it starts."""

    orthanc_url: str
    orthanc_user: str
    orthanc_password: str = field(repr=False)
    project_key: bytes = field(repr=False)
    device_rules: Path | None = None

    def __call__(self) -> "Reach":
        """Return the worker's own connection, with the site's device rules in force."""
        use_rules_of(self.device_rules)
        return Reach(Archive.at(self.orthanc_url, self.orthanc_user, self.orthanc_password), self.project_key)


@dataclass(frozen=True)
class Reach:
    """What every task of a worker uses."""

    archive: Archive = field(repr=False)
    project_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Task:
    """One instance of one job, to be de-identified.

    Parameters
    ----------
    folder
        The job's folder.
    name
        Under which to seal the result.
    orthanc_id
        What to read.
    sop_class_uid
        Its kind, as Orthanc told it.
    deidentification
        Profile name; None leaves the bytes as they are.
    release_key
        32 bytes.
    consent_basis
        Whether the patient's recorded consent is the basis of the release.
    stands_for
        What stands for the patient; None takes a code of the release key.
    reports
        Whether a structured report may be part of the release.
    decidable
        Whether a person may decide about what the machine is not sure of.
    """

    folder: Path
    name: str
    orthanc_id: str = field(repr=False)
    sop_class_uid: str
    deidentification: str | None
    release_key: bytes = field(repr=False)
    consent_basis: bool
    stands_for: Pseudonym | SendOutLabel | None = None
    reports: bool = False
    decidable: bool = False


@dataclass(frozen=True)
class Checked:
    """One sealed, de-identified instance, to be verified against the identifiers sealed as `known`.

    `labelled`: the send-out label stands for the patient, and bears the H&C number on purpose (S1 L33-37).
    `read_twice`: the second reader reads its pixels. `orthanc_id`: what it was made of, where a person may decide about
    what is read in them; empty where nobody may.
    """

    folder: Path
    name: str
    known: str
    labelled: bool = False
    read_twice: bool = False
    orthanc_id: str = field(default="", repr=False)


@dataclass(frozen=True)
class Done:
    """What became of one instance; None in `not_released` where nothing holds it back.

    `known` is what its source told about the patient, `pixels` what was done to them, `read_twice` that a second reader
    has to read them, `written` which device wrote into them. What the portal is told of a held one is sealed.
    """

    not_released: NotReleased | None = None
    known: bytes = field(default=b"", repr=False)
    pixels: str = ""
    read_twice: bool = False
    written: Written | None = None


def prepare(reach: Reach, task: Task) -> Done:
    """Read one instance, de-identify it and seal the result.

    Raises
    ------
    AwayError, NoSpaceError
    """
    left_out = left_out_kind(task.sop_class_uid, reports=task.reports) if task.deidentification else None
    if left_out:
        return Done(Excluded(left_out))
    try:
        return _prepare(reach, task)
    except NotFoundError:
        return Done(Excluded("it is no longer in Orthanc"))
    except UnreadableError:
        return Done(Failed("Orthanc cannot read its file: it is damaged or missing"))
    except EngineError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever one object does, the others go on, and its text stays here
        if was_full(error):
            raise NoSpaceError from None
        return Done(Failed(f"it could not be processed ({type(error).__name__}), {_STAYS}"))


def _prepare(reach: Reach, task: Task) -> Done:
    original = reach.archive.bytes_of(task.orthanc_id)
    vault = Vault(task.folder, reach.project_key)
    if task.deidentification is None:
        vault.write(task.name, original, durable=False)
        return Done()
    outcome = _treated(vault, task, Original(vault, reach.project_key, original))
    if not isinstance(outcome, Outcome):
        return Done(outcome)
    if outcome.status != "released":
        return Done(_held(task, Original(vault, reach.project_key, original), outcome))
    known = known_in_bytes(original)
    seal(vault, task.name, outcome.data, known)
    if outcome.pixels.reviewed:
        vault.write(_person(task.name), Original(vault, reach.project_key, original).image.encode(), durable=False)
    written = writing_device(original, reach.project_key) if outcome.pixels.covered else None
    statement, read_twice = outcome.pixels.statement(), outcome.pixels.read_twice
    return Done(None, known.encoded(), statement, read_twice, written)


def _treated(vault: Vault, task: Task, original: Original) -> Outcome | Excluded | Failed:
    consent = ConsentBasis() if task.consent_basis else None
    profile, key = load_profile(str(task.deidentification)), ReleaseKey(task.release_key)
    face = FaceSight.of(vault.read(face_of(task.name))) if vault.has(face_of(task.name)) else UNASKED
    beside = elsewhere_of(task.name)
    told = vault.read_json(beside) if vault.has(beside) else []
    if isinstance(told, str):
        return Failed(told)
    elsewhere = tuple(Area(*each) for each in told)
    treat = partial(
        deidentify,
        original.data,
        profile,
        key,
        consent=consent,
        pseudonym=task.stands_for,
        face=face,
        elsewhere=elsewhere,
    )
    if not task.decidable:
        return treat()
    return original.treated(treat, consented=task.consent_basis, care=task.deidentification == _CARE)


def _held(task: Task, original: Original, outcome: Outcome) -> NotReleased:
    told = task.decidable and outcome.rule and original.hold(task.name, outcome.rule, outcome.reason, outcome.proposed)
    return not_released(outcome.status, outcome.reason, outcome.rule if told else "")


def seal(vault: Vault, name: str, data: bytes, known: KnownIdentifiers) -> None:
    """Seal a de-identified object, and beside it what its own original said, for the verification."""
    vault.write(_own(name), KnownIdentifiers(known.identifiers).encoded(), durable=False)
    vault.write(name, data, durable=False)


def face_of(name: str) -> str:
    """Return under which name is sealed what the look at its series says of a face in an object."""
    return f"{name}-face"


def elsewhere_of(name: str) -> str:
    """Return under which name is sealed what an object has to cover for other levels of its slide, or why it waits."""
    return f"{name}-elsewhere"


def looked_at(vault: Vault, name: str) -> str:
    """Return the key of the image that an object was made of, where a person's decision let it pass; else nothing."""
    return vault.read(_person(name)).decode() if vault.has(_person(name)) else ""


def _person(name: str) -> str:
    return f"{name}-looked-at"


def _own(name: str) -> str:
    return f"{name}-own"


def merged(known: list[bytes], subjects: Sequence[Subject], kept: Collection[str]) -> bytes:
    """Return the sum of what is known of the patients.

    Parameters
    ----------
    known
        What each original told (see `Done.known`).
    subjects
        What Orthanc says of each study.
    kept
        Kinds of identifier that the profile keeps by design, and that the verifier must not look for.
    """
    parts = [KnownIdentifiers.of(part) for part in known]
    record = KnownIdentifiers.from_record(
        names=[subject.patient.name for subject in subjects],
        ids=[text for subject in subjects for text in (subject.patient.id, subject.study.accession)],
        birth_dates=[subject.patient.birth_date for subject in subjects],
    )
    return record.merge(*parts).excluding([Kind(name) for name in kept]).encoded()


_LABEL_PLACES = ("(0010,0010) PatientName", "(0010,0020) PatientID")
_NOWHERE = "pixels"
"""Where a finding is that says that nobody has read the pixels."""
_KNOWN = ("pixels-known-name", "pixels-known-number")
_LABEL_RULES = ("pattern-nhs-number", "pattern-phone")


def _is_label(finding: Finding) -> bool:
    """Say whether a finding is the label itself, in the two places where de-identification writes it."""
    return finding.place in _LABEL_PLACES and finding.rule in _LABEL_RULES


def check(reach: Reach, task: Checked) -> Done:
    """Read one sealed, de-identified instance again with the independent verifier."""
    vault = Vault(task.folder, reach.project_key)
    known = KnownIdentifiers.of(vault.read(task.known))
    # What stood where in the object's own original: another patient's date may well be this one's, shifted (ADR 0081).
    own = KnownIdentifiers.of(vault.read(_own(task.name))).identifiers
    try:
        # Only what is in both: the profile keeps the rest by design.
        data = vault.read(task.name)
        findings = _grave(task, verify(data, known, own=KnownIdentifiers(own & known.identifiers)))
        in_pixels = _grave(task, findings_in_pixels(data, known)) if task.read_twice else []
        if vault.has(_person(task.name)):  # who looked at it let pass what only might be an identifier
            in_pixels = [finding for finding in in_pixels if finding.rule in _KNOWN or finding.place == _NOWHERE]
        read = bool(in_pixels) and not findings and all(finding.place != _NOWHERE for finding in in_pixels)
        rule = READ_AGAIN if read and _waits(reach, task, vault) else ""
    except EngineError:
        raise
    except Exception as error:  # noqa: BLE001  # what cannot be verified is not released, and its text stays here
        if was_full(error):
            raise NoSpaceError from None
        return Done(Failed(f"it could not be verified ({type(error).__name__}), {_STAYS}"))
    if rule:
        return Done(Held(READ_AGAIN_WHY, rule))
    if findings or in_pixels:
        places = "; ".join(str(finding) for finding in [*findings, *in_pixels][:5])
        return Done(Failed(f"the independent verification found what must not be there: {places}"))
    return Done()


def _grave(task: Checked, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.quarantines and not (task.labelled and _is_label(finding))]


def _waits(reach: Reach, task: Checked, vault: Vault) -> bool:
    """Say whether a person can decide about an object in whose pixels something was read; the portal is told then."""
    if not task.orthanc_id:
        return False
    try:
        original = reach.archive.bytes_of(task.orthanc_id)
    except (NotFoundError, UnreadableError):
        return False
    return Original(vault, reach.project_key, original).hold_read_again(task.name)
