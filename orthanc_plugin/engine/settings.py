"""Settings of the engine: ``[engine]`` of the TOML file that AOA_SETTINGS names; ``AOA_ENGINE_*`` wins.

Every fault is reported together, because an operator who mends one at a time loses an afternoon.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import AnyHttpUrl, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from orthanc_plugin.engine.errors import SettingsError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SECRET_FILES = ("token_file", "portal_token_file", "orthanc_password_file", "project_key_file")
_HOLDER, _PICTURES, _RULES = "mapping_key_file", "pictures_token_file", "device_rules_file"
_FILES = (*_SECRET_FILES, _HOLDER, _PICTURES, _RULES)
_KEYS = ("project_key_file", _HOLDER)
_FOLDERS = ("work_dir", "packages_dir")
_SQLITE = "sqlite:///"
_PREFIX = "AOA_ENGINE_"


class EngineSettings(BaseSettings):
    """Every setting of the engine, with its default where one is safe."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8043
    token_file: Path
    portal_url: AnyHttpUrl
    portal_token_file: Path
    pictures_token_file: Path | None = None
    orthanc_url: AnyHttpUrl
    orthanc_user: str = "aoa-engine"
    orthanc_password_file: Path
    database_url: str
    work_dir: Path
    packages_dir: Path
    project_key_file: Path
    mapping_key_file: Path | None = None
    device_rules_file: Path | None = None
    """The site's own device rules, beside those built in (ADR 0168)."""
    workers: Annotated[int, Field(ge=1, le=256)] = 2
    executor_id: Annotated[str, Field(min_length=1)] = "engine-1"
    package_hours: Annotated[float, Field(gt=0)] = 24
    answer_days: Annotated[float, Field(gt=0)] = 30
    held_days: Annotated[float, Field(gt=0)] = 30
    portal_timeout_seconds: Annotated[float, Field(gt=0)] = 30
    poll_seconds: Annotated[float, Field(gt=0)] = 5

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


@dataclass(frozen=True)
class Settings:
    """The checked settings, the secrets that their files hold, and the site's name."""

    engine: EngineSettings
    site_name: str
    token: str = field(repr=False)
    portal_token: str = field(repr=False)
    orthanc_password: str = field(repr=False)
    project_key: bytes = field(repr=False)
    mapping_key: bytes | None = None
    pictures_token: str | None = field(default=None, repr=False)


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check all settings.

    Parameters
    ----------
    environ
        The environment; ``AOA_SETTINGS`` names the TOML file.

    Returns
    -------
    Settings
        Ready to use: paths are absolute, folders exist and can be written.

    Raises
    ------
    SettingsError
        Naming every fault at once.
    """
    folder, tables = _read_toml(environ)
    try:
        engine = EngineSettings(**tables.get("engine", {}))
    except ValidationError as error:
        raise SettingsError("\n".join([*_pydantic_faults(error), *_unknown(environ)])) from None
    engine = _anchored(engine, folder)
    faults = [*_unknown(environ), *_address_faults(engine), *_secret_faults(engine), *_folder_faults(engine)]
    faults += _rules_faults(engine)
    if faults:
        raise SettingsError("\n".join(faults))
    holder = _holder_file(engine)
    site_name = environ.get("AOA_SITE_NAME") or str(tables.get("site", {}).get("name", "this department"))
    secrets = {name: getattr(engine, name).read_text().strip() for name in _SECRET_FILES}
    pictures_token = engine.pictures_token_file.read_text().strip() if engine.pictures_token_file else None
    if pictures_token in (secrets["token_file"], secrets["portal_token_file"]):
        raise SettingsError(f"[engine] {_PICTURES}: holds another part's token; let it name a secret of its own")
    return Settings(
        engine=engine,
        site_name=site_name,
        token=secrets["token_file"],
        portal_token=secrets["portal_token_file"],
        orthanc_password=secrets["orthanc_password_file"],
        project_key=bytes.fromhex(secrets["project_key_file"]),
        mapping_key=bytes.fromhex(holder.read_text().strip()) if holder else None,
        pictures_token=pictures_token,
    )


def _holder_file(engine: EngineSettings) -> Path | None:
    """Return the file of the mapping's key holder, None where there is none: limited access alone is refused then."""
    path = engine.mapping_key_file
    return path if path is not None and path.exists() else None


