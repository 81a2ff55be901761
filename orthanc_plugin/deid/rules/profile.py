"""Profiles: which options of PS3.15 are composed, and what else is done, read from ``profiles/*.toml``."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator
from pydicom.datadict import tag_for_keyword

from orthanc_plugin.deid import standard


class Level(StrEnum):
    """The levels of the command line; all three are profile D3."""

    TEACHING = "teaching"
    PRINT = "print"
    INTERNET = "internet"


class Profile(BaseModel):
    """One profile, immutable. Every field is a line of its TOML file.

    Two profiles with the same content are equal, so that compiled plans can be shared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    code: Literal["D1", "D2", "D3"]
    level: Level | Literal[""]
    title: str
    options: frozenset[str]
    dates: Literal["removed", "shifted", "kept"]
    text: Literal["allow-list", "known-and-patterns"]
    private: Literal["removed", "safe"]
    attributes: Literal["all", "iod"]
    faces: Literal["remove", "consent", "pass"]
    drop: frozenset[str]
    drop_modules: frozenset[str]
    consent_protocol: str

    @field_validator("options")
    @classmethod
    def _options_exist(cls, options: frozenset[str]) -> frozenset[str]:
        unknown = options - set(standard.option_columns())
        if unknown:
            msg = f"not options of PS3.15 Table E.1-1: {sorted(unknown)}; choose from {standard.option_columns()}"
            raise ValueError(msg)
        return options

    @field_validator("drop")
    @classmethod
    def _keywords_exist(cls, keywords: frozenset[str]) -> frozenset[str]:
        unknown = sorted(keyword for keyword in keywords if tag_for_keyword(keyword) is None)
        if unknown:
            msg = f"not DICOM keywords: {unknown}"
            raise ValueError(msg)
        return keywords


def profile_names() -> list[str]:
    """Return the names that `load_profile` knows."""
    folder = files("orthanc_plugin.deid") / "profiles"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


@cache
def load_profile(name: str) -> Profile:
    """Return the profile of that name.

    Raises
    ------
    ValueError
        When there is none; the message lists those that there are.
    """
    if name not in profile_names():
        msg = f"there is no de-identification profile {name!r}; choose one of: {', '.join(profile_names())}"
        raise ValueError(msg)
    text = (files("orthanc_plugin.deid") / "profiles" / f"{name}.toml").read_text("utf-8")
    return Profile.model_validate(tomllib.loads(text))
