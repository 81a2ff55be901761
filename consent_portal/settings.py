"""The portal's settings: one TOML file, every value also from the environment, all faults told at once.

A setting ``name`` of ``[section]`` is ``AOA_SECTION_NAME`` in the environment, which wins. Relative paths, and the
path in an SQLite URL, are relative to the file.
"""

import os
from contextvars import ContextVar
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from consent_portal.registers.departments import KINDS, Departments, Rule, folded
from consent_portal.roles import ROLES

_SQLITE = "sqlite:///"
NATIONS = ("England", "Northern Ireland", "Scotland", "Wales")
_file: ContextVar[Path] = ContextVar("settings_file")


def _readable(path: Path) -> Path:
    absolute = _file.get().parent / path
    if not absolute.is_file():
        message = f"no readable file at {absolute}; `aoa up` makes it"
        raise ValueError(message)
    return absolute


def _nation(name: str) -> str:
    named = name.strip().lower().replace("-", " ")
    found = [nation for nation in NATIONS if nation.lower() == named]
    if not found:
        message = f"must be one of: {', '.join(NATIONS)}; it says which national rules the notices name"
        raise ValueError(message)
    return found[0]


def _says_something(value: str) -> str:
    if not folded(value):
        message = "a value needs letters or digits; as it is it would fit what says nothing"
        raise ValueError(message)
    return value


def _pairs(value: object) -> object:
    """Take ``name=purpose,name=purpose`` as well: the form that the gate takes from the environment."""
    if not isinstance(value, str):
        return value
    return {name.strip(): purpose.strip() for name, _, purpose in (pair.partition("=") for pair in value.split(","))}


def _listed(value: object) -> object:
    """Take ``one,two`` as well: the form of the environment."""
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value


def _issuer(address: str) -> str:
    """Refuse an issuer whose word could be changed on its way (OpenID Connect Discovery 1.0, 3)."""
    parts = urlsplit(address)
    if parts.query or parts.fragment or (parts.scheme != "https" and parts.hostname not in _LOOPBACK):
        message = "must be the issuer's https address as its own settings name it, without ? or #"
        raise ValueError(message)
    return address


def _networks(values: object) -> object:
    """Refuse a network that is everybody: then everybody could say who they are."""
    listed = _listed(values)
    if not isinstance(listed, list):
        return listed
    networks = tuple(_network(str(value)) for value in listed)
    if any(network.prefixlen == 0 for network in networks):
        message = "trusts every address there is; name the addresses of your proxies"
        raise ValueError(message)
    return networks


def _network(value: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value)
    except ValueError:
        message = f"{value!r} is no address or network such as 10.1.2.3 or 10.1.2.0/24"
        raise ValueError(message) from None


