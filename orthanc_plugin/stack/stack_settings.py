"""Settings of the stack itself: ``[stack]`` of the settings file; ``AOA_STACK_*`` wins."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from orthanc_plugin.stack.errors import StackError

AeTitle = Annotated[str, Field(pattern=r"^[!-\[\]-~]([ -\[\]-~]{0,14}[!-\[\]-~])?$")]
"""PS3.5 6.2, value representation AE: 1 to 16 characters, no backslash, no space at either end."""
_PREFIX = "AOA_STACK_"
Port = Annotated[int, Field(ge=1, le=65535)]


class ModalitySettings(BaseModel):
    """Another DICOM system; its purpose stands in ``[gate.destinations]`` under the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    aet: AeTitle
    host: str
    port: Port
    manufacturer: str = "Generic"


class StackSettings(BaseSettings):
    """Every setting of ``[stack]``, with its default."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    orthanc_port: Port = 8042
    dicom_port: Port = 4242
    dicom_aet: AeTitle = "ANONASK"
    accept_unknown_senders: bool = False
    plugin_dir: str = "/usr/share/orthanc/plugins"
    modalities: dict[str, ModalitySettings] = {}
    peers: dict[str, Any] = {}
    dicomweb_servers: dict[str, Any] = {}
    demo_family: Annotated[str, Field(pattern=r"^[^\W\d_][\w' -]{0,40}$")] = "Sample"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values come in as arguments."""
        return (env_settings, init_settings)

    @classmethod
    def load(cls, path: Path) -> "StackSettings":
        """Read and check ``[stack]`` of the settings file at `path`.

        Raises
        ------
        StackError
            Naming every fault at once.
        """
        settings, faults = read(path)
        if settings is None:
            raise StackError("\n".join([f"{path} cannot be used:", *(f"  - {fault}" for fault in faults)]))
        return settings


def read(path: Path) -> tuple[StackSettings | None, list[str]]:
    """Return ``[stack]`` of the settings file at `path` where it can be used, and everything that is wrong with it.

    Raises
    ------
    StackError
        If the file is not TOML.
    """
    unknown = [f"[stack] {name}: is no setting; docs/operating.md has their names" for name in _unknown()]
    try:
        settings = StackSettings(**tomllib.loads(path.read_text(encoding="utf-8")).get("stack", {}))
    except tomllib.TOMLDecodeError as error:
        raise StackError(f"{path} cannot be read as TOML: {error}. Mend it and start again.") from error
    except ValidationError as error:
        told = [f"[stack] {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        return None, [*told, *unknown]
    except SettingsError as error:  # a table in the environment that is no JSON
        return None, [f"[stack] {error}", *unknown]
    return (None if unknown else settings), unknown


def _unknown() -> list[str]:
    given = sorted(name for name in os.environ if name.startswith(_PREFIX))
    return [name for name in given if name.removeprefix(_PREFIX).lower() not in StackSettings.model_fields]