def database_of(home: Path) -> str:
    """Return the address of a home's database, for a command that needs nothing else of the settings.

    Raises
    ------
    SettingsError
    """
    _, tables = _read_toml({"AOA_SETTINGS": str(home / "aoa.toml")})
    given = os.environ.get("AOA_ENGINE_DATABASE_URL") or tables.get("engine", {}).get("database_url")
    if not given:
        raise SettingsError(f"[engine] database_url: {home / 'aoa.toml'} does not name one")
    return _anchored_url(str(given), home.absolute())


def _read_toml(environ: Mapping[str, str]) -> tuple[Path, dict[str, Any]]:
    name = environ.get("AOA_SETTINGS")
    if not name:
        return Path.cwd(), {}
    path = Path(name).absolute()
    try:
        return path.parent, tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"AOA_SETTINGS: the file {path} does not exist; name the home's aoa.toml") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"AOA_SETTINGS: the file {path} cannot be read: {error}") from None


def _pydantic_faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"])
        unknown = fault["type"] == "extra_forbidden"
        yield f"[engine] {name}: {'unknown setting; docs/interfaces.md has the names' if unknown else fault['msg']}"


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what the environment sets for the engine and the engine does not have."""
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX).lower() not in EngineSettings.model_fields:
            yield f"[engine] {name}: unknown setting; docs/interfaces.md has the names"


def _anchored(engine: EngineSettings, folder: Path) -> EngineSettings:
    """Make relative paths relative to the settings file."""
    given = [name for name in (*_FILES, *_FOLDERS) if getattr(engine, name) is not None]
    paths = {name: folder / getattr(engine, name) for name in given}
    return engine.model_copy(update={**paths, "database_url": _anchored_url(engine.database_url, folder)})


def _anchored_url(database: str, folder: Path) -> str:
    return _SQLITE + str(folder / database.removeprefix(_SQLITE)) if database.startswith(_SQLITE) else database


def _address_faults(engine: EngineSettings) -> Iterator[str]:
    if engine.host not in LOOPBACK:
        yield f"[engine] host: {engine.host} is not loopback; the engine speaks plain HTTP, so it listens on 127.0.0.1"
    if not engine.database_url.startswith((_SQLITE, "postgresql")):
        yield "[engine] database_url: must begin with sqlite:/// or postgresql:// (DBOS keeps its jobs in one of these)"


def _secret_faults(engine: EngineSettings) -> Iterator[str]:
    holder = (_HOLDER,) if _holder_file(engine) else ()
    pictures = (_PICTURES,) if engine.pictures_token_file else ()
    for name in (*_SECRET_FILES, *holder, *pictures):
        path: Path = getattr(engine, name)
        try:
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            yield f"[engine] {name}: {path} cannot be read ({type(error).__name__}); it must be a one-line text file"
            continue
        if not text:
            yield f"[engine] {name}: {path} is empty"
        elif name in _KEYS and not re.fullmatch(r"[0-9A-Fa-f]{64}", text):
            how = "aoa key holder" if name == _HOLDER else "aoa key new"
            yield f"[engine] {name}: {path} must hold 64 hexadecimal characters; `{how}` makes one"


def _rules_faults(engine: EngineSettings) -> Iterator[str]:
    """Yield what is wrong with the site's device rules: an engine without them would look for less than is said."""
    if engine.device_rules_file is None:
        return
    from orthanc_plugin.deid.pixels.devices import RulesError, load_rules  # noqa: PLC0415  takes half a second to load

    try:
        load_rules(engine.device_rules_file)
    except RulesError as error:
        yield from (f"[engine] {_RULES}: {fault}" for fault in error.faults)


def _folder_faults(engine: EngineSettings) -> Iterator[str]:
    folders = {name: getattr(engine, name) for name in _FOLDERS}
    if engine.database_url.startswith(_SQLITE):
        folders["database_url"] = Path(engine.database_url.removeprefix(_SQLITE)).parent
    for name, path in folders.items():
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = path / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            yield f"[engine] {name}: the folder {path} cannot be written: {error.strerror}"
