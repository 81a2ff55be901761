"""Furnishes a demonstration: sample studies in Orthanc, and the consents of their patients in the ledger."""

import tomllib
from importlib.resources import files
from typing import Any

from orthanc_plugin.stack import several, vault
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.ready import Ready
from orthanc_plugin.stack.samples import studies
from orthanc_plugin.stack.samples.model import uid
from orthanc_plugin.stack.samples.upload import upload
from orthanc_plugin.stack.screen import Screen

_UPLOADER = "clinician"
_NOTE = "sample-consents"
"""Beside the ledger: the studies whose consents were brought, so that what a person changes afterwards stays."""


def furnish(home: Home, ready: Ready, family: str, screen: Screen) -> None:
    """Bring the sample studies and their consents, where they are not there yet.

    Parameters
    ----------
    home
        The installation.
    ready
        Where Orthanc answers, and the logins.
    family
        Family name of every patient.
    screen
        Where progress is told.

    Raises
    ------
    StackError
        If Orthanc does not take a study, or the ledger a consent.
    """
    _bring_studies(ready, family, screen)
    _bring_consents(home, screen)


def _bring_studies(ready: Ready, family: str, screen: Screen) -> None:
    login = (ready.logins or {})[_UPLOADER]
    samples = studies(family)
    with screen.progress() as bar:
        task = bar.add_task("Bringing sample studies to Orthanc", total=len(samples))
        for study in samples:
            for _ in upload(ready.orthanc, (login["user"], login["password"]), study):
                pass
            bar.advance(task)


def _bring_consents(home: Home, screen: Screen) -> None:
    note = home.folder / "portal" / _NOTE
    recorded = note.read_text(encoding="utf-8").split() if note.exists() else []
    rows = [row for row in consents() if row["study"] not in recorded]
    if not rows:
        return
    with screen.progress() as bar:
        task = bar.add_task("Recording what their patients agreed to", total=len(rows))
        for row, _ in zip(rows, several.run(home, [_commands(home, row) for row in rows]), strict=True):
            recorded.append(row["study"])
            vault.write(note, "\n".join(recorded) + "\n")
            bar.advance(task)


def consents() -> list[dict[str, Any]]:
    """Return what the patients agreed to, as samples/consents.toml says it."""
    text = (files("orthanc_plugin.stack.samples") / "consents.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["consent"])


def _commands(home: Home, row: dict[str, Any]) -> list[list[str]]:
    """Return the commands that record one consent in the ledger."""
    study = ["--study", uid(row["study"])]
    declined = ["--declined", ",".join(row["declined"])] if "declined" in row else []
    given = ["--levels", ",".join(row["levels"]), *declined, "--grantor", row["grantor"], *_authority(row)]
    at = ["--home", str(home.folder), *study]
    made = [["consent", "record", *at, *given, "--clinician", row["clinician"], "--date", row["date"]]]
    return [*made, ["consent", "withdraw", *at, "--reason", row["withdrawn"]]] if "withdrawn" in row else made


def _authority(row: dict[str, Any]) -> list[str]:
    """Return who decided for the patient, and how that is known, where it was not the patient."""
    told = ("grantor_name", "evidence")
    return [word for name in told if name in row for word in (f"--{name.replace('_', '-')}", row[name])]
