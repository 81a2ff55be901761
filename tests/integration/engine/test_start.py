"""How the engine starts, or says why it cannot."""

import io
import os
import socket
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from copy import copy

import pytest

from orthanc_plugin.deid.pixels.devices import Register
from tests.integration.engine.conftest import CANARY
from tests.support.files import below
from tests.support.patience import PATIENCE
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

RULES = """
[[rule]]
name = "our-scanner-banner"
origin = "measured on 40 images"
does = "blank"
[rule.when]
Modality = ["CT"]
[[rule.area]]
unit = "fractions"
left = 0.0
top = 0.0
right = 1.0
bottom = 0.5
"""


def attempt(engine, **environment):
    settings = {**os.environ, "AOA_SETTINGS": str(engine.home / "aoa.toml"), **environment}
    command = [sys.executable, "-m", "orthanc_plugin.engine"]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "Traceback" not in done.stderr
    return done


def test_every_fault_of_the_settings_is_told_at_once(own_engine):
    text = (own_engine.home / "aoa.toml").read_text()
    wrong = text.replace("workers = 2", 'workers = "many"\nworkres = 2').replace(
        'orthanc_url = "http', 'orthanc_url = "ftp'
    )
    (own_engine.home / "aoa.toml").write_text(wrong)
    done = attempt(own_engine)
    assert done.returncode == 1
    assert "[engine] workers" in done.stderr
    assert "[engine] workres: unknown setting" in done.stderr
    assert "[engine] orthanc_url" in done.stderr


def test_what_only_the_machine_can_tell_is_told_at_once_too(own_engine):
    (own_engine.home / "secrets" / "portal-token").unlink()
    (own_engine.home / "secrets" / "engine-token").write_text("\n")
    (own_engine.home / "secrets" / "project-key").write_text("too short\n")
    (own_engine.home / "a-file").write_text("")
    (own_engine.home / "rules.toml").write_text("[[rule]]\nname = 'banner'\n")
    done = attempt(
        own_engine,
        AOA_ENGINE_WORK_DIR=str(own_engine.home / "a-file" / "work"),
        AOA_ENGINE_PACKAGES_DIR="/proc/nowhere",
        AOA_ENGINE_HOST="0.0.0.0",
        AOA_ENGINE_DEVICE_RULES_FILE=str(own_engine.home / "rules.toml"),
        AOA_ENGINE_DATABASE_URL="mysql://somewhere/else",
    )
    assert done.returncode == 1
    for name in (
        "portal_token_file",
        "token_file",
        "project_key_file",
        "work_dir",
        "packages_dir",
        "host",
        "database_url",
        "device_rules_file",
    ):
        assert f"[engine] {name}: " in done.stderr


@pytest.mark.parametrize("name", ["engine-token", "portal-token"])
def test_no_token_opens_both_pictures_and_another_parts_routes(own_engine, name):
    done = attempt(own_engine, AOA_ENGINE_PICTURES_TOKEN_FILE=str(own_engine.home / "secrets" / name))
    assert done.returncode == 1
    assert "[engine] pictures_token_file" in done.stderr


def test_the_environment_wins_over_the_file(own_engine):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = attempt(own_engine, AOA_ENGINE_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "port" in done.stderr
    assert "choose another port" in done.stderr


def test_a_settings_file_that_is_not_there_or_not_toml_says_so(own_engine):
    assert "does not exist" in attempt(own_engine, AOA_SETTINGS="/nowhere/aoa.toml").stderr
    (own_engine.home / "aoa.toml").write_text("[engine\n")
    done = attempt(own_engine)
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


def test_a_database_that_cannot_be_opened_says_so(own_engine):
    done = attempt(own_engine, AOA_ENGINE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "database" in done.stderr


def test_what_the_engine_keeps_is_for_its_user_alone_and_no_secret_is_in_a_message_or_a_log(own_engine, small_chest):
    own_engine.start()
    own_engine.becomes(own_engine.begin(small_chest), "ready")
    for path in (own_engine.work, own_engine.packages, *below(own_engine.packages)):
        assert path.stat().st_mode & 0o077 == 0, path
    own_engine.stop()
    (own_engine.home / "aoa.toml").write_text((own_engine.home / "aoa.toml").read_text() + "\nnonsense = 1\n")
    refused = attempt(own_engine).stderr
    assert "nonsense" in refused
    for name in ("engine-token", "portal-token", "pictures-token", "orthanc-password", "project-key"):
        secret = (own_engine.home / "secrets" / name).read_text().strip()
        assert secret not in own_engine.log.read_text(), name
        assert secret not in refused, name


def test_the_sites_own_device_rules_are_in_force_in_every_process(own_engine, small_chest):
    (own_engine.home / "rules.toml").write_text(RULES)
    own_engine.start(AOA_ENGINE_DEVICE_RULES_FILE=str(own_engine.home / "rules.toml"))
    job = own_engine.begin(small_chest)
    own_engine.becomes(job, "ready")
    with zipfile.ZipFile(io.BytesIO(own_engine.package(job).content)) as package:
        # Flat slices have no writing: a rule alone covers something in each.
        assert (
            "objects 1-3: searched for writing by two independent programs: writing found and covered"
            in package.read("RELEASE.txt").decode()
        )
    # Covered, so the modality lead can be asked to end it at the source (R23); the list names no patient and no job.
    (device,) = Register(own_engine.home / "engine" / "burned-in.sqlite").devices()
    assert (device.manufacturer, device.images) == ("GE MEDICAL SYSTEMS", 3)
    kept = (own_engine.home / "engine" / "burned-in.sqlite").read_bytes()
    assert CANARY.encode() not in kept
    assert job.encode() not in kept


def test_of_two_engines_on_one_home_that_are_asked_for_a_package_at_once_exactly_one_hands_it_over(
    own_engine, portal, small_chest
):
    own_engine.start()
    job = own_engine.begin(small_chest)
    own_engine.becomes(job, "ready")
    other = copy(own_engine)
    other.port = free_port()
    other.url = f"http://127.0.0.1:{other.port}"
    other.start(AOA_ENGINE_PORT=str(other.port), AOA_ENGINE_EXECUTOR_ID="engine-2")
    try:
        with ThreadPoolExecutor(6) as people:
            asked = [people.submit(engine.package, job) for engine in (own_engine, other) * 3]
            answers = [each.result(PATIENCE) for each in asked]
    finally:
        other.stop()
    handed = [answer for answer in answers if answer.status_code == 200]
    assert len(handed) == 1
    assert all(answer.status_code in (409, 410) for answer in answers if answer not in handed)
    assert len(zipfile.ZipFile(io.BytesIO(handed[0].content)).namelist()) == 5
    assert portal.told()["attempts"] == [f"release-{job}"]
