"""What is added to Orthanc Explorer: one script, which takes its words from the consent summary."""

from http import HTTPStatus
from pathlib import Path

from orthanc_plugin.gate.answers import Answer, json_answer
from orthanc_plugin.gate.roles import Principal


def script() -> str:
    """Return the script for `orthanc.ExtendOrthancExplorer`."""
    return Path(__file__).with_name("explorer.js").read_text(encoding="utf-8")


def me(principal: Principal) -> Answer:
    """Return who asks and what that role may use, so that no page offers what the gate would refuse."""
    role = principal.role
    return json_answer(
        HTTPStatus.OK,
        {
            "user": principal.user,
            "role": role.name,
            "title": role.title,
            "direct_care": role.direct_care,
            "uses": sorted(role.uses),
        },
    )
