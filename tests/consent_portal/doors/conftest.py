"""One installation with its three doors: the pages, the command and the API, over one ledger."""

import json

import pytest
from click.testing import CliRunner

from orthanc_plugin.cli import build
from tests.consent_portal.web.conftest import archive, lasting, portal, prepared, said

__all__ = ["archive", "lasting", "portal", "prepared", "said"]


class Doors:
    """The same statement through each door; fields bear the names of the API."""

    def __init__(self, portal):
        self.portal, self.study = portal, portal.photo
        self.token = (portal.home.folder / "secrets" / "consent-token").read_text(encoding="utf-8")

    def api(self, verb, *, recorder="medical-illustration", token=None, **fields):
        """Return status and JSON of the API's answer; about the photograph, or the number that is named."""
        about = {} if "number" in fields else {"study": self.study.study_uid}
        answer = self.portal.app.test_client().post(
            f"/api/v1/consent/{verb}",
            json={"recorder": recorder, **about, **fields},
            headers={"Authorization": f"Bearer {token or self.token}"},
        )
        return answer.status_code, answer.get_json()

    def command(self, verb, *arguments, **fields):
        """Return the run of `aoa consent VERB`."""
        options = [word for name, value in fields.items() for word in option(name, value)]
        about = [] if "number" in fields else ["--study", self.study.study_uid]
        line = ["consent", verb, *arguments, "--home", str(self.portal.home.folder), *about, *options]
        return CliRunner().invoke(build(), line, catch_exceptions=False)

    def said_by(self, door, verb, **fields):
        """Return whether it was recorded, and what was told."""
        if door == "API":
            status, answer = self.api(verb, **fields)
            return status == 201, json.dumps(answer)
        run = self.command(verb, **fields)
        return run.exit_code in {0, 3}, run.output


def option(name, value):
    """Return a field as words of a command line."""
    if name == "action":
        return [value]
    flag = f"--{name.replace('_', '-')}"
    if isinstance(value, list) and name in {"agrees_to", "duo"}:
        return [word for one in value for word in (flag, one)]
    if isinstance(value, bool):
        return [flag, "yes" if value else "no"]
    return [flag, ",".join(value) if isinstance(value, list) else str(value)]


@pytest.fixture(scope="module")
def doors(lasting):
    return Doors(lasting)


@pytest.fixture
def own_doors(portal):
    """The doors of an installation that one test has to itself."""
    return Doors(portal)
