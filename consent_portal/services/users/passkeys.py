"""Passkeys as a second factor (WebAuthn level 2): what the browser is asked, and whether its answer is right."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import update
from sqlalchemy.orm import Session
from webauthn.helpers import options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from consent_portal.accounts import User, WebAuthn
from consent_portal.clock import utc_now
from consent_portal.services.users.one_time import ISSUER

NAME_LENGTH = 64


@dataclass(frozen=True)
class RelyingParty:
    """The portal, as a browser tells it to an authenticator.

    Attributes
    ----------
    host : str
        The domain that a passkey is bound to.
    """

    origin: str
    host: str

    @property
    def takes_passkeys(self) -> bool:
        """Whether browsers make passkeys here: for a name, never an IP address, and by https or on `localhost`."""
        secure = self.origin.startswith("https:") or self.host == "localhost" or self.host.endswith(".localhost")
        return secure and not _is_ip(self.host)


def relying_party(public_url: str) -> RelyingParty:
    """Return the portal by its address as people see it."""
    parts = urlsplit(public_url)
    return RelyingParty(f"{parts.scheme}://{parts.netloc}".lower(), (parts.hostname or "").lower())


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def creation(party: RelyingParty, user: User, challenge: bytes, handle: bytes) -> str:
    """Return what the browser is asked for a new passkey, as JSON.

    Parameters
    ----------
    handle : bytes
        By what an authenticator tells accounts apart; names nobody.
    """
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=ISSUER,
        user_name=user.username or "",
        user_id=handle,
        challenge=challenge,
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options)


def created(party: RelyingParty, challenge: bytes, credential: str, name: str) -> WebAuthn | None:
    """Return the passkey that the browser answers with; None where the answer is not right."""
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return WebAuthn(
        name=name,
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        transports=[],
        backup_state=found.credential_backed_up,
        device_type=str(found.credential_device_type.value),
        lastuse_datetime=utc_now().replace(tzinfo=None),  # the library's column has no time zone
        usage="secondary",
    )


def assertion(party: RelyingParty, user: User, challenge: bytes) -> str:
    """Return what the browser is asked of a passkey of this person, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=challenge,
        allow_credentials=_known(user),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


def is_shown(session: Session, party: RelyingParty, user: User, challenge: bytes, credential: str) -> bool:
    """Return whether a passkey of this person signed the challenge; a copy of one that counted on is refused."""
    try:
        answer = parse_authentication_credential_json(credential)
        own = next((one for one in user.webauthn if one.credential_id == answer.raw_id), None)
        if own is None:
            return False
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=own.public_key,
            credential_current_sign_count=own.sign_count or 0,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    used = {"sign_count": found.new_sign_count, "lastuse_datetime": utc_now().replace(tzinfo=None)}
    session.execute(update(WebAuthn).where(WebAuthn.id == own.id).values(**used))
    return True


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in user.webauthn]
