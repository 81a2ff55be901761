"""Every setting of every part is looked at before anything starts, and is read by something."""

import ast
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from consent_portal.portal_settings import OidcSettings, PortalSettings
from consent_portal.settings import GateSettings, SiteSettings
from orthanc_plugin.engine import settings as engine_settings
from orthanc_plugin.gate import settings as gate_settings
from orthanc_plugin.stack.stack_settings import ModalitySettings, StackSettings
from tests.support.stack import AOA

ROOT = Path(__file__).parents[3]


def prepared(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [AOA, "stack", "prepare", "--home", home]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def faults(run: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.removeprefix("  - ") for line in run.stderr.splitlines() if line.startswith("  - ")]


def test_the_faults_of_all_parts_are_told_together_and_nothing_is_made_ready(tmp_path: Path) -> None:
    home = tmp_path / "home"
    wrong = {"AOA_GATE_PORTAL_URL": "zzz", "AOA_ENGINE_WORKERS": "0", "AOA_PORTAL_IDLE_MINUTES": "-1"}
    run = prepared(home, **wrong, AOA_STACK_DICOM_AET="MUCH TOO LONG A NAME", AOA_SITE_NATION="France")
    assert run.returncode == 1
    told = [fault.split(":")[0].split(" is ")[0] for fault in faults(run)]
    assert told == [
        "[stack] dicom_aet", "[gate] portal_url", "[engine] workers", "[portal] idle_minutes", "[site] nation",
    ]  # fmt: skip
    assert not (home / "orthanc" / "orthanc.json").exists()
    assert not (home / "portal" / "portal.sqlite").exists()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AOA_SITE_NATION", "France", "must be one of: England, Northern Ireland, Scotland, Wales"),
        ("AOA_SITE_SWITCHES", "x", "error parsing value"),
        ("AOA_SITE_GUARDIAN", "me", "[site] guardian: is no setting"),
        ("AOA_ENGINE_WORKERS", "x", "[engine] workers"),
        ("AOA_ENGINE_WRKERS", "2", "[engine] AOA_ENGINE_WRKERS: unknown setting"),
        ("AOA_STACK_PORT", "2", "[stack] AOA_STACK_PORT: is no setting"),
        ("AOA_STACK_PEERS", "x", "[stack] error parsing value"),
        ("AOA_GATE_URL", "x", "[gate] url is not a setting"),
        ("AOA_GATE_DESTINATIONS", "archive=selling", "[gate] destinations: archive = 'selling' is not one of"),
        ("AOA_PORTAL_PORT", "none", "[portal] port"),
        ("AOA_PORTAL_SERVER", "gunicorn", "[portal] server is no setting any more"),
    ],
)
def test_a_setting_of_the_environment_that_cannot_be_meant_is_refused(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    run = prepared(tmp_path / "home", **{name: value})
    assert run.returncode == 1
    assert says in run.stderr
    assert "Traceback" not in run.stderr


def test_a_home_from_before_that_names_waitress_is_ready_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert prepared(home).returncode == 0
    settings = home / "aoa.toml"
    settings.write_text(settings.read_text().replace("[portal]\n", '[portal]\nserver = "waitress"\n'))
    assert prepared(home, AOA_GATE_DESTINATIONS="archive=teaching,pacs=direct-care").returncode == 0


FIELDS = {
    "stack": set(StackSettings.model_fields) | set(ModalitySettings.model_fields),
    "engine": set(engine_settings.EngineSettings.model_fields),
    "gate": {name for name in gate_settings._NAMES if name != "engine_token_file" and not name.startswith("accounts_")}
    | {"engine_token", "guardian", "illustration", "accounts"},
    "portal": set(PortalSettings.model_fields),
    "site": set(SiteSettings.model_fields),
    "oidc": set(OidcSettings.model_fields),
    "gate of the portal": set(GateSettings.model_fields),
}
"""The names by which code reads them; the gate keeps the token's text, not its file, and the accounts' four as one."""
HOLDERS = {"settings", "_settings", "engine", "portal", "site", "gate", "self", "row", "found"}
READ_BY_NAME = {*engine_settings._SECRET_FILES, *engine_settings._FOLDERS, engine_settings._HOLDER}


def reads() -> Iterator[str]:
    for package in ("orthanc_plugin", "consent_portal"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _holds(node.value):
                    yield node.attr


def _holds(value: ast.expr) -> bool:
    return (isinstance(value, ast.Name) and value.id in HOLDERS) or (
        isinstance(value, ast.Attribute) and value.attr in HOLDERS
    )


def test_every_setting_is_read_by_some_code() -> None:
    read = {*reads(), *READ_BY_NAME, "orthanc_port", "dicom_port"}  # the ports: by settings_file, in the file
    assert {part: names - read for part, names in FIELDS.items()} == {part: set() for part in FIELDS}
