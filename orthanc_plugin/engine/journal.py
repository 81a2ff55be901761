"""Reads for direct care, reported by the gate: durable at once, in the portal's access journal when it is there.

The entries are sealed in a file; DBOS is given the number of the batch. The gate delivers at least once: an entry that
comes again has the same key, and the portal records one key once.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from orthanc_plugin.engine.errors import EngineError, FaultsError, NotFoundError, RefusedError
from orthanc_plugin.engine.jobs import durable
from orthanc_plugin.engine.jobs.not_released import counts
from orthanc_plugin.engine.jobs.vault import DestroyedError, Vault
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.records import Patient, Study, Subject
from orthanc_plugin.vocabulary import DIRECT_CARE, ORTHANC_ID

LEVELS = ("patient", "study", "series", "instance")
_FIELDS: dict[str, type] = {
    "at": str,
    "user": str,
    "role": str,
    "door": str,
    "level": str,
    "orthanc_id": str,
    "count": int,
}
_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
_ENTRIES = "entries"


@dataclass(frozen=True)
class Batches:
    """Where batches of entries wait.

    Parameters
    ----------
    folder
        One sealed folder a batch.
    project_key
        Seals them.
    """

    folder: Path
    project_key: bytes

    def vault(self, batch: str) -> Vault:
        """Return one batch."""
        return Vault(self.folder / batch, self.project_key)


@DBOS.dbos_class("Journal")
class Journal(DBOSConfiguredInstance):
    """The journal of direct-care reads.

    Parameters
    ----------
    portal, archive
        The parts it talks to.
    batches
        Where entries wait.
    poll_seconds
        Between two attempts to reach the portal.
    """

    def __init__(self, portal: Portal, archive: Archive, batches: Batches, poll_seconds: float) -> None:
        self.portal, self.archive, self.batches, self.poll_seconds = portal, archive, batches, poll_seconds
        super().__init__("engine")

    def accept(self, body: Any) -> None:
        """Make a batch of entries durable.

        Raises
        ------
        FaultsError
            Naming each entry that cannot be understood; nothing is taken then.
        NoSpaceError
        """
        entries = read_entries(body)
        if not entries:
            return
        batch = str(uuid4())
        vault = self.batches.vault(batch)
        vault.create()
        vault.write_json(_ENTRIES, entries)
        self._enqueue(batch)

    def resume(self) -> int:
        """Report what an engine took that was killed before it was enqueued; call it when DBOS runs.

        The gate delivers it again, as it got no answer; but without this the batch would lie there for ever.

        Returns
        -------
        int
            How many batches.
        """
        taken = [
            folder.name for folder in self.batches.folder.iterdir() if self.batches.vault(folder.name).has(_ENTRIES)
        ]
        forgotten = [batch for batch in taken if not durable.is_known(_workflow(batch))]
        for batch in forgotten:
            self._enqueue(batch)
        return len(forgotten)

    def _enqueue(self, batch: str) -> None:
        with SetWorkflowID(_workflow(batch)):
            DBOS.enqueue_workflow(durable.LATER, self.report, batch)

    @DBOS.workflow(name="journal")
    def report(self, batch: str) -> None:
        """Report one batch to the portal, each entry once."""
        try:
            count = durable.step("count", self.poll_seconds, _untold, self._count, batch)
            taken = [
                durable.step(f"report {n}", self.poll_seconds, _untold, self._report, batch, n) for n in range(count)
            ]
            if all(taken):
                self.batches.vault(batch).destroy()
        except DestroyedError:
            log().error("a batch of the journal is gone", error="DestroyedError")
        except EngineError as error:
            log().error("a batch of the journal waits for an operator", error=type(error).__name__)

    def _count(self, batch: str) -> int:
        return len(self.batches.vault(batch).read_json(_ENTRIES))

    def _report(self, batch: str, number: int) -> bool:
        """Report one entry; one that the portal will never take is kept for an operator, and the others go on."""
        entry = self.batches.vault(batch).read_json(_ENTRIES)[number]
        key = entry.get("key") or f"{batch}-{number}"
        try:
            self.portal.disclose(disclosure(f"care-read-{key}", entry, self._subjects(entry)))
        except (FaultsError, RefusedError) as error:
            log().error("an entry of the journal was not taken", error=type(error).__name__)
            return False
        return True

    def _subjects(self, entry: dict[str, Any]) -> list[Subject]:
        try:
            studies = self.archive.study_ids(entry["level"], entry["orthanc_id"])
            return [self.archive.identity(study) for study in studies]
        except NotFoundError:
            return [_gone(entry["orthanc_id"])]


def _workflow(batch: str) -> str:
    return f"journal-{batch}"


def _untold(_what: str | None) -> None:
    """Nobody watches a journal."""


def _gone(orthanc_id: str) -> Subject:
    """Return a subject of which only the identifier in Orthanc is known: it was deleted since."""
    return Subject(orthanc_id, orthanc_id, Patient("", "", "", "", ""), Study("", "", ""))


def disclosure(key: str, entry: dict[str, Any], subjects: list[Subject]) -> dict[str, Any]:
    """Return the disclosure of one read (disclosure-request.schema.json)."""
    return {
        "key": key,
        "kind": "care-read",
        "job": None,
        "decision": None,
        "at": entry["at"],
        "request": {
            "sender": {"user": entry["user"], "role": entry["role"]},
            "recipient": "self",
            "purpose": DIRECT_CARE,
            "format": entry["door"],
            "reason": "",
            "attestations": {},
            "context": {"level": entry["level"]},
        },
        "subjects": [subject.as_json() for subject in subjects],
        "profile": "D0",
        "released": entry["count"],
        **counts(()),
        "engines": [],
        "package_sha256": None,
    }


def read_entries(body: Any) -> list[dict[str, Any]]:
    """Return the entries of a journal request.

    Raises
    ------
    FaultsError
        Naming every entry and field that cannot be understood, by position.
    """
    entries = body.get("entries") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        raise FaultsError([("entries", "must be a list")])
    faults = [fault for number, entry in enumerate(entries) for fault in _entry_faults(number, entry)]
    if faults:
        raise FaultsError(faults)
    kept = (*_FIELDS, "key")
    read = [{name: entry[name] for name in kept if name in entry} for entry in entries]
    return [{**entry, "level": entry["level"].lower()} for entry in read]


def _entry_faults(number: int, entry: Any) -> list[tuple[str, str]]:
    if not isinstance(entry, dict):
        return [(f"entries[{number}]", "must be a JSON object")]
    wrong = [name for name, kind in _FIELDS.items() if not isinstance(entry.get(name), kind)]
    faults = [(f"entries[{number}].{name}", f"must be {_FIELDS[name].__name__}") for name in wrong]
    if not wrong:
        faults += _value_faults(number, entry)
    return faults


def _value_faults(number: int, entry: dict[str, Any]) -> list[tuple[str, str]]:
    checks = {
        "level": (entry["level"].lower() in LEVELS, f"must be one of: {', '.join(LEVELS)}"),
        "orthanc_id": (ORTHANC_ID.fullmatch(entry["orthanc_id"]) is not None, "must be an identifier of Orthanc"),
        "count": (entry["count"] >= 0, "must not be negative"),
        "at": (_is_time(entry["at"]), "must be a time as RFC 3339 writes it"),
        "key": ("key" not in entry or _is_key(entry["key"]), "must be 8 to 64 letters, digits and hyphens"),
    }
    return [(f"entries[{number}].{name}", message) for name, (good, message) in checks.items() if not good]


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return False
    return True
