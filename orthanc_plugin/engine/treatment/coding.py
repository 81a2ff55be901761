"""Codes of limited access (D2): what stands for each patient of a job, from the mapping that only its holder can read.

A project has its own index key, made of the engine's project key and the project's name in the register. A release that
names no project is a project of its own: nobody finds its codes again, but the key holder can still re-link them.
"""

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.store import Pseudonyms
from orthanc_plugin.engine.errors import Reason, RefusedError
from orthanc_plugin.engine.jobs.case import Case
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.records import Subject
from orthanc_plugin.engine.treatment.profiles import Treatment

_SQLITE = "sqlite:///"
_MAPPING = "pseudonyms.sqlite"
_NO_HOLDER = Reason(
    "R14",
    "Limited access needs a mapping that only a key holder can open, and none is set up here, so nothing leaves. "
    "Ask your administrator to make the key with `aoa key holder` and to name it in [engine] mapping_key_file.",
    "RCR 4.2: the partner has no access to the key",
)


def mapping_url(database_url: str) -> str:
    """Return where the mapping is: beside the engine's own SQLite file, or in its PostgreSQL database."""
    if not database_url.startswith(_SQLITE):
        return database_url
    folder, _, _ = database_url.removeprefix(_SQLITE).rpartition("/")
    return f"{_SQLITE}{folder}/{_MAPPING}"


@dataclass(frozen=True)
class Coding:
    """Draws codes and finds them again.

    Parameters
    ----------
    mapping
        Address of the database.
    project_key
        The engine's; every project's keys are made of it.
    holder
        The key holder's public key; None where there is none: no limited access then.
    """

    mapping: str
    project_key: bytes = field(repr=False)
    holder: bytes | None

    def refuse_without_holder(self, chosen: Treatment) -> None:
        """Refuse before any work is done what could not be coded.

        Raises
        ------
        RefusedError
        """
        if chosen.linkable and self.holder is None:
            raise RefusedError("deny", [_NO_HOLDER])

    def pseudonyms(self, case: Case, bench: Vault) -> dict[int, Pseudonym]:
        """Return what stands for the patient of each study of a case, by the study's position."""
        if self.holder is None:
            raise RefusedError("deny", [_NO_HOLDER])
        index = self._key(case, "pseudonyms") or bench.key("pseudonyms")
        project = Pseudonyms(self.mapping, index, self.holder)
        return {place: _of(project, subject) for place, subject in enumerate(case.subjects, 1)}

    def release_key(self, case: Case, bench: Vault, chosen: Treatment) -> bytes:
        """Return the key of the release's UIDs: the job's own, or the project's where they must stay."""
        return (self._key(case, "project") if chosen.linkable else None) or bench.key("release")

    def _key(self, case: Case, use: str) -> bytes | None:
        project = case.request.context.get("project")
        if not project:
            return None
        return HKDF(SHA256(), 32, None, f"anonymise-or-ask {use} {project}".encode()).derive(self.project_key)


def _of(project: Pseudonyms, subject: Subject) -> Pseudonym:
    patient = subject.patient
    number = plain_number(patient.id)
    name = f"{patient.name} {patient.birth_date}".strip()
    return project.of(number or name or subject.study_uid, patient.issuer.strip() if number else "", identity=name)


def plain_number(text: str) -> str:
    """Return a patient number as it is compared: without blanks around it, and a ten-digit one without separators."""
    bare = re.sub(r"[\s-]", "", text)
    return bare if re.fullmatch(r"\d{10}", bare) else text.strip()
