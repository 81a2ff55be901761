"""docker/ says the same as `aoa up`, and nothing more. No container engine runs here: the files are read."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from orthanc_plugin.gate.startup import check
from orthanc_plugin.stack import orthanc_files, people, settings_file
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.orthanc_config import render
from orthanc_plugin.stack.ports import Ports
from orthanc_plugin.stack.programs import programs
from orthanc_plugin.stack.stack_settings import StackSettings
from tests.support.stack import AOA

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
DOCKERFILES = sorted(DOCKER.glob("*.Dockerfile"))
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
INSIDE = "/srv/aoa"
TOOLS = Path(sys.executable).parent


def tool(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_hadolint_finds_nothing(file: Path) -> None:
    assert tool(TOOLS / "hadolint", "--config", DOCKER / ".hadolint.yaml", file) == ""


def test_yamllint_finds_nothing() -> None:
    assert tool(TOOLS / "yamllint", "--strict", "-c", DOCKER / ".yamllint.yaml", DOCKER / "compose.yaml") == ""


def test_there_are_exactly_the_parts_their_gateway_and_the_preparation() -> None:
    assert set(SERVICES) == {"orthanc", "engine", "portal", "gateway", "prepare"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == "${AOA_UID:-1000}:${AOA_GID:-1000}"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    allowed = {
        "user", "read_only", "cap_drop", "security_opt", "tmpfs", "restart", "logging", "image", "build", "command",
        "network_mode", "depends_on", "volumes", "secrets", "healthcheck", "ports", "stop_grace_period",
    }  # fmt: skip
    assert set(service) <= allowed, "a capability that nobody weighed"


@pytest.mark.parametrize("name", ["orthanc", "engine", "portal", "gateway"])
def test_every_lasting_container_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_only_the_gateway_is_published_and_on_the_loopback_address_only() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["gateway"]["ports"])
    defaults = [int(port) for entry in SERVICES["gateway"]["ports"] for port in re.findall(r":-(\d+)", entry)]
    assert sorted(defaults) == sorted([Ports().orthanc, Ports().portal, Ports().dicom])


def test_the_gateway_hands_on_to_where_orthanc_and_the_portal_listen() -> None:
    conf = (DOCKER / "gateway.conf").read_text(encoding="utf-8")
    pairs = re.findall(r"listen (\d+);.*?proxy_pass http://127\.0\.0\.1:(\d+);", conf, flags=re.DOTALL)
    published = [re.findall(r":-(\d+)}:(\d+)", entry)[0] for entry in SERVICES["gateway"]["ports"]]
    assert {(outside, inside) for outside, inside in pairs} == {
        (inside, outside) for outside, inside in published if inside != outside
    }
    assert "access_log off" in conf


@pytest.mark.parametrize("name", ["engine", "portal"])
def test_a_container_runs_what_the_supervisor_runs(name: str) -> None:
    of_the_stack = {program.name: program.command for program in programs(Home.at(Path(INSIDE)), Path("Orthanc"))}
    assert tuple(SERVICES[name]["command"][1:]) == of_the_stack[name][1:]


def test_the_orthanc_container_runs_what_the_supervisor_runs() -> None:
    command = re.findall(r"^CMD (.*)$", (DOCKER / "orthanc.Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    of_the_stack = {program.name: program.command for program in programs(Home.at(Path(INSIDE)), Path("Orthanc"))}
    assert [tuple(json.loads(line)) for line in command] == [of_the_stack["orthanc"]]


@pytest.mark.parametrize(("name", "section"), [("orthanc", "gate"), ("engine", "engine"), ("portal", "portal")])
def test_each_container_sees_exactly_the_secrets_that_its_settings_name(name: str, section: str) -> None:
    files = [value for key, value in tomllib.loads(settings_file.template())[section].items() if key.endswith("_file")]
    named = {value for value in files if value.startswith("secrets/")}
    assert set(files) - named <= {"engine/mapping-key.pub"}, "a public key, in a folder that its container mounts"
    seen = {row["target"].removeprefix(f"{INSIDE}/") for row in SERVICES[name]["secrets"]}
    assert seen == named
    assert {row["source"] for row in SERVICES[name]["secrets"]} <= set(COMPOSE["secrets"])
    assert not [mount for mount in SERVICES[name]["volumes"] if "secrets" in mount]


def test_no_secret_is_written_in_the_file_itself() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    assert not [name for name, service in SERVICES.items() if "environment" in service]


def test_the_gate_lies_where_the_rendered_configuration_says() -> None:
    orthanc = (DOCKER / "orthanc.Dockerfile").read_text(encoding="utf-8")
    checkout = re.findall(r"^WORKDIR (/opt\S*)", (DOCKER / "aoa.Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)[
        0
    ]
    inside_aoa = f"{checkout}/{orthanc_files.GATE_SCRIPT.parent.relative_to(ROOT)}"
    assert f"COPY orthanc_plugin/gate {inside_aoa}" in orthanc


def test_the_containers_orthanc_reads_exactly_what_the_render_function_gives(tmp_path: Path) -> None:
    assert not list(DOCKER.rglob("orthanc*.json")), "a second copy of Orthanc's configuration"
    assert SERVICES["prepare"]["command"] == ["aoa", "stack", "prepare", "--home", INSIDE]
    home = tmp_path / "home"
    subprocess.run([AOA, *SERVICES["prepare"]["command"][1:-1], home], check=True, capture_output=True)
    written = json.loads((home / "orthanc" / "orthanc.json").read_text(encoding="utf-8"))
    users = json.loads((home / "secrets" / "users.json").read_text(encoding="utf-8"))
    settings = StackSettings.load(home / "aoa.toml")
    assert written == render(orthanc_files.installation(Home(home), Ports(), settings, users))
    check(written, "1.10.1", ["1.10.1"], {}, parts=frozenset(people.SERVICES))
    assert settings_file.read_ports(home / "aoa.toml") == Ports()


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_an_image_is_debian_12_and_does_not_run_as_root(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert set(re.findall(r"^FROM (\S+)", text, flags=re.MULTILINE)) == {"debian:12-slim"}
    assert re.findall(r"^USER (\S+)", text, flags=re.MULTILINE)[-1] == "1000:1000"


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_what_an_image_copies_is_there_and_reaches_the_builder(file: Path) -> None:
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    ]
    for line in re.findall(r"^COPY (?!--from)(.+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists()
            assert any(source == name or source.startswith(f"{name}/") for name in allowed), f"{source} is ignored"


def test_the_images_bring_only_packages_that_the_set_up_installs_too() -> None:
    wanted = {line for line in (ROOT / "packages.txt").read_text(encoding="utf-8").splitlines() if line[:1] not in "#"}
    for name in ("orthanc.Dockerfile", "aoa.Dockerfile"):
        text = (DOCKER / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for packages in re.findall(r"--no-install-recommends ([^&]+?)\s*&&", text):
            assert set(packages.split()) <= wanted
