"""A home with its own Orthanc, and the real command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from orthanc_plugin.cli import build
from tests.support.patience import PATIENCE
from tests.support.portal import PortalHome, running_archive

AOA = Path(sys.executable).with_name("aoa")


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    with running_archive(tmp_path_factory.mktemp("orthanc")) as filled:
        yield filled


class Aoa:
    """Runs `aoa` on one home: in this process, which is quick, or as a process of its own."""

    def __init__(self, home):
        self.home = home

    def __call__(self, *arguments, expect=0):
        run = CliRunner().invoke(build(), self._line(arguments), catch_exceptions=False)
        assert run.exit_code == expect, run.output
        return run

    def process(self, *arguments, expect=0):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AOA_")}
        command = [str(AOA), *self._line(arguments)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
        assert run.returncode == expect, run.stdout + run.stderr
        return run

    def json(self, *arguments, expect=0):
        return json.loads(self(*arguments, "--json", expect=expect).stdout)

    def _line(self, arguments):
        return [*arguments[:2], "--home", str(self.home.folder), *arguments[2:]]


@pytest.fixture
def aoa(tmp_path, archive):
    return Aoa(PortalHome(tmp_path / "home", archive.orthanc.url, archive.orthanc.auth).make())


@pytest.fixture
def lonely(tmp_path):
    """A home whose Orthanc does not answer."""
    return Aoa(PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make())


def uid(archive, orthanc_id):
    study = httpx.get(f"{archive.orthanc.url}/studies/{orthanc_id}", auth=archive.orthanc.auth, timeout=PATIENCE).json()
    return study["MainDicomTags"]["StudyInstanceUID"]


@pytest.fixture
def photo(archive):
    return uid(archive, archive.photo)


@pytest.fixture
def scan(archive):
    return uid(archive, archive.ct)
