"""What is added to Orthanc Explorer: one script, with the words of `pages/wording.toml` put in."""

import json
from http import HTTPStatus
from pathlib import Path

from orthanc_plugin.gate.answers import Answer, json_answer
from orthanc_plugin.gate.pages.layout import WORDING
from orthanc_plugin.gate.roles import Principal

_PLACE = "{/* wording */}"


def script() -> str:
    """Return the script for `orthanc.ExtendOrthancExplorer`."""
    words = {name: WORDING[name] for name in ("levels", "states")}
    text = Path(__file__).with_name("explorer.js").read_text(encoding="utf-8")
    return text.replace(_PLACE, json.dumps(words).replace("<", "\\u003c"), 1)


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
