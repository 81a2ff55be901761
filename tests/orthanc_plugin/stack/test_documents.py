"""What the documents say is so: the settings, the walk of the README, the lock, the packages."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from consent_portal.portal_settings import PortalSettings
from consent_portal.settings import SiteSettings
from orthanc_plugin.engine.settings import EngineSettings
from orthanc_plugin.gate import settings as gate_settings
from orthanc_plugin.stack import people, settings_file
from orthanc_plugin.stack.stack_settings import StackSettings
from tests.support.stack import CANARY, Stack

ROOT = Path(__file__).parents[3]
NAMES = {
    "stack": set(StackSettings.model_fields),
    "gate": set(gate_settings._NAMES),
    "engine": set(EngineSettings.model_fields),
    "portal": set(PortalSettings.model_fields),
    "site": set(SiteSettings.model_fields),
}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def documented(section: str) -> dict[str, str]:
    chapter = re.findall(rf"### \[{section}\].*?\n\n(.*?)\n\n", text("docs/operating.md"), flags=re.DOTALL)[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", chapter, flags=re.MULTILINE))


@pytest.mark.parametrize("section", sorted(NAMES))
def test_every_setting_is_documented_and_none_that_does_not_exist(section: str) -> None:
    assert set(documented(section)) == NAMES[section]


@pytest.mark.parametrize("section", sorted(NAMES))
def test_what_a_new_home_begins_with_is_documented(section: str) -> None:
    begins = tomllib.loads(settings_file.template())[section]
    told = {name: value.strip("`") for name, value in documented(section).items() if value.startswith("`")}
    written = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in begins.items()}
    assert {name: value for name, value in written.items() if name in told} == {
        name: value for name, value in told.items() if name in written
    }
    assert {name for name, value in begins.items() if not isinstance(value, dict)} <= set(told)


def test_the_readme_names_every_role() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", text("README.md"), flags=re.MULTILINE)
    assert tuple(rows) == ("clinician", *people.ROLES[1:])


def test_every_link_in_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text("README.md") + text("CONTRIBUTING.md"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_walk_of_the_readme_runs_as_it_stands_and_a_second_start_changes_nothing(
    new_stack: Callable[..., Stack], tmp_path: Path
) -> None:
    stack = new_stack("demo-home", demo=True).start().wait_until_ready()
    (walk,) = re.findall(r"<!-- walk.*?```sh\n(.*?)```", text("README.md"), flags=re.DOTALL)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    done = subprocess.run(
        ["sh", "-euc", walk], cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not without asking" in done.stdout
    assert "closed" in done.stdout
    made = {path.name for path in tmp_path.iterdir() if path.suffix in {".zip", ".pdf"}}
    assert made == {"chest.zip", "poster.pdf", "insert.pdf"}
    assert CANARY not in done.stdout + done.stderr

    before = state(stack)
    stack.stop()
    stack.start().wait_until_ready()
    assert state(stack) == before


def state(stack: Stack) -> tuple[int, str]:
    """Return how many objects Orthanc has, and what the ledger says of the photograph."""
    with stack.client("administrator") as orthanc:
        instances = orthanc.get("/statistics").raise_for_status().json()["CountInstances"]
    shown = stack.aoa("consent", "show", "--study", stack.study_uid("forearm-photograph"), "--json")
    assert shown.returncode == 0, shown.stderr
    return instances, shown.stdout


def test_every_line_of_the_lock_is_pinned_with_a_hash_and_names_no_host() -> None:
    lock = text("requirements.lock")
    pinned = re.split(r"\n(?=[a-z0-9])", lock)
    assert all("--hash=sha256:" in entry for entry in pinned if re.match(r"[a-z0-9]", entry))
    assert "://" not in lock


def test_packages_are_listed_once_each() -> None:
    names = [line for line in text("packages.txt").splitlines() if line and not line.startswith("#")]
    assert len(names) == len(set(names))
    assert {"orthanc", "orthanc-python", "orthanc-dicomweb", "python3-venv"} <= set(names)


def test_ci_runs_the_command_of_the_readme() -> None:
    assert "make test" in text("README.md")
    assert re.search(r"^exec make test$", text(".ci/run"), flags=re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that another user may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_set_up_without_rights_names_the_packages_and_what_to_do(open_folder: Path) -> None:
    tools = open_folder / "bin"
    for folder in (tools, open_folder / "scripts"):
        folder.mkdir(mode=0o755)
    for name in ("bash", "dpkg-query", "apt-get", "grep", "id", "dirname", "env"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (open_folder / "packages.txt").write_text("# a list\ndpkg\naoa-no-such-package\n")
    shutil.copy(ROOT / "scripts" / "setup", open_folder / "scripts" / "setup")
    nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"]
    as_nobody = [str(shutil.which("setpriv")), *nobody] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_nobody, str(tools / "bash"), "scripts/setup"],
        cwd=open_folder, env={"PATH": str(tools)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "neither root nor have sudo" in done.stderr
    assert "apt-get install --no-install-recommends aoa-no-such-package" in done.stderr
    assert "dpkg " not in done.stderr


def test_the_demo_takes_its_home_and_ports_from_the_environment() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "AOA_HOME": "/somewhere", "ORTHANC_PORT": "1", "DICOM_PORT": "2", "PORTAL_PORT": "3"},
    ).stdout  # fmt: skip
    assert 'aoa up --demo --home "/somewhere" --orthanc-port 1 --dicom-port 2' in shown
    assert "--portal-port 3" in shown


def test_the_interfaces_page_lists_the_settings_of_the_stack() -> None:
    row = re.findall(r"^\| `\[stack\]` \| (.*) \|$", text("docs/interfaces.md"), flags=re.MULTILINE)[0]
    assert set(re.findall(r"`(\w+)`", row)) == NAMES["stack"]


def test_the_compose_file_is_documented_with_the_commands_it_needs() -> None:
    services = yaml.safe_load(text("docker/compose.yaml"))["services"]
    assert re.findall(r"run --rm (\w+)", text("docs/docker.md"))[0] in services
