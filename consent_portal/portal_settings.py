"""``[portal]`` and its issuer: where the portal listens, its database, its secrets, who signs in and how."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from consent_portal.setting_values import (
    TAKEN_HEADERS,
    DatabaseUrl,
    HomeFile,
    HttpUrl,
    Networks,
    Roles,
    SecretFile,
    Words,
    issuer_address,
    secret,
)


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
    engine_url: HttpUrl | None = None
    """Where the engine shows pictures to reviewers; without it no page shows any."""
    pictures_token_file: SecretFile | None = None
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
        if name in TAKEN_HEADERS or name.startswith("x-forwarded-"):
            message = f"proxy_user_header cannot be {self.proxy_user_header}: it means something else already"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _pictures_from_somewhere(self) -> Self:
        """Take the engine's address and the token for its pictures together: one without the other shows nothing."""
        if (self.engine_url is None) != (self.pictures_token_file is None):
            message = "engine_url and pictures_token_file belong together: set both, or neither"
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
        return secret(self.secret_key_file)

    @property
    def password_salt(self) -> str:
        """Return the pepper that passwords are hashed with."""
        return secret(self.password_salt_file)

    @property
    def engine_token(self) -> str:
        """Return the token that the engine shows."""
        return secret(self.engine_token_file)

    @property
    def letters_token(self) -> str:
        """Return the token that a letter system shows; empty where none is set up."""
        return secret(self.letters_token_file) if self.letters_token_file else ""

    @property
    def accounts_token(self) -> str:
        """Return the token that the gate shows; empty where Orthanc keeps its own list of people."""
        return secret(self.accounts_token_file) if self.accounts_token_file else ""

    @property
    def consent_token(self) -> str:
        """Return the token that the trust's systems show to record consent; empty where none is set up."""
        return secret(self.consent_token_file) if self.consent_token_file else ""

    @property
    def pictures_token(self) -> str:
        """Return the token that the portal shows for pictures; empty where the engine shows none."""
        return secret(self.pictures_token_file) if self.pictures_token_file else ""

    @property
    def orthanc_password(self) -> str:
        """Return the portal's password at Orthanc."""
        return secret(self.orthanc_password_file)


class OidcSettings(BaseModel):
    """``[oidc]``: the OpenID Connect issuer that says who somebody is; without the section there is none."""

    model_config = ConfigDict(extra="forbid")

    issuer: Annotated[HttpUrl, AfterValidator(issuer_address)]
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
        return secret(self.client_secret_file) if self.client_secret_file else None
