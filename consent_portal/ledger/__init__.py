"""Consent events, how they combine, and the chains that hold them and what is evidence beside them."""

from consent_portal.ledger import evidence

__all__ = ["evidence"]
"""Imported here, so that whoever writes anything beside a ledger is watched."""
