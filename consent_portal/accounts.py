"""The people who sign in at the portal: tables for Flask-Security-Too (password, second factor, passkeys, roles).

A person has the same user name here as at Orthanc. There is no e-mail: the column that Flask-Security-Too needs
holds ``<user>@users.invalid``, which by RFC 2606 can never be anybody's address.
"""

from flask_security import SQLAlchemySessionUserDatastore, verify_password
from flask_security.models.sqla import FsModels, FsRoleMixin, FsUserMixin, FsWebAuthnMixin
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from consent_portal.database import Base, Database

FsModels.set_db_info(  # type: ignore[no-untyped-call]  # the library types it only in part
    base_model=Base,
    user_table_name="account",
    role_table_name="account_role",
    webauthn_table_name="account_passkey",
)


class Role(Base, FsRoleMixin):
    """A role; `consent_portal.roles` lists all there are."""

    __tablename__ = "account_role"


class User(Base, FsUserMixin):
    """A person who signs in."""

    __tablename__ = "account"

    totp_counter: Mapped[int | None] = mapped_column()
    """The time step of the last one-time password that was taken; each is taken once (RFC 6238, 5.2)."""
    departments: Mapped[str] = mapped_column(Text, default="")
    """Keys of the person's departments; empty for none (`registers.departments`)."""

    @property
    def has_second_factor(self) -> bool:
        """Return whether the person set one up, and so has to show it at every sign-in (F6)."""
        return bool(self.tf_primary_method)

    @property
    def role(self) -> str:
        """Return the name of the one role that the person has, empty for none."""
        return self.roles[0].name if self.roles else ""

    def verify_and_update_password(self, password: str) -> bool:
        """Return whether the password is right; never writes a new hash of it.

        Signing in has no part in the ledger's transaction, where an account changes with what proves it (ADR 0127).
        """
        return bool(verify_password(password, self.password or ""))


class WebAuthn(Base, FsWebAuthnMixin):
    """A passkey of a user."""

    __tablename__ = "account_passkey"

    @declared_attr
    def user_id(self) -> Mapped[int]:
        """Return the owner's key."""
        return mapped_column(ForeignKey("account.id", ondelete="CASCADE"))

    @declared_attr
    def user(self) -> Mapped[User]:
        """Return the owner."""
        return relationship("User", back_populates="webauthn")


def placeholder_email(user: str) -> str:
    """Return what stands in the e-mail column for `user`."""
    return f"{user}@users.invalid"


def datastore(database: Database) -> SQLAlchemySessionUserDatastore:
    """Return Flask-Security's view of the accounts, on the autocommitted session."""
    return SQLAlchemySessionUserDatastore(database.accounts, User, Role, WebAuthn)
