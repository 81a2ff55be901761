"""The portal's settings: one TOML file, every value also from the environment, all faults told at once.

A setting ``name`` of ``[section]`` is ``AOA_SECTION_NAME`` in the environment, which wins. Relative paths, and the
path in an SQLite URL, are relative to the file.
"""

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from consent_portal.portal_settings import OidcSettings, PortalSettings
from consent_portal.registers.departments import KINDS, Departments, Rule, folded
from consent_portal.setting_values import SETTINGS_FILE, DepartmentKey, Destinations, Nation, Values


class SettingsFaults(Exception):  # noqa: N818  (named for the situation)
    """The settings cannot be used; `faults` lists everything that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings have faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


class SiteSettings(BaseModel):
    """``[site]``: who we are, whom to ask, and the policy switches."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1)] = "Radiology department"
    nation: Nation = "Northern Ireland"
    caldicott_guardian_contact: str = "the Caldicott Guardian"
    medical_illustration_contact: str = "Medical Illustration"
    switches: dict[str, bool] = Field(default_factory=dict)
    notices: dict[str, Any] | None = None
    """What the notices say, until somebody saves it in the portal (docs/notices.md)."""


class DepartmentRule(BaseModel):
    """What a series must say to be a department's: one of the values of each kind that is named."""

    model_config = ConfigDict(extra="forbid")

    department: Values = ()
    modality: Values = ()
    station: Values = ()
    ae_title: Values = ()

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.told:
            message = f"a rule names at least one of {', '.join(KINDS)}; take out the one that names none"
            raise ValueError(message)
        return self

    @property
    def told(self) -> dict[str, frozenset[str]]:
        """Return the values of each kind that is named, folded."""
        named = {kind: frozenset(map(folded, getattr(self, kind))) for kind in KINDS}
        return {kind: values for kind, values in named.items() if values}


class DepartmentSettings(BaseModel):
    """``[departments.KEY]``: a department, and by what a study is known to be its own."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    own: Annotated[tuple[DepartmentRule, ...], Field(min_length=1)]


class GateSettings(BaseModel):
    """``[gate]``, as far as the portal needs it: where Orthanc may push to, each with its purpose."""

    model_config = ConfigDict(extra="ignore")

    destinations: Destinations = Field(default_factory=dict)


class Settings(BaseSettings):
    """All that the portal needs to know; other sections of the file belong to other programs."""

    model_config = SettingsConfigDict(
        env_prefix="AOA_", env_nested_delimiter="_", env_nested_max_split=1, extra="ignore", frozen=True
    )

    portal: PortalSettings
    site: SiteSettings = Field(default_factory=SiteSettings)
    gate: GateSettings = Field(default_factory=GateSettings)
    oidc: OidcSettings | None = None
    departments: dict[DepartmentKey, DepartmentSettings] = Field(default_factory=dict)
    """Object-level access, off without the section (ADR 0153)."""

    @property
    def of_departments(self) -> Departments:
        """Return the departments with their rules; false where none are switched on."""
        rules = {key: tuple(Rule(one.told) for one in made.own) for key, made in self.departments.items()}
        return Departments(rules, {key: made.name for key, made in self.departments.items()})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (the library's signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (the library's signature)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, SETTINGS_FILE.get()))

    @classmethod
    def load(cls, file: Path | None = None) -> Self:
        """Read and check the settings.

        Parameters
        ----------
        file : Path, optional
            The TOML file; by default what ``AOA_SETTINGS`` names.

        Raises
        ------
        SettingsFaults
            Naming every fault at once.
        """
        path = (file or Path(os.environ.get("AOA_SETTINGS", "aoa.toml"))).resolve()
        if not path.is_file():
            raise SettingsFaults([f"no settings file at {path}; `aoa up` makes one, or name one in AOA_SETTINGS"])
        token = SETTINGS_FILE.set(path)
        try:
            return cls()
        except ValidationError as error:
            raise SettingsFaults([_told(fault) for fault in error.errors()]) from None
        except (SettingsError, TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsFaults([f"{path.name} and AOA_*: {error}"]) from None
        finally:
            SETTINGS_FILE.reset(token)


def _told(fault: Any) -> str:
    section, *name = (str(part) for part in fault["loc"])
    unknown = fault["type"] == "extra_forbidden"
    why = "is no setting; docs/operating.md has their names" if unknown else fault["msg"].removeprefix("Value error, ")
    return f"[{section}] {'.'.join(name)}: {why}" if name else f"[{section}] {why}"
