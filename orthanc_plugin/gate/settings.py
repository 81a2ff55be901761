"""The gate's settings: ``[gate]`` in the file that AOA_SETTINGS names, and AOA_GATE_*, which wins."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orthanc_plugin.gate.proxies import Network, network
from orthanc_plugin.gate.roles import load_roles
from orthanc_plugin.vocabulary import PURPOSES

_NAMES = (
    "engine_url",
    "engine_token_file",
    "portal_url",
    "journal_dir",
    "site_script",
    "roles",
    "destinations",
    "accounts_url",
    "accounts_token_file",
    "accounts_key_file",
    "accounts_store",
    "trusted_proxies",
)
_PREFIX = "AOA_GATE_"
_CONTACTS = {"guardian": "caldicott_guardian_contact", "illustration": "medical_illustration_contact"}


class SettingsError(ValueError):
    """The settings have faults; the message names them all."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("the gate's settings have faults:\n" + "\n".join(f"  - {fault}" for fault in faults))


class Secret:
    """A text that prints redacted."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret('...')"

    def reveal(self) -> str:
        """Return the text itself, for the one place that sends it."""
        return self._text


@dataclass(frozen=True)
class AccountsSettings:
    """Where the portal's accounts are asked for (docs/decisions/0120).

    Attributes
    ----------
    url, token
        Where the portal answers, and what shows it that the gate asks.
    file, key
        Where the accounts last known are kept for a start without the portal, and what seals them.
    """

    url: str
    token: Secret
    file: Path
    key: Secret


@dataclass(frozen=True)
class Settings:
    """What the gate needs to know; every path is absolute.

    Attributes
    ----------
    engine_url, engine_token
        Where the engine answers, and what shows it that the gate asks. The token prints as dots.
    portal_url
        The portal's public address, for links; None where there is none.
    journal_dir
        Where direct-care reads wait until the engine has taken them.
    site_script
        The site's own Orthanc script, loaded after ours; None without one.
    roles, destinations
        User of Orthanc's own list to role; modality, peer or DICOMweb server to its purpose.
    accounts
        The portal's accounts, by which people sign in; None where they are still on Orthanc's own list.
    trusted_proxies
        Who may say from where a request comes.
    guardian, illustration
        Whom a refusal names (``[site]``), so that people know whom to ask.
    """

    engine_url: str
    engine_token: Secret
    portal_url: str | None
    journal_dir: Path
    site_script: Path | None
    roles: Mapping[str, str]
    destinations: Mapping[str, str]
    guardian: str = "your Caldicott Guardian"
    illustration: str = "medical illustration"
    accounts: AccountsSettings | None = None
    trusted_proxies: tuple[Network, ...] = ()


class _Reader:
    """Reads one setting after another and gathers the faults."""

    def __init__(self, section: Mapping[str, Any], environment: Mapping[str, str], base: Path) -> None:
        known = ", ".join(_NAMES)
        given = [name.removeprefix(_PREFIX).lower() for name in environment if name.startswith(_PREFIX)]
        unknown = [name for name in dict.fromkeys([*section, *given]) if name not in _NAMES]
        self.faults = [f"[gate] {name} is not a setting; the settings are {known}" for name in unknown]
        self._section = section
        self._environment = environment
        self._base = base

    def value(self, name: str) -> Any:
        return self._environment.get(f"AOA_GATE_{name.upper()}", self._section.get(name))

    def text(self, name: str, *, wanted: str, required: bool = True) -> str | None:
        value = self.value(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if required or value not in (None, ""):
            self.faults.append(f"[gate] {name} (AOA_GATE_{name.upper()}) is missing or no text; it is {wanted}")
        return None

    def url(self, name: str, *, wanted: str, required: bool = True) -> str | None:
        text = self.text(name, wanted=wanted, required=required)
        if text is None:
            return None
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self.faults.append(f"[gate] {name} is not an address such as http://127.0.0.1:8101")
        return text.rstrip("/")

    def path(self, name: str, *, wanted: str, required: bool = True) -> Path | None:
        text = self.text(name, wanted=wanted, required=required)
        return None if text is None else (self._base / Path(text).expanduser()).resolve()

    def table(self, name: str, *, allowed: Callable[[str], bool], choices: str, required: bool) -> dict[str, str]:
        value = self.value(name)
        if isinstance(value, str):
            value = dict(pair.partition("=")[::2] for pair in value.split(",") if pair.strip())
        if not isinstance(value, Mapping) or (required and not value):
            if required or value is not None:
                self.faults.append(f"[gate] {name} is missing or no table of name = value pairs")
            return {}
        pairs = {str(key).strip(): str(item).strip() for key, item in value.items()}
        wrong = [(key, item) for key, item in pairs.items() if not allowed(item)]
        self.faults += [f"[gate] {name}: {key} = {item!r} is not one of {choices}" for key, item in wrong]
        return pairs

    def networks(self, name: str) -> tuple[Network, ...]:
        value = self.value(name) or ()
        listed = [text for text in value.split(",") if text.strip()] if isinstance(value, str) else value
        try:
            return tuple(network(str(text).strip()) for text in listed)
        except (TypeError, ValueError):
            self.faults.append(f"[gate] {name} is no list of addresses or networks such as 10.1.2.3 or 10.1.2.0/24")
            return ()

    def accounts(self) -> AccountsSettings | None:
        url = self.url("accounts_url", wanted="where the portal answers the gate", required=False)
        if url is None:
            return None
        return AccountsSettings(
            url=url,
            token=self.secret("accounts_token_file", wanted="the file with the token that the portal shares with it"),
            file=self.path("accounts_store", wanted="the file for the accounts last known") or Path(),
            key=self.secret("accounts_key_file", wanted="the file with the key that seals the accounts last known"),
        )

    def secret(self, name: str, *, wanted: str) -> Secret:
        file = self.path(name, wanted=wanted)
        if file is None:
            return Secret("")
        try:
            token = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            self.faults.append(f"[gate] {name}: cannot read {file.name} ({error.strerror}); `aoa up` makes it")
            return Secret("")
        if len(token) < 16:
            self.faults.append(f"[gate] {name}: {file.name} holds no token of 16 characters; `aoa up` makes one")
        return Secret(token)


def _file(environment: Mapping[str, str]) -> tuple[Mapping[str, Any], Path, list[str]]:
    """Return the settings file as it is, the folder that relative paths start from, and the faults met."""
    name = environment.get("AOA_SETTINGS")
    if not name:
        return {}, Path.cwd(), []
    file = Path(name).resolve()
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), file.parent, []
    except OSError as error:
        return {}, file.parent, [f"AOA_SETTINGS: cannot read {file.name} ({error.strerror})"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, file.parent, [f"AOA_SETTINGS: {file.name} is not TOML: {error}"]


def _contacts(whole: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Return whom ``[site]`` names for questions; what it leaves empty stays as the gate calls it by itself."""
    site = whole.get("site", {})
    named = site if isinstance(site, Mapping) else {}
    told = {key: environment.get(f"AOA_SITE_{name.upper()}", named.get(name)) for key, name in _CONTACTS.items()}
    return {key: text.strip() for key, text in told.items() if isinstance(text, str) and text.strip()}


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read and check every setting.

    Parameters
    ----------
    environment
        The process's environment: AOA_SETTINGS and any AOA_GATE_* that shall win over the file.

    Raises
    ------
    SettingsError
        With all faults at once, each naming the setting and what it should be.
    """
    whole, base, faults = _file(environment)
    section = whole.get("gate", {})
    if not isinstance(section, Mapping):
        section, faults = {}, [*faults, "AOA_SETTINGS: [gate] is not a section"]
    reader = _Reader(section, environment, base)
    roles = load_roles()
    purpose = ", ".join(PURPOSES)
    settings = Settings(
        engine_url=reader.url("engine_url", wanted="the engine's address") or "",
        engine_token=reader.secret(
            "engine_token_file", wanted="the file with the token that the engine shares with the gate"
        ),
        portal_url=reader.url("portal_url", wanted="the portal's public address", required=False),
        journal_dir=reader.path("journal_dir", wanted="the folder for the journal of direct-care reads") or Path(),
        site_script=reader.path("site_script", wanted="the site's own Orthanc script", required=False),
        roles=reader.table("roles", allowed=roles.__contains__, choices=", ".join(roles), required=True),
        destinations=reader.table("destinations", allowed=PURPOSES.__contains__, choices=purpose, required=False),
        accounts=reader.accounts(),
        trusted_proxies=reader.networks("trusted_proxies"),
        **_contacts(whole, environment),
    )
    if settings.site_script and not settings.site_script.is_file():
        reader.faults.append(f"[gate] site_script: there is no file {settings.site_script.name}")
    if faults or reader.faults:
        raise SettingsError(faults + reader.faults)
    return settings
