"""The rules of ``faces.toml``."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rules() -> dict[str, Any]:
    """Return the rules, by table of the file."""
    return tomllib.loads((files("orthanc_plugin.deid.pixels.faces") / "faces.toml").read_text("utf-8"))