def _roles(value: object) -> object:
    """Take ``role,role`` as well, from the environment; each must be a role that people have."""
    named = [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value
    if not isinstance(named, list) or not set(named) <= set(ROLES):
        message = f"must be a list of roles: {', '.join(ROLES)}"
        raise ValueError(message)
    return named


def _here(path: Path) -> Path:
    return _file.get().parent / path


def _database_here(url: str) -> str:
    path = url.removeprefix(_SQLITE)
    return url if path in {url, ":memory:"} else f"{_SQLITE}{_file.get().parent / path}"


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_TAKEN_HEADERS = frozenset({"authorization", "cookie", "host", "forwarded"})
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
SecretFile = Annotated[Path, AfterValidator(_readable)]
DepartmentKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
Values = Annotated[tuple[Annotated[str, AfterValidator(_says_something)], ...], Field()]
Nation = Annotated[str, AfterValidator(_nation)]
Destinations = Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
Roles = Annotated[frozenset[str], NoDecode, BeforeValidator(_roles)]
HomeFile = Annotated[Path, AfterValidator(_here)]
DatabaseUrl = Annotated[str, Field(min_length=1), AfterValidator(_database_here)]


class SettingsFaults(Exception):  # noqa: N818  (named for the situation)
    """The settings cannot be used; `faults` lists everything that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings have faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


class PortalSettings(BaseModel):
    """``[portal]``: where it listens, its database, its secrets, its Orthanc."""

    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    public_url: HttpUrl
    database_url: DatabaseUrl
    anchor_file: HomeFile = Field(default=Path("portal/ledger-anchor"), validate_default=True)
    anchor_copy: HomeFile | None = None
    secret_key_file: SecretFile
    password_salt_file: SecretFile
    engine_token_file: SecretFile
    letters_token_file: SecretFile | None = None
    accounts_token_file: SecretFile | None = None
    consent_token_file: SecretFile | None = None
    orthanc_url: HttpUrl
    orthanc_public_url: HttpUrl
    orthanc_user: str
    orthanc_password_file: SecretFile
    idle_minutes: int = Field(default=15, ge=1)
    absolute_hours: int = Field(default=12, ge=1)
    recall_days: int = Field(default=14, ge=1, le=365)
    """Days in which a copy that was called back has to be deleted; then a breach is opened (R56)."""
    second_factor_roles: Roles = frozenset()
    """Who must have a second factor, and have shown it before images leave for anything but care (F6)."""
    second_factor_hours: int = Field(default=12, ge=1)
    """How long after showing it; never longer than `absolute_hours`."""

    trusted_proxies: Networks = ()
    """Who may say from where a request comes, and whom they signed in."""
    proxy_user_header: Annotated[str, Field(pattern=r"^([A-Za-z][A-Za-z0-9-]{0,63})?$")] = ""
    """The header in which a trusted proxy names whom it signed in; none for empty."""
    proxy_name: Annotated[str, Field(min_length=1, max_length=60)] = "your organisation"
    """What people call the sign-in of that proxy."""

    @model_validator(mode="after")
    def _header_of_somebody(self) -> Self:
        """Take the header from named proxies only, and only one that nothing else is read from."""
        name = self.proxy_user_header.lower()
        if name and not self.trusted_proxies:
            message = "proxy_user_header needs trusted_proxies: nobody else may say who is signed in"
            raise ValueError(message)
        if name in _TAKEN_HEADERS or name.startswith("x-forwarded-"):
            message = f"proxy_user_header cannot be {self.proxy_user_header}: it means something else already"
            raise ValueError(message)
        return self

    @model_validator(mode="before")
    @classmethod
    def _served_by_waitress(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Pass over the line that older homes have (``server = "waitress"``), and name any other."""
        if given.get("server", "waitress") != "waitress":
            message = "server is no setting any more: waitress serves the portal; take the line out"
            raise ValueError(message)
        return {name: value for name, value in given.items() if name != "server"}

    @property
    def secret_key(self) -> str:
        """Return the key that signs sessions."""
        return _secret(self.secret_key_file)

    @property
    def password_salt(self) -> str:
        """Return the pepper that passwords are hashed with."""
        return _secret(self.password_salt_file)

    @property
    def engine_token(self) -> str:
        """Return the token that the engine shows."""
        return _secret(self.engine_token_file)

    @property
    def letters_token(self) -> str:
        """Return the token that a letter system shows; empty where none is set up."""
        return _secret(self.letters_token_file) if self.letters_token_file else ""

    @property
    def accounts_token(self) -> str:
        """Return the token that the gate shows; empty where Orthanc keeps its own list of people."""
        return _secret(self.accounts_token_file) if self.accounts_token_file else ""

    @property
    def consent_token(self) -> str:
        """Return the token that the trust's systems show to record consent; empty where none is set up."""
        return _secret(self.consent_token_file) if self.consent_token_file else ""

    @property
    def orthanc_password(self) -> str:
        """Return the portal's password at Orthanc."""
        return _secret(self.orthanc_password_file)


class OidcSettings(BaseModel):
    """``[oidc]``: the OpenID Connect issuer that says who somebody is; without the section there is none."""

    model_config = ConfigDict(extra="forbid")

    issuer: Annotated[HttpUrl, AfterValidator(_issuer)]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret_file: SecretFile | None = None
    name: Annotated[str, Field(min_length=1, max_length=60)] = "your organisation"
    """What people call the issuer; stands on the button."""
    user_claim: Annotated[str, Field(min_length=1)] = "preferred_username"
    """The claim that holds the user name of the account here."""
    second_factor: Words = ()
    """Values of ``amr`` or ``acr`` by which the issuer says that it asked for a second factor."""

    @property
    def client_secret(self) -> str | None:
        """Return the client's secret at the issuer; None where PKCE alone proves the client."""
        return _secret(self.client_secret_file) if self.client_secret_file else None


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
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file.get()))

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
        token = _file.set(path)
        try:
            return cls()
        except ValidationError as error:
            raise SettingsFaults([_told(fault) for fault in error.errors()]) from None
        except (SettingsError, TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsFaults([f"{path.name} and AOA_*: {error}"]) from None
        finally:
            _file.reset(token)


def _told(fault: Any) -> str:
    section, *name = (str(part) for part in fault["loc"])
    unknown = fault["type"] == "extra_forbidden"
    why = "is no setting; docs/operating.md has their names" if unknown else fault["msg"].removeprefix("Value error, ")
    return f"[{section}] {'.'.join(name)}: {why}" if name else f"[{section}] {why}"


def _secret(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
