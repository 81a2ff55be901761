"""What happens to somebody's second factor: set up, taken away, reset, a recovery code used (assurance F6, F20).

Each is one act on a writing session (`Database.writing`), with its event ACCOUNT_CHANGED (ADR 0123).
"""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from consent_portal.accounts import User, WebAuthn
from consent_portal.ledger.payloads import AccountChange
from consent_portal.services.users import browsers
from consent_portal.services.users.acts import note

APP, PASSKEY, RECOVERY_CODE = "authenticator", "webauthn", "recovery-code"
"""How a second factor is shown, in Flask-Security's words where it has one."""
AT_ISSUER = "second-factor"
"""Shown where the person signed in, on the word of the issuer (`[oidc] second_factor`)."""
SHOWN_BY = frozenset({APP, PASSKEY, RECOVERY_CODE, AT_ISSUER})


def set_up_app(session: Session, user: User, sealed: str, codes: Sequence[str], by: str) -> None:
    """Give an account an authenticator app, in place of the one it had.

    Parameters
    ----------
    sealed : str
        The app's secret as `OneTimePasswords` seals it.
    codes : sequence of str
        Digests of recovery codes, for an account that has had no second factor.
    """
    user.tf_totp_secret = sealed
    _set_up(session, user, codes, by)


def add_passkey(session: Session, user: User, passkey: WebAuthn, codes: Sequence[str], by: str) -> None:
    """Give an account one more passkey; `codes` as for `set_up_app`."""
    user.webauthn.append(passkey)
    _set_up(session, user, codes, by)


def _set_up(session: Session, user: User, codes: Sequence[str], by: str) -> None:
    if codes:
        user.mf_recovery_codes = list(codes)
    user.tf_primary_method = _method(user)
    session.flush()
    note(session, user, AccountChange.FACTOR, by)


def take_away_app(session: Session, user: User, by: str) -> bool:
    """Take the authenticator app away; return whether there was one."""
    if not user.tf_totp_secret:
        return False
    user.tf_totp_secret = None
    _taken_away(session, user, by)
    return True


def take_away_passkey(session: Session, user: User, passkey: int, by: str) -> bool:
    """Take the passkey of that number away; return whether it was there, and the person's own."""
    found = [one for one in user.webauthn if one.id == passkey]
    for one in found:
        user.webauthn.remove(one)
        session.delete(one)
    if found:
        _taken_away(session, user, by)
    return bool(found)


def _taken_away(session: Session, user: User, by: str) -> None:
    user.tf_primary_method = _method(user)
    if user.tf_primary_method is None:
        user.mf_recovery_codes = []
    _end_sessions(session, user, "second factor removed")
    note(session, user, AccountChange.FACTOR_REMOVED, by)


def reset(session: Session, user: User, by: str) -> bool:
    """Take every second factor away, of somebody whose telephone is lost; return whether there was any.

    In the same write every session of the account becomes worthless (F20).
    """
    if not user.has_second_factor:
        return False
    for one in list(user.webauthn):
        session.delete(one)
    user.tf_totp_secret, user.tf_primary_method, user.mf_recovery_codes = None, None, []
    _end_sessions(session, user, "second factor reset")
    note(session, user, AccountChange.FACTOR_RESET, by)
    return True


def renew_codes(session: Session, user: User, codes: Sequence[str], by: str) -> None:
    """Replace all recovery codes."""
    user.mf_recovery_codes = list(codes)
    session.flush()
    note(session, user, AccountChange.RECOVERY_CODES, by)


def use_code(session: Session, user: User, code: str) -> bool:
    """Take a recovery code by its digest, once; return whether it was one."""
    left = list(user.mf_recovery_codes or [])
    if code not in left:
        return False
    left.remove(code)
    user.mf_recovery_codes = left
    session.flush()
    note(session, user, AccountChange.RECOVERY_CODE_USED, user.username or "")
    return True


def _method(user: User) -> str | None:
    if user.tf_totp_secret:
        return APP
    return PASSKEY if user.webauthn else None


def _end_sessions(session: Session, user: User, reason: str) -> None:
    user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    browsers.end_all(session, user.id, reason)
